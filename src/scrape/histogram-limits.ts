import { toSchema, usesCustomBuckets } from '#model';
import type { FloatHistogram } from '#model';

/** Of exponential buckets, as Prometheus knows them: the coarsest and the finest. */
const SCHEMA_MIN = -4;
const SCHEMA_MAX = 8;

/**
 * The finest schema whose buckets grow by at least a factor (`native_histogram_min_bucket_factor`). 0 and
 * whatever is below 1 stand for no limit.
 */
export function maxSchema(bucketFactor: number): number {
  if (!(bucketFactor > 1)) return SCHEMA_MAX;
  const schema = Math.floor(-Math.log2(Math.log2(bucketFactor)));
  // No negative zero, which a log would write as such.
  return Math.min(SCHEMA_MAX, Math.max(SCHEMA_MIN, schema)) + 0;
}

/**
 * A native histogram of a resolution so low that it keeps the limits of its scrape config. Undefined where even
 * the coarsest has too many buckets. `bucketsMax` 0: no limit.
 */
export function fitHistogram(
  histogram: FloatHistogram,
  { schemaMax, bucketsMax }: { readonly schemaMax: number; readonly bucketsMax: number },
): FloatHistogram | undefined {
  let fitted = histogram;
  if (!usesCustomBuckets(fitted) && fitted.schema > schemaMax) fitted = toSchema(fitted, schemaMax);
  if (bucketsMax === 0) return fitted;
  while (fitted.positiveBuckets.length + fitted.negativeBuckets.length > bucketsMax) {
    if (usesCustomBuckets(fitted) || fitted.schema <= SCHEMA_MIN) return undefined;
    fitted = toSchema(fitted, fitted.schema - 1);
  }
  return fitted;
}
