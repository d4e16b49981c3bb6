import { DecodeError } from '#bytes';
import { EMPTY_LABELS, compareStrings } from '#model';
import type { Labels, Matcher } from '#model';
import { KnownLabels, sharedInt32 } from '#storage';
import type {
  NamesResult,
  Querier,
  SampleColumns,
  SelectHints,
  SeriesSet,
  SharedSeries,
} from '#storage';
import type { BlockReader } from './block-reader.ts';
import { endSeries, startSeries } from '../chunk-decoder.ts';
import { decodeNextBlockChunk } from './chunk-values.ts';
import { SeriesEntry } from './index-reader.ts';
import { selectPostings } from './postings.ts';
import { removeDeleted } from './deleted-samples.ts';
import { isDeleted } from './tombstones.ts';
import type { Intervals } from './tombstones.ts';

interface Bounds {
  /** Inclusive, milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Label sets of all blocks that one thread keeps decoded; beyond it all are forgotten. Some 200 to 400 bytes each. */
const LABELS_MAX = 100_000;

/** What a thread needs to read blocks, shared by all its queriers. */
export class BlockReading {
  readonly entry: SeriesEntry = new SeriesEntry();
  /** Of the list of blocks in use. */
  listVersion = 0;
  #labels = new WeakMap<BlockReader, Map<number, KnownLabels>>();
  #labelsCount = 0;
  /** Called for each piece that cannot be read; the rest of the answer goes on, with a warning. */
  readonly onDamage: (block: string, error: unknown) => void;

  constructor(onDamage: (block: string, error: unknown) => void = () => {}) {
    this.onDamage = onDamage;
  }

  /** The labels of a series of a block; they are kept. Throws DecodeError. */
  labels(block: BlockReader, ref: number): KnownLabels {
    let ofBlock = this.#labels.get(block);
    if (ofBlock === undefined) {
      ofBlock = new Map();
      this.#labels.set(block, ofBlock);
    }
    const known = ofBlock.get(ref);
    if (known !== undefined) return known;
    const labels = new KnownLabels(this.#decodeLabels(block, ref));
    ofBlock.set(ref, labels);
    if (++this.#labelsCount >= LABELS_MAX) {
      this.#labels = new WeakMap();
      this.#labelsCount = 0;
    }
    return labels;
  }

  #decodeLabels({ index }: BlockReader, ref: number): Labels {
    index.series(ref, this.entry);
    const { symbols, symbolCount } = this.entry;
    return Array.from(symbols.subarray(0, symbolCount), (symbol) => index.symbol(symbol));
  }
}

/** Reads one block. Damage inside it becomes a warning: the rest of the answer is given. */
export class BlockQuerier implements Querier {
  readonly #block: BlockReader;
  readonly #reading: BlockReading;
  readonly #bounds: Bounds;

  constructor(block: BlockReader, reading: BlockReading, bounds: Bounds) {
    this.#block = block;
    this.#reading = reading;
    this.#bounds = bounds;
  }

  select(matchers: readonly Matcher[], hints: SelectHints): SeriesSet {
    const bounds = {
      startMs: Math.max(hints.startMs, this.#bounds.startMs),
      endMs: Math.min(hints.endMs, this.#bounds.endMs),
    };
    const set = new BlockSeriesSet(this.#block, this.#reading, this.#bounds);
    set.guard(() => set.find(matchers, bounds, hints.limit ?? 0));
    return set;
  }

  labelNames(matchers: readonly Matcher[], limit = 0): NamesResult {
    const warnings: string[] = [];
    const names = this.#guarded(warnings, () =>
      matchers.length === 0 ? this.#block.index.names() : this.#namesOf(matchers),
    );
    return limited(names, limit, warnings);
  }

  labelValues(name: string, matchers: readonly Matcher[], limit = 0): NamesResult {
    const warnings: string[] = [];
    const values = this.#guarded(warnings, () =>
      matchers.length === 0 ? this.#block.index.values(name) : this.#valuesOf(name, matchers),
    );
    return limited(values, limit, warnings);
  }

  close(): void {
    // The block is closed by whoever opened it.
  }

  #guarded(warnings: string[], read: () => string[]): string[] {
    try {
      return read();
    } catch (error) {
      warnings.push(damageWarning(this.#block, this.#reading, error));
      return [];
    }
  }

  #namesOf(matchers: readonly Matcher[]): string[] {
    const found = new Set<number>();
    this.#eachSeries(matchers, ({ symbols, symbolCount }) => {
      for (let i = 0; i < symbolCount; i += 2) found.add(symbols[i]);
    });
    return this.#sorted(found);
  }

  #valuesOf(name: string, matchers: readonly Matcher[]): string[] {
    const { index } = this.#block;
    const found = new Set<number>();
    const names = new Map<number, boolean>();
    this.#eachSeries(matchers, ({ symbols, symbolCount }) => {
      for (let i = 0; i < symbolCount; i += 2) {
        let isName = names.get(symbols[i]);
        if (isName === undefined) {
          isName = index.symbol(symbols[i]) === name;
          names.set(symbols[i], isName);
        }
        if (isName) found.add(symbols[i + 1]);
      }
    });
    return this.#sorted(found);
  }

  #eachSeries(matchers: readonly Matcher[], visit: (entry: SeriesEntry) => void): void {
    const { entry } = this.#reading;
    for (const ref of selectPostings(this.#block.index, matchers)) {
      this.#block.index.series(ref, entry);
      visit(entry);
    }
  }

  #sorted(symbols: ReadonlySet<number>): string[] {
    const { index } = this.#block;
    return Array.from(symbols, (symbol) => index.symbol(symbol)).toSorted(compareStrings);
  }
}

function limited(names: readonly string[], limit: number, warnings: string[]): NamesResult {
  if (limit === 0 || names.length <= limit) return { names, warnings };
  return {
    names: names.slice(0, limit),
    warnings: [...warnings, 'results truncated due to limit'],
  };
}

/** Rethrows what is not the disk's fault. */
function damageWarning(block: BlockReader, reading: BlockReading, error: unknown): string {
  const isDamage =
    error instanceof DecodeError || typeof (error as NodeJS.ErrnoException).code === 'string';
  if (!isDamage) throw error;
  reading.onDamage(block.meta.ulid, error);
  return `a part of block ${block.meta.ulid} cannot be read: ${(error as Error).message}`;
}

/** Series of a block for another thread, as long as both use the same list of blocks. */
export interface SharedBlockSeries extends SharedSeries, Bounds {
  readonly kind: 'block';
  readonly ulid: string;
  readonly listVersion: number;
  readonly refs: Int32Array;
}

/** What another thread shared of a block. */
export function borrowBlockSeries(
  block: BlockReader,
  reading: BlockReading,
  shared: SharedBlockSeries,
): SeriesSet {
  const { buffer, byteOffset, length } = shared.refs;
  return new BlockSeriesSet(block, reading, {
    ...shared,
    refs: new Uint32Array(buffer, byteOffset, length),
  });
}

/** In place of labels that cannot be read. */
const UNREADABLE = new KnownLabels(EMPTY_LABELS);

class BlockSeriesSet implements SeriesSet {
  readonly warnings: string[] = [];
  readonly #block: BlockReader;
  readonly #reading: BlockReading;
  readonly #bounds: Bounds;
  #refs: Uint32Array;

  constructor(
    block: BlockReader,
    reading: BlockReading,
    bounds: Bounds & { readonly refs?: Uint32Array },
  ) {
    this.#block = block;
    this.#reading = reading;
    this.#bounds = bounds;
    this.#refs = bounds.refs ?? new Uint32Array(0);
  }

  share(): SharedBlockSeries {
    const { startMs, endMs } = this.#bounds;
    return {
      kind: 'block',
      ulid: this.#block.meta.ulid,
      listVersion: this.#reading.listVersion,
      startMs,
      endMs,
      refs: sharedInt32(this.#refs, this.#refs.length),
    };
  }

  get count(): number {
    return this.#refs.length;
  }

  find(matchers: readonly Matcher[], bounds: Bounds, limit: number): void {
    const { meta, tombstones, index } = this.#block;
    const refs = selectPostings(index, matchers);
    const isWhole = bounds.startMs <= meta.minTimeMs && bounds.endMs >= meta.maxTimeMs - 1;
    if (isWhole && tombstones.size === 0) {
      this.#refs = limit > 0 ? refs.subarray(0, limit) : refs;
      return;
    }
    const countMax = limit > 0 ? limit : refs.length;
    const found = new Uint32Array(refs.length);
    let count = 0;
    for (let i = 0; i < refs.length; i++) {
      if (this.#hasSamples(refs[i], bounds)) found[count++] = refs[i];
      if (count === countMax) break;
    }
    this.#refs = found.subarray(0, count);
  }

  labels(index: number): Labels {
    return this.#known(index).labels;
  }

  key(index: number): string {
    return this.#known(index).key;
  }

  #known(index: number): KnownLabels {
    try {
      return this.#reading.labels(this.#block, this.#refs[index]);
    } catch (error) {
      this.warnings.push(damageWarning(this.#block, this.#reading, error));
      return UNREADABLE;
    }
  }

  read(index: number, startMs: number, endMs: number, columns: SampleColumns): void {
    const ref = this.#refs[index];
    const bounds = {
      startMs: Math.max(startMs, this.#bounds.startMs),
      endMs: Math.min(endMs, this.#bounds.endMs),
    };
    const first = columns.length;
    this.guard(() => {
      this.#block.index.series(ref, this.#reading.entry);
      startSeries();
      this.#readChunks(bounds, columns);
      endSeries(columns);
    });
    const deleted = this.#block.tombstones.get(ref);
    if (deleted !== undefined) removeDeleted(columns, first, deleted);
  }

  /** Damage becomes a warning. */
  guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.warnings.push(damageWarning(this.#block, this.#reading, error));
    }
  }

  #readChunks(bounds: Bounds, columns: SampleColumns): void {
    const { entry } = this.#reading;
    const { chunks } = this.#block;
    for (let i = 0; i < entry.chunkCount; i++) {
      if (entry.maxTimes[i] < bounds.startMs) continue;
      if (entry.minTimes[i] > bounds.endMs) break;
      this.guard(() => {
        const data = chunks.read(entry.refs[i]);
        decodeNextBlockChunk({ kind: chunks.kind, data }, bounds, columns);
      });
    }
  }

  #hasSamples(ref: number, bounds: Bounds): boolean {
    const { entry } = this.#reading;
    this.#block.index.series(ref, entry);
    const deleted = this.#block.tombstones.get(ref);
    for (let i = 0; i < entry.chunkCount; i++) {
      if (entry.maxTimes[i] < bounds.startMs) continue;
      if (entry.minTimes[i] > bounds.endMs) return false;
      if (!isGone(deleted, entry.minTimes[i], entry.maxTimes[i])) return true;
    }
    return false;
  }
}

function isGone(deleted: Intervals | undefined, startMs: number, endMs: number): boolean {
  return deleted !== undefined && isDeleted(deleted, startMs, endMs);
}
