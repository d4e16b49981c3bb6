import { borrowMerge } from '#storage';
import type { SeriesSet, SharedMerge, SharedSeries } from '#storage';
import type { SharedBlockSeries } from './block/block-querier.ts';
import type { OpenBlocks } from './block/open-blocks.ts';
import { borrowHeadSeries } from './head-querier.ts';
import type { HeadReading, SharedHeadSeries } from './head-querier.ts';
import type { BorrowedSeries } from './types.ts';

type Shared = SharedHeadSeries | SharedBlockSeries | SharedMerge;

/** See Reader.borrow. Call `close` once. */
export function borrowSeries(
  reading: HeadReading,
  blocks: OpenBlocks,
  shared: SharedSeries,
): BorrowedSeries | undefined {
  const borrowing = new Borrowing(reading, blocks);
  const set = borrowing.borrow(shared as Shared);
  if (set !== undefined) return { set, close: () => borrowing.close() };
  borrowing.close();
  return undefined;
}

class Borrowing {
  readonly #reading: HeadReading;
  readonly #blocks: OpenBlocks;
  #isInHead = false;

  constructor(reading: HeadReading, blocks: OpenBlocks) {
    this.#reading = reading;
    this.#blocks = blocks;
  }

  borrow(shared: Shared): SeriesSet | undefined {
    switch (shared.kind) {
      case 'head':
        return this.#head(shared);
      case 'block':
        return this.#blocks.borrow(shared);
      case 'merge':
        return this.#merge(shared);
    }
  }

  close(): void {
    if (this.#isInHead) this.#reading.leave();
    this.#isInHead = false;
  }

  #head(shared: SharedHeadSeries): SeriesSet | undefined {
    const set = borrowHeadSeries(this.#reading, shared);
    if (set !== undefined) this.#isInHead = true;
    return set;
  }

  #merge(shared: SharedMerge): SeriesSet | undefined {
    const sets: SeriesSet[] = [];
    for (const one of shared.sets as readonly Shared[]) {
      const set = this.borrow(one);
      if (set === undefined) return undefined;
      sets.push(set);
    }
    return borrowMerge(shared, sets);
  }
}
