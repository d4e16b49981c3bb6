import type { FloatHistogram } from '#model';

/** A native histogram of three observations. */
export const HISTOGRAM: FloatHistogram = {
  counterResetHint: 'unknown',
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 3,
  sum: 4,
  positiveSpans: [{ offset: 0, length: 1 }],
  negativeSpans: [],
  positiveBuckets: [3],
  negativeBuckets: [],
  customValues: [],
};
