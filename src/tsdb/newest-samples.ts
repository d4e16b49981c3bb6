import type { SampleColumns } from '#storage';
import { baseOf, isMapped } from './chunk-memory.ts';
import { isHistogramChunk } from './histogram-chunk.ts';
import { REGION_BLOCKS_LOG2 } from './memory.ts';
import type { MemoryViews } from './memory.ts';

/** Exponents of infinities and NaN. */
const EXPONENT = 0x7ff0_0000;

/** The newest float of each series of a selection, so that an instant query need not decode a chunk. */
export class NewestSamples {
  /** NaN where the newest sample is not a float. */
  readonly #timesMs: Float64Array;
  readonly #values: Float64Array;
  /** The same: low half, high half. */
  readonly #words: Int32Array;

  constructor(count: number) {
    this.#timesMs = new Float64Array(count).fill(NaN);
    this.#values = new Float64Array(count);
    this.#words = new Int32Array(this.#values.buffer);
  }

  /** Holds if no batch begins meanwhile. `chunks`: the newest one of each series. */
  note(views: MemoryViews, rows: Int32Array, chunks: Int32Array): void {
    const timesMs = this.#timesMs;
    const words = this.#words;
    const { seriesMaxTime, seriesLastHigh, seriesLastLow } = views;
    for (let i = 0; i < timesMs.length; i++) {
      const row = rows[i];
      timesMs[i] = endsInFloat(views, chunks[i]) ? seriesMaxTime[row] : NaN;
      words[2 * i] = seriesLastLow[row];
      words[2 * i + 1] = seriesLastHigh[row];
    }
  }

  forget(): void {
    this.#timesMs.fill(NaN);
  }

  /** Appends the sample of a series. False where it does not lie within the bounds, or is not known. */
  take(
    index: number,
    { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
    columns: SampleColumns,
  ): boolean {
    const timeMs = this.#timesMs[index];
    if (!(timeMs >= startMs && timeMs <= endMs)) return false;
    const row = columns.length;
    columns.push(timeMs, this.#values[index]);
    // By its bytes: a NaN keeps its bits.
    if ((this.#words[2 * index + 1] & EXPONENT) === EXPONENT) {
      columns.values.set(this.#values.subarray(index, index + 1), row);
    }
    return true;
  }
}

function endsInFloat(views: MemoryViews, chunk: number): boolean {
  if (chunk === 0 || !isMapped(views, chunk)) return false;
  return !isHistogramChunk(views.regionWords[chunk >>> REGION_BLOCKS_LOG2], baseOf(chunk));
}
