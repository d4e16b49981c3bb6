import { exponentialBound } from '#model';
import { TwinError } from './values.ts';

/** Thrown where one histogram has custom buckets and the other exponential ones. */
export class Incompatible extends TwinError {}

export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

export type Hint = 'unknown' | 'reset' | 'not_reset' | 'gauge';
type Counts = ReadonlyMap<number, number>;

/** A native histogram: the populated buckets by index. Never modified. */
export interface TwinHistogram {
  readonly hint: Hint;
  /** undefined: custom buckets, with `bounds`. */
  readonly schema: number | undefined;
  readonly bounds: readonly number[];
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positive: Counts;
  readonly negative: Counts;
}

export function isCustom(histogram: TwinHistogram): boolean {
  return histogram.schema === undefined;
}

/** The upper bound of a bucket; its last digits are from a table in Prometheus, which the model has too. */
function upperBound({ schema, bounds }: TwinHistogram, index: number): number {
  if (schema === undefined) return index < 0 ? -Infinity : (bounds[index] ?? Infinity);
  return exponentialBound(index, schema);
}

/** Without empty buckets, which Prometheus takes away after most operations. */
export function compacted(histogram: TwinHistogram): TwinHistogram {
  const positive = new Map(byIndex(histogram.positive));
  const negative = new Map(byIndex(histogram.negative));
  return { ...histogram, positive, negative };
}

function byIndex(counts: Counts): [number, number][] {
  return [...counts].filter(([, count]) => count !== 0).toSorted(([a], [b]) => a - b);
}

export function positiveBuckets(histogram: TwinHistogram): Bucket[] {
  return byIndex(histogram.positive).map(([index, count]) => ({
    lower: upperBound(histogram, index - 1),
    upper: upperBound(histogram, index),
    count,
  }));
}

export function negativeBuckets(histogram: TwinHistogram): Bucket[] {
  const mirrored = { ...histogram, positive: histogram.negative };
  return positiveBuckets(mirrored)
    .map(({ lower, upper, count }) => ({ lower: -upper, upper: -lower, count }))
    .toReversed();
}

/** The populated buckets from the lowest to the highest, cut where the zero bucket overlaps them. */
export function bucketsOf(histogram: TwinHistogram): Bucket[] {
  const { zeroThreshold, zeroCount } = histogram;
  const zero = { lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount };
  return [
    ...negativeBuckets(histogram).map(({ lower, upper, count }) => ({
      lower,
      upper: Math.min(upper, -zeroThreshold),
      count,
    })),
    ...(zeroCount > 0 ? [zero] : []),
    ...positiveBuckets(histogram).map(({ lower, upper, count }) => ({
      lower: lower > 0 ? Math.max(lower, zeroThreshold) : lower,
      upper,
      count,
    })),
  ];
}

function mapCounts(counts: Counts, map: (count: number) => number): Counts {
  return new Map([...counts].map(([index, count]) => [index, map(count)]));
}

function mapped(histogram: TwinHistogram, map: (count: number) => number): TwinHistogram {
  return {
    ...histogram,
    zeroCount: map(histogram.zeroCount),
    count: map(histogram.count),
    sum: map(histogram.sum),
    positive: mapCounts(histogram.positive, map),
    negative: mapCounts(histogram.negative, map),
  };
}

export function scaled(histogram: TwinHistogram, factor: number): TwinHistogram {
  const hint = factor < 0 ? 'gauge' : histogram.hint;
  return { ...mapped(histogram, (count) => count * factor), hint };
}

export function divided(histogram: TwinHistogram, divisor: number): TwinHistogram {
  const hint = divisor < 0 ? 'gauge' : histogram.hint;
  const result = { ...mapped(histogram, (count) => count / divisor), hint };
  return divisor === 0 ? { ...result, positive: new Map(), negative: new Map() } : result;
}

/** Fewer, wider buckets: each index of the target is as wide as two of the next finer schema. */
export function coarser(histogram: TwinHistogram, schema: number): TwinHistogram {
  if (histogram.schema === undefined || histogram.schema <= schema) return histogram;
  const positive = halved(histogram.positive);
  const negative = halved(histogram.negative);
  return coarser({ ...histogram, schema: histogram.schema - 1, positive, negative }, schema);
}

function halved(counts: Counts): Counts {
  const result = new Map<number, number>();
  for (const [index, count] of byIndex(counts)) {
    const target = Math.ceil(index / 2);
    result.set(target, (result.get(target) ?? 0) + count);
  }
  return result;
}

/** All populated buckets that reach into the zero bucket make it wider until none does. */
function zeroThresholdFor(histogram: TwinHistogram, least: number): number {
  let threshold = least;
  for (const { lower, upper } of [...positiveBuckets(histogram), ...negativeBuckets(histogram)]) {
    const near = Math.min(Math.abs(lower), Math.abs(upper));
    const far = Math.max(Math.abs(lower), Math.abs(upper));
    if (near < least && far > least) threshold = Math.max(threshold, far);
  }
  return threshold;
}

/** Puts buckets within the threshold into the zero bucket. */
export function widened(histogram: TwinHistogram, threshold: number): TwinHistogram {
  if (threshold === histogram.zeroThreshold) return histogram;
  let { zeroCount } = histogram;
  const outside = (counts: Counts): Counts => {
    const kept = byIndex(counts).filter(([index, count]) => {
      const isInside = upperBound(histogram, index) <= threshold;
      if (isInside) zeroCount += count;
      return !isInside;
    });
    return new Map(kept);
  };
  const positive = outside(histogram.positive);
  const negative = outside(histogram.negative);
  return { ...histogram, zeroThreshold: threshold, zeroCount, positive, negative };
}

function commonThreshold(a: TwinHistogram, b: TwinHistogram): number {
  let threshold = Math.max(a.zeroThreshold, b.zeroThreshold);
  for (;;) {
    const next = [a, b].reduce(
      (least, one) => (one.zeroThreshold === least ? least : zeroThresholdFor(one, least)),
      threshold,
    );
    if (next === threshold) return threshold;
    threshold = next;
  }
}

/** Custom buckets counted into the bounds given, which are some of its own. */
function rebound(histogram: TwinHistogram, bounds: readonly number[]): TwinHistogram {
  const positive = new Map<number, number>();
  for (const [index, count] of byIndex(histogram.positive)) {
    const upper = upperBound(histogram, index);
    const found = bounds.findIndex((bound) => bound >= upper);
    const target = found === -1 ? bounds.length : found;
    positive.set(target, (positive.get(target) ?? 0) + count);
  }
  return { ...histogram, bounds, positive };
}

function sameBounds(a: TwinHistogram, b: TwinHistogram): boolean {
  return JSON.stringify(a.bounds) === JSON.stringify(b.bounds);
}

/** Both in the finest layout that both can have. */
function alike(a: TwinHistogram, b: TwinHistogram): [TwinHistogram, TwinHistogram] {
  if (isCustom(a) !== isCustom(b)) throw new Incompatible('incompatible schemas');
  if (a.schema === undefined || b.schema === undefined) {
    if (sameBounds(a, b)) return [a, b];
    const bounds = a.bounds.filter((bound) => b.bounds.includes(bound));
    return [rebound(a, bounds), rebound(b, bounds)];
  }
  const threshold = commonThreshold(a, b);
  const schema = Math.min(a.schema, b.schema);
  return [coarser(widened(a, threshold), schema), coarser(widened(b, threshold), schema)];
}

export interface Sum {
  readonly histogram: TwinHistogram;
  /** Custom bounds were not the same. */
  readonly reconciled: boolean;
  /** One was said to follow a reset, the other not to. */
  readonly collides: boolean;
}

export function added(a: TwinHistogram, b: TwinHistogram, sign: 1 | -1 = 1): Sum {
  const [left, right] = alike(a, b);
  const join = (x: Counts, y: Counts): Counts => {
    const result = new Map(x);
    for (const [index, count] of y) result.set(index, (result.get(index) ?? 0) + sign * count);
    return result;
  };
  const hints = new Set([a.hint, b.hint]);
  const hint = a.hint === b.hint ? a.hint : hints.has('gauge') ? 'gauge' : 'unknown';
  return {
    histogram: {
      ...left,
      hint,
      zeroCount: left.zeroCount + sign * right.zeroCount,
      count: left.count + sign * right.count,
      sum: left.sum + sign * right.sum,
      positive: join(left.positive, right.positive),
      negative: join(left.negative, right.negative),
    },
    reconciled: isCustom(a) && !sameBounds(a, b),
    collides: hints.has('reset') && hints.has('not_reset'),
  };
}

export function subtracted(a: TwinHistogram, b: TwinHistogram): Sum {
  return added(a, b, -1);
}

/** True if a counter was reset between the two. */
export function isReset(now: TwinHistogram, before: TwinHistogram): boolean {
  if (now.hint === 'reset') return true;
  if (now.hint === 'not_reset') return false;
  if (now.count < before.count || isCustom(now) !== isCustom(before)) return true;
  if (now.schema === undefined || before.schema === undefined) {
    const [left, right] = alike(now, before);
    return fell(left.positive, right.positive);
  }
  if (now.schema > before.schema || now.zeroThreshold < before.zeroThreshold) return true;
  const { zeroThreshold } = now;
  if (
    zeroThreshold !== before.zeroThreshold &&
    zeroThresholdFor(before, zeroThreshold) !== zeroThreshold
  ) {
    return true;
  }
  const past = coarser(widened(before, zeroThreshold), now.schema);
  if (now.zeroCount < past.zeroCount) return true;
  return fell(now.positive, past.positive) || fell(now.negative, past.negative);
}

function fell(now: Counts, before: Counts): boolean {
  return [...before].some(([index, count]) => (now.get(index) ?? 0) < count);
}

export function equalHistograms(a: TwinHistogram, b: TwinHistogram): boolean {
  const text = (one: TwinHistogram): string =>
    JSON.stringify([one.schema ?? one.bounds, byIndex(one.positive), byIndex(one.negative)]);
  return (
    text(a) === text(b) &&
    a.zeroThreshold === b.zeroThreshold &&
    a.zeroCount === b.zeroCount &&
    a.count === b.count &&
    (a.sum === b.sum || (Number.isNaN(a.sum) && Number.isNaN(b.sum)))
  );
}

/** A sum or mean of at least one, and whether one was said to follow a reset and another not to. */
export function combined(
  histograms: readonly TwinHistogram[],
  isMean: boolean,
  onReconciled: () => void,
): Pick<Sum, 'histogram' | 'collides'> {
  let [total] = histograms;
  for (const histogram of histograms.slice(1)) {
    const next = added(total, histogram);
    if (next.reconciled) onReconciled();
    total = next.histogram;
  }
  const hints = new Set(histograms.map(({ hint }) => hint));
  const collides = hints.has('reset') && hints.has('not_reset');
  return { histogram: isMean ? divided(total, histograms.length) : total, collides };
}
