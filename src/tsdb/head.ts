import { STALE_NAN_HIGH, STALE_NAN_LOW, histogramsEqual, isStaleNaN } from '#model';
import type { FloatHistogram, Labels } from '#model';
import { AppendStatus } from '#storage';
import type { LabelSpans } from '#storage';
import { ChunkEncoder } from './chunk-encoder.ts';
import type { EncoderState } from './chunk-encoder.ts';
import {
  CHUNK_DATA,
  CHUNK_MIN_TIME,
  CHUNK_NEXT,
  CHUNK_PREVIOUS,
  CHUNK_SERIES,
  ChunkMemory,
  baseOf,
} from './chunk-memory.ts';
import { ChangeLog } from './change-log.ts';
import { advanceEpoch } from './epochs.ts';
import { NO_DELETIONS, withoutGone } from './head-deletions.ts';
import type { HeadDeletions } from './head-deletions.ts';
import { HistogramWriter, isHistogramChunk, moreBlocks } from './histogram-chunk.ts';
import { LateSamples } from './late-samples.ts';
import { Control, MemoryViews, REGION_BLOCKS_LOG2, createSharedMemory } from './memory.ts';
import { SeriesTable } from './series-table.ts';
import type { HeadStats, SharedMemory, SharedUpdate } from './types.ts';

export interface HeadOptions {
  readonly seriesMax: number;
  readonly chunkBytesMax: number;
  /** Receives each new piece of memory, for the readers. */
  readonly announce: (update: SharedUpdate) => void;
}

/** Times in the log and the chunks: whole milliseconds below 2^52 in size, so that arithmetic is exact. */
export const TIME_MS_MAX = 4_503_599_627_370_495;

/** A deletion in the log that begins here says that blocks have what the series had so far, and it left. */
export const LEFT_HEAD_MS: number = -TIME_MS_MAX;

const NONE_HELD = new Uint8Array(0);

/** Of the chunk memory; the rest is for samples that were taken and wait for their batch. */
const FULL_SHARE = 0.98;

/** More than a chunk of floats ever has. */
const BITS_FULL = 0xffff;

/** Series that leave the index at once: some tens of milliseconds. */
const REMOVED_MAX = 20_000;

/** Freed pieces that may wait before the writer looks whether readers are done. */
const WAITING_MAX = 8192;

/** A chunk as it is stored: the count of its samples, two bytes, then their bits, a block's at most. Milliseconds. */
interface FloatChunk {
  readonly data: Uint8Array;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

/** Series and samples in memory. Knows nothing of the log. One writer; readers see `memory()`. */
export class Head {
  readonly views: MemoryViews;
  readonly series: SeriesTable;
  /** Samples that are older than the newest of their series. */
  readonly late: LateSamples;
  readonly #chunks: ChunkMemory;
  readonly #encoder: ChunkEncoder;
  readonly #histograms: HistogramWriter;
  readonly #fullCount: number;
  chunksCreated = 0;
  chunksRemoved = 0;
  samplesAppended = 0;
  histogramsAppended = 0;
  /** Times that old samples went. */
  truncations = 0;
  /** Of samples; +-Infinity while there is none. */
  minTimeMs: number = Infinity;
  maxTimeMs: number = -Infinity;
  /** What is older is not taken, or as a late sample only. */
  minValidMs: number = -Infinity;
  /** What is older is not taken even as a late sample. */
  horizonMs: number = -Infinity;
  /** How much older than the newest sample of all a late one may be. 0: none is taken. */
  lateWindowMs = 0;
  deletions: HeadDeletions = NO_DELETIONS;
  readonly changes: ChangeLog = new ChangeLog();
  /** Of the samples that this batch has written. */
  #batchMinTimeMs: number = Infinity;
  #reclaimAt = WAITING_MAX;

  constructor(options: HeadOptions) {
    this.views = new MemoryViews(createSharedMemory(options.seriesMax));
    // Epoch 0 means "not reading".
    this.views.control[Control.epoch] = 1;
    this.series = new SeriesTable(this.views, options.seriesMax);
    this.#chunks = new ChunkMemory(this.views, options.chunkBytesMax, (index, buffer) =>
      options.announce({ kind: 'region', index, buffer }),
    );
    this.#fullCount = this.#chunks.blocksMax * FULL_SHARE;
    this.late = new LateSamples(this.views, this.#chunks);
    this.#encoder = new ChunkEncoder(this.series.encoder);
    this.#histograms = new HistogramWriter(this.views, this.#chunks);
  }

  /** What a new reader must have. */
  memory(): SharedMemory {
    this.views.isShared = true;
    return { ...this.views.memory, chunkRegions: [...this.views.regions] };
  }

  /** Finds or makes a series. Throws StorageError `limit`. */
  seriesRow(labels: Labels): number {
    return this.#reclaiming(this.series.rowOfLabels(labels));
  }

  /** As `Appender.seriesRefOfSpans`, which says what must be checked before. Throws StorageError `limit`. */
  seriesRowOfSpans(labels: LabelSpans): number {
    return this.#reclaiming(this.series.rowOfSpans(labels));
  }

  #reclaiming(row: number): number {
    if (this.series.waitingCount > this.#reclaimAt) this.#reclaim();
    return row;
  }

  /** What `append` would answer, with nothing done. */
  check(row: number, timeMs: number, high: number, low: number): AppendStatus {
    const status = this.#checkTime(row, timeMs);
    if (status !== AppendStatus.duplicate) return status;
    const { lastHigh, lastLow } = this.series.encoder;
    const isSame = lastHigh[row] === high && lastLow[row] === low && !this.endsInHistogram(row);
    return isSame ? AppendStatus.ok : AppendStatus.duplicate;
  }

  /** What `appendHistogram` would answer, with nothing done. */
  checkHistogram(row: number, timeMs: number, histogram: FloatHistogram): AppendStatus {
    const status = this.#checkTime(row, timeMs);
    if (status !== AppendStatus.duplicate) return status;
    const last = this.#histograms.last(row);
    return last !== undefined && histogramsEqual(last, histogram) ? AppendStatus.ok : status;
  }

  /** Whether the newest sample of a series is a native histogram. */
  endsInHistogram(row: number): boolean {
    return this.#histograms.last(row) !== undefined;
  }

  /** Whether a sample of a time is taken where its series has none that is as new. */
  takes(timeMs: number): boolean {
    return timeMs >= this.minValidMs && Math.abs(timeMs) <= TIME_MS_MAX && !this.isFull;
  }

  /** Whether a time is after all samples of a series. */
  isNewer(row: number, timeMs: number): boolean {
    return this.views.seriesLastChunk[row] === 0 || timeMs > this.series.encoder.lastTime[row];
  }

  /** `duplicate`: of the same time as the newest sample. */
  #checkTime(row: number, timeMs: number): AppendStatus {
    if (!(timeMs >= this.minValidMs) || timeMs > TIME_MS_MAX || timeMs < -TIME_MS_MAX) {
      return AppendStatus.tooOld;
    }
    if (this.isFull) return AppendStatus.limit;
    if (this.views.seriesLastChunk[row] === 0) return AppendStatus.ok;
    const lastMs = this.series.encoder.lastTime[row];
    if (timeMs > lastMs) return AppendStatus.ok;
    return timeMs < lastMs ? AppendStatus.outOfOrder : AppendStatus.duplicate;
  }

  /** Whether a sample that cannot go behind the newest of its series is taken as a late one. */
  checkLate(timeMs: number): AppendStatus {
    // Without samples in memory, the newest of the blocks is what counts.
    const newestMs = Math.max(this.maxTimeMs, this.minValidMs);
    const isTaken =
      this.lateWindowMs > 0 &&
      timeMs >= newestMs - this.lateWindowMs &&
      timeMs >= this.horizonMs &&
      timeMs >= -TIME_MS_MAX &&
      timeMs <= TIME_MS_MAX;
    if (!isTaken) return AppendStatus.beyondWindow;
    return this.isFull ? AppendStatus.limit : AppendStatus.ok;
  }

  /** Until `endBatch`, what is appended is visible to readers only in part. */
  beginBatch(): void {
    this.#batchMinTimeMs = Infinity;
    Atomics.add(this.views.control, Control.batch, 1);
  }

  endBatch(): void {
    Atomics.add(this.views.control, Control.batch, 1);
    Atomics.notify(this.views.control, Control.batch);
    if (this.#batchMinTimeMs < Infinity) this.changes.noteCommit(this.#batchMinTimeMs);
  }

  /** This batch has written a late sample. */
  noteLate(timeMs: number): void {
    if (timeMs < this.#batchMinTimeMs) this.#batchMinTimeMs = timeMs;
  }

  /** Stores and publishes one sample given by the halves of its value's bits. */
  append(row: number, timeMs: number, high: number, low: number): AppendStatus {
    const { views } = this;
    const chunk = views.seriesLastChunk[row];
    if (chunk === 0) return this.#startChunk(row, timeMs, high, low);
    const { lastTime } = this.series.encoder;
    if (timeMs <= lastTime[row]) return this.check(row, timeMs, high, low);
    const words = views.regionWords[chunk >>> REGION_BLOCKS_LOG2];
    const base = baseOf(chunk);
    const encoder = this.#encoder;
    encoder.words = words;
    encoder.base = base;
    if (!encoder.next(row, timeMs, high, low)) return this.#startChunk(row, timeMs, high, low);
    views.publish(words, base, words[base] + 1);
    this.#count(row, timeMs);
    return AppendStatus.ok;
  }

  /** Stores and publishes one native histogram. */
  appendHistogram(row: number, timeMs: number, histogram: FloatHistogram): AppendStatus {
    const { lastTime, lastHigh, lastLow, bits } = this.series.encoder;
    const hasChunk = this.views.seriesLastChunk[row] !== 0;
    if (hasChunk && timeMs <= lastTime[row]) return this.checkHistogram(row, timeMs, histogram);
    if (!this.#histograms.append(row, timeMs - lastTime[row], histogram)) {
      const chunk = this.#chunks.allocate();
      if (chunk === 0) return AppendStatus.limit;
      this.#describeChunk(chunk, -row, timeMs);
      if (!this.#histograms.first(row, chunk, timeMs, histogram)) {
        this.#chunks.release(chunk);
        return AppendStatus.limit;
      }
      this.#linkChunk(row, chunk, timeMs);
    }
    lastTime[row] = timeMs;
    // A float does not fit behind it: it begins a chunk of its own.
    bits[row] = BITS_FULL;
    lastHigh[row] = isStaleNaN(histogram.sum) ? STALE_NAN_HIGH : 0;
    lastLow[row] = STALE_NAN_LOW;
    this.histogramsAppended++;
    this.#count(row, timeMs);
    return AppendStatus.ok;
  }

  /**
   * Takes over a chunk of floats that is newer than all that the series has. It counts as closed: the next
   * sample begins another, unless `resumeChunk` is called. `last`: the bits of its last value.
   */
  adoptChunk(
    row: number,
    { data, minTimeMs, maxTimeMs }: FloatChunk,
    last: { readonly high: number; readonly low: number },
  ): AppendStatus {
    const chunk = this.#chunks.allocate();
    if (chunk === 0) return AppendStatus.limit;
    this.#histograms.forget(row);
    this.#describeChunk(chunk, row, minTimeMs);
    const words = this.views.regionWords[chunk >>> REGION_BLOCKS_LOG2];
    const base = baseOf(chunk);
    fillWords(words, base + CHUNK_DATA, data);
    this.views.publish(words, base, (data[0] << 8) | data[1]);
    this.#linkChunk(row, chunk, maxTimeMs);
    const { encoder } = this.series;
    encoder.lastTime[row] = maxTimeMs;
    encoder.lastHigh[row] = last.high;
    encoder.lastLow[row] = last.low;
    encoder.bits[row] = BITS_FULL;
    return AppendStatus.ok;
  }

  /** Opens the chunk that was adopted last again. `state`: what the encoder knew of it. */
  resumeChunk(row: number, state: EncoderState): void {
    const { encoder } = this.series;
    encoder.bits[row] = state.bits;
    encoder.leading[row] = state.leading;
    encoder.trailing[row] = state.trailing;
    encoder.lastDelta[row] = state.lastDeltaMs;
  }

  /** Of samples that were adopted. */
  noteTimes(minTimeMs: number, maxTimeMs: number): void {
    if (maxTimeMs > this.maxTimeMs) this.maxTimeMs = maxTimeMs;
    if (minTimeMs < this.minTimeMs) this.minTimeMs = minTimeMs;
  }

  /** To be called after a replay: what it brought was counted by the process before. */
  countFromHere(): void {
    this.samplesAppended = 0;
    this.histogramsAppended = 0;
  }

  stats(): HeadStats {
    const empty = this.minTimeMs > this.maxTimeMs;
    return {
      seriesCount: this.series.count,
      labelPairCount: this.views.control[Control.pairCount],
      chunkCount: this.chunksCreated - this.chunksRemoved,
      minTimeMs: empty ? undefined : this.minTimeMs,
      maxTimeMs: empty ? undefined : this.maxTimeMs,
    };
  }

  /** How much of the memory for chunks is used, 0 to 1. */
  get fullness(): number {
    return this.#chunks.usedCount / this.#chunks.blocksMax;
  }

  /** How much of it late samples use. */
  get lateFullness(): number {
    return this.late.blockCount / this.#chunks.blocksMax;
  }

  /** Whether so many blocks can be handed out. */
  hasRoom(blocks: number): boolean {
    if (this.#chunks.freeCount >= blocks) return true;
    this.#reclaim();
    return this.#chunks.freeCount >= blocks;
  }

  /** While it is false the memory for chunks may grow beyond its limit: what a log has must not be left out. */
  set isBounded(isBounded: boolean) {
    this.#chunks.isBounded = isBounded;
  }

  /** New samples are refused. */
  get isFull(): boolean {
    return this.#chunks.usedCount > this.#fullCount;
  }

  /** Whether the newest sample of a series is a stale marker. */
  isStale(row: number): boolean {
    const { lastHigh, lastLow } = this.series.encoder;
    return lastHigh[row] === STALE_NAN_HIGH && lastLow[row] === STALE_NAN_LOW;
  }

  /** How many series end in a stale marker. */
  countStale(): number {
    const { seriesLastChunk } = this.views;
    const end = this.series.rowEnd;
    let count = 0;
    for (let row = 1; row < end; row++) {
      if (seriesLastChunk[row] !== 0 && this.isStale(row)) count++;
    }
    return count;
  }

  /** The time of the first sample that a series has; Infinity where it has none. */
  firstTimeMs(row: number): number {
    const chunk = this.views.seriesFirstChunk[row];
    return chunk === 0 ? Infinity : this.#minTimeOf(chunk);
  }

  /** Frees all that a series has. Readers find it elsewhere by now. */
  dropSamples(row: number): void {
    if (this.views.seriesFirstChunk[row] !== 0) this.#trimSeries(row, Infinity);
  }

  /** Series leave with all that they have. Readers find it elsewhere by now. */
  remove(rows: readonly number[]): void {
    for (const row of rows) this.dropSamples(row);
    this.series.remove(rows);
    this.#publishChunkCount();
    this.#reclaim();
  }

  /**
   * Frees chunks that end before `horizonMs`, and series that have none left, but for those with a 1 in
   * `held`: somebody is about to write to them. False where more series are to go than should go at once.
   */
  trim(horizonMs: number, held: Uint8Array = NONE_HELD): boolean {
    const dead: number[] = [];
    const { chunksRemoved } = this;
    let minTimeMs = Infinity;
    const { seriesLabels, seriesFirstChunk, seriesLate } = this.views;
    this.#trimLate();
    const end = this.series.rowEnd;
    for (let row = 1; row < end; row++) {
      if (seriesLabels[row] === 0) continue;
      const hadSamples = seriesFirstChunk[row] !== 0;
      const firstMs = hadSamples ? this.#trimSeries(row, horizonMs) : Infinity;
      if (firstMs < minTimeMs) minTimeMs = firstMs;
      if (firstMs !== Infinity || seriesLate[row] !== 0) continue;
      const isDead = (hadSamples || this.series.idle[row] === 1) && held[row] !== 1;
      if (isDead && dead.length < REMOVED_MAX) dead.push(row);
      else this.series.idle[row] = 1;
    }
    this.minTimeMs = minTimeMs;
    if (minTimeMs === Infinity) this.maxTimeMs = -Infinity;
    this.series.remove(dead);
    this.#publishChunkCount();
    this.#reclaim();
    if (this.chunksRemoved > chunksRemoved) this.truncations++;
    return dead.length < REMOVED_MAX;
  }

  #trimLate(): void {
    const { late, horizonMs } = this;
    if (late.minTimeMs >= horizonMs) return;
    late.release({ generation: Infinity, startMs: -Infinity, endMs: horizonMs - 1 });
  }

  /** Forgets deletions whose samples are gone. True where readers are to be told. */
  trimDeletions(): boolean {
    const kept = withoutGone(this.deletions, (row) => this.firstTimeMs(row));
    const isChanged = kept !== this.deletions;
    this.deletions = kept;
    return isChanged;
  }

  /** The time of the first sample that stays; Infinity where none does. */
  #trimSeries(row: number, horizonMs: number): number {
    const { views } = this;
    for (;;) {
      const chunk = views.seriesFirstChunk[row];
      const words = views.regionWords[chunk >>> REGION_BLOCKS_LOG2];
      const base = baseOf(chunk);
      const next = words[base + CHUNK_NEXT];
      const beyondMs = next === 0 ? this.series.encoder.lastTime[row] + 1 : this.#minTimeOf(next);
      if (beyondMs > horizonMs) return this.#minTimeOf(chunk);
      Atomics.store(views.seriesFirstChunk, row, next);
      if (next === 0) Atomics.store(views.seriesLastChunk, row, 0);
      else views.regionWords[next >>> REGION_BLOCKS_LOG2][baseOf(next) + CHUNK_PREVIOUS] = 0;
      if (isHistogramChunk(words, base)) {
        for (const block of moreBlocks(views, chunk)) this.#chunks.release(block);
      }
      this.#chunks.release(chunk);
      this.chunksRemoved++;
      if (next !== 0) continue;
      this.#histograms.forget(row);
      return Infinity;
    }
  }

  #minTimeOf(chunk: number): number {
    return this.views.regionTimes[chunk >>> REGION_BLOCKS_LOG2][
      (baseOf(chunk) >>> 1) + CHUNK_MIN_TIME
    ];
  }

  #startChunk(row: number, timeMs: number, high: number, low: number): AppendStatus {
    const chunk = this.#chunks.allocate();
    if (chunk === 0) return AppendStatus.limit;
    this.#histograms.forget(row);
    this.#describeChunk(chunk, row, timeMs);
    const words = this.views.regionWords[chunk >>> REGION_BLOCKS_LOG2];
    const base = baseOf(chunk);
    this.#encoder.words = words;
    this.#encoder.base = base;
    this.#encoder.first(row, timeMs, high, low);
    this.views.publish(words, base, 1);
    this.#linkChunk(row, chunk, timeMs);
    this.#count(row, timeMs);
    return AppendStatus.ok;
  }

  /** `series`: the row, negative for histograms. */
  #describeChunk(chunk: number, series: number, timeMs: number): void {
    const { regionWords, regionTimes, seriesLastChunk } = this.views;
    const region = chunk >>> REGION_BLOCKS_LOG2;
    const base = baseOf(chunk);
    regionWords[region][base + CHUNK_PREVIOUS] = seriesLastChunk[Math.abs(series)];
    regionWords[region][base + CHUNK_SERIES] = series;
    regionTimes[region][(base >>> 1) + CHUNK_MIN_TIME] = timeMs;
  }

  /** Makes a chunk that holds its first sample the newest of its series. */
  #linkChunk(row: number, chunk: number, timeMs: number): void {
    const { views } = this;
    const before = views.seriesLastChunk[row];
    if (before === 0) {
      this.series.idle[row] = 0;
      views.publish(views.seriesFirstChunk, row, chunk);
    } else {
      views.regionWords[before >>> REGION_BLOCKS_LOG2][baseOf(before) + CHUNK_NEXT] = chunk;
    }
    views.seriesMaxTime[row] = timeMs;
    views.publish(views.seriesLastChunk, row, chunk);
    this.chunksCreated++;
    this.#publishChunkCount();
  }

  #count(row: number, timeMs: number): void {
    this.views.seriesMaxTime[row] = timeMs;
    this.samplesAppended++;
    if (timeMs > this.maxTimeMs) this.maxTimeMs = timeMs;
    if (timeMs < this.minTimeMs) this.minTimeMs = timeMs;
    if (timeMs < this.#batchMinTimeMs) this.#batchMinTimeMs = timeMs;
  }

  #publishChunkCount(): void {
    const count = this.chunksCreated - this.chunksRemoved;
    this.views.publish(this.views.control, Control.chunkCount, count);
  }

  #reclaim(): void {
    const epoch = advanceEpoch(this.views.control);
    this.series.reclaim(epoch);
    this.#chunks.reclaim(epoch);
    this.#reclaimAt = this.series.waitingCount + WAITING_MAX;
  }
}

/** Bits that lie as bytes, behind the count of samples, into words of zeros. */
function fillWords(words: Int32Array, start: number, bytes: Uint8Array): void {
  const whole = bytes.length - 3;
  let to = start;
  let at = 2;
  for (; at < whole; at += 4) {
    words[to++] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let shift = 24; at < bytes.length; shift -= 8) words[to] |= bytes[at++] << shift;
}
