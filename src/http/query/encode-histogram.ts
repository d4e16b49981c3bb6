import { allBuckets } from '#model';
import type { Bucket, FloatHistogram } from '#model';
import { encodeValue } from './encode-number.ts';

/** `{"count":"","sum":"","buckets":[[boundaries,"lower","upper","count"],...]}`, empty buckets left out. */
export function encodeHistogram(histogram: FloatHistogram): string {
  const buckets = allBuckets(histogram).filter((bucket) => bucket.count !== 0);
  const shown = buckets.length === 0 ? '' : `,"buckets":[${buckets.map(encodeBucket).join(',')}]`;
  const { count, sum } = histogram;
  return `{"count":"${encodeValue(count)}","sum":"${encodeValue(sum)}"${shown}}`;
}

function encodeBucket(bucket: Bucket): string {
  const ends = [bucket.lower, bucket.upper, bucket.count].map((value) => `"${encodeValue(value)}"`);
  return `[${boundaries(bucket)},${ends.join(',')}]`;
}

/** Which ends belong to the bucket: 0 the upper, 1 the lower, 2 none, 3 both. */
function boundaries(bucket: Bucket): number {
  if (bucket.lowerInclusive) return bucket.upperInclusive ? 3 : 1;
  return bucket.upperInclusive ? 0 : 2;
}
