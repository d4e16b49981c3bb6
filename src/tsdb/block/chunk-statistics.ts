import { exponentialBuckets } from '#instrument';
import type { MetricFamily } from '#model';
import type { ChunkColumns } from './block-series.ts';

/** Observations in buckets. Crosses threads. */
export interface BucketCounts {
  /** By bucket; the last is beyond all bounds. */
  readonly counts: number[];
  sum: number;
}

/** Of the chunks of a block. Crosses threads. */
export interface ChunkStatistics {
  readonly samples: BucketCounts;
  readonly bytes: BucketCounts;
  /** First to last sample. */
  readonly seconds: BucketCounts;
}

/** Prometheus' bounds. */
const BOUNDS = {
  samples: exponentialBuckets(4, 1.5, 12),
  bytes: exponentialBuckets(32, 1.5, 12),
  seconds: exponentialBuckets(100, 4, 10),
} as const;

type Quantity = keyof typeof BOUNDS;

export function noChunks(): ChunkStatistics {
  return { samples: none('samples'), bytes: none('bytes'), seconds: none('seconds') };
}

function none(quantity: Quantity): BucketCounts {
  return { counts: BOUNDS[quantity].map(() => 0).concat(0), sum: 0 };
}

export function observeChunks(statistics: ChunkStatistics, chunks: ChunkColumns): void {
  for (let i = 0; i < chunks.count; i++) {
    observe(statistics, 'samples', chunks.sampleCount(i));
    observe(statistics, 'bytes', chunks.lengths[i]);
    observe(statistics, 'seconds', (chunks.maxTimes[i] - chunks.minTimes[i]) / 1000);
  }
}

function observe(statistics: ChunkStatistics, quantity: Quantity, value: number): void {
  const bounds = BOUNDS[quantity];
  const { counts } = statistics[quantity];
  let bucket = 0;
  while (bucket < bounds.length && value > bounds[bucket]) bucket++;
  counts[bucket]++;
  statistics[quantity].sum += value;
}

export function addStatistics(to: ChunkStatistics, from: ChunkStatistics): void {
  for (const quantity of ['samples', 'bytes', 'seconds'] as const) {
    const { counts } = to[quantity];
    for (let i = 0; i < counts.length; i++) counts[i] += from[quantity].counts[i];
    to[quantity].sum += from[quantity].sum;
  }
}

/** Under Prometheus' names. */
export function chunkFamilies(statistics: ChunkStatistics): MetricFamily[] {
  return [
    family('compaction_chunk_samples', 'Samples of chunks of blocks that were cut.', 'samples'),
    family('compaction_chunk_size_bytes', 'Bytes of chunks of blocks that were cut.', 'bytes'),
    family('compaction_chunk_range_seconds', 'Time that chunks of such blocks span.', 'seconds'),
  ];

  function family(name: string, help: string, quantity: Quantity): MetricFamily {
    const { counts, sum } = statistics[quantity];
    let count = 0;
    const buckets = BOUNDS[quantity].map((upperBound, i) => {
      count += counts[i];
      return { upperBound, cumulativeCount: count };
    });
    count += counts.at(-1) ?? 0;
    const histogram = { count, sum, buckets };
    return {
      name: `prometheus_tsdb_${name}`,
      type: 'histogram',
      help,
      metrics: [{ labels: [], histogram }],
    };
  }
}
