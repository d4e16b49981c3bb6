/** A bucket of a classic histogram: how many observations up to the bound. */
export interface ClassicBucket {
  readonly upperBound: number;
  count: number;
}

export interface ClassicQuantile {
  readonly value: number;
  /** What had to be changed to make counts grow with bounds. */
  readonly forced: ForcedMonotonicity | undefined;
}

export interface ForcedMonotonicity {
  readonly lowestBucket: number;
  readonly highestBucket: number;
  readonly largestDifference: number;
}

/** Counts that fall by less than this share are taken for rounding errors. */
const SMALL_DELTA = 1e-12;

function plain(value: number): ClassicQuantile {
  return { value, forced: undefined };
}

/** Interpolates linearly inside the bucket that the rank falls into (Prometheus: promql/quantile.go). */
export function classicQuantile(
  quantile: number,
  unsorted: readonly ClassicBucket[],
): ClassicQuantile {
  if (Number.isNaN(quantile)) return plain(NaN);
  if (quantile < 0) return plain(-Infinity);
  if (quantile > 1) return plain(Infinity);
  const buckets = coalesced(unsorted);
  const last = buckets[buckets.length - 1];
  if (last.upperBound !== Infinity) return plain(NaN);
  const forced = makeMonotonic(buckets);
  if (buckets.length < 2 || last.count === 0) return plain(NaN);
  return { value: interpolate(quantile * last.count, buckets), forced };
}

/** Sorted by bound, equal bounds as one. */
function coalesced(unsorted: readonly ClassicBucket[]): ClassicBucket[] {
  const sorted = unsorted.toSorted((a, b) => a.upperBound - b.upperBound || 0);
  const buckets: ClassicBucket[] = [];
  for (const bucket of sorted) {
    const last = buckets.at(-1);
    if (last !== undefined && last.upperBound === bucket.upperBound) last.count += bucket.count;
    else buckets.push({ ...bucket });
  }
  return buckets;
}

function makeMonotonic(buckets: ClassicBucket[]): ForcedMonotonicity | undefined {
  let forced: ForcedMonotonicity | undefined = undefined;
  let previous = buckets[0].count;
  for (let i = 1; i < buckets.length; i++) {
    const bucket = buckets[i];
    const { count, upperBound } = bucket;
    if (count === previous) continue;
    if (isSmallDelta(previous, count)) {
      bucket.count = previous;
      continue;
    }
    if (count > previous) {
      previous = count;
      continue;
    }
    bucket.count = previous;
    forced = merged(forced, upperBound, previous - count);
  }
  return forced;
}

function merged(
  forced: ForcedMonotonicity | undefined,
  bound: number,
  difference: number,
): ForcedMonotonicity {
  return {
    lowestBucket: Math.min(forced?.lowestBucket ?? bound, bound),
    highestBucket: Math.max(forced?.highestBucket ?? bound, bound),
    largestDifference: Math.max(forced?.largestDifference ?? 0, difference),
  };
}

function isSmallDelta(a: number, b: number): boolean {
  const sum = Math.abs(a) + Math.abs(b);
  return Math.abs(a - b) / Math.min(sum, Number.MAX_VALUE) < SMALL_DELTA;
}

function interpolate(rank: number, buckets: readonly ClassicBucket[]): number {
  let index = 0;
  while (index < buckets.length - 1 && !(buckets[index].count >= rank)) index++;
  if (index === buckets.length - 1) return buckets[buckets.length - 2].upperBound;
  const { upperBound, count } = buckets[index];
  if (index === 0) return upperBound <= 0 ? upperBound : upperBound * (rank / count);
  const below = buckets[index - 1];
  const share = (rank - below.count) / (count - below.count);
  return below.upperBound + (upperBound - below.upperBound) * share;
}

/** The share of observations between two bounds. */
export function classicFraction(
  lower: number,
  upper: number,
  unsorted: readonly ClassicBucket[],
): number {
  const buckets = coalesced(unsorted);
  const { upperBound, count } = buckets[buckets.length - 1];
  if (upperBound !== Infinity) return NaN;
  if (count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return NaN;
  if (lower >= upper) return 0;
  const above = Math.min(count, rankOf(upper, buckets));
  return (above - Math.min(count, rankOf(lower, buckets))) / count;
}

/** How many observations are below a value. Inside a bucket without bounds there is no telling. */
function rankOf(value: number, buckets: readonly ClassicBucket[]): number {
  let start = buckets[0].upperBound > 0 ? 0 : -Infinity;
  let rank = 0;
  for (const { upperBound, count } of buckets) {
    if (start >= value) return rank;
    if (upperBound > value) {
      if (start === -Infinity) return count;
      return rank + ((count - rank) * (value - start)) / (upperBound - start);
    }
    rank = count;
    start = upperBound;
  }
  return Infinity;
}
