import { join } from 'node:path';
import type { Disk } from '#platform';
import type { Querier, SeriesSet } from '#storage';
import { NO_BLOCKS } from './announced-blocks.ts';
import type { BlockList } from './announced-blocks.ts';
import { BlockDamagedError } from './block-meta.ts';
import { BlockQuerier, BlockReading, borrowBlockSeries } from './block-querier.ts';
import type { SharedBlockSeries } from './block-querier.ts';
import { BlockReader } from './block-reader.ts';
import { PageCache } from './page-cache.ts';

/** The blocks that one thread has open. A block is opened when it is first asked. */
export class OpenBlocks {
  list: BlockList = NO_BLOCKS;
  readonly #disk: Disk;
  readonly #cache: PageCache = new PageCache();
  readonly #reading: BlockReading = new BlockReading();
  readonly #open = new Map<string, BlockReader>();
  /** Why a block is damaged; not tried again. */
  readonly #failures = new Map<string, string>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Takes a new list, and closes what is not in it or was changed. No querier may be open. */
  use(list: BlockList): void {
    const counts = new Map(this.list.blocks.map((block) => [block.ulid, block.deletionCount]));
    const wanted = new Set<string>();
    for (const { ulid, deletionCount } of list.blocks) {
      if (counts.get(ulid) === deletionCount) wanted.add(ulid);
    }
    for (const [ulid, block] of this.#open) {
      if (wanted.has(ulid)) continue;
      this.#open.delete(ulid);
      block.close();
    }
    this.#failures.clear();
    this.list = list;
    this.#reading.listVersion = list.version;
  }

  /** What another thread shared; undefined where that one uses another list, or the block cannot be opened. */
  borrow(shared: SharedBlockSeries): SeriesSet | undefined {
    if (shared.listVersion !== this.list.version) return undefined;
    const block = this.#open.get(shared.ulid) ?? this.#openBlock(shared.ulid);
    return typeof block === 'string' ? undefined : borrowBlockSeries(block, this.#reading, shared);
  }

  /** One for each block that has a part of an inclusive range. What cannot be opened becomes a warning. */
  queriers(startMs: number, endMs: number): Querier[] {
    const queriers: Querier[] = [];
    for (const listed of this.list.blocks) {
      if (listed.minTimeMs > endMs || listed.maxTimeMs <= startMs) continue;
      queriers.push(this.#querier(listed.ulid, { startMs, endMs }));
    }
    return queriers;
  }

  #querier(ulid: string, bounds: { startMs: number; endMs: number }): Querier {
    const block = this.#open.get(ulid) ?? this.#openBlock(ulid);
    if (typeof block !== 'string') return new BlockQuerier(block, this.#reading, bounds);
    return unreadable(`block ${ulid} cannot be read: ${block}`);
  }

  /** A text: why it cannot be opened. */
  #openBlock(ulid: string): BlockReader | string {
    const failure = this.#failures.get(ulid);
    if (failure !== undefined) return failure;
    try {
      const block = new BlockReader(this.#disk, join(this.list.dir, ulid), this.#cache);
      this.#open.set(ulid, block);
      return block;
    } catch (error) {
      if (error instanceof BlockDamagedError) this.#failures.set(ulid, error.message);
      // What the disk refuses now it may give later.
      else if (!isSystemError(error)) throw error;
      return error.message;
    }
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}

/** Has nothing but a warning. */
function unreadable(warning: string): Querier {
  const warnings = [warning];
  return {
    select: () => ({ count: 0, labels: () => [], read: () => {}, warnings }),
    labelNames: () => ({ names: [], warnings }),
    labelValues: () => ({ names: [], warnings }),
    close: () => {},
  };
}
