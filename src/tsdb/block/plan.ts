import { isPartial } from './block-meta.ts';
import type { BlockMeta } from './block-meta.ts';

/** Of a block that is cut from the head, and the factor between levels: Prometheus' defaults. */
export const BLOCK_RANGE_MS: number = 2 * 3_600_000;
const LEVEL_FACTOR = 3;
const LEVELS_MAX = 10;
const RANGE_MAX_MS: number = 31 * 86_400_000;
/** Of the series; beyond it a block is written anew without what was deleted. */
const TOMBSTONE_SHARE = 0.05;

/**
 * What blocks may span, by level, in milliseconds: no more than `givenMaxMs`, or else than a tenth of the
 * retention or 31 days.
 */
export function blockRanges(
  retentionMs: number,
  firstMs: number = BLOCK_RANGE_MS,
  givenMaxMs?: number,
): number[] {
  const tenthMs = retentionMs > 0 && retentionMs < Infinity ? retentionMs / 10 : Infinity;
  const longestMs = givenMaxMs ?? Math.min(RANGE_MAX_MS, tenthMs);
  const ranges = [firstMs];
  while (ranges.length < LEVELS_MAX) {
    const nextMs = ranges[ranges.length - 1] * LEVEL_FACTOR;
    if (nextMs > longestMs) break;
    ranges.push(nextMs);
  }
  return ranges;
}

/** Of the memory for samples: from here on blocks are cut early. */
export const EARLY_FULLNESS = 0.9;
/** The head is cut when it spans more than so many ranges; late samples have the half. From Prometheus. */
const CUT_SPAN = 1.5;
/** Of a range: what is cut early spans no less, unless new samples are refused already. */
const EARLY_SHARE = 1 / 16;

/** What a cut depends on. Times in milliseconds. */
export interface CutSituation {
  /** Of what is not in blocks. */
  readonly startMs: number;
  readonly maxTimeMs: number;
  readonly rangeMs: number;
  /** Of the memory for samples, 0 to 1. */
  readonly fullness: number;
  /** New samples are refused. */
  readonly isFull: boolean;
}

/**
 * Where the next block ends (exclusive); undefined where none is to be cut. It lies within one range. Early
 * cuts take the older half of the head, or all of it where that is too little to make room.
 */
export function cutEnd(situation: CutSituation): number | undefined {
  const { startMs, maxTimeMs, rangeMs, fullness, isFull } = situation;
  const spanMs = maxTimeMs - startMs;
  if (!(spanMs >= 0)) return undefined;
  const rangeEndMs = (Math.floor(startMs / rangeMs) + 1) * rangeMs;
  if (spanMs > rangeMs * CUT_SPAN) return rangeEndMs;
  if (fullness < EARLY_FULLNESS) return undefined;
  const halfMs = Math.ceil(spanMs / 2);
  if (halfMs >= rangeMs * EARLY_SHARE) return Math.min(rangeEndMs, startMs + halfMs);
  return isFull ? Math.min(rangeEndMs, maxTimeMs + 1) : undefined;
}

/** Blocks of some series that were made one after the other are merged when there are so many of a level. */
const PARTIAL_GROUP = 4;

/** Up to here blocks hold all series: what the head has from before is in them. -Infinity where there are none. */
export function settledEndMs(metas: readonly BlockMeta[]): number {
  let endMs = -Infinity;
  for (const meta of metas) {
    if (!isPartial(meta) && meta.maxTimeMs > endMs) endMs = meta.maxTimeMs;
  }
  return endMs;
}

/**
 * The blocks to be made one next, oldest first; none where all is well. The order of Prometheus
 * (tsdb/compact.go): overlapping blocks first, then a full range of a level, then one with much deleted.
 * Blocks of some series stay among themselves until the head has been cut up to their end, `headStartMs`: in
 * one with others, that end would say that the head's samples of the time are in it.
 */
export function planCompaction(
  metas: readonly BlockMeta[],
  ranges: readonly number[],
  headStartMs: number = -Infinity,
): readonly BlockMeta[] {
  const byStart = metas.toSorted((a, b) => a.minTimeMs - b.minTimeMs);
  const endMs = Math.max(headStartMs, settledEndMs(metas));
  const isUnsettled = (meta: BlockMeta): boolean => isPartial(meta) && meta.maxTimeMs > endMs;
  const planned = planSettled(
    byStart.filter((meta) => !isUnsettled(meta)),
    ranges,
  );
  return planned.length > 0 ? planned : fullLevel(byStart.filter(isUnsettled), ranges[0]);
}

/** So that a block of a range is written anew few times, however often some of its series leave the head. */
function fullLevel(sorted: readonly BlockMeta[], rangeMs: number): readonly BlockMeta[] {
  const groups = new Map<string, BlockMeta[]>();
  for (const meta of sorted) {
    const key = `${Math.floor(meta.minTimeMs / rangeMs)} ${meta.compaction.level}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [meta]);
    else group.push(meta);
  }
  return [...groups.values()].find(({ length }) => length >= PARTIAL_GROUP) ?? [];
}

function planSettled(
  sorted: readonly BlockMeta[],
  ranges: readonly number[],
): readonly BlockMeta[] {
  const overlapping = firstOverlap(sorted);
  if (overlapping.length > 0) return overlapping;
  // The newest is left alone, so that whoever copies blocks away has the time to.
  const settled = sorted.slice(0, -1);
  const level = fullRange(settled, ranges);
  return level.length > 0 ? level : muchDeleted(settled, ranges);
}

export function overlaps(metas: readonly BlockMeta[]): boolean {
  return firstOverlap(metas.toSorted((a, b) => a.minTimeMs - b.minTimeMs)).length > 0;
}

function firstOverlap(sorted: readonly BlockMeta[]): BlockMeta[] {
  const found: BlockMeta[] = [];
  let endMs = -Infinity;
  for (const [i, meta] of sorted.entries()) {
    if (meta.minTimeMs < endMs) {
      if (found.length === 0) found.push(sorted[i - 1]);
      found.push(meta);
    } else if (found.length > 0) break;
    endMs = Math.max(endMs, meta.maxTimeMs);
  }
  return found;
}

function fullRange(sorted: readonly BlockMeta[], ranges: readonly number[]): readonly BlockMeta[] {
  const newestMs = sorted.at(-1)?.minTimeMs ?? 0;
  for (const rangeMs of ranges.slice(1)) {
    for (const group of splitByRange(sorted, rangeMs)) {
      const startMs = group[0].minTimeMs;
      const endMs = group[group.length - 1].maxTimeMs;
      const isFull = endMs - startMs === rangeMs || endMs <= newestMs;
      if (group.length > 1 && isFull && !group.some(({ compaction }) => compaction.failed)) {
        return group;
      }
    }
  }
  return [];
}

/** Blocks by the aligned range that they lie in; those that span more are left out. */
function splitByRange(sorted: readonly BlockMeta[], rangeMs: number): BlockMeta[][] {
  const groups = new Map<number, BlockMeta[]>();
  for (const meta of sorted) {
    const startMs = Math.floor(meta.minTimeMs / rangeMs) * rangeMs;
    if (meta.maxTimeMs > startMs + rangeMs) continue;
    const group = groups.get(startMs);
    if (group === undefined) groups.set(startMs, [meta]);
    else group.push(meta);
  }
  return [...groups.values()];
}

function muchDeleted(sorted: readonly BlockMeta[], ranges: readonly number[]): BlockMeta[] {
  const largeMs = ranges[ranges.length >>> 1];
  for (const meta of sorted.toReversed()) {
    const { tombstoneCount, seriesCount } = meta.stats;
    if (meta.maxTimeMs - meta.minTimeMs < largeMs) {
      return tombstoneCount > 0 && tombstoneCount >= seriesCount ? [meta] : [];
    }
    if (tombstoneCount / (seriesCount + 1) > TOMBSTONE_SHARE) return [meta];
  }
  return [];
}

export interface RetentionLimits {
  /** 0: no limit. */
  readonly retentionMs: number;
  /** 0: no limit. */
  readonly retentionBytes: number;
  /** Of the log, which counts too. */
  readonly walBytes: number;
}

export interface SizedBlock {
  readonly meta: BlockMeta;
  readonly bytes: number;
}

/** What retention gives up, by reason. */
export interface Expired {
  readonly byTime: readonly SizedBlock[];
  readonly bySize: readonly SizedBlock[];
}

/**
 * As Prometheus: by age relative to the newest block, whole blocks only; then by size, the oldest first. Other
 * than there the newest stays: its end says at a start what of the log is not to be read again.
 */
export function expiredBlocks(blocks: readonly SizedBlock[], limits: RetentionLimits): Expired {
  const newestFirst = blocks.toSorted((a, b) => b.meta.maxTimeMs - a.meta.maxTimeMs);
  const newest = newestFirst.find(({ meta }) => !isPartial(meta)) ?? newestFirst[0];
  const newestMs = newest?.meta.maxTimeMs ?? 0;
  const { retentionMs, retentionBytes, walBytes } = limits;
  const isOld = ({ meta }: SizedBlock): boolean =>
    retentionMs > 0 && newestMs - meta.maxTimeMs >= retentionMs;
  const byTime = newestFirst.filter(isOld);
  const bySize: SizedBlock[] = [];
  let bytes = walBytes;
  for (const block of newestFirst) {
    if (isOld(block)) continue;
    bytes += block.bytes;
    const isOver = retentionBytes > 0 && bytes > retentionBytes;
    if (isOver && block.meta.maxTimeMs < newestMs) bySize.push(block);
  }
  return { byTime, bySize };
}
