import { DOT, MINUS, PLUS } from './byte-class.ts';

/** Exact in binary; beyond them a decimal must be read with more care. */
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

const EXACT_MANTISSA_MAX = 9_007_199_254_740_991;

/** What the last `scanFloat` read. One object, so that the hot loop allocates nothing. */
export const scanned: { value: number; end: number } = { value: 0, end: 0 };

/**
 * Reads a plain decimal (`12`, `-0.5`, `7.1e-05`) at `start` into `scanned`. False where the bytes
 * there are something else, or a decimal that needs exact conversion; the caller reads that as a string.
 * `end` is then unspecified. The float is the nearest to the decimal: an integer below 2^53 times or
 * over a power of ten up to 10^22 is rounded once (W. Clinger 1990).
 */
export function scanFloat(bytes: Uint8Array, start: number): boolean {
  let at = start;
  let byte = bytes[at] as number;
  const negative = byte === MINUS;
  if (negative || byte === PLUS) byte = bytes[++at] as number;
  let mantissa = 0;
  const digitsStart = at;
  while (byte >= 0x30 && byte <= 0x39) {
    mantissa = mantissa * 10 + (byte - 0x30);
    byte = bytes[++at] as number;
  }
  let digits = at - digitsStart;
  let exponent = 0;
  if (byte === DOT) {
    const fractionStart = ++at;
    byte = bytes[at] as number;
    while (byte >= 0x30 && byte <= 0x39) {
      mantissa = mantissa * 10 + (byte - 0x30);
      byte = bytes[++at] as number;
    }
    exponent = fractionStart - at;
    digits -= exponent;
  }
  if (digits === 0 || mantissa > EXACT_MANTISSA_MAX) return false;
  if ((byte | 0x20) === 0x65) {
    byte = bytes[++at] as number;
    const exponentIsNegative = byte === MINUS;
    if (exponentIsNegative || byte === PLUS) byte = bytes[++at] as number;
    const exponentStart = at;
    let given = 0;
    while (byte >= 0x30 && byte <= 0x39) {
      given = given * 10 + (byte - 0x30);
      byte = bytes[++at] as number;
    }
    if (at === exponentStart || at > exponentStart + 4) return false;
    exponent += exponentIsNegative ? -given : given;
  }
  if (exponent > 22 || exponent < -22) return false;
  const size =
    exponent < 0
      ? mantissa / (POWERS_OF_TEN[-exponent] as number)
      : mantissa * (POWERS_OF_TEN[exponent] as number);
  scanned.value = negative ? -size : size;
  scanned.end = at;
  return true;
}
