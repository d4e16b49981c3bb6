import { isDecimal, parseDuration } from '#model';
import type { Matcher } from '#model';
import { ApiError, invalidParameter } from './api-error.ts';
import { parseSelectorParam } from './selectors.ts';

/** The furthest instants that doubles keep to the millisecond; what a request without bounds asks for. */
export const TIME_MS_MIN: number = Number.MIN_SAFE_INTEGER;
export const TIME_MS_MAX: number = Number.MAX_SAFE_INTEGER;

/** Of a request that may name a parameter several times. */
export class Params {
  readonly #pairs: readonly (readonly [string, string])[];

  constructor(pairs: readonly (readonly [string, string])[]) {
    this.#pairs = pairs;
  }

  /** '' where there is none. */
  first(name: string): string {
    for (const [key, value] of this.#pairs) if (key === name) return value;
    return '';
  }

  all(name: string): string[] {
    return this.#pairs.filter(([key]) => key === name).map(([, value]) => value);
  }
}

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;

/** No instant and no duration takes more characters than this. */
const NUMBER_LENGTH_MAX = 1024;

/** Seconds since the epoch or RFC 3339, to whole milliseconds. Undefined: neither. */
export function readTime(text: string): number | undefined {
  if (text.length > NUMBER_LENGTH_MAX) return undefined;
  if (isDecimal(text)) {
    const ms = Math.round(Number(text) * 1000);
    return Number.isFinite(ms) ? ms : undefined;
  }
  const match = INSTANT.exec(text);
  if (match === null) return namedTime(text);
  const fraction = (match[7] ?? '').padEnd(3, '0').slice(0, 3);
  const ms = Date.parse(`${text.slice(0, 19)}.${fraction}${match[8] ?? 'Z'}`);
  return Number.isNaN(ms) || !isCalendarDay(match) ? undefined : ms;
}

/** What Prometheus' own clients send for "from the beginning" and "to the end". */
function namedTime(text: string): number | undefined {
  if (text === '-292273086-05-16T16:47:06Z') return TIME_MS_MIN;
  if (text === '292277025-08-18T07:12:54.999999999Z') return TIME_MS_MAX;
  return undefined;
}

/** Date.parse takes 30 February for 1 March. */
function isCalendarDay(match: RegExpExecArray): boolean {
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return new Date(Date.UTC(year, month, 0)).getUTCDate() >= day && day > 0;
}

export function parseTime(text: string): number {
  const ms = readTime(text);
  if (ms === undefined) throw new ApiError('bad_data', cannotParse(text, 'timestamp'));
  return ms;
}

/** A parameter with an instant; `fallbackMs` where it is absent. */
export function timeParam(params: Params, name: string, fallbackMs?: number): number {
  const text = params.first(name);
  if (text === '' && fallbackMs !== undefined) return fallbackMs;
  const ms = readTime(text);
  if (ms !== undefined) return ms;
  const reason = cannotParse(text, 'timestamp');
  throw fallbackMs === undefined
    ? invalidParameter(name, reason)
    : invalidParameter(name, `Invalid time value for '${name}': ${reason}`);
}

function cannotParse(text: string, what: string): string {
  return `cannot parse ${JSON.stringify(text)} to a valid ${what}`;
}

/** Go keeps durations as nanoseconds in an int64. */
const DURATION_SECONDS_MAX = 9_223_372_036;

/** Seconds (`1.5`) or a duration (`1m30s`), to milliseconds with fractions. Throws an ApiError. */
export function parseDurationParam(text: string): number {
  if (text.length > NUMBER_LENGTH_MAX) {
    throw new ApiError('bad_data', cannotParse(text.slice(0, NUMBER_LENGTH_MAX), 'duration'));
  }
  if (isDecimal(text)) {
    const seconds = Number(text);
    if (Math.abs(seconds) <= DURATION_SECONDS_MAX) return seconds * 1000;
    const reason = `${cannotParse(text, 'duration')}. It overflows int64`;
    throw new ApiError('bad_data', reason);
  }
  try {
    return parseDuration(text);
  } catch {
    throw new ApiError('bad_data', cannotParse(text, 'duration'));
  }
}

/** A parameter with a duration in milliseconds. Undefined where it is absent and may be. */
export function durationParam(params: Params, name: string): number {
  try {
    return parseDurationParam(params.first(name));
  } catch (error) {
    throw error instanceof ApiError ? invalidParameter(name, error.message) : error;
  }
}

/** A count; 0 (also where absent): no limit. */
export function limitParam(params: Params, name = 'limit'): number {
  const text = params.first(name);
  if (text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) {
    throw invalidParameter(name, `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  const limit = Number(text);
  if (limit < 0) throw invalidParameter(name, 'limit must be non-negative');
  return limit;
}

/** How long a request may take: what it asks for, at most what the server allows. 0: no limit. */
export function timeoutParam(params: Params, serverTimeoutMs: number): number {
  if (params.first('timeout') === '') return serverTimeoutMs;
  // Less than a millisecond would read as no limit.
  const askedMs = Math.max(1, durationParam(params, 'timeout'));
  return serverTimeoutMs === 0 ? askedMs : Math.min(askedMs, serverTimeoutMs);
}

/** The selectors of `match[]`. Each must leave something out. Throws an ApiError. */
export function matcherSets(params: Params): (readonly Matcher[])[] {
  return params.all('match[]').map((text) => {
    const matchers = parseSelectorParam(text, 'match[]');
    if (matchers.every((matcher) => matcher.matches(''))) {
      const reason = 'match[] must contain at least one non-empty matcher';
      throw invalidParameter('match[]', reason);
    }
    return matchers;
  });
}
