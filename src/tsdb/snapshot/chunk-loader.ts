import { STALE_HISTOGRAM, isStaleHistogram } from '#model';
import type { FloatHistogram } from '#model';
import { AppendStatus, SampleColumns } from '#storage';
import type { StoredTimes } from '../block/block-keeper.ts';
import { decodeBlockChunk } from '../block/chunk-values.ts';
import { ChunkKind } from '../block/layout.ts';
import type { EncoderState } from '../chunk-encoder.ts';
import { decodeChunk } from '../chunk-decoder.ts';
import { CHUNK_DATA_BITS, baseOf } from '../chunk-memory.ts';
import type { Head } from '../head.ts';
import { REGION_BLOCKS_LOG2 } from '../memory.ts';
import type { StoredChunk } from './head-chunks.ts';

/** The halves of a value's bits. */
export interface ValueBits {
  readonly high: number;
  readonly low: number;
}

const COUNT_MAX = 0x7fffffff;
const UNKNOWN_VALUE: ValueBits = { high: 0, low: 0 };
const ALL_TIMES = { startMs: -Infinity, endMs: Infinity };

/** Puts stored chunks into a head: as they are where they fit, else sample by sample. */
export class ChunkLoader {
  readonly #head: Head;
  readonly #stored: StoredTimes;
  readonly #columns: SampleColumns = new SampleColumns(1024);
  /** Its newest chunk was taken as it is, and what it ends in is not known; 0: no row. */
  #unsettledRow = 0;
  sampleCount = 0;
  /** For want of memory. */
  refusedCount = 0;

  constructor(head: Head, stored: StoredTimes) {
    this.#head = head;
    this.#stored = stored;
  }

  /**
   * Adds a chunk to a series; `settle` is to be called behind the last one. What the series or a block has is
   * left out. Throws DecodeError.
   */
  add(row: number, chunk: StoredChunk): void {
    if (this.#isStored(chunk)) return;
    if (!this.#fits(row, chunk)) this.#addSamples(row, chunk);
    else if (this.#adopt(row, chunk, UNKNOWN_VALUE)) this.#unsettledRow = row;
  }

  /** Adds the newest chunk of a series, whose last value is known; with `state` it is gone on with. */
  addLast(row: number, chunk: StoredChunk, last: ValueBits, state?: EncoderState): void {
    if (this.#isStored(chunk)) return;
    if (!this.#fits(row, chunk)) {
      this.#addSamples(row, chunk);
    } else if (this.#adopt(row, chunk, last)) {
      this.#unsettledRow = 0;
      if (state !== undefined) this.#head.resumeChunk(row, state);
    }
  }

  /** Finds out the last value of the series that chunks were added to. */
  settle(): void {
    const row = this.#unsettledRow;
    if (row === 0) return;
    this.#unsettledRow = 0;
    const { views, series } = this.#head;
    const chunk = views.seriesLastChunk[row];
    const columns = this.#columns;
    columns.clear();
    const words = views.regionWords[chunk >>> REGION_BLOCKS_LOG2];
    decodeChunk({ words, base: baseOf(chunk), countMax: COUNT_MAX, ...ALL_TIMES }, columns);
    const bits = new Int32Array(columns.values.buffer, (columns.length - 1) * 8, 2);
    series.encoder.lastLow[row] = bits[0];
    series.encoder.lastHigh[row] = bits[1];
  }

  /** All of it is in blocks. */
  #isStored({ minTimeMs, maxTimeMs }: StoredChunk): boolean {
    const { endMs } = this.#stored;
    return maxTimeMs < endMs && !this.#stored.isDamaged(minTimeMs, maxTimeMs);
  }

  /** It can be taken as it is. */
  #fits(row: number, { kind, data, minTimeMs, maxTimeMs }: StoredChunk): boolean {
    if (kind !== ChunkKind.xor || (data.length - 2) * 8 > CHUNK_DATA_BITS) return false;
    const { series, views } = this.#head;
    const isNewer = views.seriesLastChunk[row] === 0 || minTimeMs > series.encoder.lastTime[row];
    const { endMs } = this.#stored;
    const isClear = minTimeMs >= endMs || !this.#stored.isDamaged(minTimeMs, endMs - 1);
    return isNewer && isClear && minTimeMs <= maxTimeMs && sampleCountOf(data) > 0;
  }

  #adopt(row: number, chunk: StoredChunk, last: ValueBits): boolean {
    const status = this.#head.adoptChunk(row, chunk, last);
    const count = sampleCountOf(chunk.data);
    if (status === AppendStatus.ok) this.sampleCount += count;
    else this.refusedCount += count;
    // What is older than the blocks' end is taken with its chunk; it does not count as the head's.
    this.#head.noteTimes(Math.max(chunk.minTimeMs, this.#stored.endMs), chunk.maxTimeMs);
    return status === AppendStatus.ok;
  }

  #addSamples(row: number, chunk: StoredChunk): void {
    const columns = this.#columns;
    columns.clear();
    decodeBlockChunk(chunk, ALL_TIMES, columns);
    const { timestampsMs, histograms } = columns;
    const words = new Int32Array(columns.values.buffer);
    for (let i = 0; i < columns.length; i++) {
      const timeMs = timestampsMs[i];
      if (timeMs < this.#stored.endMs && this.#stored.isStored(timeMs)) continue;
      const histogram = histograms[i];
      const status =
        histogram === undefined
          ? this.#head.append(row, timeMs, words[i * 2 + 1], words[i * 2])
          : this.#head.appendHistogram(row, timeMs, asLogged(histogram));
      if (status === AppendStatus.ok) {
        this.sampleCount++;
        this.#unsettledRow = 0;
      } else if (status === AppendStatus.limit) this.refusedCount++;
    }
  }
}

function sampleCountOf(data: Uint8Array): number {
  return (data[0] << 8) | data[1];
}

/** A chunk gives stale markers its layout, and says of all but its first that no reset came before. */
function asLogged(histogram: FloatHistogram): FloatHistogram {
  if (!isStaleHistogram(histogram)) return histogram;
  const isGauge = histogram.counterResetHint === 'gauge';
  return { ...STALE_HISTOGRAM, counterResetHint: isGauge ? 'gauge' : 'unknown' };
}
