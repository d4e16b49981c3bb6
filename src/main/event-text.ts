import { formatBytes, signalName, signalNumber } from '#containers';
import type { Container, LifecycleEvent, Reading, StopReason } from '#containers';
import type { EventSeverity, NewEvent } from '#events';

/** What explains the end of a container. */
export interface KnownOfContainers {
  /** The newest reading of a container, by id; that before its end, where it has ended. */
  readonly readingOf: (id: string) => Reading | undefined;
  /** Why it last stopped; must know of an end before it is asked. */
  readonly reasonOf: (container: Container) => StopReason | undefined;
}

/** What is stored of something that happened to a container. */
export function lifecycleEntry(event: LifecycleEvent, known: KnownOfContainers): NewEvent {
  const { container, kind, timeMs } = event;
  const { group, service } = container.identity;
  const { times = '1', ...attributes } = event.attributes;
  const said = kind === 'die' ? endOf(event, known) : storyOf(event);
  return {
    timeMs,
    kind,
    severity: said.severity,
    name: container.identity.name,
    group,
    service,
    containerId: container.id,
    image: container.image,
    text: Number(times) > 1 ? `${said.text} (${times} times)` : said.text,
    tags: [...new Set(['container', kind, container.identity.name, group, service])].filter(
      (tag) => tag !== '',
    ),
    attributes: { ...attributes, ...said.attributes },
    count: Math.max(1, Math.trunc(Number(times)) || 1),
  };
}

interface Said {
  readonly text: string;
  readonly severity: EventSeverity;
  readonly attributes?: Readonly<Record<string, string>>;
}

function endOf(
  { container, timeMs }: LifecycleEvent,
  { readingOf, reasonOf }: KnownOfContainers,
): Said {
  const reason = reasonOf(container);
  const reading = readingOf(container.id);
  const before = reading === undefined ? undefined : lastReading(reading, timeMs);
  return {
    text: `${container.identity.name} ${reason?.predicate ?? 'ended'}${before?.text ?? ''}`,
    severity: reason?.severity ?? 'warning',
    attributes: { ...(reason !== undefined && { cause: reason.cause }), ...before?.attributes },
  };
}

/** Older than that a reading says nothing about an end. Milliseconds. */
const READING_AGE_MAX_MS = 60_000;

function lastReading(
  reading: Reading,
  endMs: number,
): { text: string; attributes: Record<string, string> } | undefined {
  const { timeMs, workingSetBytes, memoryLimitBytes, memoryPressure } = reading;
  const ageMs = Math.max(0, endMs - timeMs);
  if (ageMs > READING_AGE_MAX_MS) return undefined;
  const used = formatBytes(workingSetBytes);
  const limit = memoryLimitBytes > 0 ? ` of ${formatBytes(memoryLimitBytes)}` : '';
  const waited =
    memoryPressure !== undefined && memoryPressure >= 0.01
      ? `, tasks waited for memory ${Math.round(memoryPressure * 100)} % of the time`
      : '';
  return {
    text: `; ${secondsBefore(ageMs)} it used ${used}${limit} of memory${waited}`,
    attributes: {
      memoryBytes: String(workingSetBytes),
      ...(memoryLimitBytes > 0 && { memoryLimitBytes: String(memoryLimitBytes) }),
      ...(memoryPressure !== undefined && { memoryPressure: memoryPressure.toFixed(4) }),
      readingAgeSeconds: (ageMs / 1000).toFixed(1),
    },
  };
}

function secondsBefore(ageMs: number): string {
  return ageMs < 500 ? 'at last' : `${Math.round(ageMs / 1000)} s before`;
}

function info(text: string): Said {
  return { text, severity: 'info' };
}

function storyOf(event: LifecycleEvent): Said {
  const { container, previous, attributes, kind } = event;
  const { name } = container.identity;
  switch (kind) {
    case 'create':
      return info(
        previous === undefined
          ? `${name} was created from ${container.image}`
          : `${name} was created anew from ${container.image}`,
      );
    case 'start':
      return info(`${name} started`);
    case 'restart':
      return attributes['by'] === 'policy'
        ? { text: `${name} was started again by its restart policy`, severity: 'warning' }
        : info(`${name} was restarted on request`);
    case 'stop':
      return info(`${name} was stopped on request`);
    case 'oom':
      return { text: outOfMemory(container), severity: 'error' };
    case 'kill':
      return info(`${signalOf(attributes['signal'] ?? '')} was sent to ${name}`);
    case 'pause':
      return { text: `${name} was paused`, severity: 'warning' };
    case 'unpause':
      return info(`${name} goes on after a pause`);
    case 'health':
      return healthChange(event);
    case 'rename':
      return info(`${name} was renamed${fromOld(attributes['oldName'])}`);
    case 'update':
      return info(`the limits of ${name} were changed`);
    case 'image':
      return imageChange(event);
    case 'remove':
      if (attributes['replaced'] === 'true') {
        return info(`the container whose place ${name} took was removed`);
      }
      return attributes['unseen'] === 'true'
        ? { text: `${name} is gone, nobody saw it end`, severity: 'warning' }
        : info(`${name} was removed`);
    case 'die':
      return info(`${name} ended`);
    default:
      return kind;
  }
}

function outOfMemory({ identity, limits }: Container): string {
  const limit = limits.memoryBytes > 0 ? ` (limit ${formatBytes(limits.memoryBytes)})` : '';
  return `the kernel killed a process of ${identity.name}: out of memory${limit}`;
}

function signalOf(text: string): string {
  const signal = signalNumber(text);
  return signal === undefined ? 'a signal' : signalName(signal);
}

function fromOld(oldName: string | undefined): string {
  return oldName === undefined || oldName === '' ? '' : ` from ${oldName}`;
}

function healthChange({ container, attributes }: LifecycleEvent): Said {
  const { identity, health } = container;
  if (health !== 'unhealthy') return info(`${identity.name} is ${health}`);
  const output = attributes['output'];
  const why = output === undefined ? ': its health check fails' : `: ${output}`;
  return { text: `${identity.name} is unhealthy${why}`, severity: 'error' };
}

/** Digits of a digest that are shown, as `docker images` does. */
const DIGEST_LENGTH = 12;

function imageChange({ container, previous }: LifecycleEvent): Said {
  const after = container.image;
  const before = previous?.image ?? '';
  const isTagKept = before === after || before === '';
  const from = isTagKept ? shortDigest(previous?.imageId) : before;
  const to = isTagKept ? `${after} (${shortDigest(container.imageId)})` : after;
  return {
    text: `${container.identity.name} runs another image: ${to} instead of ${from}`,
    severity: 'info',
  };
}

function shortDigest(imageId = ''): string {
  return imageId === ''
    ? 'an unknown one'
    : imageId.replace(/^sha256:/, '').slice(0, DIGEST_LENGTH);
}
