import { ByteReader } from '#bytes';
import type { FloatHistogram } from '#model';
import { SampleColumns, joinRuns } from '#storage';
import { CHUNK_COUNT, CHUNK_PREVIOUS, baseOf, isMapped } from './chunk-memory.ts';
import { decodeHistogram, decodeHistogramHead } from './histogram-codec.ts';
import { BLOCK_BYTES, BLOCK_MASK, Control, REGION_BLOCKS_LOG2 } from './memory.ts';
import type { MemoryViews } from './memory.ts';

/*
 * Samples that came out of order ("late"), of one series: a list of blocks, newest first, with the samples
 * as they came. `seriesLate` leads to the newest, 0 where there is none.
 *
 *   0  count of samples, published last
 *   1  the block before, 0 none
 *   2  by bit, which samples are native histograms
 *   3  generation: how many cuts had begun when the block was
 *   4  earliest sample of this block and all before it, double
 *   6  latest, double
 *   8  14 samples: time double | value double
 *      of a histogram, in place of the value: first block of its bytes | how many bytes
 *
 * Each histogram has blocks of its own for its bytes (histogram-codec.ts):
 *
 *   0  the next of them, 0 none
 *   1  252 bytes
 */
export const LATE_HISTOGRAMS = 2;
export const LATE_GENERATION = 3;
/** In doubles from the start of the block. */
export const LATE_MIN_TIME = 2;
export const LATE_MAX_TIME = 3;
const LATE_TIMES = 4;
export const LATE_SAMPLES_MAX = 14;
export const LATE_MORE = 0;
export const LATE_MORE_DATA_BYTES = 4;

/** Which late samples are wanted. */
export interface LateRange {
  /** Inclusive, milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  /** Of the blocks that are looked at; Infinity: all. */
  readonly generationMax: number;
}

/** What is read up to: a series' newest block at some moment, and how many samples it had. */
export interface LateEnd {
  readonly block: number;
  readonly count: number;
}

const NONE: LateEnd = { block: 0, count: 0 };

/** The newest late samples of a series; `block` 0 where it has none, or none that this thread can see. */
export function lateEnd(views: MemoryViews, row: number): LateEnd {
  const block = newestLate(views, row);
  if (block === 0) return NONE;
  return { block, count: Atomics.load(lateWords(views, block), baseOf(block) + CHUNK_COUNT) };
}

/** One word is looked at where no series has late samples, another where this one has none. */
export function newestLate(views: MemoryViews, row: number): number {
  if (!hasLate(views)) return 0;
  if (row >= views.seriesLate.length) views.refresh();
  const block = Atomics.load(views.seriesLate, row);
  return block !== 0 && isMapped(views, block) ? block : 0;
}

/** Whether any series has late samples. */
export function hasLate(views: MemoryViews): boolean {
  return Atomics.load(views.control, Control.late) !== 0;
}

/** Whether a series may have late samples in an inclusive range. */
export function mayHaveLate(
  views: MemoryViews,
  row: number,
  startMs: number,
  endMs: number,
): boolean {
  const block = newestLate(views, row);
  if (block === 0) return false;
  return lateMinTime(views, block) <= endMs && lateMaxTime(views, block) >= startMs;
}

export function lateMinTime(views: MemoryViews, block: number): number {
  return lateDoubles(views, block)[(baseOf(block) >>> 1) + LATE_MIN_TIME];
}

export function lateMaxTime(views: MemoryViews, block: number): number {
  return lateDoubles(views, block)[(baseOf(block) >>> 1) + LATE_MAX_TIME];
}

/** Where in the doubles of its region a sample's time stands; its value follows. */
export function lateTimeAt(block: number, index: number): number {
  return (baseOf(block) >>> 1) + LATE_TIMES + index * 2;
}

export function lateWords(views: MemoryViews, block: number): Int32Array {
  return views.regionWords[block >>> REGION_BLOCKS_LOG2];
}

export function lateDoubles(views: MemoryViews, block: number): Float64Array {
  return views.regionTimes[block >>> REGION_BLOCKS_LOG2];
}

/** The blocks up to one, oldest first. */
export function lateBlocks(views: MemoryViews, newest: number): number[] {
  const blocks: number[] = [];
  let block = newest;
  while (block !== 0 && isMapped(views, block)) {
    blocks.push(block);
    block = lateWords(views, block)[baseOf(block) + CHUNK_PREVIOUS];
  }
  return blocks.toReversed();
}

export function isLateHistogram(views: MemoryViews, block: number, index: number): boolean {
  return ((lateWords(views, block)[baseOf(block) + LATE_HISTOGRAMS] >>> index) & 1) === 1;
}

/** The starts of the ranges of a length that late samples before an end lie in, ascending; milliseconds. */
export function lateRangeStarts(
  views: MemoryViews,
  { endMs, generationMax }: Omit<LateRange, 'startMs'>,
  rangeMs: number,
): number[] {
  const starts = new Set<number>();
  const rowEnd = Atomics.load(views.control, Control.rowEnd);
  for (let row = 1; row < rowEnd; row++) {
    for (const block of lateBlocks(views, newestLate(views, row))) {
      const words = lateWords(views, block);
      if (words[baseOf(block) + LATE_GENERATION] > generationMax) break;
      const count = Atomics.load(words, baseOf(block) + CHUNK_COUNT);
      for (let index = 0; index < count; index++) {
        const timeMs = lateDoubles(views, block)[lateTimeAt(block, index)];
        if (timeMs < endMs) starts.add(Math.floor(timeMs / rangeMs) * rangeMs);
      }
    }
  }
  return [...starts].toSorted((a, b) => a - b);
}

/** Reads late samples and puts them among samples in order. Keeps its memory from series to series. */
export class LateReader {
  readonly #scratch: SampleColumns = new SampleColumns(64);

  /**
   * Adds the late samples of a range to the rows from `first` on, which are in order; of two samples at one
   * time the one that came first stays.
   */
  // eslint-disable-next-line max-params -- once for each series of a query
  join(
    views: MemoryViews,
    end: LateEnd,
    range: LateRange,
    columns: SampleColumns,
    first: number,
  ): void {
    const middle = columns.length;
    collect(views, end, range, columns);
    if (columns.length === middle) return;
    columns.spacingMs = 0;
    columns.isFreeOfStale = false;
    columns.isRising = false;
    sortRows(columns, middle);
    const hasHistograms = columns.histograms.length > first;
    const lateTimes = hasHistograms
      ? columns.timestampsMs.slice(middle, columns.length)
      : undefined;
    joinRuns(columns, { first, middle }, this.#scratch);
    if (lateTimes !== undefined) forgetHints(columns, first, lateTimes);
  }
}

/** Appends the samples of a range as they came. */
function collect(
  views: MemoryViews,
  end: LateEnd,
  { startMs, endMs, generationMax }: LateRange,
  columns: SampleColumns,
): void {
  for (const block of lateBlocks(views, end.block)) {
    const words = lateWords(views, block);
    if (words[baseOf(block) + LATE_GENERATION] > generationMax) return;
    const doubles = lateDoubles(views, block);
    const count = block === end.block ? end.count : words[baseOf(block) + CHUNK_COUNT];
    columns.reserve(columns.length + count);
    for (let index = 0; index < count; index++) {
      const at = lateTimeAt(block, index);
      const timeMs = doubles[at];
      if (timeMs < startMs || timeMs > endMs) continue;
      if (isLateHistogram(views, block, index)) {
        const histogram = readLateHistogram(views, block, index);
        if (histogram !== undefined) columns.pushHistogram(timeMs, histogram);
        continue;
      }
      const row = columns.length++;
      columns.timestampsMs[row] = timeMs;
      // By their bytes: a NaN keeps its bits.
      columns.values.set(doubles.subarray(at + 1, at + 2), row);
    }
  }
}

/** Undefined where this thread has not been told of a region that its bytes reach into. */
export function readLateHistogram(
  views: MemoryViews,
  block: number,
  index: number,
): FloatHistogram | undefined {
  const words = lateWords(views, block);
  const at = (lateTimeAt(block, index) + 1) * 2;
  const bytes = new Uint8Array(words[at + 1]);
  let more = words[at];
  for (let filled = 0; filled < bytes.length;) {
    if (more === 0 || !isMapped(views, more)) return undefined;
    const count = Math.min(bytes.length - filled, BLOCK_BYTES - LATE_MORE_DATA_BYTES);
    const source = blockBytes(views, more);
    bytes.set(source.subarray(LATE_MORE_DATA_BYTES, LATE_MORE_DATA_BYTES + count), filled);
    filled += count;
    more = lateWords(views, more)[baseOf(more) + LATE_MORE];
  }
  const reader = new ByteReader(bytes);
  return decodeHistogram(reader, decodeHistogramHead(reader).flags, undefined);
}

export function blockBytes(views: MemoryViews, block: number): Uint8Array {
  const { buffer } = lateWords(views, block);
  return new Uint8Array(buffer, (block & BLOCK_MASK) * BLOCK_BYTES, BLOCK_BYTES);
}

/** Sorts the rows from `first` on by time; of equal times the first stays. */
function sortRows(columns: SampleColumns, first: number): void {
  const { timestampsMs: times, length } = columns;
  let isSorted = true;
  for (let row = first + 1; row < length && isSorted; row++) isSorted = times[row] > times[row - 1];
  if (isSorted) return;
  const order = new Int32Array(length - first);
  for (let i = 0; i < order.length; i++) order[i] = first + i;
  order.sort((a, b) => times[a] - times[b] || a - b);
  const oldTimes = times.slice(first, length);
  const oldValues = columns.values.slice(first, length);
  const oldHistograms = columns.histograms.slice(first, length);
  let row = first;
  for (const from of order) {
    const timeMs = oldTimes[from - first];
    if (row > first && times[row - 1] === timeMs) continue;
    times[row] = timeMs;
    columns.values.set(oldValues.subarray(from - first, from - first + 1), row);
    if (columns.histograms.length > 0) columns.histograms[row] = oldHistograms[from - first];
    row++;
  }
  columns.length = row;
  if (columns.histograms.length > row) columns.histograms.length = row;
}

/** A histogram that follows a late one was compared with another when it came. */
function forgetHints(columns: SampleColumns, first: number, lateTimes: Float64Array): void {
  const { timestampsMs, histograms } = columns;
  let late = 0;
  for (let row = first + 1; row < columns.length; row++) {
    const beforeMs = timestampsMs[row - 1];
    while (late < lateTimes.length && lateTimes[late] < beforeMs) late++;
    const histogram = histograms[row];
    if (lateTimes[late] !== beforeMs || histogram?.counterResetHint !== 'not_reset') continue;
    histograms[row] = { ...histogram, counterResetHint: 'unknown' };
  }
}
