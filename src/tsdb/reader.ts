import { systemDisk } from '#platform';
import type { Disk } from '#platform';
import { StorageError, mergeQueriers } from '#storage';
import type {
  NamesResult,
  Querier,
  Queryable,
  SelectHints,
  SeriesSet,
  SharedSeries,
} from '#storage';
import type { Matcher } from '#model';
import { OpenBlocks } from './block/open-blocks.ts';
import type { BlockList } from './block/announced-blocks.ts';
import { computeCardinality } from './cardinality.ts';
import { HeadQuerier, HeadReading } from './head-querier.ts';
import { borrowSeries } from './borrow-series.ts';
import { Control, MemoryViews } from './memory.ts';
import type { BorrowedSeries, Cardinality, Reader, SharedUpdate } from './types.ts';

/** The reading side of a database whose `attachReader` feeds it. */
export function createReader(disk: Disk = systemDisk): Reader {
  return new HeadReader(disk);
}

/** Reads the head in place and the blocks from disk. */
export class HeadReader implements Reader {
  readonly #blocks: OpenBlocks;
  #reading: HeadReading | undefined;
  #slot = 0;
  #openCount = 0;
  /** Came while queriers were open. */
  #nextList: BlockList | undefined;
  readonly queryable: Queryable = {
    querier: (startMs: number, endMs: number): Querier => this.#querier(startMs, endMs),
  };

  constructor(disk: Disk) {
    this.#blocks = new OpenBlocks(disk);
  }

  apply(update: SharedUpdate): void {
    switch (update.kind) {
      case 'attach':
        this.#reading = new HeadReading(new MemoryViews(update.memory), update.slot);
        this.#slot = update.slot;
        return;
      case 'region': {
        const { views } = this.reading();
        views.regions[update.index] = update.buffer;
        views.refresh();
        return;
      }
      case 'deletions':
        this.reading().deletions = update.deletions;
        return;
      case 'blocks':
        this.#nextList = update.list;
        this.#useNextList();
    }
  }

  cardinality(limit: number): Cardinality {
    return computeCardinality(this.reading(), limit);
  }

  borrow(shared: SharedSeries): BorrowedSeries | undefined {
    const reading = this.reading();
    const borrowed = borrowSeries(reading, this.#blocks, shared);
    if (borrowed === undefined) return undefined;
    this.#openCount++;
    return {
      set: borrowed.set,
      close: () => {
        borrowed.close();
        this.#openCount--;
        this.#useNextList();
      },
    };
  }

  /** The head. Throws StorageError `closed`. */
  reading(): HeadReading {
    if (this.#reading === undefined) {
      throw new StorageError('closed', 'cannot read before the reader is attached');
    }
    return this.#reading;
  }

  #querier(startMs: number, endMs: number): Querier {
    const reading = this.reading();
    const { headStartMs } = this.#blocks.list;
    const queriers = this.#blocks.queriers(startMs, endMs);
    const bounds = { startMs: Math.max(startMs, headStartMs), lateStartMs: startMs, endMs };
    queriers.push(new HeadQuerier(reading, bounds));
    this.#openCount++;
    return new CountedQuerier(mergeQueriers(queriers), () => {
      this.#openCount--;
      this.#useNextList();
    });
  }

  /** Tells the writing thread that older lists are not looked at any more. */
  #useNextList(): void {
    const list = this.#nextList;
    if (list === undefined || this.#openCount > 0) return;
    this.#nextList = undefined;
    this.#blocks.use(list);
    Atomics.store(this.reading().views.control, Control.lists + this.#slot, list.version);
  }
}

class CountedQuerier implements Querier {
  readonly #querier: Querier;
  readonly #onClose: () => void;
  #isOpen = true;

  constructor(querier: Querier, onClose: () => void) {
    this.#querier = querier;
    this.#onClose = onClose;
  }

  select(matchers: readonly Matcher[], hints: SelectHints): SeriesSet {
    return this.#querier.select(matchers, hints);
  }

  labelNames(matchers: readonly Matcher[], limit?: number): NamesResult {
    return this.#querier.labelNames(matchers, limit);
  }

  labelValues(name: string, matchers: readonly Matcher[], limit?: number): NamesResult {
    return this.#querier.labelValues(name, matchers, limit);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#querier.close();
    this.#onClose();
  }
}
