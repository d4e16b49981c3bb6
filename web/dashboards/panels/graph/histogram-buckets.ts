import { niceSize } from './heat-cells.ts';

export interface BucketOptions {
  /** How many are wanted, where the size is not given. */
  readonly bucketCount: number;
  readonly bucketSize: number | undefined;
  readonly bucketOffset: number;
}

export interface Buckets {
  /** Lower bounds, ascending, `size` apart. */
  readonly starts: Float64Array;
  readonly size: number;
  /** For each column of values. */
  readonly counts: readonly Float64Array[];
}

const BUCKETS_MAX = 1000;
const BUCKETS_USUAL = 30;

/** Counts values into buckets of equal size that all columns share. */
export function countBuckets(columns: readonly Float64Array[], options: BucketOptions): Buckets {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns) {
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high)
    return { starts: new Float64Array(0), size: 1, counts: columns.map(() => new Float64Array(0)) };
  const size = sizeOf(low, high, options);
  const offset = options.bucketOffset % size;
  const start = Math.floor((low - offset) / size) * size + offset;
  const length = Math.min(BUCKETS_MAX, Math.floor((high - start) / size) + 1);
  const starts = Float64Array.from({ length }, (_, i) => start + i * size);
  const counts = columns.map((column) => {
    const result = new Float64Array(length);
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      const place = Math.min(length - 1, Math.floor((value - start) / size));
      result[place] = (result[place] ?? 0) + 1;
    }
    return result;
  });
  return { starts, size, counts };
}

function sizeOf(low: number, high: number, { bucketSize, bucketCount }: BucketOptions): number {
  const span = high - low;
  const least = span / (BUCKETS_MAX - 1);
  if (bucketSize !== undefined && bucketSize > 0) return Math.max(bucketSize, least);
  const count = bucketCount > 0 ? Math.min(bucketCount, BUCKETS_MAX - 1) : BUCKETS_USUAL;
  return niceSize(span === 0 ? Math.abs(low) / 10 || 1 : span / count);
}
