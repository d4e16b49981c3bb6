import type { FormattedValue } from './units.ts';

/** More are beyond what a double holds. */
const decimalsMax = 20;

/** Whole numbers have none; else as many as show three digits. */
export function usualDecimals(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || size % 1 === 0 || !Number.isFinite(size)) return 0;
  return Math.max(0, 2 - Math.floor(Math.log10(size)));
}

/** With `decimals` digits, or as many as the value needs; very small values with an exponent. */
export function fixed(value: number, decimals: number | undefined): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  const digits = Math.min(decimalsMax, Math.max(0, decimals ?? usualDecimals(value)));
  const text = value.toFixed(digits);
  if (decimals === undefined && value !== 0 && Math.abs(value) < 1e-6) {
    return String(Number(value.toPrecision(3)));
  }
  return Number(text) === 0 && text.startsWith('-') ? text.slice(1) : text;
}

/** A scale: each step is `factor` times the one before; `zero` is the place of the unit itself. */
export interface Scale {
  readonly factor: number;
  readonly names: readonly string[];
  readonly zero: number;
}

export const decimalScale: Scale = {
  factor: 1000,
  names: ['f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'],
  zero: 5,
};
export const binaryScale: Scale = {
  factor: 1024,
  names: ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'],
  zero: 0,
};
export const countScale: Scale = { factor: 1000, names: ['', 'K', 'M', 'B', 'T'], zero: 0 };
export const shortScale: Scale = {
  factor: 1000,
  names: ['', ' K', ' Mil', ' Bil', ' Tri', ' Quadr', ' Quint', ' Sext', ' Sept'],
  zero: 0,
};

/** The value in the step in which it is at least 1, and the name of that step. `offset`: in steps, where the value begins. */
export function scaled(
  value: number,
  scale: Scale,
  offset: number,
): { value: number; name: string } {
  const { factor, names } = scale;
  let place = Math.min(Math.max(scale.zero + offset, 0), names.length - 1);
  let rest = value;
  if (value !== 0 && Number.isFinite(value)) {
    while (Math.abs(rest) >= factor && place < names.length - 1) {
      rest /= factor;
      place++;
    }
    while (Math.abs(rest) < 1 && place > 0) {
      rest *= factor;
      place--;
    }
  }
  return { value: rest, name: names[place] ?? '' };
}

/** `1.50 KiB`, `2 kHz`. */
export function formatScaled(
  value: number,
  decimals: number | undefined,
  {
    scale,
    symbol,
    offset,
  }: { readonly scale: Scale; readonly symbol: string; readonly offset: number },
): FormattedValue {
  const { value: rest, name } = scaled(value, scale, offset);
  const unit = `${name}${symbol}`;
  return { prefix: '', text: fixed(rest, decimals), suffix: unit === '' ? '' : ` ${unit}` };
}

/** `1.50K ops/s` */
export function formatCount(
  value: number,
  decimals: number | undefined,
  symbol: string,
): FormattedValue {
  const { value: rest, name } = scaled(value, countScale, 0);
  return { prefix: '', text: fixed(rest, decimals), suffix: `${name} ${symbol}` };
}
