import { POINT, writeEight, ZERO } from './whole-digits.ts';
import type { DigitBytes } from './whole-digits.ts';

/**
 * The fewest decimal digits that give a double again, the nearest to it among those: what JavaScript and Go
 * write. For doubles from 1e-6 to below 1e17 the seventeen digits before rounding are a product with a power
 * of ten that is a double itself, so that the product and what its rounding took (Dekker's product) are the
 * whole truth; which of the neighbouring decimals lie close enough is then a matter of comparing. Where a
 * comparison comes out too close, the platform is asked.
 */

/** Digits of the product: at least 1e16, below 1e17. */
const PRODUCT_MIN = 1e16;
const PRODUCT_MAX = 1e17;
const BILLION = 1e9;
const HEAD_MIN = 1e7;
const HEAD_MAX = 1e8;
/** Closer than this to a limit, and it is not decided here. Rounding in what is compared is below 1e-12. */
const DOUBT = 1e-6;
/** Splits a double in two of 26 bits: 2 ** 27 + 1. */
const SPLITTER = 134_217_729;

const EXPONENT_BIAS = 1023;
/** Of 1e-6 and of what is below 1e17. */
const BINARY_MIN = -20;
const BINARY_MAX = 56;
const DECIMAL_MIN = -7;

/** 10 ** i, exact, and its two halves. */
const POWERS: Float64Array = Float64Array.from({ length: 24 }, (_, i) => Number(`1e${i}`));
const POWERS_HIGH: Float64Array = POWERS.map(highHalf);
const POWERS_LOW: Float64Array = POWERS.map((power) => power - highHalf(power));
/** From binary exponents, counted from BINARY_MIN: the decimal one of the least such double; half a step between such. */
const BINARY_EXPONENTS: readonly number[] = Array.from(
  { length: BINARY_MAX - BINARY_MIN + 1 },
  (_, i) => BINARY_MIN + i,
);
const DECIMALS: Int8Array = Int8Array.from(BINARY_EXPONENTS, (binary) =>
  Number((2 ** binary).toExponential().split('e')[1]),
);
const HALF_STEPS: Float64Array = Float64Array.from(
  BINARY_EXPONENTS,
  (binary) => 2 ** (binary - 53),
);
/** Decimal exponents from DECIMAL_MIN on: the least double with it, as text has it. */
const DECADES: Float64Array = Float64Array.from({ length: 26 }, (_, i) =>
  Number(`1e${i + DECIMAL_MIN}`),
);

function highHalf(value: number): number {
  const large = SPLITTER * value;
  return large - (large - value);
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** What the functions below say where they do not decide. */
const UNDECIDED = -1;

/** Writes a number from `at` on and gives the place behind it; -1, and nothing of use written, where it is not decided here. */
export function writeShortest(out: DigitBytes, at: number, value: number): number {
  if (!(value >= 1e-6 && value < PRODUCT_MAX)) return UNDECIDED;
  float[0] = value;
  const high = words[1] as number;
  // The step below a power of two is half as wide.
  if ((high & 0xfffff) === 0 && words[0] === 0) return UNDECIDED;
  const binary = (high >>> 20) - EXPONENT_BIAS - BINARY_MIN;
  let decimal = DECIMALS[binary] as number;
  if (value >= (DECADES[decimal + 1 - DECIMAL_MIN] as number)) decimal++;
  const scale = 16 - decimal;
  const power = POWERS[scale] as number;
  const product = value * power;
  if (product < PRODUCT_MIN || product >= PRODUCT_MAX) return UNDECIDED;
  // Of eight digits and nine; the billions of a product are exact.
  let head = Math.floor(product / BILLION) | 0;
  let tail = (product - head * BILLION) | 0;
  if (tail < 0) {
    head--;
    tail += BILLION;
  }
  const lastTwo = tail - ((tail / 100) | 0) * 100;
  const rest = lastTwo + roundingError(value, scale, product);
  const rounded = roundRest(rest, (HALF_STEPS[binary] as number) * power);
  if (rounded === UNDECIDED) return UNDECIDED;
  tail += rounded - lastTwo;
  if (tail >= BILLION) {
    head++;
    tail -= BILLION;
  } else if (tail < 0) {
    head--;
    tail += BILLION;
  }
  if (head < HEAD_MIN || head >= HEAD_MAX) return UNDECIDED;
  writeSeventeen(out, decimal < 0 ? at + 1 - decimal : at + 1, head, tail);
  return writePoint(out.bytes, at, decimal);
}

/** What the product with a power of ten lost when it was rounded: the true product is their sum (Dekker 1971). */
function roundingError(value: number, scale: number, product: number): number {
  const large = SPLITTER * value;
  const high = large - (large - value);
  const low = value - high;
  const powerHigh = POWERS_HIGH[scale] as number;
  const powerLow = POWERS_LOW[scale] as number;
  return high * powerHigh - product + high * powerLow + low * powerHigh + low * powerLow;
}

/**
 * The last two of seventeen digits, rounded as far as it goes: whatever lies nearer than `half` reads as the
 * same double. `half` is below 12, so that one multiple of a hundred can be that near, and then has the
 * fewest digits.
 */
function roundRest(rest: number, half: number): number {
  const hundred = rest < 50 ? 0 : 100;
  const fromHundred = Math.abs(rest - hundred);
  if (fromHundred < half - DOUBT) return hundred;
  if (fromHundred <= half + DOUBT) return UNDECIDED;
  const ten = Math.round(rest / 10) * 10;
  const fromTen = Math.abs(rest - ten);
  if (fromTen < half - DOUBT) return fromTen > 5 - DOUBT ? UNDECIDED : ten;
  if (fromTen <= half + DOUBT) return UNDECIDED;
  const one = Math.round(rest);
  return Math.abs(rest - one) > 0.5 - DOUBT || one < 0 ? UNDECIDED : one;
}

function writeSeventeen({ bytes, view }: DigitBytes, at: number, head: number, tail: number): void {
  writeEight(view, at, head);
  const first = (tail / 1e8) | 0;
  bytes[at + 8] = ZERO + first;
  writeEight(view, at + 9, tail - first * 1e8);
}

/** Puts the point where it belongs among the digits, which begin at the second place, or behind zeros. */
function writePoint(bytes: Uint8Array, at: number, decimal: number): number {
  if (decimal < 0) {
    for (let i = 0; i <= -decimal; i++) bytes[at + i] = ZERO;
    bytes[at + 1] = POINT;
    return withoutZeros(bytes, at + 18 - decimal);
  }
  for (let i = 0; i <= decimal; i++) bytes[at + i] = bytes[at + i + 1] as number;
  bytes[at + decimal + 1] = POINT;
  return withoutZeros(bytes, at + 18);
}

function withoutZeros(bytes: Uint8Array, end: number): number {
  let last = end - 1;
  while (bytes[last] === ZERO) last--;
  return bytes[last] === POINT ? last : last + 1;
}
