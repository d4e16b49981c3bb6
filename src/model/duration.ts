const UNITS: readonly (readonly [string, number])[] = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** The longest duration that Go's nanosecond int64 holds, in milliseconds. */
const DURATION_MS_MAX = 9_223_372_036_854;

/** Parses `1h30m` to milliseconds (Prometheus: common/model/time.go). Throws an Error in its words. */
export function parseDuration(text: string): number {
  if (text === '0') return 0;
  if (text === '') throw new Error('empty duration string');
  const match = DURATION.exec(text);
  if (match === null) throw new Error(describeBadDuration(text));
  let durationMs = 0;
  for (const [i, [, unitMs]] of UNITS.entries()) {
    durationMs += Number(match[i + 1] ?? '0') * unitMs;
    if (durationMs > DURATION_MS_MAX) throw new Error('duration out of range');
  }
  return durationMs;
}

/** The first thing that is wrong, from left to right: a unit nobody knows, or the form. */
function describeBadDuration(text: string): string {
  let unitBefore = -1;
  for (const [whole, , unit] of text.matchAll(/(\d*)(\D*)/g)) {
    const index = UNITS.findIndex(([name]) => name === unit);
    const hasForm = /^\d+\D/.test(whole);
    if (hasForm && index < 0) {
      return `unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`;
    }
    if (!hasForm || index <= unitBefore) break;
    unitBefore = index;
  }
  return `not a valid duration string: ${JSON.stringify(text)}`;
}

/** As `parseDuration`, with a leading `-` allowed. */
export function parseSignedDuration(text: string): number {
  if (!text.startsWith('-')) return parseDuration(text);
  const durationMs = parseDuration(text.slice(1));
  return durationMs === 0 ? 0 : -durationMs;
}

/** Formats whole milliseconds canonically: `1h30m`, `90s` is `1m30s`, years and weeks only if exact. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`;
  let rest = durationMs;
  let text = '';
  for (const [unit, unitMs] of UNITS) {
    const exactOnly = unit === 'y' || unit === 'w';
    if (exactOnly && rest % unitMs !== 0) continue;
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text;
}
