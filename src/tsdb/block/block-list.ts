import { join } from 'node:path';
import type { Disk, Log } from '#platform';
import { LATE_HINT, isPartial } from './block-meta.ts';
import type { BlockMeta } from './block-meta.ts';
import { BlockReader, readMeta } from './block-reader.ts';
import type { CompactionJob } from './compaction-job.ts';
import { CHUNKS_DIR, CREATION_SUFFIX, DELETION_SUFFIX } from './layout.ts';
import { PageCache } from './page-cache.ts';
import { settledEndMs } from './plan.ts';
import type { SizedBlock } from './plan.ts';
import { readTombstones } from './tombstones.ts';
import { isUlid } from './ulid.ts';

export interface FoundBlocks {
  /** By time. */
  readonly blocks: readonly SizedBlock[];
  /** Blocks that were made part of others, or hold nothing: to be removed. */
  readonly replaced: readonly string[];
  /** Blocks that cannot be used. They stay where they are. */
  readonly damagedCount: number;
  /** What those were to hold, but for those from which something had been deleted: it must not come back. */
  readonly damagedRanges: readonly TimeRange[];
  /** From here on the samples of the log are in no block but those of some series; -Infinity: all. */
  readonly endMs: number;
}

/** The end is exclusive; milliseconds. */
export interface TimeRange {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

/**
 * Looks through a data directory: removes what was half written or half removed, checks each block and
 * names those that are damaged. Never throws for a block's sake.
 */
export function findBlocks(disk: Disk, dir: string, log: Log): FoundBlocks {
  const found: SizedBlock[] = [];
  const damaged: DamagedBlock[] = [];
  const cache = new PageCache(0);
  for (const name of disk.list(dir)) {
    if (isLeftover(name)) removeLeftover(disk, join(dir, name), log);
    if (!isUlid(name)) continue;
    try {
      found.push(checkBlock(disk, dir, name, cache));
    } catch (error) {
      const block = lookAtDamaged(disk, join(dir, name));
      damaged.push(block);
      log.error('a block is damaged and is left aside; all others are used', {
        block: name,
        error,
        ...(block.hasDeletions && { readFromLog: false }),
      });
    }
  }
  const replaced = replacedBy(found);
  const blocks = found.filter(({ meta }) => !replaced.has(meta.ulid));
  const withDeletions = damaged.flatMap(({ meta, hasDeletions }) =>
    meta !== undefined && hasDeletions ? [meta] : [],
  );
  return {
    blocks: blocks.toSorted(byTime),
    replaced: [...replaced],
    damagedCount: damaged.length,
    damagedRanges: damaged
      .filter(({ hasDeletions }) => !hasDeletions)
      .map(({ meta }) => meta ?? { minTimeMs: -Infinity, maxTimeMs: Infinity }),
    endMs: settledEndMs([...blocks.map(({ meta }) => meta), ...withDeletions]),
  };
}

/** The next run tries again. */
function removeLeftover(disk: Disk, path: string, log: Log): void {
  try {
    disk.remove(path);
  } catch (error) {
    log.error('cannot remove what is left of a block', { path, error });
  }
}

interface DamagedBlock {
  /** Undefined where it cannot be read: it may be of all times. */
  readonly meta: BlockMeta | undefined;
  /** Something had been deleted from it, or may have been. */
  readonly hasDeletions: boolean;
}

function lookAtDamaged(disk: Disk, path: string): DamagedBlock {
  const meta = readOrNothing(() => readMeta(disk, path));
  const tombstones = readOrNothing(() => readTombstones(disk, path));
  const count = tombstones?.size ?? meta?.stats.tombstoneCount ?? 0;
  return { meta, hasDeletions: count > 0 };
}

function readOrNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Where the samples begin that are in no block but those of some series; -Infinity without blocks. */
export function newestTimeMs(blocks: readonly SizedBlock[]): number {
  return settledEndMs(blocks.map(({ meta }) => meta));
}

/** Whether a sample is older than all of the head, and not one that only a damaged block had. */
export function isInBlocks(
  timeMs: number,
  { blocks, damagedRanges }: Pick<FoundBlocks, 'blocks' | 'damagedRanges'>,
): boolean {
  const holds = (range: TimeRange): boolean =>
    range.minTimeMs <= timeMs && timeMs < range.maxTimeMs;
  return !damagedRanges.some(holds) || blocks.some(({ meta }) => !isPartial(meta) && holds(meta));
}

/**
 * What a job that failed has left, by name, of what was not there before: what is half written, and whole blocks
 * whose thread died before it could tell of them, or whose name could not be made durable.
 */
export function leftBy(
  job: CompactionJob,
  { disk, dir, before }: { disk: Disk; dir: string; before: ReadonlySet<string> },
): string[] {
  const isOurs = (name: string): boolean => {
    try {
      return isLeftover(name) || (isUlid(name) && isMadeBy(job, readMeta(disk, join(dir, name))));
    } catch {
      return false;
    }
  };
  return disk.list(dir).filter((name) => !before.has(name) && isOurs(name));
}

/** Another program may have added a block meanwhile. */
function isMadeBy(job: CompactionJob, { minTimeMs, maxTimeMs, compaction }: BlockMeta): boolean {
  const parents = compaction.parents.map(({ ulid }) => ulid).join(' ');
  switch (job.kind) {
    case 'cut':
      return parents === '' && minTimeMs === job.startMs && maxTimeMs === job.endMs;
    case 'cut-late':
      return parents === '' && compaction.hints.includes(LATE_HINT);
    case 'merge':
      return parents === job.ulids.join(' ');
    case 'clean':
      return parents === job.ulid;
    default:
      return false;
  }
}

function isLeftover(name: string): boolean {
  return (
    name.endsWith(CREATION_SUFFIX) ||
    name.endsWith(DELETION_SUFFIX) ||
    /^[0-9A-HJKMNP-TV-Z]{26}\.tmp$/.test(name)
  );
}

// eslint-disable-next-line max-params -- one caller
function checkBlock(disk: Disk, dir: string, ulid: string, cache: PageCache): SizedBlock {
  const path = join(dir, ulid);
  const reader = new BlockReader(disk, path, cache);
  reader.close();
  return sizedBlock(disk, dir, { ...reader.meta, ulid });
}

/** What cannot be measured counts as nothing: a block that is there must get onto the list. */
export function sizedBlock(disk: Disk, dir: string, meta: BlockMeta): SizedBlock {
  const path = join(dir, meta.ulid);
  const bytes = readOrNothing(() => disk.bytesIn(path) + disk.bytesIn(join(path, CHUNKS_DIR)));
  return { meta, bytes: bytes ?? 0 };
}

/** A process may die between writing a merged block and removing what it was merged from. */
function replacedBy(blocks: readonly SizedBlock[]): Set<string> {
  const replaced = new Set<string>();
  for (const { meta } of blocks) {
    for (const { ulid } of meta.compaction.parents) replaced.add(ulid);
    if (meta.compaction.deletable) replaced.add(meta.ulid);
  }
  const known = new Set(blocks.map(({ meta }) => meta.ulid));
  return new Set([...replaced].filter((ulid) => known.has(ulid)));
}

export function byTime(a: SizedBlock, b: SizedBlock): number {
  return a.meta.minTimeMs - b.meta.minTimeMs;
}
