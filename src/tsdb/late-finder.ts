import { BatchColumns } from './batch.ts';
import type { BatchSection, PendingHistogram } from './batch.ts';
import type { Head } from './head.ts';

/** Which of a batch came out of order: 1 by index. Valid until the next batch. */
export interface FoundLate {
  readonly samples: Uint8Array;
  readonly histograms: Uint8Array;
  readonly count: number;
}

/**
 * Tells what of a batch goes behind the newest sample of its series from what is late. A batch may be late in
 * itself, and another one may have come since its samples were checked. Keeps its memory from batch to batch.
 */
export class LateFinder {
  /** For what is found. */
  readonly columns: BatchColumns = new BatchColumns();
  readonly #head: Head;
  /** By row, the batch that `#newest` is of. */
  #stamps: Int32Array = new Int32Array(0);
  #newest: Float64Array = new Float64Array(0);
  #stamp = 0;
  #samples: Uint8Array = new Uint8Array(0);
  #histograms: Uint8Array = new Uint8Array(0);

  constructor(head: Head) {
    this.#head = head;
  }

  find(
    columns: BatchColumns,
    histograms: readonly PendingHistogram[],
    sections: readonly BatchSection[],
  ): FoundLate {
    this.#begin(columns.count, histograms.length);
    let count = 0;
    let sample = 0;
    let histogram = 0;
    for (const section of sections) {
      count += this.#findSamples(columns, sample, section.samples);
      for (; histogram < section.histograms; histogram++) {
        const { row, timeMs } = histograms[histogram];
        if (this.#follows(row, timeMs)) continue;
        this.#histograms[histogram] = 1;
        count++;
      }
      sample = section.samples;
    }
    return { samples: this.#samples, histograms: this.#histograms, count };
  }

  #begin(sampleCount: number, histogramCount: number): void {
    const rows = this.#head.views.seriesLabels.length;
    this.#stamp++;
    if (this.#stamps.length < rows) {
      this.#stamps = new Int32Array(rows);
      this.#newest = new Float64Array(rows);
    }
    if (this.#samples.length < sampleCount) this.#samples = new Uint8Array(sampleCount * 2);
    else this.#samples.fill(0, 0, sampleCount);
    if (this.#histograms.length < histogramCount) {
      this.#histograms = new Uint8Array(histogramCount * 2);
    } else this.#histograms.fill(0, 0, histogramCount);
  }

  #findSamples({ rows, times }: BatchColumns, start: number, end: number): number {
    let count = 0;
    for (let i = start; i < end; i++) {
      if (this.#follows(rows[i], times[i])) continue;
      this.#samples[i] = 1;
      count++;
    }
    return count;
  }

  /** Of the same time counts as following: the head knows what to do with it. */
  #follows(row: number, timeMs: number): boolean {
    const head = this.#head;
    if (timeMs < head.minValidMs) return false;
    if (this.#stamps[row] === this.#stamp) {
      if (timeMs < this.#newest[row]) return false;
    } else {
      const hasSamples = head.views.seriesLastChunk[row] !== 0;
      if (hasSamples && timeMs < head.series.encoder.lastTime[row]) return false;
      this.#stamps[row] = this.#stamp;
    }
    this.#newest[row] = timeMs;
    return true;
  }
}
