import { DecodeError } from '#bytes';
import { compareStrings } from '#model';
import { SampleColumns, joinRuns } from '#storage';
import type { BlockReader } from './block-reader.ts';
import type { BlockSeries, SeriesSource } from './block-series.ts';
import { decodeBlockChunk } from './chunk-values.ts';
import { removeDeleted } from './deleted-samples.ts';
import { SeriesEntry } from './index-reader.ts';
import { SampleChunker } from './sample-chunker.ts';
import { isDeleted, isTouched } from './tombstones.ts';
import type { Intervals } from './tombstones.ts';

/**
 * Several blocks as one, without what was deleted. Chunks are copied; where they overlap in time or are
 * deleted in part they are decoded and made anew, of two samples at one time that of the block that is
 * given first.
 * Throws DecodeError, or the disk's error while it is read.
 */
export function mergeSource(blocks: readonly BlockReader[]): SeriesSource {
  return new MergeSource(blocks);
}

class MergeSource implements SeriesSource {
  readonly symbols: readonly string[];
  readonly #cursors: BlockCursor[];
  readonly #merger: ChunkMerger = new ChunkMerger();

  constructor(blocks: readonly BlockReader[]) {
    const tables = blocks.map(({ index }) => index.allSymbols());
    this.symbols = tables.reduce(unite, []);
    this.#cursors = blocks.map(
      (block, i) => new BlockCursor(block, numbersOf(tables[i], this.symbols)),
    );
  }

  next(series: BlockSeries): boolean {
    const first = this.#first();
    if (first === undefined) return false;
    series.clear();
    for (let i = 0; i < first.symbolCount; i++) series.addSymbol(first.symbols[i]);
    const equal = this.#cursors.filter((cursor) => !cursor.isDone && isEqual(cursor, first));
    this.#merger.merge(equal, series);
    for (const cursor of equal) cursor.advance();
    return true;
  }

  #first(): BlockCursor | undefined {
    let first: BlockCursor | undefined;
    for (const cursor of this.#cursors) {
      if (cursor.isDone) continue;
      if (first === undefined || compare(cursor, first) < 0) first = cursor;
    }
    return first;
  }
}

/** Two sorted lists as one, each string once. */
function unite(a: readonly string[], b: readonly string[]): string[] {
  const united: string[] = [];
  let i = 0;
  let k = 0;
  while (i < a.length && k < b.length) {
    const order = compareStrings(a[i], b[k]);
    united.push(order <= 0 ? a[i] : b[k]);
    if (order <= 0) i++;
    if (order >= 0) k++;
  }
  for (; i < a.length; i++) united.push(a[i]);
  for (; k < b.length; k++) united.push(b[k]);
  return united;
}

/** For each of a sorted list its place in a sorted list that has them all. */
function numbersOf(part: readonly string[], all: readonly string[]): Int32Array {
  const numbers = new Int32Array(part.length);
  let i = 0;
  for (let k = 0; k < all.length && i < part.length; k++) if (part[i] === all[k]) numbers[i++] = k;
  if (i < part.length) throw new DecodeError('the symbols of a block are not in order', i);
  return numbers;
}

/** Walks through the series of a block in the order of labels. */
class BlockCursor {
  readonly block: BlockReader;
  readonly entry: SeriesEntry = new SeriesEntry();
  /** In the numbers of the merged block. */
  symbols: Int32Array = new Int32Array(64);
  symbolCount = 0;
  deleted: Intervals = [];
  isDone = false;
  readonly #numbers: Int32Array;
  readonly #refs: Uint32Array;
  #at = 0;

  constructor(block: BlockReader, numbers: Int32Array) {
    this.block = block;
    this.#numbers = numbers;
    this.#refs = block.index.allPostings();
    this.advance();
  }

  advance(): void {
    if (this.#at >= this.#refs.length) {
      this.isDone = true;
      return;
    }
    const ref = this.#refs[this.#at++];
    const { entry } = this;
    this.block.index.series(ref, entry);
    this.deleted = this.block.tombstones.get(ref) ?? [];
    this.symbolCount = entry.symbolCount;
    if (this.symbolCount > this.symbols.length) this.symbols = new Int32Array(this.symbolCount * 2);
    for (let i = 0; i < this.symbolCount; i++) {
      const symbol = entry.symbols[i];
      if (!(symbol < this.#numbers.length)) throw new DecodeError('there is no such symbol', ref);
      this.symbols[i] = this.#numbers[symbol];
    }
  }
}

function compare(a: BlockCursor, b: BlockCursor): number {
  const count = Math.min(a.symbolCount, b.symbolCount);
  for (let i = 0; i < count; i++) {
    if (a.symbols[i] !== b.symbols[i]) return a.symbols[i] - b.symbols[i];
  }
  return a.symbolCount - b.symbolCount;
}

function isEqual(a: BlockCursor, b: BlockCursor): boolean {
  return a === b || compare(a, b) === 0;
}

interface Part {
  readonly cursor: BlockCursor;
  /** Of the block, as they are given. */
  readonly rank: number;
  /** Of the chunk in the cursor's entry. */
  readonly index: number;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

/** Puts the chunks of one series together. */
class ChunkMerger {
  readonly #chunker: SampleChunker = new SampleChunker();
  readonly #columns: SampleColumns = new SampleColumns(1024);
  readonly #scratch: SampleColumns = new SampleColumns(1024);

  merge(cursors: readonly BlockCursor[], series: BlockSeries): void {
    const parts = partsOf(cursors);
    for (let start = 0; start < parts.length;) {
      let { maxTimeMs } = parts[start];
      let end = start + 1;
      for (; end < parts.length && parts[end].minTimeMs <= maxTimeMs; end++) {
        maxTimeMs = Math.max(maxTimeMs, parts[end].maxTimeMs);
      }
      this.#mergeGroup(parts.slice(start, end), series);
      start = end;
    }
  }

  /** Parts that overlap, or a single one. */
  #mergeGroup(group: readonly Part[], series: BlockSeries): void {
    const [only] = group;
    const isPlain = !isTouched(only.cursor.deleted, only.minTimeMs, only.maxTimeMs);
    if (group.length === 1 && isPlain) {
      copyChunk(only, series);
      return;
    }
    const columns = this.#columns;
    columns.clear();
    for (const part of group.toSorted((a, b) => a.rank - b.rank)) this.#decode(part);
    if (columns.length > 0) this.#chunker.encode(columns, 0, columns.length, series.chunks);
  }

  #decode({ cursor, index }: Part): void {
    const columns = this.#columns;
    const { chunks } = cursor.block;
    const data = chunks.read(cursor.entry.refs[index]);
    const middle = columns.length;
    const all = { startMs: -Infinity, endMs: Infinity };
    decodeBlockChunk({ kind: chunks.kind, data }, all, columns);
    removeDeleted(columns, middle, cursor.deleted);
    joinRuns(columns, { first: 0, middle }, this.#scratch);
  }
}

/** By time. */
function partsOf(cursors: readonly BlockCursor[]): Part[] {
  const parts: Part[] = [];
  for (const [rank, cursor] of cursors.entries()) {
    const { chunkCount, minTimes, maxTimes } = cursor.entry;
    for (let index = 0; index < chunkCount; index++) {
      const minTimeMs = minTimes[index];
      const maxTimeMs = maxTimes[index];
      if (isDeleted(cursor.deleted, minTimeMs, maxTimeMs)) continue;
      parts.push({ cursor, rank, index, minTimeMs, maxTimeMs });
    }
  }
  return cursors.length === 1 ? parts : parts.toSorted((a, b) => a.minTimeMs - b.minTimeMs);
}

function copyChunk({ cursor, index, minTimeMs, maxTimeMs }: Part, { chunks }: BlockSeries): void {
  const reader = cursor.block.chunks;
  const data = reader.read(cursor.entry.refs[index]);
  chunks.begin(reader.kind);
  chunks.bytes.writeBytes(data);
  chunks.end(minTimeMs, maxTimeMs);
}
