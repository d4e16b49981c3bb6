import {
  type Bucket,
  compactHistogram,
  type FloatHistogram,
  negativeBuckets,
  positiveBuckets,
  usesCustomBuckets,
  zeroBucket,
} from '#model';

/**
 * `histogram </ bound` (keepBelow) and `histogram >/ bound`: removes the observations on the other side
 * of the bound, interpolating in the bucket that it falls into. The sum loses what the removed ones
 * are taken to have been.
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
  return compactHistogram({
    ...histogram,
    positiveBuckets: positive,
    negativeBuckets: negative,
    zeroCount,
    count: trimming.count,
    sum: trimming.sum(),
  });
}

class Trimming {
  count = 0;
  #removedSum = 0;
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
    this.#noteSign(bucket, isPositive);
    const bound = this.#bound;
    const isKept = this.#keepBelow ? bucket.upper <= bound : bucket.lower >= bound;
    if (isKept) {
      this.count += bucket.count;
      return bucket.count;
    }
    const { kept, middle } = this.#split(bucket, isPositive);
    const isCut = this.#keepBelow ? bucket.lower < bound : bucket.upper > bound;
    if (isCut) {
      this.#removedSum += (bucket.count - kept) * middle;
      this.count += kept;
      return kept;
    }
    const center = this.#isCustom ? middle : Math.sqrt(bucket.lower * bucket.upper);
    this.#removedSum += bucket.count * center;
    return 0;
  }

  trimZero(): number {
    const zero = zeroBucket(this.#histogram);
    if (!(zero.count > 0)) return zero.count;
    const below = countBelow(zero, this.#bound, linearShare);
    const kept = this.#keepBelow ? below : zero.count - below;
    this.count += kept;
    return kept;
  }

  sum(): number {
    if (this.count === 0) return 0;
    const sum = this.#histogram.sum - this.#removedSum;
    if (!this.#hasNegative && sum < 0) return 0;
    if (!this.#hasPositive && sum > 0) return 0;
    return sum;
  }

  #noteSign(bucket: Bucket, isPositive: boolean): void {
    if (!isPositive) this.#hasNegative = true;
    else if (!this.#isCustom) this.#hasPositive = true;
    else {
      if (bucket.upper > 0) this.#hasPositive = true;
      if (bucket.upper <= 0 || bucket.lower < 0) this.#hasNegative = true;
    }
  }

  /** How much of a bucket is kept, and where the middle of the removed rest is. */
  #split(bucket: Bucket, isPositive: boolean): { kept: number; middle: number } {
    if (bucket.lower === -Infinity) return this.#splitFirst(bucket);
    // Nobody knows where in the last bucket observations are, so all of it goes.
    if (bucket.upper === Infinity) return { kept: 0, middle: bucket.lower };
    const share = this.#isCustom ? linearShare : isPositive ? positiveShare : negativeShare;
    const below = countBelow(bucket, this.#bound, share);
    const kept = this.#keepBelow ? below : bucket.count - below;
    if (this.#isCustom) return { kept, middle: (bucket.lower + bucket.upper) / 2 };
    const edge = this.#keepBelow ? bucket.lower : bucket.upper;
    const middle = Math.sqrt(Math.abs(edge) * Math.abs(this.#bound));
    return { kept, middle: isPositive ? middle : -middle };
  }

  /** The first custom bucket has no lower bound; with a positive upper one it is taken to begin at 0. */
  #splitFirst(bucket: Bucket): { kept: number; middle: number } {
    const bound = this.#bound;
    const isInside = bound >= 0 && bucket.upper > bound && bucket.upper !== Infinity;
    if (!isInside) return { kept: 0, middle: bucket.upper };
    const share = bound / bucket.upper;
    return this.#keepBelow
      ? { kept: bucket.count * share, middle: (bound + bucket.upper) / 2 }
      : { kept: bucket.count * (1 - share), middle: bound / 2 };
  }
}

type Share = (bucket: Bucket, bound: number) => number;

function countBelow(bucket: Bucket, bound: number, share: Share): number {
  if (bound <= bucket.lower) return 0;
  if (bound >= bucket.upper) return bucket.count;
  return bucket.count * share(bucket, bound);
}

function linearShare({ lower, upper }: Bucket, bound: number): number {
  return (bound - lower) / (upper - lower);
}

function positiveShare({ lower, upper }: Bucket, bound: number): number {
  const logLower = Math.log2(lower);
  return (Math.log2(Math.abs(bound)) - logLower) / (Math.log2(upper) - logLower);
}

function negativeShare({ lower, upper }: Bucket, bound: number): number {
  const logUpper = Math.log2(-upper);
  return 1 - (Math.log2(Math.abs(bound)) - logUpper) / (Math.log2(-lower) - logUpper);
}
