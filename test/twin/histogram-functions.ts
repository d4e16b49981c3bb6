import type { PositionRange } from '#promql';
import { type Bucket, bucketsOf, isCustom, type TwinHistogram } from './histogram.ts';
import type { Notes } from './query.ts';
import {
  Compensated,
  distinct,
  type Labels,
  labelsKey,
  nameless,
  putLabel,
  type Sample,
} from './values.ts';

export interface Place {
  readonly notes: Notes;
  readonly position: PositionRange;
}

function variance(histogram: TwinHistogram): number {
  const mean = histogram.sum / histogram.count;
  let squares = new Compensated();
  for (const { lower, upper, count } of bucketsOf(histogram)) {
    const delta = middleOf(histogram, lower, upper) - mean;
    squares = squares.plus(count * delta * delta);
  }
  return (squares.sum + squares.lost) / histogram.count;
}

function middleOf(histogram: TwinHistogram, lower: number, upper: number): number {
  if (isCustom(histogram)) return (upper + lower) / 2;
  if (lower <= 0 && upper >= 0) return 0;
  return upper < 0 ? -Math.sqrt(upper * lower) : Math.sqrt(upper * lower);
}

const OF_HISTOGRAM: Readonly<Record<string, ((histogram: TwinHistogram) => number) | undefined>> = {
  histogram_avg: ({ sum, count }) => sum / count,
  histogram_count: ({ count }) => count,
  histogram_sum: ({ sum }) => sum,
  histogram_stdvar: variance,
  histogram_stddev: (histogram) => Math.sqrt(variance(histogram)),
};

/** A function of one number of native histograms; undefined for others. */
export function simpleHistogramFunction(
  name: string,
  samples: readonly Sample[],
): readonly Sample[] | undefined {
  const compute = OF_HISTOGRAM[name];
  if (compute === undefined) return undefined;
  return distinct(
    samples.flatMap(({ labels, value }) =>
      typeof value === 'number' ? [] : [{ labels: nameless(labels), value: compute(value) }],
    ),
  );
}

/** How to get a number out of either kind of histogram. */
export interface Reduction {
  readonly native: (histogram: TwinHistogram) => number;
  readonly classic: (buckets: readonly ClassicBucket[]) => number;
}

export interface ClassicBucket {
  readonly bound: number;
  /** Of all observations up to the bound. */
  readonly count: number;
}

function boundOf(text: string): number | undefined {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return NaN;
  return text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}

/** Reduces each histogram, native or classic, to a number. */
export function reduceHistograms(
  samples: readonly Sample[],
  reduction: Reduction,
  { notes, position }: Place,
): Sample[] {
  const classic = new Map<string, { labels: Labels; buckets: ClassicBucket[] }>();
  const native: Sample[] = samples.filter(({ value }) => typeof value !== 'number');
  for (const { labels, value } of samples) {
    if (typeof value !== 'number') continue;
    const le = labels['le'] ?? '';
    const bound = boundOf(le);
    if (bound === undefined) {
      const text = `bucket label "le" is missing or has a malformed value of ${JSON.stringify(le)}`;
      notes.warn(text, position);
      continue;
    }
    const rest = putLabel(labels, 'le', '');
    const group = classic.get(labelsKey(rest)) ?? { labels: rest, buckets: [] };
    classic.set(labelsKey(rest), group);
    group.buckets.push({ bound, count: value });
  }
  const result: Sample[] = [];
  for (const { labels, value } of native) {
    if (classic.delete(labelsKey(labels))) {
      notes.warn('vector contains a mix of classic and native histograms', position);
    } else if (typeof value !== 'number') {
      result.push({ labels: nameless(labels), value: reduction.native(value) });
    }
  }
  for (const { labels, buckets } of classic.values()) {
    result.push({ labels: nameless(labels), value: reduction.classic(buckets) });
  }
  return result;
}

export function nativeQuantile(quantile: number, histogram: TwinHistogram): number {
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  if (histogram.count === 0 || Number.isNaN(quantile)) return NaN;
  const fromBelow = quantile < 0.5 || Number.isNaN(histogram.sum);
  const buckets = fromBelow ? bucketsOf(histogram) : bucketsOf(histogram).toReversed();
  const rank = (fromBelow ? quantile : 1 - quantile) * histogram.count;
  let seen = 0;
  let found: Bucket = { lower: 0, upper: 0, count: 0 };
  for (const bucket of buckets) {
    found = bucket;
    seen += bucket.count;
    if (seen >= rank) break;
  }
  const bucket = oneSided(histogram, found);
  if (isCustom(histogram)) {
    if (found.lower === -Infinity && found.upper <= 0) return found.upper;
    if (found.lower !== -Infinity && found.upper === Infinity) return found.lower;
  }
  seen = Math.min(seen, histogram.count);
  if (seen < rank) return bucket.upper;
  const inside = fromBelow ? rank - (seen - bucket.count) : seen - rank;
  return inBucket(histogram, bucket, inside / bucket.count);
}

function isPopulated(counts: ReadonlyMap<number, number>): boolean {
  return [...counts.values()].some((count) => count !== 0);
}

/** The zero bucket ends at zero where all others are on one side; so does a first custom bucket. */
function oneSided(histogram: TwinHistogram, bucket: Bucket): Bucket {
  const { lower, upper } = bucket;
  if (isCustom(histogram)) return lower === -Infinity ? { ...bucket, lower: 0 } : bucket;
  if (lower > 0 || upper < 0) return bucket;
  const hasPositive = isPopulated(histogram.positive);
  const hasNegative = isPopulated(histogram.negative);
  if (hasPositive && !hasNegative) return { ...bucket, lower: 0 };
  return hasNegative && !hasPositive ? { ...bucket, upper: 0 } : bucket;
}

function inBucket(histogram: TwinHistogram, { lower, upper }: Bucket, share: number): number {
  if (isCustom(histogram) || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * share;
  const [low, high] = [Math.log2(Math.abs(lower)), Math.log2(Math.abs(upper))];
  if (lower > 0) return 2 ** (low + (high - low) * share);
  return -(2 ** (high + (low - high) * (1 - share)));
}

export function nativeFraction(from: number, to: number, histogram: TwinHistogram): number {
  if (histogram.count === 0 || Number.isNaN(from) || Number.isNaN(to)) return NaN;
  if (from >= to) return 0;
  const below = (bound: number): number => Math.min(histogram.count, rankOf(bound, histogram));
  return (below(to) - below(from)) / histogram.count;
}

function rankOf(value: number, histogram: TwinHistogram): number {
  let rank = 0;
  for (const one of bucketsOf(histogram)) {
    const isAroundZero = one.lower <= 0 && one.upper >= 0;
    // As Prometheus does: custom buckets around zero are taken for a zero bucket here.
    const cut = isCustom(histogram) ? { ...one, lower: 0 } : oneSided(histogram, one);
    const { lower, upper, count } = isAroundZero ? cut : one;
    if (lower >= value) return rank;
    if (upper > value) return rank + count * shareBelow(value, { lower, upper, count }, histogram);
    rank += count;
  }
  return Infinity;
}

function shareBelow(value: number, { lower, upper }: Bucket, histogram: TwinHistogram): number {
  // Nobody knows where in a bucket without a lower bound the observations are.
  if (lower === -Infinity) return 1;
  if (isCustom(histogram) || (lower <= 0 && upper >= 0)) return (value - lower) / (upper - lower);
  const [low, high, at] = [lower, upper, value].map((one) => Math.log2(Math.abs(one)));
  return value > 0 ? (at - low) / (high - low) : 1 - (at - high) / (low - high);
}

/** By bound; one for each. */
function joined(buckets: readonly ClassicBucket[]): ClassicBucket[] {
  const byBound = new Map<number, number>();
  for (const { bound, count } of buckets) byBound.set(bound, (byBound.get(bound) ?? 0) + count);
  return [...byBound]
    .map(([bound, count]) => ({ bound, count }))
    .toSorted((a, b) => a.bound - b.bound || 0);
}

/** Counts never fall from one bucket to the next, and small steps are rounding errors. */
function monotonic(buckets: readonly ClassicBucket[]): ClassicBucket[] {
  let { count } = buckets[0];
  return buckets.map((bucket) => {
    const difference = Math.abs(bucket.count - count);
    const isSmall = difference / (Math.abs(bucket.count) + Math.abs(count)) < 1e-12;
    if (!isSmall && !(bucket.count < count)) ({ count } = bucket);
    return { bound: bucket.bound, count };
  });
}

export function classicQuantile(quantile: number, given: readonly ClassicBucket[]): number {
  if (Number.isNaN(quantile)) return NaN;
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  const buckets = monotonic(joined(given));
  const last = buckets[buckets.length - 1];
  if (last.bound !== Infinity || buckets.length < 2 || last.count === 0) return NaN;
  const rank = quantile * last.count;
  const found = buckets.findIndex(({ count }) => count >= rank);
  if (found === -1 || found === buckets.length - 1) return buckets[buckets.length - 2].bound;
  const { bound, count } = buckets[found];
  if (found === 0) return bound <= 0 ? bound : 0 + (bound - 0) * (rank / count);
  const below = buckets[found - 1];
  const share = (rank - below.count) / (count - below.count);
  return below.bound + (bound - below.bound) * share;
}

export function classicFraction(from: number, to: number, given: readonly ClassicBucket[]): number {
  const buckets = joined(given);
  const last = buckets[buckets.length - 1];
  if (last.bound !== Infinity || last.count === 0) return NaN;
  if (Number.isNaN(from) || Number.isNaN(to)) return NaN;
  if (from >= to) return 0;
  const below = (value: number): number => {
    const found = buckets.findIndex(({ bound }) => bound > value);
    if (found === -1) return last.count;
    const { bound, count } = buckets[found];
    const before = found > 0 ? buckets[found - 1] : undefined;
    const start = before?.bound ?? (bound > 0 ? 0 : -Infinity);
    const startCount = before?.count ?? 0;
    if (start >= value) return startCount;
    if (start === -Infinity) return count;
    return startCount + ((count - startCount) * (value - start)) / (bound - start);
  };
  return (Math.min(last.count, below(to)) - Math.min(last.count, below(from))) / last.count;
}
