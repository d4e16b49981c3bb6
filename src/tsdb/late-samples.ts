import { ByteWriter } from '#bytes';
import type { FloatHistogram } from '#model';
import { CHUNK_COUNT, CHUNK_PREVIOUS, baseOf } from './chunk-memory.ts';
import type { ChunkMemory } from './chunk-memory.ts';
import { encodeHistogram } from './histogram-codec.ts';
import {
  LATE_GENERATION,
  LATE_HISTOGRAMS,
  LATE_MAX_TIME,
  LATE_MIN_TIME,
  LATE_MORE,
  LATE_MORE_DATA_BYTES,
  LATE_SAMPLES_MAX,
  blockBytes,
  isLateHistogram,
  lateBlocks,
  lateDoubles,
  lateMaxTime,
  lateMinTime,
  lateTimeAt,
  lateWords,
  readLateHistogram,
} from './late-chunk.ts';
import { BLOCK_BYTES, Control } from './memory.ts';
import type { MemoryViews } from './memory.ts';

/** Blocks that are looked through for a sample of the same time: some more than the 32 samples that Prometheus looks at. */
const LOOKED_THROUGH_MAX = 3;

/** What is given up of the late samples of a series. */
export interface LateCut {
  /** Samples that came later stay. */
  readonly generation: number;
  /** Inclusive, milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Receives samples as they came; of a histogram, that in place of the value's halves. */
export interface LateSink {
  sample(row: number, timeMs: number, high: number, low: number): void;
  histogram(row: number, timeMs: number, histogram: FloatHistogram): void;
}

/** Samples out of order in memory (late-chunk.ts), by the writer alone. */
export class LateSamples {
  /** Cuts begun; what comes after one goes into blocks of the next generation. */
  generation = 0;
  /** In memory. */
  sampleCount = 0;
  /** Blocks of the memory for chunks that they take. */
  blockCount = 0;
  appended = 0;
  histogramsAppended = 0;
  /** Of what is in memory; +-Infinity while there is none. May lie further apart than the samples do. */
  minTimeMs: number = Infinity;
  maxTimeMs: number = -Infinity;
  readonly #views: MemoryViews;
  readonly #memory: ChunkMemory;
  readonly #bytes: ByteWriter = new ByteWriter(1024);

  constructor(views: MemoryViews, memory: ChunkMemory) {
    this.#views = views;
    this.#memory = memory;
  }

  /** Whether one of the newest late samples of a series is of that time: then the first stays. */
  has(row: number, timeMs: number): boolean {
    let block = this.#views.seriesLate[row];
    for (let looked = 0; block !== 0 && looked < LOOKED_THROUGH_MAX; looked++) {
      const words = lateWords(this.#views, block);
      const doubles = lateDoubles(this.#views, block);
      const count = words[baseOf(block) + CHUNK_COUNT];
      for (let i = 0; i < count; i++) if (doubles[lateTimeAt(block, i)] === timeMs) return true;
      block = words[baseOf(block) + CHUNK_PREVIOUS];
    }
    return false;
  }

  /** Stores and publishes one sample. False where memory is full. */
  append(row: number, timeMs: number, high: number, low: number): boolean {
    if (!this.#store({ row, timeMs, high, low, isHistogram: false, generation: this.generation })) {
      return false;
    }
    this.#count(timeMs);
    return true;
  }

  /** Stores and publishes one native histogram. False where memory is full. */
  appendHistogram(row: number, timeMs: number, histogram: FloatHistogram): boolean {
    this.#bytes.clear();
    const isGauge = histogram.counterResetHint === 'gauge';
    const counterResetHint = isGauge ? 'gauge' : 'unknown';
    encodeHistogram(this.#bytes, 0, { ...histogram, counterResetHint }, undefined);
    const low = this.#storeBytes();
    if (low === 0) return false;
    const high = this.#bytes.length;
    if (!this.#store({ row, timeMs, high, low, isHistogram: true, generation: this.generation })) {
      this.#releaseBytes(low);
      return false;
    }
    this.histogramsAppended++;
    this.#count(timeMs);
    return true;
  }

  /** The answer names all samples that there are now. */
  beginCut(): number {
    return this.generation++;
  }

  /** Gives up late samples, of all series or of some. False where memory is too full for that. */
  release(cut: LateCut, rows?: Int32Array): boolean {
    let isDone = true;
    const releaseOf = (row: number): void => {
      if (!this.#releaseOf(row, cut)) isDone = false;
    };
    if (rows === undefined) this.forEachRow(releaseOf);
    else for (const row of rows) releaseOf(row);
    this.#findBounds();
    return isDone;
  }

  /** Calls for each series that has late samples. */
  forEachRow(visit: (row: number) => void): void {
    if (this.sampleCount === 0) return;
    const { seriesLate, control } = this.#views;
    const end = control[Control.rowEnd];
    for (let row = 1; row < end; row++) if (seriesLate[row] !== 0) visit(row);
  }

  /** Hands over the late samples of a series up to a generation, as they came. */
  read(row: number, generation: number, sink: LateSink): void {
    for (const block of lateBlocks(this.#views, this.#views.seriesLate[row])) {
      const words = lateWords(this.#views, block);
      if (words[baseOf(block) + LATE_GENERATION] > generation) return;
      const count = words[baseOf(block) + CHUNK_COUNT];
      for (let index = 0; index < count; index++) {
        const at = lateTimeAt(block, index);
        const timeMs = lateDoubles(this.#views, block)[at];
        const histogram = isLateHistogram(this.#views, block, index)
          ? readLateHistogram(this.#views, block, index)
          : undefined;
        if (histogram !== undefined) sink.histogram(row, timeMs, histogram);
        else sink.sample(row, timeMs, words[at * 2 + 3], words[at * 2 + 2]);
      }
    }
  }

  #count(timeMs: number): void {
    this.sampleCount++;
    this.appended++;
    if (timeMs < this.minTimeMs) this.minTimeMs = timeMs;
    if (timeMs > this.maxTimeMs) this.maxTimeMs = timeMs;
  }

  #store(sample: StoredSample): boolean {
    const { row, generation } = sample;
    const { seriesLate } = this.#views;
    let block = seriesLate[row];
    if (block !== 0) {
      const words = lateWords(this.#views, block);
      const base = baseOf(block);
      const isOpen = words[base + CHUNK_COUNT] < LATE_SAMPLES_MAX;
      if (isOpen && words[base + LATE_GENERATION] === generation) {
        this.#put(block, sample);
        return true;
      }
    }
    block = this.#allocate();
    if (block === 0) return false;
    this.#begin(block, seriesLate[row], generation);
    this.#put(block, sample);
    Atomics.store(this.#views.control, Control.late, 1);
    Atomics.store(seriesLate, row, block);
    return true;
  }

  #begin(block: number, previous: number, generation: number): void {
    const words = lateWords(this.#views, block);
    const base = baseOf(block);
    words[base + CHUNK_PREVIOUS] = previous;
    words[base + LATE_HISTOGRAMS] = 0;
    words[base + LATE_GENERATION] = generation;
    const doubles = lateDoubles(this.#views, block);
    const isFirst = previous === 0;
    doubles[(base >>> 1) + LATE_MIN_TIME] = isFirst ? Infinity : lateMinTime(this.#views, previous);
    doubles[(base >>> 1) + LATE_MAX_TIME] = isFirst
      ? -Infinity
      : lateMaxTime(this.#views, previous);
  }

  #put(block: number, { timeMs, high, low, isHistogram }: StoredSample): void {
    const words = lateWords(this.#views, block);
    const doubles = lateDoubles(this.#views, block);
    const base = baseOf(block);
    const index = words[base + CHUNK_COUNT];
    const at = lateTimeAt(block, index);
    doubles[at] = timeMs;
    words[at * 2 + 2] = low;
    words[at * 2 + 3] = high;
    if (isHistogram) words[base + LATE_HISTOGRAMS] |= 1 << index;
    const bounds = base >>> 1;
    if (timeMs < doubles[bounds + LATE_MIN_TIME]) doubles[bounds + LATE_MIN_TIME] = timeMs;
    if (timeMs > doubles[bounds + LATE_MAX_TIME]) doubles[bounds + LATE_MAX_TIME] = timeMs;
    Atomics.store(words, base + CHUNK_COUNT, index + 1);
  }

  /** Makes the list of a series anew without what is given up. Where there is no memory for that it stays. */
  #releaseOf(row: number, cut: LateCut): boolean {
    const { seriesLate } = this.#views;
    const before = seriesLate[row];
    if (before === 0 || lateMinTime(this.#views, before) > cut.endMs) return true;
    const blocks = lateBlocks(this.#views, before);
    const kept = this.#keptOf(blocks, cut);
    const bytes: number[] = [];
    const newest = this.#rebuild(blocks, kept);
    if (newest < 0) return false;
    Atomics.store(seriesLate, row, newest);
    for (const [i, block] of blocks.entries()) {
      const words = lateWords(this.#views, block);
      const count = words[baseOf(block) + CHUNK_COUNT];
      for (let index = 0; index < count; index++) {
        if (((kept[i] >>> index) & 1) === 1) continue;
        this.sampleCount--;
        if (!isLateHistogram(this.#views, block, index)) continue;
        bytes.push(words[(lateTimeAt(block, index) + 1) * 2]);
      }
      this.#release(block);
    }
    for (const first of bytes) this.#releaseBytes(first);
    return true;
  }

  /** By block, the bits of samples that stay. */
  #keptOf(blocks: readonly number[], { generation, startMs, endMs }: LateCut): number[] {
    return blocks.map((block) => {
      const words = lateWords(this.#views, block);
      const doubles = lateDoubles(this.#views, block);
      const isNewer = words[baseOf(block) + LATE_GENERATION] > generation;
      const count = words[baseOf(block) + CHUNK_COUNT];
      let bits = 0;
      for (let index = 0; index < count; index++) {
        const timeMs = doubles[lateTimeAt(block, index)];
        if (isNewer || timeMs < startMs || timeMs > endMs) bits |= 1 << index;
      }
      return bits;
    });
  }

  /** Copies what stays into new blocks. The answer is the newest, 0 where nothing stays, -1 where memory is full. */
  #rebuild(blocks: readonly number[], kept: readonly number[]): number {
    let newest = 0;
    for (const [i, block] of blocks.entries()) {
      const words = lateWords(this.#views, block);
      const generation = words[baseOf(block) + LATE_GENERATION];
      for (let index = 0; index < LATE_SAMPLES_MAX; index++) {
        if (((kept[i] >>> index) & 1) === 0) continue;
        const isFull =
          newest === 0 ||
          lateWords(this.#views, newest)[baseOf(newest) + CHUNK_COUNT] === LATE_SAMPLES_MAX ||
          lateWords(this.#views, newest)[baseOf(newest) + LATE_GENERATION] !== generation;
        if (isFull) {
          const next = this.#allocate();
          if (next === 0) {
            for (const made of lateBlocks(this.#views, newest)) this.#release(made);
            return -1;
          }
          this.#begin(next, newest, generation);
          newest = next;
        }
        this.#copy(block, index, newest);
      }
    }
    return newest;
  }

  #copy(block: number, index: number, to: number): void {
    const words = lateWords(this.#views, block);
    const at = lateTimeAt(block, index);
    this.#put(to, {
      row: 0,
      timeMs: lateDoubles(this.#views, block)[at],
      high: words[at * 2 + 3],
      low: words[at * 2 + 2],
      isHistogram: isLateHistogram(this.#views, block, index),
      generation: 0,
    });
  }

  /** Puts a histogram's bytes into blocks. The answer is the first, 0 where memory is full. */
  #storeBytes(): number {
    const bytes = this.#bytes.view();
    let first = 0;
    let last = 0;
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES - LATE_MORE_DATA_BYTES) {
      const block = this.#allocate();
      if (block === 0) {
        this.#releaseBytes(first);
        return 0;
      }
      const part = bytes.subarray(at, at + BLOCK_BYTES - LATE_MORE_DATA_BYTES);
      blockBytes(this.#views, block).set(part, LATE_MORE_DATA_BYTES);
      lateWords(this.#views, block)[baseOf(block) + LATE_MORE] = 0;
      if (first === 0) first = block;
      else lateWords(this.#views, last)[baseOf(last) + LATE_MORE] = block;
      last = block;
    }
    return first;
  }

  #releaseBytes(first: number): void {
    for (let block = first; block !== 0;) {
      const next = lateWords(this.#views, block)[baseOf(block) + LATE_MORE];
      this.#release(block);
      block = next;
    }
  }

  #allocate(): number {
    const block = this.#memory.allocate();
    if (block !== 0) this.blockCount++;
    return block;
  }

  #release(block: number): void {
    this.#memory.release(block);
    this.blockCount--;
  }

  #findBounds(): void {
    this.minTimeMs = Infinity;
    this.maxTimeMs = -Infinity;
    if (this.sampleCount === 0) Atomics.store(this.#views.control, Control.late, 0);
    this.forEachRow((row) => {
      const block = this.#views.seriesLate[row];
      this.minTimeMs = Math.min(this.minTimeMs, lateMinTime(this.#views, block));
      this.maxTimeMs = Math.max(this.maxTimeMs, lateMaxTime(this.#views, block));
    });
  }
}

interface StoredSample {
  readonly row: number;
  readonly timeMs: number;
  /** Of a histogram: the length of its bytes. */
  readonly high: number;
  /** Of a histogram: the first block of its bytes. */
  readonly low: number;
  readonly isHistogram: boolean;
  readonly generation: number;
}
