import { join } from 'node:path';
import { DecodeError } from '#bytes';
import type { Labels, Matcher } from '#model';
import { systemDisk } from '#platform';
import type { Disk } from '#platform';
import type { SampleColumns, SeriesSet } from '#storage';
import { newestTimeMs } from '../block/block-list.ts';
import { BlockDamagedError, byArrival } from '../block/block-meta.ts';
import { BlockQuerier, BlockReading } from '../block/block-querier.ts';
import { BlockReader } from '../block/block-reader.ts';
import { PageCache } from '../block/page-cache.ts';
import { HeadQuerier, HeadReading } from '../head-querier.ts';
import { MemoryViews } from '../memory.ts';
import { DataDirectoryError, currentBlocks, listBlocks } from './data-directory.ts';
import { readLog } from './read-log.ts';
import type { ReadLog } from './read-log.ts';
import { SortedCursor, mergedSeries } from './sorted-series.ts';

/** How often reading begins anew because a server changed the directory meanwhile. */
const ATTEMPTS_MAX = 10;

export interface ReadOnlyOptions {
  readonly dir: string;
  /** Inclusive, milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly disk?: Disk;
}

/** Samples of one series, valid until the next is asked for. */
export interface SeriesSamples {
  readonly labels: Labels;
  readonly samples: SampleColumns;
}

/** A data directory, in use by a server or not, as it was when it was opened. Writes nothing. */
export interface ReadOnlyDatabase {
  /**
   * Series that satisfy all matchers of any set, in the order of labels, with their samples. One series
   * at a time is in memory. Damage becomes a warning.
   */
  series(matcherSets: readonly (readonly Matcher[])[]): Iterable<SeriesSamples>;
  /** What cannot be read; complete when all series were read. */
  readonly warnings: readonly string[];
  close(): void;
}

/**
 * Opens blocks and log. Throws DataDirectoryError: `no-directory`, or `busy` where the directory changes
 * faster than it can be read; the disk's error.
 */
export function openReadOnly(options: ReadOnlyOptions): ReadOnlyDatabase {
  const disk = options.disk ?? systemDisk;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const opened = tryOpen(options, disk);
    if (opened !== undefined) return opened;
  }
  throw new DataDirectoryError('busy', `cannot read ${options.dir}: it does not stand still`);
}

/** Undefined where a block or a piece of the log went away meanwhile: its samples are elsewhere now. */
function tryOpen(options: ReadOnlyOptions, disk: Disk): OpenedDirectory | undefined {
  const { dir, startMs, endMs } = options;
  const listed = listBlocks(dir, disk);
  const before = currentBlocks(listed);
  const warnings = listed.damaged.map(({ ulid, reason }) => unreadable(ulid, reason));
  const blocks: BlockReader[] = [];
  const close = (): void => blocks.forEach((block) => block.close());
  try {
    openBlocks(disk, options, { before, blocks, warnings });
    const headStartMs = Math.max(startMs, newestTimeMs(before));
    const log = readLog(disk, dir, { startMs: headStartMs, lateStartMs: startMs, endMs });
    if (!isUnchanged(before, currentBlocks(listBlocks(dir, disk)))) {
      close();
      return undefined;
    }
    return new OpenedDirectory({ startMs, endMs }, blocks, log, warnings);
  } catch (error) {
    close();
    if (error instanceof GoneError) return undefined;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A block went away after it was listed. */
class GoneError extends Error {}

interface Opening {
  readonly before: ReturnType<typeof currentBlocks>;
  readonly blocks: BlockReader[];
  readonly warnings: string[];
}

function openBlocks(
  disk: Disk,
  { dir, startMs, endMs }: ReadOnlyOptions,
  { before, blocks, warnings }: Opening,
): void {
  const cache = new PageCache();
  for (const { meta } of before.toSorted((a, b) => byArrival(a.meta, b.meta))) {
    if (meta.minTimeMs > endMs || meta.maxTimeMs <= startMs) continue;
    try {
      blocks.push(new BlockReader(disk, join(dir, meta.ulid), cache));
    } catch (error) {
      if (!disk.exists(join(dir, meta.ulid))) throw new GoneError();
      const isDamage = error instanceof BlockDamagedError || error instanceof DecodeError;
      if (!isDamage) throw error;
      warnings.push(unreadable(meta.ulid, error.message));
    }
  }
}

function unreadable(ulid: string, reason: string): string {
  return `block ${ulid} cannot be read: ${reason}`;
}

function isUnchanged(before: Opening['before'], after: Opening['before']): boolean {
  return before.map(({ meta }) => meta.ulid).join() === after.map(({ meta }) => meta.ulid).join();
}

class OpenedDirectory implements ReadOnlyDatabase {
  readonly #bounds: { readonly startMs: number; readonly endMs: number };
  readonly #blocks: readonly BlockReader[];
  readonly #head: HeadReading;
  readonly #warnings: string[];
  readonly #sets: SeriesSet[] = [];

  // eslint-disable-next-line max-params -- one caller
  constructor(
    bounds: { readonly startMs: number; readonly endMs: number },
    blocks: readonly BlockReader[],
    log: ReadLog,
    warnings: readonly string[],
  ) {
    this.#bounds = bounds;
    this.#blocks = blocks;
    this.#head = new HeadReading(new MemoryViews(log.head.memory()), 0);
    this.#head.deletions = log.head.deletions;
    this.#warnings = [...warnings, ...log.warnings];
  }

  get warnings(): readonly string[] {
    return [...new Set([...this.#warnings, ...this.#sets.flatMap(({ warnings }) => warnings)])];
  }

  *series(matcherSets: readonly (readonly Matcher[])[]): Iterable<SeriesSamples> {
    const { startMs, endMs } = this.#bounds;
    const head = new HeadQuerier(this.#head, { startMs, lateStartMs: startMs, endMs });
    try {
      const cursors: SortedCursor[] = [];
      for (const matchers of matcherSets) {
        for (const block of this.#blocks) {
          // What is decoded of a series is kept until the next is: each set has its own.
          const querier = new BlockQuerier(block, new BlockReading(), this.#bounds);
          cursors.push(new SortedCursor(this.#note(querier.select(matchers, this.#bounds)), true));
        }
        cursors.push(new SortedCursor(this.#note(head.select(matchers, this.#bounds)), false));
      }
      yield* mergedSeries(cursors, this.#bounds);
    } finally {
      head.close();
    }
  }

  close(): void {
    for (const block of this.#blocks) block.close();
  }

  #note(set: SeriesSet): SeriesSet {
    this.#sets.push(set);
    return set;
  }
}
