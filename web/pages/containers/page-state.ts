import { parseInstant } from '../../format/times.ts';

export const TABS = ['graphs', 'application', 'doctor', 'logs', 'details'] as const;

export type Tab = (typeof TABS)[number];

export const RANGES: readonly { readonly name: string; readonly ms: number }[] = [
  { name: '15m', ms: 900_000 },
  { name: '1h', ms: 3_600_000 },
  { name: '6h', ms: 21_600_000 },
  { name: '24h', ms: 86_400_000 },
  { name: '7d', ms: 604_800_000 },
];

const DEFAULT_RANGE_MS = 900_000;

export interface PageState {
  readonly tab: Tab;
  readonly rangeMs: number;
  /** Undefined: now. */
  readonly endMs: number | undefined;
}

/** Reads the page's parameters; what does not make sense is left at its default. */
export function parsePageState(params: URLSearchParams): PageState {
  const tab = params.get('tab');
  const range = params.get('range') ?? '';
  const seconds = Number(/^(\d{1,8})s$/.exec(range)?.[1] ?? 0);
  const named = RANGES.find(({ name }) => name === range);
  return {
    tab: TABS.find((candidate) => candidate === tab) ?? 'graphs',
    rangeMs: named?.ms ?? (seconds > 0 ? seconds * 1000 : DEFAULT_RANGE_MS),
    endMs: parseInstant(params.get('end') ?? ''),
  };
}

/** `1h` where it has a name, else `340s`; undefined for the default. */
export function printRange(rangeMs: number): string | undefined {
  if (rangeMs === DEFAULT_RANGE_MS) return undefined;
  const named = RANGES.find(({ ms }) => ms === rangeMs);
  return named?.name ?? `${Math.max(1, Math.round(rangeMs / 1000))}s`;
}

export interface TimeWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** A graph half a screen wide shows no more. */
const POINTS = 240;
/** The zero configuration scrapes no faster. */
const STEP_MS_MIN = 5000;

/** What graphs show at a moment; its end is a step, so that all of them, and the server's cache, share it. */
export function timeWindow({ rangeMs, endMs }: PageState, nowMs: number): TimeWindow {
  const stepMs = Math.max(STEP_MS_MIN, Math.ceil(rangeMs / POINTS / STEP_MS_MIN) * STEP_MS_MIN);
  const end = Math.floor((endMs ?? nowMs) / stepMs) * stepMs;
  return { startMs: end - Math.ceil(rangeMs / stepMs) * stepMs, endMs: end, stepMs };
}
