import type { CounterResetHint, FloatHistogram } from './histogram.ts';
import {
  bucketColumns,
  type BucketColumns,
  exponentialBound,
  reduceResolution,
  usesCustomBuckets,
} from './histogram-buckets.ts';
import {
  commonBounds,
  rollUp,
  sameNumbers,
  widenedThreshold,
  zeroCountFor,
} from './histogram-arithmetic.ts';

/** Same layout, same counts. Empty spans do not matter, empty buckets do; the counter reset hint does not. */
export function histogramsEqual(a: FloatHistogram, b: FloatHistogram): boolean {
  if (a.schema !== b.schema || a.count !== b.count) return false;
  if (a.sum !== b.sum && !(Number.isNaN(a.sum) && Number.isNaN(b.sum))) return false;
  if (usesCustomBuckets(a) && !sameNumbers(a.customValues, b.customValues)) return false;
  if (a.zeroThreshold !== b.zeroThreshold || a.zeroCount !== b.zeroCount) return false;
  return (
    sameColumns(
      bucketColumns(a.positiveSpans, a.positiveBuckets),
      bucketColumns(b.positiveSpans, b.positiveBuckets),
    ) &&
    sameColumns(
      bucketColumns(a.negativeSpans, a.negativeBuckets),
      bucketColumns(b.negativeSpans, b.negativeBuckets),
    )
  );
}

function sameColumns(a: BucketColumns, b: BucketColumns): boolean {
  return sameNumbers(a.indexes, b.indexes) && sameNumbers(a.counts, b.counts);
}

/**
 * The hint that a storage of chunks gives a histogram when it is read again (Prometheus: tsdb/chunkenc):
 * inside a chunk there is no reset; whether there is one at the beginning of a chunk, nobody knows.
 */
export function storedResetHint(
  previous: FloatHistogram | undefined,
  current: FloatHistogram,
): CounterResetHint {
  if (current.counterResetHint === 'gauge') return 'gauge';
  if (previous === undefined || previous.counterResetHint === 'gauge') return 'unknown';
  if (current.counterResetHint === 'reset' || Number.isNaN(previous.sum)) return 'unknown';
  const isOtherLayout =
    current.schema !== previous.schema ||
    current.zeroThreshold !== previous.zeroThreshold ||
    !sameNumbers(current.customValues, previous.customValues);
  if (isOtherLayout) return 'unknown';
  const bare: FloatHistogram = { ...current, counterResetHint: 'unknown' };
  return detectReset(bare, previous) ? 'unknown' : 'not_reset';
}

/** True if a counter must have been reset between `previous` and `current`. */
export function detectReset(current: FloatHistogram, previous: FloatHistogram): boolean {
  if (current.counterResetHint === 'reset') return true;
  if (current.counterResetHint === 'not_reset') return false;
  if (current.count < previous.count) return true;
  if (usesCustomBuckets(current) !== usesCustomBuckets(previous)) return true;
  if (usesCustomBuckets(current)) return customReset(current, previous);
  if (current.schema > previous.schema) return true;
  if (current.zeroThreshold < previous.zeroThreshold) return true;
  if (widenedThreshold(previous, current.zeroThreshold) !== current.zeroThreshold) return true;
  if (current.zeroCount < zeroCountFor(previous, current.zeroThreshold)) return true;
  return sideReset(current, previous, 'positive') || sideReset(current, previous, 'negative');
}

function customReset(current: FloatHistogram, previous: FloatHistogram): boolean {
  const same = sameNumbers(current.customValues, previous.customValues);
  const bounds = same
    ? current.customValues
    : commonBounds(current.customValues, previous.customValues);
  return bucketsFell(rollUp(current, bounds, !same), rollUp(previous, bounds, !same));
}

function sideReset(
  current: FloatHistogram,
  previous: FloatHistogram,
  side: 'positive' | 'negative',
): boolean {
  return bucketsFell(outsideZero(current, side, current), outsideZero(previous, side, current));
}

/** Buckets in the layout of `target`: its schema, nothing inside its zero bucket. */
function outsideZero(
  histogram: FloatHistogram,
  side: 'positive' | 'negative',
  target: FloatHistogram,
): BucketColumns {
  const columns =
    side === 'positive'
      ? bucketColumns(histogram.positiveSpans, histogram.positiveBuckets)
      : bucketColumns(histogram.negativeSpans, histogram.negativeBuckets);
  const reduced = reduceResolution(columns, histogram.schema, target.schema);
  const first = reduced.indexes.findIndex(
    (index) => exponentialBound(index, target.schema) > target.zeroThreshold,
  );
  if (first <= 0) return first === 0 ? reduced : { indexes: [], counts: [] };
  return { indexes: reduced.indexes.slice(first), counts: reduced.counts.slice(first) };
}

/** True if any bucket of before is missing now (and was populated) or holds less. */
function bucketsFell(current: BucketColumns, previous: BucketColumns): boolean {
  let i = 0;
  for (const [j, index] of previous.indexes.entries()) {
    const before = previous.counts[j] as number;
    while (i < current.indexes.length && (current.indexes[i] as number) < index) i++;
    const now = current.indexes[i] === index ? (current.counts[i] as number) : undefined;
    if (now === undefined ? before !== 0 : now < before) return true;
  }
  return false;
}
