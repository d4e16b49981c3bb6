import type { FloatHistogram } from './histogram.ts';
import { STALE_NAN, STALE_NAN_HIGH, STALE_NAN_LOW } from './sample.ts';

const scratch = new Float64Array(1);
const scratchWords = new Uint32Array(scratch.buffer);

/** Below, differences of differences of counts are exact in a double. */
const COUNT_END = 2 ** 50;

/** Marks a series of histograms as ended; its sum is the stale marker. */
export const STALE_HISTOGRAM: FloatHistogram = {
  counterResetHint: 'unknown',
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: STALE_NAN,
  positiveSpans: [],
  negativeSpans: [],
  positiveBuckets: [],
  negativeBuckets: [],
  customValues: [],
};

/** Whether it marks the end of its series. The marker's NaN may have been made quiet on its way. */
export function isStaleHistogram({ sum }: FloatHistogram): boolean {
  if (sum === sum) return false;
  scratch[0] = sum;
  const high = (scratchWords[1] as number) & 0x7ff7ffff;
  return high === STALE_NAN_HIGH && scratchWords[0] === STALE_NAN_LOW;
}

/**
 * True where every count is a whole number from 0 to 2^50 - 1. Formats that tell histograms of integers from
 * those of floats keep such a one as integers, whichever it was: it reads the same.
 */
export function isIntegerHistogram(histogram: FloatHistogram): boolean {
  return (
    isCount(histogram.count) &&
    isCount(histogram.zeroCount) &&
    histogram.positiveBuckets.every(isCount) &&
    histogram.negativeBuckets.every(isCount)
  );
}

function isCount(value: number): boolean {
  if (value === 0) return !Object.is(value, -0); // An integer has no sign of zero to keep.
  return value > 0 && value < COUNT_END && Math.floor(value) === value;
}
