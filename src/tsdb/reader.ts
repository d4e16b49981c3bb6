import { StorageError } from '#storage';
import type { Querier, Queryable } from '#storage';
import { computeCardinality } from './cardinality.ts';
import { HeadQuerier, HeadReading } from './head-querier.ts';
import { MemoryViews } from './memory.ts';
import type { Cardinality, Reader, SharedUpdate } from './types.ts';

/** The reading side of a database whose `attachReader` feeds it. */
export function createReader(): Reader {
  return new HeadReader();
}

class HeadReader implements Reader {
  #reading: HeadReading | undefined;
  readonly queryable: Queryable = {
    querier: (startMs: number, endMs: number): Querier =>
      new HeadQuerier(this.#attached(), startMs, endMs),
  };

  apply(update: SharedUpdate): void {
    if (update.kind === 'attach') {
      this.#reading = new HeadReading(new MemoryViews(update.memory), update.slot);
      return;
    }
    const { views } = this.#attached();
    views.regions[update.index] = update.buffer;
    views.refresh();
  }

  cardinality(limit: number): Cardinality {
    return computeCardinality(this.#attached(), limit);
  }

  #attached(): HeadReading {
    if (this.#reading === undefined) {
      throw new StorageError('closed', 'cannot read before the reader is attached');
    }
    return this.#reading;
  }
}
