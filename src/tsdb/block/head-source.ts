import { compareStrings } from '#model';
import { SampleColumns } from '#storage';
import { decodeChunk } from '../chunk-decoder.ts';
import type { ChunkSource } from '../chunk-decoder.ts';
import {
  CHUNK_COUNT,
  CHUNK_DATA,
  CHUNK_NEXT,
  baseOf,
  isMapped,
  wordsOf,
  minTimeOf,
} from '../chunk-memory.ts';
import { isHistogramChunk, readHistogramChunk } from '../histogram-chunk.ts';
import { deletedOf } from '../head-deletions.ts';
import type { HeadDeletions } from '../head-deletions.ts';
import { LateReader, lateEnd, mayHaveLate } from '../late-chunk.ts';
import { PAIR_NAME, nameText, pairValue, wordAt } from '../label-index.ts';
import { Control } from '../memory.ts';
import type { MemoryViews } from '../memory.ts';
import type { BlockSeries, SeriesSource } from './block-series.ts';
import { removeDeleted } from './deleted-samples.ts';
import { ChunkKind } from './layout.ts';
import { SampleChunker, copyWords } from './sample-chunker.ts';
import type { Intervals } from './tombstones.ts';

/** A chunk with as many samples is taken as it is; smaller ones are joined. Prometheus aims at as many. */
const COPIED_SAMPLES_MIN = 120;

const COUNT_MAX = 0x7fffffff;

/** The samples of a time range of the head. The caller holds the head's memory by an open epoch. */
export interface HeadRange {
  readonly views: MemoryViews;
  /** Inclusive. */
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  /** None unless given. */
  readonly deletions?: HeadDeletions;
  /** Of the series that are wanted, ascending. All unless given. */
  readonly rows?: Int32Array;
  /** Samples out of order. None unless given. */
  readonly late?: LatePart;
}

export interface LatePart {
  /** Up to which they are taken. */
  readonly generationMax: number;
  /** None of the samples in order. */
  readonly only: boolean;
}

export function headSource(range: HeadRange): SeriesSource {
  return new HeadSource(range);
}

class HeadSource implements SeriesSource {
  readonly symbols: readonly string[];
  readonly #range: HeadRange;
  readonly #rows: Int32Array;
  readonly #labels: Int32Array;
  readonly #order: Int32Array;
  readonly #pairs: PairTable;
  readonly #chunker: SampleChunker = new SampleChunker();
  readonly #pending: SampleColumns = new SampleColumns(1024);
  readonly #late: LateReader = new LateReader();
  readonly #source: ChunkSource;
  /** Of the series that is read. */
  #deleted: Intervals | undefined;
  #next = 0;

  constructor(range: HeadRange) {
    this.#range = range;
    const { rows, labels } = collectRows(range);
    this.#rows = rows;
    this.#labels = labels;
    this.#pairs = new PairTable(range.views, labels);
    this.symbols = this.#pairs.symbols;
    this.#order = this.#pairs.orderOf(labels);
    this.#source = {
      words: new Int32Array(0),
      base: 0,
      startMs: range.startMs,
      endMs: range.endMs - 1,
      countMax: COUNT_MAX,
    };
  }

  next(series: BlockSeries): boolean {
    if (this.#next >= this.#order.length) return false;
    const index = this.#order[this.#next++];
    series.clear();
    this.#pairs.addSymbols(this.#labels[index], series);
    this.#addChunks(this.#rows[index], series);
    return true;
  }

  #addChunks(row: number, series: BlockSeries): void {
    const { views, startMs, endMs, late } = this.#range;
    const hasLate = late !== undefined && mayHaveLate(views, row, startMs, endMs - 1);
    if (late?.only !== true) this.#addInOrder(row, series, !hasLate);
    if (hasLate) {
      const range = { startMs, endMs: endMs - 1, generationMax: late.generationMax };
      this.#late.join(views, lateEnd(views, row), range, this.#pending, 0);
    }
    this.#endPending(series, this.#pending.length);
    this.#pending.clear();
  }

  /** `copies`: large chunks may be taken as they are. */
  #addInOrder(row: number, series: BlockSeries, copies: boolean): void {
    const { views, startMs, endMs, deletions } = this.#range;
    this.#deleted = deletions && deletedOf(deletions, row);
    let chunk = Atomics.load(views.seriesFirstChunk, row);
    while (chunk !== 0 && isMapped(views, chunk) && minTimeOf(views, chunk) < endMs) {
      const next = wordsOf(views, chunk)[baseOf(chunk) + CHUNK_NEXT];
      const isOver = next !== 0 && isMapped(views, next) && minTimeOf(views, next) <= startMs;
      if (!isOver) this.#addChunk(chunk, series, copies);
      chunk = next;
    }
  }

  /** Decodes a chunk behind the samples that wait; then copies it where it is whole and large. */
  #addChunk(chunk: number, series: BlockSeries, copies: boolean): void {
    const source = this.#source;
    const pending = this.#pending;
    const before = pending.length;
    source.words = wordsOf(this.#range.views, chunk);
    source.base = baseOf(chunk);
    if (isHistogramChunk(source.words, source.base)) {
      readHistogramChunk(this.#range.views, chunk, source, pending);
      if (this.#deleted !== undefined) removeDeleted(pending, before, this.#deleted);
      return;
    }
    const isAll = decodeChunk(source, pending);
    if (this.#deleted !== undefined) removeDeleted(pending, before, this.#deleted);
    const count = pending.length - before;
    const isWhole = isAll && count === source.words[source.base + CHUNK_COUNT];
    if (!copies || !isWhole || count < COPIED_SAMPLES_MIN) return;
    this.#endPending(series, before);
    const { chunks } = series;
    chunks.begin(ChunkKind.xor);
    chunks.bytes.writeUint16(count);
    copyWords(source.words, source.base + CHUNK_DATA, source.endBit ?? 0, chunks.bytes);
    chunks.end(pending.timestampsMs[before], pending.timestampsMs[pending.length - 1]);
    pending.clear();
  }

  #endPending(series: BlockSeries, count: number): void {
    if (count > 0) this.#chunker.encode(this.#pending, 0, count, series.chunks);
  }
}

/** Series that may have samples in the range. Where their labels lie is read once: a row may lose them meanwhile. */
function collectRows(range: HeadRange): {
  rows: Int32Array;
  labels: Int32Array;
} {
  const { views, rows: wanted } = range;
  views.refresh();
  const end = wanted?.length ?? Atomics.load(views.control, Control.rowEnd);
  const rows = new Int32Array(end);
  const labels = new Int32Array(end);
  let count = 0;
  for (let at = 0; at < end; at++) {
    const row = wanted === undefined ? at : wanted[at];
    const label = Atomics.load(views.seriesLabels, row);
    if (label === 0 || !hasSamples(range, row)) continue;
    rows[count] = row;
    labels[count++] = label;
  }
  return { rows: rows.subarray(0, count), labels: labels.subarray(0, count) };
}

function hasSamples({ views, startMs, endMs, late }: HeadRange, row: number): boolean {
  if (late !== undefined && mayHaveLate(views, row, startMs, endMs - 1)) return true;
  if (late?.only === true) return false;
  const chunk = Atomics.load(views.seriesFirstChunk, row);
  if (chunk === 0 || views.seriesMaxTime[row] < startMs) return false;
  return isMapped(views, chunk) && minTimeOf(views, chunk) < endMs;
}

/** The label pairs in use, each with its symbols and its place in the order of pairs. */
class PairTable {
  readonly symbols: readonly string[];
  readonly #views: MemoryViews;
  /** By offset in the arena, an index of the columns. */
  readonly #indexes = new Map<number, number>();
  readonly #names: Int32Array;
  readonly #values: Int32Array;
  readonly #ranks: Int32Array;

  constructor(views: MemoryViews, labels: Int32Array) {
    this.#views = views;
    for (const label of labels) this.#note(label);
    const offsets = [...this.#indexes.keys()];
    const names = new Map<number, string>();
    for (const pair of offsets) {
      const name = wordAt(views, pair + PAIR_NAME);
      if (!names.has(name)) names.set(name, nameText(views, name));
    }
    const values = offsets.map((pair) => pairValue(views, pair));
    this.symbols = [...new Set([...names.values(), ...values])].toSorted(compareStrings);
    const numbers = new Map(this.symbols.map((symbol, i) => [symbol, i]));
    this.#values = Int32Array.from(values, (value) => numbers.get(value) ?? 0);
    this.#names = Int32Array.from(
      offsets,
      (pair) => numbers.get(names.get(wordAt(views, pair + PAIR_NAME)) ?? '') ?? 0,
    );
    this.#ranks = this.#rank();
  }

  addSymbols(label: number, series: BlockSeries): void {
    const count = wordAt(this.#views, label);
    for (let i = 1; i <= count; i++) {
      const index = this.#indexes.get(wordAt(this.#views, label + i)) ?? 0;
      series.addSymbol(this.#names[index]);
      series.addSymbol(this.#values[index]);
    }
  }

  /** Indexes of label rows in the order of label sets. */
  orderOf(labels: Int32Array): Int32Array {
    const starts = new Int32Array(labels.length + 1);
    for (const [i, label] of labels.entries()) {
      starts[i + 1] = starts[i] + wordAt(this.#views, label);
    }
    const ranks = new Int32Array(starts[labels.length]);
    for (const [i, label] of labels.entries()) {
      for (let at = starts[i], k = 1; at < starts[i + 1]; at++, k++) {
        ranks[at] = this.#ranks[this.#indexes.get(wordAt(this.#views, label + k)) ?? 0];
      }
    }
    const order = new Int32Array(labels.length);
    for (let i = 0; i < order.length; i++) order[i] = i;
    return order.toSorted((a, b) => compareRanks(ranks, starts, a, b));
  }

  #note(label: number): void {
    const count = wordAt(this.#views, label);
    for (let i = 1; i <= count; i++) {
      const pair = wordAt(this.#views, label + i);
      if (!this.#indexes.has(pair)) this.#indexes.set(pair, this.#indexes.size);
    }
  }

  #rank(): Int32Array {
    const order = new Int32Array(this.#names.length);
    for (let i = 0; i < order.length; i++) order[i] = i;
    const sorted = order.toSorted(
      (a, b) => this.#names[a] - this.#names[b] || this.#values[a] - this.#values[b],
    );
    const ranks = new Int32Array(order.length);
    for (let i = 0; i < order.length; i++) ranks[sorted[i]] = i;
    return ranks;
  }
}

/** Pair by pair, the shorter row first. */
// eslint-disable-next-line max-params -- called for each comparison of a sort
function compareRanks(ranks: Int32Array, starts: Int32Array, a: number, b: number): number {
  const endA = starts[a + 1];
  const endB = starts[b + 1];
  let i = starts[a];
  let k = starts[b];
  for (; i < endA && k < endB; i++, k++) {
    if (ranks[i] !== ranks[k]) return ranks[i] - ranks[k];
  }
  return endA - i - (endB - k);
}
