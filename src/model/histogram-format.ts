import type { FloatHistogram } from './histogram.ts';
import { type Bucket, negativeBuckets, positiveBuckets, zeroBucket } from './histogram-buckets.ts';
import { formatFloatCompact } from './number.ts';

/** As Prometheus shows it in texts and labels: `{count:4, sum:5, [-1,-0.5):1, (0.5,1]:3}`. */
export function formatHistogram(histogram: FloatHistogram): string {
  const parts = [
    `count:${formatFloatCompact(histogram.count)}`,
    `sum:${formatFloatCompact(histogram.sum)}`,
  ];
  const buckets = [
    ...negativeBuckets(histogram).toReversed(),
    zeroBucket(histogram),
    ...positiveBuckets(histogram),
  ];
  for (const bucket of buckets) {
    if (bucket.count !== 0) parts.push(formatBucket(bucket));
  }
  return `{${parts.join(', ')}}`;
}

function formatBucket(bucket: Bucket): string {
  const open = bucket.lowerInclusive ? '[' : '(';
  const close = bucket.upperInclusive ? ']' : ')';
  const bounds = `${formatFloatCompact(bucket.lower)},${formatFloatCompact(bucket.upper)}`;
  return `${open}${bounds}${close}:${formatFloatCompact(bucket.count)}`;
}
