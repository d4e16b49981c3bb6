import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram, type Span } from './histogram.ts';

/** One bucket with its bounds. */
export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly count: number;
}

/**
 * One side of a histogram as two columns: bucket indexes ascending, each once, and what they hold.
 * Arithmetic is merging of such columns; spans are only how histograms are kept.
 */
export interface BucketColumns {
  readonly indexes: number[];
  readonly counts: number[];
}

export function usesCustomBuckets(histogram: FloatHistogram): boolean {
  return histogram.schema === CUSTOM_BUCKETS_SCHEMA;
}

export function bucketColumns(spans: readonly Span[], buckets: readonly number[]): BucketColumns {
  const indexes: number[] = [];
  const counts: number[] = [];
  let index = 0;
  let position = 0;
  for (const span of spans) {
    index += span.offset;
    for (let i = 0; i < span.length; i++) {
      indexes.push(index++);
      counts.push(buckets[position++] ?? 0);
    }
  }
  return { indexes, counts };
}

/** Back to spans, empty buckets left out. */
export function compactSide(columns: BucketColumns): { spans: Span[]; buckets: number[] } {
  return toSpans(columns, true);
}

/** Back to spans, empty buckets kept. */
export function spanSide(columns: BucketColumns): { spans: Span[]; buckets: number[] } {
  return toSpans(columns, false);
}

function toSpans(
  { indexes, counts }: BucketColumns,
  dropEmpty: boolean,
): { spans: Span[]; buckets: number[] } {
  const spans: { offset: number; length: number }[] = [];
  const buckets: number[] = [];
  let next = 0;
  for (const [i, index] of indexes.entries()) {
    const count = counts[i] as number;
    if (dropEmpty && count === 0) continue;
    const span = spans.at(-1);
    if (span !== undefined && index === next) span.length++;
    else spans.push({ offset: index - next, length: 1 });
    buckets.push(count);
    next = index + 1;
  }
  return { spans, buckets };
}

/** The finest exponential schema: 256 buckets for each power of two. */
const SCHEMA_MAX = 8;

/**
 * By schema 0 to 8, the bounds from 0.5 (inclusive) to 1. Made step by step, each schema out of the coarser one,
 * with roots of two by way of `exp`: so the last digits, which differ from those of a correctly rounded power, are
 * Prometheus' (model/histogram: exponentialBounds).
 */
const FRACTIONS: readonly (readonly number[])[] = boundFractions();

function boundFractions(): number[][] {
  const fractions = [[0.5]];
  for (let schema = 1; schema <= SCHEMA_MAX; schema++) {
    const coarser = fractions[schema - 1] as number[];
    const factor = Math.exp(Math.LN2 * 2 ** -schema);
    fractions.push(coarser.flatMap((bound) => [bound, bound * factor]));
  }
  return fractions;
}

/** Upper bound of a bucket of an exponential schema: 2^(index * 2^-schema), capped at the largest float. */
export function exponentialBound(index: number, schema: number): number {
  if (schema <= 0) return cappedBound(0.5, index * 2 ** -schema + 1);
  const position = index & (2 ** schema - 1);
  const fraction = FRACTIONS[schema]?.[position] ?? 2 ** (position * 2 ** -schema - 1);
  return cappedBound(fraction, (index >> schema) + 1);
}

/** `fraction` times a power of two; `fraction` is at least 0.5 and below 1. */
function cappedBound(fraction: number, exponent: number): number {
  // The bucket with the largest finite observations ends there; the one behind it is for infinity.
  if (exponent === 1025 && fraction === 0.5) return Number.MAX_VALUE;
  // In two steps, so that no bound between 2^1023 and the largest float overflows early.
  return exponent > 1023 ? fraction * 2 * 2 ** (exponent - 1) : fraction * 2 ** exponent;
}

/** Upper bound of the bucket with this index on the positive side. */
export function bucketBound(histogram: FloatHistogram, index: number): number {
  if (!usesCustomBuckets(histogram)) return exponentialBound(index, histogram.schema);
  if (index < 0) return -Infinity;
  return histogram.customValues[index] ?? Infinity;
}

export function positiveBuckets(histogram: FloatHistogram): Bucket[] {
  const { indexes, counts } = bucketColumns(histogram.positiveSpans, histogram.positiveBuckets);
  const custom = usesCustomBuckets(histogram);
  return indexes.map((index, i) => ({
    lower: bucketBound(histogram, index - 1),
    upper: bucketBound(histogram, index),
    lowerInclusive: custom && index === 0,
    upperInclusive: true,
    count: counts[i] as number,
  }));
}

/** From zero downwards. */
export function negativeBuckets(histogram: FloatHistogram): Bucket[] {
  const { indexes, counts } = bucketColumns(histogram.negativeSpans, histogram.negativeBuckets);
  return indexes.map((index, i) => ({
    lower: -bucketBound(histogram, index),
    upper: -bucketBound(histogram, index - 1),
    lowerInclusive: true,
    upperInclusive: false,
    count: counts[i] as number,
  }));
}

export function zeroBucket(histogram: FloatHistogram): Bucket {
  return {
    lower: -histogram.zeroThreshold,
    upper: histogram.zeroThreshold,
    lowerInclusive: true,
    upperInclusive: true,
    count: histogram.zeroCount,
  };
}

/**
 * All buckets from the lowest to the highest, the zero bucket only where it is populated. Where the zero
 * bucket reaches into its neighbours, these are cut at its bounds.
 */
export function allBuckets(histogram: FloatHistogram): Bucket[] {
  const { zeroThreshold } = histogram;
  const buckets: Bucket[] = [];
  for (const bucket of negativeBuckets(histogram).toReversed()) {
    buckets.push(bucket.upper > -zeroThreshold ? { ...bucket, upper: -zeroThreshold } : bucket);
  }
  if (histogram.zeroCount > 0) buckets.push(zeroBucket(histogram));
  for (const bucket of positiveBuckets(histogram)) {
    const cut = bucket.lower > 0 && bucket.lower < zeroThreshold;
    buckets.push(cut ? { ...bucket, lower: zeroThreshold } : bucket);
  }
  return buckets;
}

/** Where a bucket ends up in a schema of lower resolution. */
export function reducedIndex(index: number, schema: number, targetSchema: number): number {
  return Math.ceil(index / 2 ** (schema - targetSchema));
}

/** Merges buckets so that they fit a schema of lower resolution. */
export function reduceResolution(
  columns: BucketColumns,
  schema: number,
  targetSchema: number,
): BucketColumns {
  if (schema === targetSchema) return columns;
  return mergeBuckets(columns, (index) => reducedIndex(index, schema, targetSchema));
}

/** Adds up the buckets that have one target. `targetOf` is asked in ascending order, and answers so. */
export function mergeBuckets(
  columns: BucketColumns,
  targetOf: (index: number) => number,
): BucketColumns {
  const indexes: number[] = [];
  const counts: number[] = [];
  for (const [i, index] of columns.indexes.entries()) {
    const target = targetOf(index);
    const count = columns.counts[i] as number;
    const last = indexes.length - 1;
    if (last >= 0 && indexes[last] === target) counts[last] = (counts[last] as number) + count;
    else {
      indexes.push(target);
      counts.push(count);
    }
  }
  return { indexes, counts };
}

/** Removes every empty bucket. */
export function compactHistogram(histogram: FloatHistogram): FloatHistogram {
  const positive = compactSide(bucketColumns(histogram.positiveSpans, histogram.positiveBuckets));
  const negative = compactSide(bucketColumns(histogram.negativeSpans, histogram.negativeBuckets));
  return {
    ...histogram,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
  };
}

/** The same histogram in a schema of lower (or the same) resolution. */
export function toSchema(histogram: FloatHistogram, targetSchema: number): FloatHistogram {
  if (targetSchema === histogram.schema) return histogram;
  const side = (spans: readonly Span[], buckets: readonly number[]) =>
    spanSide(reduceResolution(bucketColumns(spans, buckets), histogram.schema, targetSchema));
  const positive = side(histogram.positiveSpans, histogram.positiveBuckets);
  const negative = side(histogram.negativeSpans, histogram.negativeBuckets);
  return {
    ...histogram,
    schema: targetSchema,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
  };
}

/** How many float samples one histogram weighs (Prometheus: promql/value.go, HPoint.size). */
export function histogramSizeSamples(histogram: FloatHistogram): number {
  const spans = histogram.positiveSpans.length + histogram.negativeSpans.length;
  const numbers =
    histogram.positiveBuckets.length +
    histogram.negativeBuckets.length +
    histogram.customValues.length;
  return Math.floor((168 + 8 * (spans + numbers) + 8) / 16);
}
