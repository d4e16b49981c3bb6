import { locale } from './locale.ts';

const countFormat = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });

export function formatCount(count: number): string {
  return countFormat.format(count);
}

/** `1 target`, `2 targets`. */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${count === 1 ? noun : `${noun}s`}`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit] ?? 'B'}`;
}

/** From large to small; the first whose size the value reaches is taken. */
const SI_PREFIXES: readonly (readonly [number, string])[] = [
  [1e24, 'Y'],
  [1e21, 'Z'],
  [1e18, 'E'],
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
  [1e-12, 'p'],
];

/** `1500` is `1.5k`, `0.002` is `2m`; values from 0.01 up to 1 keep their plain form. */
export function formatSi(value: number, digits: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN';
  const [size, prefix] = siPrefix(value);
  return `${trimZeros(value / size, digits)}${prefix}`;
}

function siPrefix(value: number): readonly [size: number, prefix: string] {
  const magnitude = Math.abs(value);
  if (magnitude === 0 || (magnitude >= 0.01 && magnitude < 1)) return [1, ''];
  return SI_PREFIXES.find(([size]) => magnitude >= size) ?? [1e-15, 'f'];
}

function trimZeros(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const TICK_DIGITS_MAX = 9;

/** Ticks of one axis: as few digits as show each where it is, to a hundredth of their distance. */
export function formatTicks(ticks: readonly number[]): string[] {
  const distance = Math.abs((ticks[1] ?? 0) - (ticks[0] ?? 0));
  for (let digits = 0; digits < TICK_DIGITS_MAX; digits++) {
    const isExact = ticks.every((tick) => roundingError(tick, digits) <= distance / 100);
    if (isExact) return ticks.map((tick) => formatSi(tick, digits));
  }
  return ticks.map((tick) => formatSi(tick, TICK_DIGITS_MAX));
}

function roundingError(value: number, digits: number): number {
  const size = siPrefix(value)[0];
  return Math.abs(Number((value / size).toFixed(digits)) * size - value);
}
