import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram, type Span } from './histogram.ts';

/** A histogram must not make us reserve more buckets than this by naming empty spans. */
const BUCKETS_MAX = 1_000_000;

/**
 * Why a histogram from outside cannot be stored, in Prometheus' words (model/histogram: Validate). `isFloat`:
 * its counts need not add up, for their sums are rounded.
 */
export function histogramProblem(histogram: FloatHistogram, isFloat: boolean): string | undefined {
  const { schema } = histogram;
  if (schema !== CUSTOM_BUCKETS_SCHEMA && (schema < -4 || schema > 8)) {
    return `invalid histogram schema: histogram has an invalid schema, which must be between -4 and 8 for exponential buckets, or -53 for custom buckets, got schema ${schema}`;
  }
  return (
    sideProblem('negative', histogram.negativeSpans, histogram.negativeBuckets) ??
    sideProblem('positive', histogram.positiveSpans, histogram.positiveBuckets) ??
    countProblem(histogram, isFloat)
  );
}

function sideProblem(
  side: string,
  spans: readonly Span[],
  buckets: readonly number[],
): string | undefined {
  let named = 0;
  for (const [i, span] of spans.entries()) {
    if (i > 0 && span.offset < 0) {
      return `${side} side: span number ${i + 1} with offset ${span.offset}: histogram has a span whose offset is negative`;
    }
    named += span.length;
  }
  if (named !== buckets.length || named > BUCKETS_MAX) {
    return `${side} side: spans need ${named} buckets, have ${buckets.length} buckets: histogram spans specify different number of buckets than provided`;
  }
  const negative = buckets.findIndex((count) => count < 0);
  if (negative < 0) return undefined;
  return `${side} side: bucket number ${negative + 1} has observation count of ${buckets[negative]}: histogram has a bucket whose observation count is negative`;
}

/** Floats are not compared: their sums are rounded. A NaN sum means NaN observations, in no bucket. */
function countProblem(histogram: FloatHistogram, isFloat: boolean): string | undefined {
  const { count, sum, zeroCount } = histogram;
  if (isFloat) {
    if (zeroCount < 0) {
      return `zero bucket has observation count of ${zeroCount}: histogram has a bucket whose observation count is negative`;
    }
    return count < 0
      ? `observation count is ${count}: histogram's observation count is negative`
      : undefined;
  }
  let inBuckets = zeroCount;
  for (const bucket of histogram.positiveBuckets) inBuckets += bucket;
  for (const bucket of histogram.negativeBuckets) inBuckets += bucket;
  const fits = Number.isNaN(sum) ? inBuckets <= count : inBuckets === count;
  if (fits) return undefined;
  const rule = Number.isNaN(sum)
    ? "histogram's observation count should be at least the number of observations found in the buckets"
    : "histogram's observation count should equal the number of observations found in the buckets (in absence of NaN)";
  return `${inBuckets} observations found in buckets, but the Count field is ${count}: ${rule}`;
}
