import { encodeTimestamp, encodeValue } from './encode-number.ts';

/** More than any timestamp or value takes, in bytes. */
export const NUMBER_BYTES_MAX = 32;

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
/** What fits twice into 15 digits, which a double keeps. */
const BILLION = 1e9;
const FIFTEEN_DIGITS = 1e15;

/** What `encodeTimestamp` says, as bytes from `at` on. Gives the place behind them. */
export function writeTimestamp(bytes: Uint8Array, at: number, ms: number): number {
  if (!(ms >= 0 && ms < FIFTEEN_DIGITS) || Math.floor(ms) !== ms) {
    return writeText(bytes, at, encodeTimestamp(ms));
  }
  const fraction = ms % 1000;
  const end = writeWhole(bytes, at, (ms - fraction) / 1000);
  if (fraction === 0) return end;
  bytes[end] = POINT;
  writePadded(bytes, end + 1, fraction, 3);
  return end + 4;
}

/**
 * What `encodeValue` says, as bytes from `at` on. Gives the place behind them. Whole numbers and those with
 * few decimals, which samples often are, are written digit by digit: of at most 15 digits that give the
 * double again there is but one choice, so that they are the shortest.
 */
export function writeValue(bytes: Uint8Array, at: number, value: number): number {
  const size = Math.abs(value);
  if (size < FIFTEEN_DIGITS && value !== 0) {
    const sign = value < 0 ? 1 : 0;
    if (Math.floor(size) === size) {
      bytes[at] = MINUS;
      return writeWhole(bytes, at + sign, size);
    }
    const thousandths = Math.round(size * 1000);
    if (thousandths < FIFTEEN_DIGITS && thousandths / 1000 === size) {
      bytes[at] = MINUS;
      return writeThousandths(bytes, at + sign, thousandths);
    }
  }
  return writeText(bytes, at, encodeValue(value));
}

function writeThousandths(bytes: Uint8Array, at: number, thousandths: number): number {
  const fraction = thousandths % 1000;
  let end = writeWhole(bytes, at, (thousandths - fraction) / 1000);
  bytes[end] = POINT;
  writePadded(bytes, end + 1, fraction, 3);
  end += 4;
  while (bytes[end - 1] === ZERO) end--;
  return end;
}

/** A whole number below 1e15. */
function writeWhole(bytes: Uint8Array, at: number, value: number): number {
  if (value < BILLION) return writeSmall(bytes, at, value | 0);
  const low = value % BILLION;
  const end = writeSmall(bytes, at, ((value - low) / BILLION) | 0);
  writePadded(bytes, end, low | 0, 9);
  return end + 9;
}

function writeSmall(bytes: Uint8Array, at: number, value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  writePadded(bytes, at, value, digits);
  return at + digits;
}

function writePadded(bytes: Uint8Array, at: number, value: number, digits: number): void {
  let rest = value | 0;
  for (let place = at + digits - 1; place >= at; place--) {
    const tenth = (rest / 10) | 0;
    bytes[place] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
}

/** ASCII only. */
function writeText(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}
