import { join } from 'node:path';
import { createMatcher } from '#model';
import type { Matcher } from '#model';
import type { Disk } from '#platform';
import { CHUNK_MIN_TIME, baseOf } from '../chunk-memory.ts';
import { addDeletions } from '../head-deletions.ts';
import type { DeletedRows } from '../head-deletions.ts';
import type { HeadReading } from '../head-querier.ts';
import { REGION_BLOCKS_LOG2 } from '../memory.ts';
import { mayHaveLate } from '../late-chunk.ts';
import { selectSeries } from '../selection.ts';
import type { BlockMeta } from './block-meta.ts';
import { BlockReader } from './block-reader.ts';
import { writeMeta } from './block-writer.ts';
import type { Deleted, DeletionJob } from './compaction-job.ts';
import { SeriesEntry } from './index-reader.ts';
import { META_FILE, TOMBSTONES_FILE } from './layout.ts';
import { PageCache } from './page-cache.ts';
import { selectPostings } from './postings.ts';
import { joinIntervals, writeTombstones } from './tombstones.ts';
import type { Intervals, Tombstones } from './tombstones.ts';

interface DeletionTools {
  readonly disk: Disk;
  readonly head: () => HeadReading;
}

const CACHE_BYTES: number = 4 * 1024 * 1024;

/** Throws BlockDamagedError, DecodeError or the disk's error; blocks that came before have their tombstones then. */
export function deleteSamples(job: DeletionJob, { disk, head }: DeletionTools): Deleted {
  const matchers = job.matchers.map(({ type, name, value }) => createMatcher(type, name, value));
  const reading = head();
  const headRows = headRowsOf(reading, matchers, job);
  const lateRows = lateRowsOf(reading, matchers, job);
  const blocks: BlockMeta[] = [];
  for (const ulid of job.ulids) {
    const meta = deleteFromBlock(disk, join(job.dir, ulid), matchers, job);
    if (meta !== undefined) blocks.push({ ...meta, ulid });
  }
  return { blocks, headRows, lateRows, headDeletions: addDeletions(reading.deletions, headRows) };
}

interface TimeRange {
  readonly startMs: number;
  readonly endMs: number;
}

/** As Prometheus: of each series no more than what it has now, so that what comes later stays. */
function headRowsOf(
  reading: HeadReading,
  matchers: readonly Matcher[],
  { startMs, endMs, headStartMs }: DeletionJob,
): DeletedRows {
  const { views } = reading;
  const inOrderMs = Math.max(startMs, headStartMs);
  const bounds = { startMs: inOrderMs, lateStartMs: startMs, endMs, limit: 0 };
  reading.enter();
  try {
    const { rows, count } = selectSeries(views, matchers, bounds);
    const sorted = rows.slice(0, count).toSorted();
    const startTimesMs = new Float64Array(count);
    const endTimesMs = new Float64Array(count);
    let kept = 0;
    for (const row of sorted) {
      const firstMs = firstTimeOf(reading, row);
      startTimesMs[kept] = Math.max(bounds.startMs, firstMs);
      endTimesMs[kept] = Math.min(endMs, views.seriesMaxTime[row]);
      if (startTimesMs[kept] <= endTimesMs[kept]) sorted[kept++] = row;
    }
    return {
      rows: sorted.slice(0, kept),
      startTimesMs: startTimesMs.slice(0, kept),
      endTimesMs: endTimesMs.slice(0, kept),
    };
  } finally {
    reading.leave();
  }
}

function lateRowsOf(
  reading: HeadReading,
  matchers: readonly Matcher[],
  { startMs, endMs }: DeletionJob,
): Int32Array {
  const { views } = reading;
  reading.enter();
  try {
    const bounds = { startMs: Infinity, lateStartMs: startMs, endMs, limit: 0 };
    const { rows, count } = selectSeries(views, matchers, bounds);
    return rows.slice(0, count).filter((row) => mayHaveLate(views, row, startMs, endMs));
  } finally {
    reading.leave();
  }
}

/** Infinity where the series has lost its samples meanwhile. */
function firstTimeOf({ views }: HeadReading, row: number): number {
  const chunk = Atomics.load(views.seriesFirstChunk, row);
  if (chunk === 0) return Infinity;
  const region = chunk >>> REGION_BLOCKS_LOG2;
  const index = (baseOf(chunk) >>> 1) + CHUNK_MIN_TIME;
  if (!(index < views.regionTimes[region]?.length)) views.refresh();
  return views.regionTimes[region]?.[index] ?? Infinity;
}

/** Undefined where nothing was to be deleted. */
function deleteFromBlock(
  disk: Disk,
  dir: string,
  matchers: readonly Matcher[],
  range: TimeRange,
): BlockMeta | undefined {
  const block = new BlockReader(disk, dir, new PageCache(CACHE_BYTES));
  try {
    const tombstones = withDeleted(block, matchers, range);
    if (tombstones === undefined) return undefined;
    let tombstoneCount = 0;
    for (const intervals of tombstones.values()) tombstoneCount += intervals.length / 2;
    const meta = { ...block.meta, stats: { ...block.meta.stats, tombstoneCount } };
    replaceFile(disk, dir, TOMBSTONES_FILE, (name) => {
      writeTombstones(disk, dir, tombstones, name);
    });
    replaceFile(disk, dir, META_FILE, (name) => writeMeta(disk, dir, meta, name));
    return meta;
  } finally {
    block.close();
  }
}

/** The tombstones of a block with those that are to be added. Undefined: none are. */
function withDeleted(
  { index, tombstones }: BlockReader,
  matchers: readonly Matcher[],
  range: TimeRange,
): Tombstones | undefined {
  const all = new Map<number, Intervals>(tombstones);
  const entry = new SeriesEntry();
  let isChanged = false;
  for (const ref of selectPostings(index, matchers)) {
    index.series(ref, entry);
    if (!hasChunkIn(entry, range)) continue;
    const startMs = Math.max(range.startMs, entry.minTimes[0]);
    const endMs = Math.min(range.endMs, entry.maxTimes[entry.chunkCount - 1]);
    all.set(ref, joinIntervals([...(tombstones.get(ref) ?? []), startMs, endMs]));
    isChanged = true;
  }
  return isChanged ? all : undefined;
}

function hasChunkIn(entry: SeriesEntry, { startMs, endMs }: TimeRange): boolean {
  if (endMs < startMs) return false;
  for (let i = 0; i < entry.chunkCount; i++) {
    if (entry.minTimes[i] <= endMs && entry.maxTimes[i] >= startMs) return true;
  }
  return false;
}

/** The file is the old one or the new one at any time; a hard link to the old one keeps it. */
function replaceFile(disk: Disk, dir: string, name: string, write: (name: string) => void): void {
  const temporary = `${name}.tmp`;
  disk.remove(join(dir, temporary));
  try {
    write(temporary);
    disk.rename(join(dir, temporary), join(dir, name));
  } catch (error) {
    disk.remove(join(dir, temporary));
    throw error;
  }
  disk.syncDir(dir);
}
