export interface NumberParse {
  readonly value: number;
  /** Go's words for what is wrong with it. */
  readonly error?: string;
}

const INT64_MAX = 9_223_372_036_854_775_807n;

const INTEGER = /^(?:0[xX](?:_?[0-9a-fA-F])+|0(?:_?[0-7])+|0|[1-9](?:_?[0-9])*)$/;
const FLOAT =
  /^(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;

/**
 * Reads a number as Prometheus does: Go's integer syntax first (`0x1f`, octal `017`, `1_000`), then
 * Go's decimal float syntax, `inf` and `nan` in any case. Without a sign.
 */
export function parseNumber(text: string): NumberParse {
  if (INTEGER.test(text)) {
    const integer = BigInt(integerDigits(text));
    if (integer <= INT64_MAX) return { value: Number(integer) };
  }
  const word = text.toLowerCase();
  if (word === 'inf') return { value: Infinity };
  if (word === 'nan') return { value: NaN };
  if (!FLOAT.test(text)) return { value: 0, error: floatError(text, 'invalid syntax') };
  const value = Number(text.replaceAll('_', ''));
  if (value === Infinity) return { value, error: floatError(text, 'value out of range') };
  return { value };
}

function integerDigits(text: string): string {
  const digits = text.replaceAll('_', '');
  return /^0[0-9]/.test(digits) ? `0o${digits.slice(1)}` : digits;
}

function floatError(text: string, reason: string): string {
  return `strconv.ParseFloat: parsing "${text}": ${reason}`;
}

/** Rounds halves away from zero, as Go's math.Round. */
export function roundHalfAway(value: number): number {
  const magnitude = Math.abs(value);
  const whole = Math.floor(magnitude);
  const rounded = magnitude - whole >= 0.5 ? whole + 1 : whole;
  return value < 0 ? -rounded : rounded;
}

/** Go's range of a duration: int64 nanoseconds. In seconds. */
const DURATION_SECONDS_MAX = 2 ** 63 / 1e9;

export function isDurationOutOfRange(seconds: number): boolean {
  return seconds > DURATION_SECONDS_MAX || seconds < -DURATION_SECONDS_MAX;
}

/** Whole milliseconds of a duration that Go keeps in nanoseconds; what is less is cut off. */
export function millisecondsOf(seconds: number): number {
  return Math.trunc(roundHalfAway(seconds * 1e9) / 1e6);
}

/** As Go's `%f`: six decimals, never an exponent. */
export function formatFixed(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}
