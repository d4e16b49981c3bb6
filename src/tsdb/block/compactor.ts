import { join } from 'node:path';
import type { Disk } from '#platform';
import type { HeadReading } from '../head-querier.ts';
import { BlockReader } from './block-reader.ts';
import { LATE_HINT, STALE_HINT, byArrival, isPartial } from './block-meta.ts';
import type { BlockCompaction, BlockMeta } from './block-meta.ts';
import { writeBlock } from './block-writer.ts';
import { noChunks } from './chunk-statistics.ts';
import type { ChunkStatistics } from './chunk-statistics.ts';
import { deleteSamples } from './deletion-job.ts';
import { headSource } from './head-source.ts';
import { DELETION_SUFFIX } from './layout.ts';
import { lateRangeStarts } from '../late-chunk.ts';
import type {
  CompactionAnswer,
  CompactionJob,
  CutJob,
  LateCutJob,
  MergeJob,
} from './compaction-job.ts';
import { mergeSource } from './merge-source.ts';
import { PageCache } from './page-cache.ts';
import { makeSnapshot } from './snapshot-job.ts';
import { readTombstones } from './tombstones.ts';
import { createUlid } from './ulid.ts';

export interface CompactionTools {
  readonly disk: Disk;
  readonly nowMs: () => number;
  /** The head; throws where it is not attached. */
  readonly head: () => HeadReading;
}

/** Does a job. What goes wrong is told in the answer. */
export function runCompaction(job: CompactionJob, tools: CompactionTools): CompactionAnswer {
  try {
    switch (job.kind) {
      case 'cut':
        return withStatistics((statistics) => ({ meta: cutHead(job, tools, statistics) }));
      case 'cut-late':
        return withStatistics((statistics) => ({
          meta: undefined,
          metas: cutLate(job, tools, statistics),
        }));
      case 'merge':
        return { meta: mergeBlocks(job, tools) };
      case 'remove':
        removeBlocks(job, tools.disk);
        return { meta: undefined };
      case 'delete':
        return { meta: undefined, deleted: deleteSamples(job, tools) };
      case 'clean':
        return cleanBlock(job, tools);
      case 'snapshot':
        makeSnapshot(job, tools.disk, (dir) => {
          const lateGeneration = Infinity;
          if (job.head !== undefined) cutHead({ dir, ...job.head, lateGeneration }, tools);
          if (job.late !== undefined) cutLate({ dir, ...job.late, generation: Infinity }, tools);
        });
        return { meta: undefined };
    }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

type CompactionResult = Extract<CompactionAnswer, { readonly failure?: undefined }>;

function withStatistics(
  cut: (statistics: ChunkStatistics) => Omit<CompactionResult, 'chunks'>,
): CompactionResult {
  const chunks = noChunks();
  return { ...cut(chunks), chunks };
}

function cutHead(
  { dir, startMs, endMs, rows, lateGeneration }: Omit<CutJob, 'kind'>,
  { disk, nowMs, head }: CompactionTools,
  statistics?: ChunkStatistics,
): BlockMeta | undefined {
  const reading = head();
  const ulid = createUlid(nowMs());
  const hints = rows === undefined ? [] : [STALE_HINT];
  const compaction: BlockCompaction = { ...LEVEL_ONE, sources: [ulid], hints };
  reading.enter();
  try {
    const { views, deletions } = reading;
    const source = headSource({
      views,
      startMs,
      endMs,
      deletions,
      ...(rows !== undefined && { rows }),
      ...(lateGeneration !== undefined && { late: { generationMax: lateGeneration, only: false } }),
    });
    const told = statistics && { statistics };
    return writeBlock(
      { disk, dir, ulid, minTimeMs: startMs, maxTimeMs: endMs, compaction, ...told },
      source,
    );
  } finally {
    reading.leave();
  }
}

/** Blocks that were made before one fails do not stay. */
function cutLate(
  { dir, endMs, rangeMs, generation }: Omit<LateCutJob, 'kind'>,
  { disk, nowMs, head }: CompactionTools,
  statistics?: ChunkStatistics,
): BlockMeta[] {
  const reading = head();
  const metas: BlockMeta[] = [];
  reading.enter();
  try {
    const { views } = reading;
    const late = { generationMax: generation, only: true };
    const starts = lateRangeStarts(views, { endMs, generationMax: generation }, rangeMs);
    for (const startMs of starts) {
      const range = { startMs, endMs: Math.min(startMs + rangeMs, endMs) };
      const ulid = createUlid(nowMs());
      const compaction: BlockCompaction = { ...LEVEL_ONE, sources: [ulid], hints: [LATE_HINT] };
      const meta = writeBlock(
        {
          disk,
          dir,
          ulid,
          minTimeMs: range.startMs,
          maxTimeMs: range.endMs,
          compaction,
          ...(statistics !== undefined && { statistics }),
        },
        headSource({ views, ...range, late }),
      );
      if (meta !== undefined) metas.push(meta);
    }
    return metas;
  } catch (error) {
    removeBlocks({ dir, ulids: metas.map(({ ulid }) => ulid) }, disk);
    throw error;
  } finally {
    reading.leave();
  }
}

export const LEVEL_ONE: BlockCompaction = {
  level: 1,
  sources: [],
  parents: [],
  deletable: false,
  failed: false,
  hints: [],
};

/** Of a merge pages are read once: a small cache is enough. */
const CACHE_BYTES: number = 4 * 1024 * 1024;

function mergeBlocks(
  { dir, ulids, isSettled }: Omit<MergeJob, 'kind'>,
  { disk, nowMs }: CompactionTools,
): BlockMeta | undefined {
  const cache = new PageCache(CACHE_BYTES);
  const blocks: BlockReader[] = [];
  try {
    for (const ulid of ulids) blocks.push(new BlockReader(disk, join(dir, ulid), cache));
    blocks.sort((a, b) => byArrival(a.meta, b.meta));
    const metas = blocks.map(({ meta }) => meta);
    const ulid = createUlid(nowMs());
    return writeBlock(
      {
        disk,
        dir,
        ulid,
        minTimeMs: Math.min(...metas.map(({ minTimeMs }) => minTimeMs)),
        maxTimeMs: Math.max(...metas.map(({ maxTimeMs }) => maxTimeMs)),
        compaction: mergedCompaction(metas, isSettled),
      },
      mergeSource(blocks),
    );
  } finally {
    for (const block of blocks) block.close();
  }
}

function cleanBlock(
  { dir, ulid }: Extract<CompactionJob, { kind: 'clean' }>,
  tools: CompactionTools,
): CompactionAnswer {
  if (readTombstones(tools.disk, join(dir, ulid)).size === 0) {
    return { meta: undefined, isClean: true };
  }
  return { meta: mergeBlocks({ dir, ulids: [ulid], isSettled: false }, tools) };
}

/** Of some series only where all are and it matters. */
function mergedCompaction(metas: readonly BlockMeta[], isSettled: boolean): BlockCompaction {
  const sources = new Set(metas.flatMap(({ compaction }) => compaction.sources));
  const hints = new Set(metas.flatMap(({ compaction }) => compaction.hints));
  return {
    ...LEVEL_ONE,
    level: Math.max(...metas.map(({ compaction }) => compaction.level)) + 1,
    sources: [...sources].toSorted(),
    hints: !isSettled && metas.every(isPartial) ? [...hints].toSorted() : [],
    parents: metas.map(({ ulid, minTimeMs, maxTimeMs }) => ({ ulid, minTimeMs, maxTimeMs })),
  };
}

/** Renamed first: a block that is removed in part is never taken for one. */
function removeBlocks(
  { dir, ulids }: { readonly dir: string; readonly ulids: readonly string[] },
  disk: Disk,
): void {
  for (const ulid of ulids) {
    const path = join(dir, ulid);
    if (!disk.exists(path)) continue;
    const doomed = path + DELETION_SUFFIX;
    disk.rename(path, doomed);
    disk.syncDir(dir);
    disk.remove(doomed);
  }
}
