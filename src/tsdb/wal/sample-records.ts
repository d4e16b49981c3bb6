import { ByteWriter } from '#bytes';
import type { FloatHistogram } from '#model';
import { encodeHistograms, histogramRecordType } from './histogram-records.ts';
import type { LoggedHistogram } from './histogram-records.ts';
import { encodeSamples } from './records.ts';
import type { SampleBatch } from './records.ts';
import type { WalWriter } from './writer.ts';

/** Records are ended near a mebibyte, so that no reader must hold more: so many samples. */
const RECORD_SAMPLES = 65_536;
/** The same in histograms: they take some hundreds of bytes. */
const RECORD_HISTOGRAMS = 4096;

/** A histogram by the row of its series. */
export interface RowHistogram {
  readonly row: number;
  readonly timeMs: number;
  readonly histogram: FloatHistogram;
}

/** Turns samples into records of a log. Keeps its memory from batch to batch. */
export class SampleRecords {
  readonly #record: ByteWriter = new ByteWriter(1 << 16);

  /** Rows `first` to `last` (exclusive). `refs`: by row, the numbers of the log. */
  // eslint-disable-next-line max-params -- as the columns have it
  addSamples(
    writer: WalWriter,
    refs: Float64Array,
    batch: SampleBatch,
    first: number,
    last: number,
  ): void {
    for (let start = first; start < last; start += RECORD_SAMPLES) {
      const end = Math.min(last, start + RECORD_SAMPLES);
      encodeSamples(this.#record, batch, refs, { start, end });
      this.#endRecord(writer);
    }
  }

  /** One record for each run of the same type, so that a series' samples stay in order. */
  addHistograms(writer: WalWriter, refs: Float64Array, histograms: readonly RowHistogram[]): void {
    let run: LoggedHistogram[] = [];
    let runType = 0;
    const endRun = (): void => {
      if (run.length > 0) encodeHistograms(this.#record, runType, run);
      this.#endRecord(writer);
    };
    for (const { row, timeMs, histogram } of histograms) {
      const type = histogramRecordType(histogram);
      if (type !== runType || run.length === RECORD_HISTOGRAMS) {
        endRun();
        run = [];
        runType = type;
      }
      run.push({ ref: refs[row], timeMs, histogram });
    }
    endRun();
  }

  #endRecord(writer: WalWriter): void {
    if (this.#record.length > 0) writer.add(this.#record.view());
    this.#record.clear();
  }
}
