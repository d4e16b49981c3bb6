/** Where numbers are written: the same memory twice. Up to 8 bytes behind a number may be overwritten. */
export interface DigitBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export const ZERO = 0x30;
export const POINT = 0x2e;
export const MINUS = 0x2d;

/** All numbers of four digits, as the four bytes of a little-endian word. */
const FOUR_DIGITS: Int32Array = Int32Array.from({ length: 10_000 }, (_, i) => {
  const digit = (power: number): number => ZERO + (Math.floor(i / power) % 10);
  return digit(1000) | (digit(100) << 8) | (digit(10) << 16) | (digit(1) << 24);
});

const MYRIAD = 10_000;
const HUNDRED_MILLION = 1e8;

/** A whole number below 10,000, with zeros in front. */
export function writeFour(view: DataView, at: number, value: number): void {
  view.setInt32(at, FOUR_DIGITS[value] as number, true);
}

/** A whole number below 1e8, with zeros in front. */
export function writeEight(view: DataView, at: number, value: number): void {
  const high = (value / MYRIAD) | 0;
  writeFour(view, at, high);
  writeFour(view, at + 4, value - high * MYRIAD);
}

/** A whole number from 0 to below 1e16. Gives the place behind it. */
export function writeWhole(view: DataView, at: number, value: number): number {
  if (value < HUNDRED_MILLION) return writeBelowHundredMillion(view, at, value);
  const high = Math.floor(value / HUNDRED_MILLION);
  const end = writeBelowHundredMillion(view, at, high);
  writeEight(view, end, value - high * HUNDRED_MILLION);
  return end + 8;
}

function writeBelowHundredMillion(view: DataView, at: number, value: number): number {
  if (value < MYRIAD) return writeBelowMyriad(view, at, value);
  const high = (value / MYRIAD) | 0;
  const end = writeBelowMyriad(view, at, high);
  writeFour(view, end, value - high * MYRIAD);
  return end + 4;
}

function writeBelowMyriad(view: DataView, at: number, value: number): number {
  const digits = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : 4;
  view.setInt32(at, (FOUR_DIGITS[value] as number) >> (32 - digits * 8), true);
  return at + digits;
}
