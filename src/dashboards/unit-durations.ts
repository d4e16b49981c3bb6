import type { FormattedValue } from './units.ts';
import { fixed } from './unit-scales.ts';

/** Up to which size a value is shown in which unit, in the unit of the value. */
type Ladder = readonly (readonly [below: number, size: number, unit: string, isWord: boolean])[];

const minute = 60;
const hour = 3600;
const day = 86_400;
const week = 604_800;
const year = 31_536_000;

function ladder(seconds: number, top: 'year' | 'weeks' | 'day'): Ladder {
  const small: Ladder = [
    [1e-6, 1e-9, 'ns', false],
    [1e-3, 1e-6, 'µs', false],
    [1, 1e-3, 'ms', false],
    [minute, 1, 's', false],
    [hour, minute, 'min', true],
    [day, hour, 'hour', true],
  ];
  const large: Record<typeof top, Ladder> = {
    day: [[Infinity, day, 'day', true]],
    year: [
      [year, day, 'day', true],
      [Infinity, year, 'year', true],
    ],
    weeks: [
      [week, day, 'day', true],
      [year, week, 'week', true],
      [Infinity, year, 'year', true],
    ],
  };
  return [...small, ...large[top]]
    .map(([below, size, unit, isWord]) => {
      return [below / seconds, size / seconds, unit, isWord] as const;
    })
    .filter(([, size]) => size >= 1 - 1e-9 || seconds === 1);
}

const ladders: Readonly<Record<string, Ladder>> = {
  ns: ladder(1e-9, 'day'),
  µs: ladder(1e-6, 'day'),
  ms: ladder(1e-3, 'year'),
  s: ladder(1, 'weeks'),
  m: ladder(minute, 'weeks'),
  h: ladder(hour, 'weeks'),
  d: ladder(day, 'weeks'),
};

/** `90` of `s` is `1.50 mins`. */
export function formatTimeSpan(
  value: number,
  unit: string,
  decimals: number | undefined,
): FormattedValue {
  const steps = ladders[unit] ?? [];
  const size = Math.abs(value);
  const own = steps.find(([, size]) => Math.abs(size - 1) < 1e-9);
  const step = size === 0 ? own : steps.find(([below]) => size < below);
  const [, scale, name, isWord] = step ?? steps.at(-1) ?? [0, 1, unit, false];
  const text = fixed(value / scale, decimals);
  const isOne = text === '1' || text === '-1';
  return { prefix: '', text, suffix: ` ${name}${isWord && !isOne ? 's' : ''}` };
}

const durationUnits: readonly (readonly [ms: number, name: string])[] = [
  [365 * 86_400_000, 'year'],
  [30 * 86_400_000, 'month'],
  [7 * 86_400_000, 'week'],
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
  [1, 'millisecond'],
];

/** `1 week, 2 days`: as many further units as `decimals` says. */
export function formatDuration(ms: number, decimals: number | undefined, unit: string): string {
  if (ms === 0) return `0 ${unit}s`;
  let rest = Math.round(Math.abs(ms));
  let left = (decimals ?? 0) + 1;
  const parts: string[] = [];
  for (const [size, name] of durationUnits) {
    const count = Math.floor(rest / size);
    if (left === 0 || (count === 0 && parts.length === 0)) continue;
    parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
    rest -= count * size;
    left--;
  }
  const text = parts.length === 0 ? `0 ${unit}s` : parts.join(', ');
  return ms < 0 ? `${text} ago` : text;
}

/** `24h:59m:59s:999ms`; of units smaller than the largest as many as `decimals` says. */
export function formatClock(ms: number, decimals: number | undefined): string {
  const size = Math.abs(ms);
  const sign = ms < 0 ? '-' : '';
  if (size < 1000) return `${sign}${padded(size, 3)}ms`;
  const parts: string[] = [];
  if (size >= 3_600_000) parts.push(`${padded(size / 3_600_000, 2)}h`);
  if (size >= 60_000) parts.push(`${padded((size / 60_000) % 60, 2)}m`);
  parts.push(`${padded((size / 1000) % 60, 2)}s`, `${padded(size % 1000, 3)}ms`);
  return sign + parts.slice(0, (decimals ?? 3) + 1).join(':');
}

/** `26:03:04`, or `1 d 02:03:04`. */
export function formatHoursMinutesSeconds(seconds: number, hasDays: boolean): string {
  const size = Math.floor(Math.abs(seconds));
  const days = hasDays ? Math.floor(size / day) : 0;
  const clock = [(size - days * day) / hour, (size / minute) % 60, size % 60];
  const text = clock.map((part) => padded(part, 2)).join(':');
  return `${days > 0 ? `${days} d ` : ''}${text}${seconds < 0 ? ' ago' : ''}`;
}

function padded(value: number, digits: number): string {
  return String(Math.floor(value)).padStart(digits, '0');
}
