import { formatDate } from './date-format.ts';
import { wallTime } from './time-zone.ts';

const longForms: Readonly<Record<string, string>> = {
  LTS: 'h:mm:ss A',
  LT: 'h:mm A',
  LLLL: 'dddd, MMMM D, YYYY h:mm A',
  LLL: 'MMMM D, YYYY h:mm A',
  LL: 'MMMM D, YYYY',
  L: 'MM/DD/YYYY',
};

/** Format text of `time:` that is longer is cut. */
const formatLengthMax = 200;

export function isInstant(ms: number): boolean {
  return Math.abs(ms) <= 8.64e15;
}

/** `ms` since the epoch in moment's words, the long forms `L`, `LT`, ... too. What stands in brackets stays. */
export function formatMoment(ms: number, format: string, zone: string): string {
  const whole = format
    .slice(0, formatLengthMax)
    .replaceAll(/\[[^\]]*\]|LTS|LT|LLLL|LLL|LL|L/g, (found) => longForms[found] ?? found);
  return formatDate(ms, whole, zone);
}

export function isSameDay(ms: number, otherMs: number, zone: string): boolean {
  if (!isInstant(ms)) return false;
  const a = wallTime(ms, zone);
  const b = wallTime(otherMs, zone);
  return a.year === b.year && a.month === b.month && a.day === b.day;
}

const agoSteps: readonly (readonly [belowSeconds: number, unitSeconds: number, unit: string])[] = [
  [45, 0, 'a few seconds'],
  [90, 0, 'a minute'],
  [45 * 60, 60, 'minutes'],
  [90 * 60, 0, 'an hour'],
  [22 * 3600, 3600, 'hours'],
  [36 * 3600, 0, 'a day'],
  [26 * 86_400, 86_400, 'days'],
  [45 * 86_400, 0, 'a month'],
  [320 * 86_400, 30.4375 * 86_400, 'months'],
  [548 * 86_400, 0, 'a year'],
  [Infinity, 365.25 * 86_400, 'years'],
];

/** `7 days ago`, `in 2 hours`. */
export function formatFromNow(ms: number, nowMs: number): string {
  if (!isInstant(ms)) return 'Invalid date';
  const seconds = Math.abs(nowMs - ms) / 1000;
  const [, size = 0, unit = ''] = agoSteps.find(([below]) => seconds < below) ?? [];
  const text = size === 0 ? unit : `${Math.max(2, Math.round(seconds / size))} ${unit}`;
  return ms > nowMs ? `in ${text}` : `${text} ago`;
}
