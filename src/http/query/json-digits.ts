import { encodeTimestamp, encodeValue } from './encode-number.ts';
import { writeShortest } from './shortest-digits.ts';
import { MINUS, POINT, writeFour, writeWhole, ZERO } from './whole-digits.ts';
import type { DigitBytes } from './whole-digits.ts';

/** More than any timestamp or value takes, and what may be overwritten behind it, in bytes. */
export const NUMBER_BYTES_MAX = 40;

/** What a double keeps for sure. */
const FIFTEEN_DIGITS = 1e15;

/** What `encodeTimestamp` says, as bytes from `at` on. Gives the place behind them. */
export function writeTimestamp(out: DigitBytes, at: number, ms: number): number {
  if (!(ms >= 0 && ms < FIFTEEN_DIGITS) || Math.floor(ms) !== ms) {
    return writeText(out.bytes, at, encodeTimestamp(ms));
  }
  const fraction = ms % 1000;
  const end = writeWhole(out.view, at, (ms - fraction) / 1000);
  if (fraction === 0) return end;
  writeFour(out.view, end, fraction);
  // Its first digit is a zero.
  out.bytes[end] = POINT;
  return end + 4;
}

/**
 * What `encodeValue` says, as bytes from `at` on. Gives the place behind them. Whole numbers and those with
 * few decimals, which samples often are, are written digit by digit: of at most 15 digits that give the
 * double again there is but one choice, so that they are the shortest.
 */
export function writeValue(out: DigitBytes, at: number, value: number): number {
  const size = Math.abs(value);
  if (size < FIFTEEN_DIGITS && value !== 0) {
    const from = value < 0 ? at + 1 : at;
    out.bytes[at] = MINUS;
    if (Math.floor(size) === size) return writeWhole(out.view, from, size);
    const thousandths = Math.round(size * 1000);
    if (thousandths < FIFTEEN_DIGITS && thousandths / 1000 === size) {
      return writeThousandths(out, from, thousandths);
    }
    const end = writeShortest(out, from, size);
    if (end >= 0) return end;
  }
  return writeText(out.bytes, at, encodeValue(value));
}

function writeThousandths(out: DigitBytes, at: number, thousandths: number): number {
  const whole = Math.floor(thousandths / 1000);
  const point = writeWhole(out.view, at, whole);
  writeFour(out.view, point, (thousandths - whole * 1000) | 0);
  out.bytes[point] = POINT;
  let end = point + 4;
  while (out.bytes[end - 1] === ZERO) end--;
  return end;
}

/** ASCII only. */
function writeText(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}
