import { allBuckets } from '#model';
import type { Bucket, FloatHistogram } from '#model';
import type { JsonBytes } from './json-bytes.ts';

/** `{"count":"","sum":"","buckets":[[boundaries,"lower","upper","count"],...]}`, empty buckets left out. */
export function writeHistogram(out: JsonBytes, histogram: FloatHistogram): void {
  out.write('{"count":');
  out.writeNumber(histogram.count);
  out.write(',"sum":');
  out.writeNumber(histogram.sum);
  let separator = ',"buckets":[';
  for (const bucket of allBuckets(histogram)) {
    if (bucket.count === 0) continue;
    out.write(separator);
    writeBucket(out, bucket);
    separator = ',';
  }
  out.write(separator === ',' ? ']}' : '}');
}

function writeBucket(out: JsonBytes, bucket: Bucket): void {
  out.write(BOUNDARIES[boundaries(bucket)] as string);
  out.writeNumber(bucket.lower);
  out.write(',');
  out.writeNumber(bucket.upper);
  out.write(',');
  out.writeNumber(bucket.count);
  out.write(']');
}

/** How a bucket begins, by its boundaries. */
const BOUNDARIES = ['[0,', '[1,', '[2,', '[3,'];

/** Which ends belong to the bucket: 0 the upper, 1 the lower, 2 none, 3 both. */
function boundaries(bucket: Bucket): number {
  if (bucket.lowerInclusive) return bucket.upperInclusive ? 3 : 1;
  return bucket.upperInclusive ? 0 : 2;
}
