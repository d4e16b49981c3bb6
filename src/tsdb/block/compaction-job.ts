import type { MatchType } from '#model';
import type { DeletedRows, HeadDeletions } from '../head-deletions.ts';
import type { BlockMeta } from './block-meta.ts';
import type { ChunkStatistics } from './chunk-statistics.ts';

/** What the compaction thread is asked for; crosses threads. */
export type CompactionJob =
  | CutJob
  | LateCutJob
  | MergeJob
  | { readonly kind: 'remove'; readonly dir: string; readonly ulids: readonly string[] }
  | DeletionJob
  /** Write a block anew without what was deleted from it. It stays. */
  | { readonly kind: 'clean'; readonly dir: string; readonly ulid: string }
  | SnapshotJob;

export type CompactionAnswer =
  /** Undefined: nothing was left to be written. */
  | {
      readonly meta: BlockMeta | undefined;
      readonly failure?: undefined;
      /** Of `cut-late`: the blocks that were made. */
      readonly metas?: readonly BlockMeta[];
      /** Of what was cut from the head. */
      readonly chunks?: ChunkStatistics;
      /** Of `delete`. */
      readonly deleted?: Deleted;
      /** Of `clean`: the block has no tombstones. */
      readonly isClean?: boolean;
    }
  | { readonly failure: string };

/** Make a block of a part of the head. Milliseconds. */
export interface CutJob {
  readonly kind: 'cut';
  /** The data directory. */
  readonly dir: string;
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  /** Of stale series, ascending, which leave the head then. All series unless given. */
  readonly rows?: Int32Array;
  /** Samples out of order that are to be in it, up to a generation. None unless given. */
  readonly lateGeneration?: number;
}

/** Make blocks of samples out of order, one for each range that has some. Milliseconds. */
export interface LateCutJob {
  readonly kind: 'cut-late';
  /** The data directory. */
  readonly dir: string;
  /** Exclusive. */
  readonly endMs: number;
  readonly rangeMs: number;
  /** Up to which they are taken. */
  readonly generation: number;
}

/** Make one block out of several, given in time order. They stay. */
export interface MergeJob {
  readonly kind: 'merge';
  /** The data directory. */
  readonly dir: string;
  readonly ulids: readonly string[];
  /** The head has nothing of their time any more: what is made of some series' blocks is as any other. */
  readonly isSettled: boolean;
}

/** A matcher as it crosses threads. */
export interface MatcherText {
  readonly type: MatchType;
  readonly name: string;
  readonly value: string;
}

/** Deletes samples from blocks, and finds out what is to be deleted from the head. */
export interface DeletionJob {
  readonly kind: 'delete';
  /** The data directory. */
  readonly dir: string;
  readonly ulids: readonly string[];
  readonly matchers: readonly MatcherText[];
  /** Inclusive, milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  /** What the head has from before is in blocks. */
  readonly headStartMs: number;
}

export interface Deleted {
  /** Blocks whose tombstones changed. */
  readonly blocks: readonly BlockMeta[];
  /** Of the head: what is to be logged, and what readers are to know then. */
  readonly headRows: DeletedRows;
  readonly headDeletions: HeadDeletions;
  /** Series that have samples out of order in the range. */
  readonly lateRows: Int32Array;
}

/** Makes a directory with all blocks and, where wanted, the head as one more. */
export interface SnapshotJob {
  readonly kind: 'snapshot';
  /** The data directory. */
  readonly dir: string;
  readonly ulids: readonly string[];
  /** The directory to make. */
  readonly into: string;
  /** What of the head becomes a block; milliseconds, the end is exclusive. */
  readonly head: { readonly startMs: number; readonly endMs: number } | undefined;
  /** Samples out of order before `endMs` (exclusive) become blocks of ranges. */
  readonly late: { readonly endMs: number; readonly rangeMs: number } | undefined;
}
