import { join } from 'node:path';
import type { Disk } from '#platform';
import { formatMeta } from './block-meta.ts';
import type { BlockCompaction, BlockMeta } from './block-meta.ts';
import { BlockSeries } from './block-series.ts';
import type { ChunkColumns, SeriesSource } from './block-series.ts';
import { ChunkSegmentWriter } from './chunk-segments.ts';
import { observeChunks } from './chunk-statistics.ts';
import type { ChunkStatistics } from './chunk-statistics.ts';
import { IndexWriter } from './index-writer.ts';
import {
  CHUNKS_DIR,
  CREATION_SUFFIX,
  CHUNKS_SEGMENT_BYTES,
  ChunkKind,
  INDEX_FILE,
  META_FILE,
} from './layout.ts';
import { FileWriter } from './file-writer.ts';
import { NO_TOMBSTONES, writeTombstones } from './tombstones.ts';

export interface NewBlock {
  readonly disk: Disk;
  /** The data directory. */
  readonly dir: string;
  readonly ulid: string;
  readonly minTimeMs: number;
  /** Exclusive. */
  readonly maxTimeMs: number;
  /** For a block from the head, `sources` holds its own name. */
  readonly compaction: BlockCompaction;
  readonly segmentBytes?: number;
  /** To be told of the chunks. */
  readonly statistics?: ChunkStatistics;
}

/**
 * Writes a block under a temporary name, makes it durable, then gives it its name: a directory with a
 * block's name is whole. Undefined, and nothing written, where there is no sample. Throws the disk's error.
 */
export function writeBlock(block: NewBlock, source: SeriesSource): BlockMeta | undefined {
  const { disk, dir, ulid } = block;
  const path = join(dir, ulid);
  const temporary = path + CREATION_SUFFIX;
  disk.remove(temporary);
  disk.makeDir(temporary);
  try {
    const stats = writeContent(block, temporary, source);
    if (stats.sampleCount === 0) {
      disk.remove(temporary);
      return undefined;
    }
    const { minTimeMs, maxTimeMs, compaction } = block;
    const meta: BlockMeta = {
      ulid,
      minTimeMs,
      maxTimeMs,
      stats: { ...stats, tombstoneCount: 0 },
      compaction,
    };
    writeTombstones(disk, temporary, NO_TOMBSTONES);
    writeMeta(disk, temporary, meta);
    disk.syncDir(join(temporary, CHUNKS_DIR));
    disk.syncDir(temporary);
    disk.rename(temporary, path);
    disk.syncDir(dir);
    return meta;
  } catch (error) {
    disk.remove(temporary);
    throw error;
  }
}

/** Throws the disk's error. */
export function writeMeta(
  disk: Disk,
  dir: string,
  meta: BlockMeta,
  name: string = META_FILE,
): void {
  const writer = new FileWriter(disk, join(dir, name));
  writer.out.writeBytes(new TextEncoder().encode(formatMeta(meta)));
  writer.finish();
}

interface Counts {
  sampleCount: number;
  histogramSampleCount: number;
  seriesCount: number;
  chunkCount: number;
}

function writeContent(block: NewBlock, dir: string, source: SeriesSource): Counts {
  const { disk, segmentBytes = CHUNKS_SEGMENT_BYTES, statistics } = block;
  const chunks = new ChunkSegmentWriter(disk, join(dir, CHUNKS_DIR), segmentBytes);
  const index = new IndexWriter(disk, join(dir, INDEX_FILE), source.symbols);
  const counts = { sampleCount: 0, histogramSampleCount: 0, seriesCount: 0, chunkCount: 0 };
  const series = new BlockSeries();
  let refs = new Float64Array(64);
  try {
    while (source.next(series)) {
      const chunkCount = series.chunks.count;
      if (chunkCount === 0) continue;
      if (chunkCount > refs.length) refs = new Float64Array(chunkCount * 2);
      chunks.write(series.chunks, refs);
      index.addSeries(series, refs);
      count(counts, series.chunks);
      if (statistics !== undefined) observeChunks(statistics, series.chunks);
    }
    chunks.finish();
    index.finish();
  } catch (error) {
    chunks.abandon();
    index.abandon();
    throw error;
  }
  return counts;
}

function count(counts: Counts, chunks: ChunkColumns): void {
  counts.seriesCount++;
  counts.chunkCount += chunks.count;
  for (let i = 0; i < chunks.count; i++) {
    const samples = chunks.sampleCount(i);
    counts.sampleCount += samples;
    if (chunks.kinds[i] !== ChunkKind.xor) counts.histogramSampleCount += samples;
  }
}
