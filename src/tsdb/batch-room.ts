import type { FloatHistogram } from '#model';
import type { BatchColumns, PendingHistogram } from './batch.ts';
import { CHUNK_DATA_BITS } from './chunk-memory.ts';
import type { Head } from './head.ts';
import { BLOCK_BYTES } from './memory.ts';

/*
 * How much of the memory for chunks a batch may take, in blocks. It is asked for before the batch is logged,
 * so that what is acknowledged is never refused for want of memory.
 */

/** Of a float: what its time and its value take at most. */
const SAMPLE_BITS_MAX = 160;
const SAMPLES_A_CHUNK = Math.floor(CHUNK_DATA_BITS / SAMPLE_BITS_MAX);

/** All but buckets, spans and bounds. */
const HISTOGRAM_BYTES_MAX = 96;
const NUMBER_BYTES_MAX = 10;
const SPAN_BYTES_MAX = 20;
/** What a block of a histogram chunk holds beside its links. */
const HISTOGRAM_BLOCK_BYTES: number = BLOCK_BYTES - 32;

/** What of a batch takes memory. */
export interface RoomContent {
  readonly columns: BatchColumns;
  readonly histograms: readonly PendingHistogram[];
}

/** Found without looking at the series: a block for each float. */
export function blocksAtMost({ columns, histograms }: RoomContent): number {
  return columns.count + blocksOfHistograms(histograms);
}

/** Found by looking at the room that the series have. */
export function blocksNeeded({ columns, histograms }: RoomContent, head: Head): number {
  const { seriesLastChunk } = head.views;
  const { bits } = head.series.encoder;
  const seen = new Set<number>();
  let blocks = 0;
  for (let i = 0; i < columns.count; i++) {
    const row = columns.rows[i];
    if (seen.has(row)) continue;
    seen.add(row);
    const hasRoom = seriesLastChunk[row] !== 0 && bits[row] + SAMPLE_BITS_MAX <= CHUNK_DATA_BITS;
    if (!hasRoom) blocks++;
  }
  const further = columns.count - seen.size;
  blocks += Math.ceil(further / SAMPLES_A_CHUNK) + Math.min(further, seen.size);
  return blocks + blocksOfHistograms(histograms);
}

function blocksOfHistograms(histograms: readonly PendingHistogram[]): number {
  let blocks = 0;
  for (const { histogram } of histograms) {
    blocks += 2 + Math.ceil(bytesAtMost(histogram) / HISTOGRAM_BLOCK_BYTES);
  }
  return blocks;
}

function bytesAtMost(histogram: FloatHistogram): number {
  const { positiveBuckets, negativeBuckets, customValues } = histogram;
  const numbers = positiveBuckets.length + negativeBuckets.length + customValues.length;
  const spans = histogram.positiveSpans.length + histogram.negativeSpans.length;
  return HISTOGRAM_BYTES_MAX + numbers * NUMBER_BYTES_MAX + spans * SPAN_BYTES_MAX;
}
