import { allBuckets, type Bucket, type FloatHistogram, usesCustomBuckets } from '#model';

/** What is to be said about observations of the value NaN. */
export type NaNEffect = 'none' | 'result' | 'skew' | 'excluded';

export interface NativeResult {
  readonly value: number;
  readonly effect: NaNEffect;
}

function plain(value: number): NativeResult {
  return { value, effect: 'none' };
}

/** Quantile of a native histogram (Prometheus: promql/quantile.go, HistogramQuantile). */
export function nativeQuantile(quantile: number, histogram: FloatHistogram): NativeResult {
  if (quantile < 0) return plain(-Infinity);
  if (quantile > 1) return plain(Infinity);
  if (histogram.count === 0 || Number.isNaN(quantile)) return plain(NaN);
  const hasNaN = Number.isNaN(histogram.sum);
  // NaN observations count as the highest, so ranks must be counted from below then.
  const forward = hasNaN || quantile < 0.5;
  const all = allBuckets(histogram);
  const buckets = forward ? all : all.toReversed();
  const rank = (forward ? quantile : 1 - quantile) * histogram.count;
  const found = findRank(buckets, rank);
  if (usesCustomBuckets(histogram)) {
    if (found.lower === -Infinity && found.upper <= 0) return plain(found.upper);
    if (found.lower !== -Infinity && found.upper === Infinity) return plain(found.lower);
  }
  const bucket = narrowed(histogram, found);
  const count = Math.min(found.countSoFar, histogram.count);
  if (count < rank) return hasNaN ? { value: NaN, effect: 'result' } : plain(bucket.upper);
  const inside = forward ? rank - (count - found.count) : count - rank;
  const value = interpolate(histogram, bucket, inside / found.count);
  return { value, effect: hasNaN && total(all) < histogram.count ? 'skew' : 'none' };
}

interface Found extends Bucket {
  readonly countSoFar: number;
}

function findRank(buckets: readonly Bucket[], rank: number): Found {
  let countSoFar = 0;
  let last: Bucket = {
    lower: 0,
    upper: 0,
    lowerInclusive: false,
    upperInclusive: false,
    count: 0,
  };
  for (const bucket of buckets) {
    last = bucket;
    if (bucket.count === 0) continue;
    countSoFar += bucket.count;
    if (countSoFar >= rank) break;
  }
  return { ...last, countSoFar };
}

/** A zero bucket beside buckets of one sign only, and a first bucket without a bound, begin at zero. */
function narrowed(
  histogram: FloatHistogram,
  { lower, upper }: Bucket,
): { readonly lower: number; readonly upper: number } {
  if (usesCustomBuckets(histogram)) return { lower: lower === -Infinity ? 0 : lower, upper };
  if (lower >= 0 || upper <= 0) return { lower, upper };
  const hasPositive = histogram.positiveBuckets.length > 0;
  const hasNegative = histogram.negativeBuckets.length > 0;
  if (hasPositive && !hasNegative) return { lower: 0, upper };
  if (hasNegative && !hasPositive) return { lower, upper: 0 };
  return { lower, upper };
}

/** Linear in custom buckets and around zero, on a logarithmic scale elsewhere. */
function interpolate(
  histogram: FloatHistogram,
  { lower, upper }: { readonly lower: number; readonly upper: number },
  fraction: number,
): number {
  if (usesCustomBuckets(histogram) || (lower <= 0 && upper >= 0)) {
    return lower + (upper - lower) * fraction;
  }
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  if (lower > 0) return 2 ** (logLower + (logUpper - logLower) * fraction);
  return -(2 ** (logUpper + (logLower - logUpper) * (1 - fraction)));
}

function total(buckets: readonly Bucket[]): number {
  let sum = 0;
  for (const bucket of buckets) sum += bucket.count;
  return sum;
}

/** The share of observations between two bounds (HistogramFraction in the same file). */
export function nativeFraction(
  lower: number,
  upper: number,
  histogram: FloatHistogram,
): NativeResult {
  if (histogram.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return plain(NaN);
  if (lower >= upper) return plain(0);
  const buckets = allBuckets(histogram);
  const hasNaN = Number.isNaN(histogram.sum);
  const count = hasNaN ? total(buckets) : histogram.count;
  const lowerRank = Math.min(count, rankOf(lower, buckets, histogram));
  const upperRank = Math.min(count, rankOf(upper, buckets, histogram));
  return {
    value: (upperRank - lowerRank) / histogram.count,
    effect: hasNaN && count < histogram.count ? 'excluded' : 'none',
  };
}

function rankOf(value: number, buckets: readonly Bucket[], histogram: FloatHistogram): number {
  let rank = 0;
  for (const bucket of buckets) {
    const isAroundZero = bucket.lower <= 0 && bucket.upper >= 0;
    const { lower, upper } = isAroundZero ? oneSided(histogram, bucket) : bucket;
    if (lower >= value) return rank;
    if (upper > value) {
      const isLinear = usesCustomBuckets(histogram) || isAroundZero;
      if (isLinear && lower === -Infinity) return bucket.count;
      const share = isLinear
        ? (value - lower) / (upper - lower)
        : logarithmicShare(value, lower, upper);
      return rank + bucket.count * share;
    }
    rank += bucket.count;
  }
  return Infinity;
}

function oneSided(
  histogram: FloatHistogram,
  { lower, upper }: Bucket,
): { lower: number; upper: number } {
  const hasPositive = histogram.positiveBuckets.length > 0;
  const hasNegative = histogram.negativeBuckets.length > 0;
  if (hasPositive && !hasNegative) return { lower: 0, upper };
  if (hasNegative && !hasPositive) return { lower, upper: 0 };
  return { lower, upper };
}

function logarithmicShare(value: number, lower: number, upper: number): number {
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  const logValue = Math.log2(Math.abs(value));
  if (value > 0) return (logValue - logLower) / (logUpper - logLower);
  return 1 - (logValue - logUpper) / (logLower - logUpper);
}
