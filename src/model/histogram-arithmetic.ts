import type { CounterResetHint, FloatHistogram } from './histogram.ts';
import {
  bucketColumns,
  type BucketColumns,
  exponentialBound,
  mergeBuckets,
  negativeBuckets,
  positiveBuckets,
  reduceResolution,
  spanSide,
  usesCustomBuckets,
} from './histogram-buckets.ts';

/** Two histograms of which one has exponential and the other custom buckets. */
export class IncompatibleHistogramsError extends Error {
  override readonly name = 'IncompatibleHistogramsError';
}

export interface HistogramSum {
  readonly histogram: FloatHistogram;
  /** One said `reset`, the other `not_reset`. */
  readonly counterResetCollision: boolean;
  /** Custom bounds differed; the result has those that both have. */
  readonly boundsReconciled: boolean;
}

export function scaleHistogram(histogram: FloatHistogram, factor: number): FloatHistogram {
  const scale = (count: number): number => count * factor;
  return {
    ...histogram,
    counterResetHint: factor < 0 ? 'gauge' : histogram.counterResetHint,
    zeroCount: histogram.zeroCount * factor,
    count: histogram.count * factor,
    sum: histogram.sum * factor,
    positiveBuckets: histogram.positiveBuckets.map(scale),
    negativeBuckets: histogram.negativeBuckets.map(scale),
  };
}

/** Division by zero leaves no buckets. */
export function divideHistogram(histogram: FloatHistogram, divisor: number): FloatHistogram {
  const divide = (count: number): number => count / divisor;
  const empty = divisor === 0;
  return {
    ...histogram,
    counterResetHint: divisor < 0 ? 'gauge' : histogram.counterResetHint,
    zeroCount: histogram.zeroCount / divisor,
    count: histogram.count / divisor,
    sum: histogram.sum / divisor,
    positiveSpans: empty ? [] : histogram.positiveSpans,
    negativeSpans: empty ? [] : histogram.negativeSpans,
    positiveBuckets: empty ? [] : histogram.positiveBuckets.map(divide),
    negativeBuckets: empty ? [] : histogram.negativeBuckets.map(divide),
  };
}

/** Throws IncompatibleHistogramsError. */
export function addHistograms(a: FloatHistogram, b: FloatHistogram): HistogramSum {
  return combine(a, b, 1);
}

/** Throws IncompatibleHistogramsError. */
export function subtractHistograms(a: FloatHistogram, b: FloatHistogram): HistogramSum {
  return combine(a, b, -1);
}

function combine(a: FloatHistogram, b: FloatHistogram, sign: number): HistogramSum {
  if (usesCustomBuckets(a) !== usesCustomBuckets(b)) {
    throw new IncompatibleHistogramsError('histograms have incompatible schemas');
  }
  return usesCustomBuckets(a) ? combineCustom(a, b, sign) : combineExponential(a, b, sign);
}

function combineExponential(a: FloatHistogram, b: FloatHistogram, sign: number): HistogramSum {
  const threshold = commonZeroThreshold(a, b);
  const zeroCount = zeroCountFor(a, threshold) + sign * zeroCountFor(b, threshold);
  const schema = Math.min(a.schema, b.schema);
  const side = (name: 'positive' | 'negative') => {
    const left = sideColumns(a, name, threshold, schema);
    const right = sideColumns(b, name, threshold, schema);
    return spanSide(mergeColumns(left, right, sign));
  };
  const positive = side('positive');
  const negative = side('negative');
  const histogram: FloatHistogram = {
    counterResetHint: combinedHint(a.counterResetHint, b.counterResetHint),
    schema,
    zeroThreshold: threshold,
    zeroCount,
    count: a.count + sign * b.count,
    sum: a.sum + sign * b.sum,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
    customValues: [],
  };
  return { histogram, counterResetCollision: hintsCollide(a, b), boundsReconciled: false };
}

/** Buckets of one side in the target schema, without those inside the zero bucket. */
function sideColumns(
  histogram: FloatHistogram,
  side: 'positive' | 'negative',
  zeroThreshold: number,
  schema: number,
): BucketColumns {
  const columns =
    side === 'positive'
      ? bucketColumns(histogram.positiveSpans, histogram.positiveBuckets)
      : bucketColumns(histogram.negativeSpans, histogram.negativeBuckets);
  if (histogram.zeroThreshold === zeroThreshold) {
    return reduceResolution(columns, histogram.schema, schema);
  }
  const indexes: number[] = [];
  const counts: number[] = [];
  for (const [i, index] of columns.indexes.entries()) {
    if (exponentialBound(index, histogram.schema) <= zeroThreshold) continue;
    indexes.push(index);
    counts.push(columns.counts[i] as number);
  }
  return reduceResolution({ indexes, counts }, histogram.schema, schema);
}

function mergeColumns(a: BucketColumns, b: BucketColumns, sign: number): BucketColumns {
  const indexes: number[] = [];
  const counts: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.indexes.length || j < b.indexes.length) {
    const left = a.indexes[i] ?? Infinity;
    const right = b.indexes[j] ?? Infinity;
    let count = 0;
    if (left <= right) count += a.counts[i++] as number;
    if (right <= left) count += sign * (b.counts[j++] as number);
    indexes.push(Math.min(left, right));
    counts.push(count);
  }
  return { indexes, counts };
}

/** The smallest zero threshold that covers both and lies inside no populated bucket of either. */
export function commonZeroThreshold(a: FloatHistogram, b: FloatHistogram): number {
  let threshold = Math.max(a.zeroThreshold, b.zeroThreshold);
  for (;;) {
    const grown = Math.max(widenedThreshold(a, threshold), widenedThreshold(b, threshold));
    if (grown === threshold) return threshold;
    threshold = grown;
  }
}

/** The threshold itself, or the end of the populated bucket that it lies in. */
export function widenedThreshold(histogram: FloatHistogram, threshold: number): number {
  if (threshold === histogram.zeroThreshold) return threshold;
  let widened = threshold;
  for (const bucket of [...positiveBuckets(histogram), ...negativeBuckets(histogram)]) {
    const near = Math.min(Math.abs(bucket.lower), Math.abs(bucket.upper));
    const far = Math.max(Math.abs(bucket.lower), Math.abs(bucket.upper));
    if (near < threshold && far > threshold && bucket.count !== 0) {
      widened = Math.max(widened, far);
    }
  }
  return widened;
}

/** What the zero bucket holds if it is as wide as `threshold`, which is inside no populated bucket. */
export function zeroCountFor(histogram: FloatHistogram, threshold: number): number {
  let count = histogram.zeroCount;
  if (threshold === histogram.zeroThreshold) return count;
  for (const bucket of positiveBuckets(histogram)) {
    if (bucket.lower >= threshold) break;
    count += bucket.count;
  }
  for (const bucket of negativeBuckets(histogram)) {
    if (bucket.upper <= -threshold) break;
    count += bucket.count;
  }
  return count;
}

function combineCustom(a: FloatHistogram, b: FloatHistogram, sign: number): HistogramSum {
  const boundsReconciled = !sameNumbers(a.customValues, b.customValues);
  const bounds = boundsReconciled ? commonBounds(a.customValues, b.customValues) : a.customValues;
  const left = rollUp(a, bounds, boundsReconciled);
  const right = rollUp(b, bounds, boundsReconciled);
  const positive = spanSide(mergeColumns(left, right, sign));
  const histogram: FloatHistogram = {
    ...a,
    counterResetHint: combinedHint(a.counterResetHint, b.counterResetHint),
    count: a.count + sign * b.count,
    sum: a.sum + sign * b.sum,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    customValues: bounds,
  };
  return { histogram, counterResetCollision: hintsCollide(a, b), boundsReconciled };
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

/** Bounds that both have. */
export function commonBounds(a: readonly number[], b: readonly number[]): number[] {
  const other = new Set(b);
  return a.filter((bound) => other.has(bound));
}

/** Buckets counted into fewer bounds; bounds that are not among the new ones give to the next higher. */
export function rollUp(
  histogram: FloatHistogram,
  bounds: readonly number[],
  reconcile = true,
): BucketColumns {
  const columns = bucketColumns(histogram.positiveSpans, histogram.positiveBuckets);
  if (!reconcile) return columns;
  let target = 0;
  return mergeBuckets(columns, (index) => {
    const bound = histogram.customValues[index] ?? Infinity;
    while (target < bounds.length && (bounds[target] as number) < bound) target++;
    return target;
  });
}

function hintsCollide(a: FloatHistogram, b: FloatHistogram): boolean {
  const hints = new Set([a.counterResetHint, b.counterResetHint]);
  return hints.has('reset') && hints.has('not_reset');
}

function combinedHint(a: CounterResetHint, b: CounterResetHint): CounterResetHint {
  if (a === b) return a;
  return a === 'gauge' || b === 'gauge' ? 'gauge' : 'unknown';
}
