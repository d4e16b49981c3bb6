/** The blocks that there are, told to each thread that reads. Each list replaces the one before. */
export interface BlockList {
  /** Counts from 1. */
  readonly version: number;
  /** The data directory. */
  readonly dir: string;
  /** By time. */
  readonly blocks: readonly ListedBlock[];
  /** What is older is in the blocks, and may leave the head. Milliseconds since the epoch. */
  readonly headStartMs: number;
}

export interface ListedBlock {
  readonly ulid: string;
  readonly minTimeMs: number;
  /** Exclusive. */
  readonly maxTimeMs: number;
  /** Grows whenever something is deleted from the block: its tombstones are to be read again. */
  readonly deletionCount: number;
}

export const NO_BLOCKS: BlockList = { version: 0, dir: '', blocks: [], headStartMs: -Infinity };
