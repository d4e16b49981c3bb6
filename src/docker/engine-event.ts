import type { EngineEvent } from './engine.ts';

interface RawEvent {
  readonly Type?: unknown;
  readonly Action?: unknown;
  readonly Actor?: { readonly ID?: unknown; readonly Attributes?: unknown } | null;
  /** Podman's, beside the attributes. */
  readonly HealthStatus?: unknown;
  readonly time?: unknown;
  readonly timeNano?: unknown;
}

/** One line of the event stream; undefined where it is none that we understand. */
export function parseEvent(line: string): EngineEvent | undefined {
  let raw: RawEvent | null;
  try {
    raw = JSON.parse(line) as RawEvent | null;
  } catch {
    return undefined;
  }
  if (raw === null || typeof raw.Type !== 'string' || typeof raw.Action !== 'string') {
    return undefined;
  }
  const attributes = attributesOf(raw);
  return {
    type: raw.Type,
    action: actionOf(raw.Action, attributes),
    actor: { id: typeof raw.Actor?.ID === 'string' ? raw.Actor.ID : '', attributes },
    timeMs: timeOf(raw),
  };
}

/** Podman says some things elsewhere. */
function attributesOf({
  Actor: actor,
  HealthStatus: health,
}: RawEvent): Readonly<Record<string, string>> {
  const said = textsOf(actor?.Attributes);
  const { containerExitCode: exitCode } = said;
  return {
    ...said,
    ...(exitCode !== undefined && said['exitCode'] === undefined && { exitCode }),
    ...(typeof health === 'string' && health !== '' && { health_status: health }),
  };
}

/** Podman words some as itself, not as Docker. */
function actionOf(action: string, attributes: Readonly<Record<string, string>>): string {
  if (action === 'died') return 'die';
  const health = attributes['health_status'];
  return action === 'health_status' && health !== undefined ? `health_status: ${health}` : action;
}

function timeOf({ time, timeNano }: RawEvent): number {
  if (typeof timeNano === 'number') return Math.floor(timeNano / 1e6);
  return typeof time === 'number' ? time * 1000 : 0;
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).filter(([, text]) => typeof text === 'string');
  return Object.fromEntries(entries) as Record<string, string>;
}
