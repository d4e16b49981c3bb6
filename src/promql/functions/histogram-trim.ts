import {
  type Bucket,
  compactHistogram,
  type FloatHistogram,
  negativeBuckets,
  positiveBuckets,
  usesCustomBuckets,
} from '#model';

/**
 * `histogram </ bound` (keepBelow) and `histogram >/ bound`: removes the observations on the other side
 * of the bound, interpolating in the bucket that it falls into. If anything goes, the sum is estimated
 * anew from what is left (Prometheus: model/histogram/float_histogram.go, TrimBuckets).
 */
export function trimHistogram(
  histogram: FloatHistogram,
  bound: number,
  keepBelow: boolean,
): FloatHistogram {
  const trimming = new Trimming(histogram, bound, keepBelow);
  const positive = positiveBuckets(histogram).map((bucket) => trimming.trim(bucket, true));
  const negative = negativeBuckets(histogram).map((bucket) => trimming.trim(bucket, false));
  const zeroCount = trimming.trimZero();
  if (!trimming.isTrimmed) return histogram;
  return compactHistogram({
    ...histogram,
    positiveBuckets: positive,
    negativeBuckets: negative,
    zeroCount,
    count: trimming.count,
    sum: trimming.sum,
  });
}

/** What is kept of a bucket, and the value that its observations are taken to have. */
interface Kept {
  readonly count: number;
  readonly middle: number;
}

class Trimming {
  count = 0;
  sum = 0;
  isTrimmed = false;
  #hasPositive = false;
  #hasNegative = false;
  readonly #histogram: FloatHistogram;
  readonly #bound: number;
  readonly #keepBelow: boolean;
  readonly #isCustom: boolean;

  constructor(histogram: FloatHistogram, bound: number, keepBelow: boolean) {
    this.#histogram = histogram;
    this.#bound = bound;
    this.#keepBelow = keepBelow;
    this.#isCustom = usesCustomBuckets(histogram);
  }

  /** What is left of a bucket. */
  trim(bucket: Bucket, isPositive: boolean): number {
    if (bucket.count === 0) return 0;
    if (isPositive) this.#hasPositive = true;
    else this.#hasNegative = true;
    return this.#add(bucket.count, this.#kept(bucket, isPositive));
  }

  trimZero(): number {
    const { zeroCount } = this.#histogram;
    return zeroCount > 0 ? this.#add(zeroCount, this.#keptOfZero(zeroCount)) : zeroCount;
  }

  #add(before: number, { count, middle }: Kept): number {
    if (count !== before) this.isTrimmed = true;
    this.count += count;
    if (count !== 0) this.sum += middle * count;
    return count;
  }

  #kept(bucket: Bucket, isPositive: boolean): Kept {
    const { lower, upper, count } = bucket;
    const bound = this.#bound;
    const middle = (from: number, to: number): number => this.#middle(from, to, isPositive);
    if (this.#keepBelow ? upper <= bound : lower >= bound) {
      return { count, middle: middle(lower, upper) };
    }
    if (this.#keepBelow ? lower >= bound : upper <= bound) return { count: 0, middle: 0 };
    if (lower === -Infinity || upper === Infinity) return this.#keptOfInfinite(bucket);
    const below = count * this.#shareBelow(bucket, isPositive);
    return this.#keepBelow
      ? { count: below, middle: middle(lower, bound) }
      : { count: count - below, middle: middle(bound, upper) };
  }

  /** Nobody knows how observations spread in a bucket without a bound; a first one above 0 begins at 0. */
  #keptOfInfinite({ lower, upper, count }: Bucket): Kept {
    const bound = this.#bound;
    if (lower !== -Infinity) {
      return this.#keepBelow ? { count: 0, middle: 0 } : { count, middle: bound };
    }
    const isFinite = upper > 0 && upper !== Infinity;
    if (this.#keepBelow) {
      if (bound > 0 && isFinite) return { count: (count * bound) / upper, middle: bound / 2 };
      return upper <= 0 ? { count, middle: bound } : { count: 0, middle: 0 };
    }
    if (bound >= 0 && isFinite) {
      return { count: count * (1 - bound / upper), middle: (bound + upper) / 2 };
    }
    return { count: 0, middle: 0 };
  }

  #shareBelow({ lower, upper }: Bucket, isPositive: boolean): number {
    if (this.#isCustom) return (this.#bound - lower) / (upper - lower);
    const logLower = Math.log2(Math.abs(lower));
    const logUpper = Math.log2(Math.abs(upper));
    const logBound = Math.log2(Math.abs(this.#bound));
    if (isPositive) return (logBound - logLower) / (logUpper - logLower);
    return 1 - (logBound - logUpper) / (logLower - logUpper);
  }

  /** Arithmetic in custom buckets, geometric in exponential ones. */
  #middle(from: number, to: number, isPositive: boolean): number {
    if (from === -Infinity) {
      if (to === Infinity) return 0;
      return to > 0 ? to / 2 : to;
    }
    if (to === Infinity) return from;
    if (this.#isCustom) return (from + to) / 2;
    const geometric = Math.sqrt(Math.abs(from * to));
    return isPositive ? geometric : -geometric;
  }

  /** The zero bucket reaches to one side only if all other buckets are on that side. */
  #keptOfZero(count: number): Kept {
    const { zeroThreshold } = this.#histogram;
    const lower = this.#hasPositive && !this.#hasNegative ? 0 : -zeroThreshold;
    const upper = this.#hasNegative && !this.#hasPositive ? 0 : zeroThreshold;
    const bound = Math.max(lower, Math.min(upper, this.#bound));
    const [from, to] = this.#keepBelow ? [lower, bound] : [bound, upper];
    if (from === to) return { count: 0, middle: 0 };
    return { count: count * ((to - from) / (upper - lower)), middle: (from + to) / 2 };
  }
}
