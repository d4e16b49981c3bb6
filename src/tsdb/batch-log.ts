import { ByteWriter } from '#bytes';
import type {
  BatchColumns,
  BatchContent,
  PendingExemplar,
  PendingHistogram,
  PendingMetadata,
} from './batch.ts';
import type { Head } from './head.ts';
import type { DeletedRows } from './head-deletions.ts';
import type { MetadataTable } from './metadata-table.ts';
import {
  encodeExemplars,
  encodeMetadata,
  encodeMetadataHeader,
  encodeSamples,
  encodeSeries,
  encodeSeriesHeader,
  encodeTombstone,
  encodeTombstonesHeader,
} from './wal/records.ts';
import { encodeHistograms, histogramRecordType } from './wal/histogram-records.ts';
import type { LoggedHistogram } from './wal/histogram-records.ts';
import type { Wal } from './wal/log.ts';

/** Records are ended near this size, so that no reader must hold more. Bytes. */
const RECORD_BYTES = 1 << 20;
/** About the same in samples. */
const RECORD_SAMPLES = 65_536;
/** The same in histograms: they take some hundreds of bytes. */
const RECORD_HISTOGRAMS = 4096;

/** Turns batches into records of the log. */
export class BatchLog {
  readonly #head: Head;
  readonly #metadata: MetadataTable;
  readonly #wal: Wal;
  readonly #record: ByteWriter = new ByteWriter(RECORD_BYTES);
  /** Newest sample in the segment that is being written; -Infinity: none. */
  segmentMaxTimeMs: number = -Infinity;

  constructor(head: Head, metadata: MetadataTable, wal: Wal) {
    this.#head = head;
    this.#metadata = metadata;
    this.#wal = wal;
  }

  /** Throws StorageError `log-write`; nothing of the batch counts as logged then. */
  write(content: BatchContent): void {
    const { columns, exemplars, metadata } = content;
    const added = this.#addSeries(content);
    try {
      this.#addMetadata(metadata);
      let start = 0;
      let histogramStart = 0;
      for (const { samples, histograms } of content.sections) {
        this.#addSamples(columns, start, samples);
        this.#addHistograms(content.histograms.slice(histogramStart, histograms));
        start = samples;
        histogramStart = histograms;
      }
      this.#addExemplars(exemplars);
      this.#commit();
    } catch (error) {
      this.#wal.writer.discard();
      for (const row of added) this.#head.series.logged[row] = 0;
      throw error;
    }
    this.#noteTimes(content);
  }

  /** Of the rows from an index up to another. Throws StorageError `log-write`; nothing of it counts as logged then. */
  writeDeletions(
    { rows, startTimesMs, endTimesMs }: DeletedRows,
    start: number,
    end: number,
  ): void {
    const record = this.#record;
    const { walRef, logged } = this.#head.series;
    for (let i = start; i < end; i++) {
      // A series that the log does not know has no samples there.
      if (logged[rows[i]] === 0) continue;
      if (record.length === 0) encodeTombstonesHeader(record);
      encodeTombstone(record, walRef[rows[i]], startTimesMs[i], endTimesMs[i]);
      if (record.length > RECORD_BYTES) this.#endRecord();
    }
    this.#endRecord();
    this.#commit();
  }

  #commit(): void {
    const { writer } = this.#wal;
    const { segment } = writer;
    try {
      writer.commit();
    } finally {
      // The segment may have ended although the batch found no room in the next one.
      if (writer.segment !== segment) {
        this.#wal.noteSegment(segment, this.segmentMaxTimeMs);
        this.segmentMaxTimeMs = -Infinity;
      }
    }
  }

  #noteTimes({ columns, histograms, exemplars }: BatchContent): void {
    let maxTimeMs = this.segmentMaxTimeMs;
    for (const { exemplar } of exemplars) maxTimeMs = Math.max(maxTimeMs, exemplar.timestampMs);
    for (const { timeMs } of histograms) if (timeMs > maxTimeMs) maxTimeMs = timeMs;
    for (let i = 0; i < columns.count; i++) {
      if (columns.times[i] > maxTimeMs) maxTimeMs = columns.times[i];
    }
    this.segmentMaxTimeMs = maxTimeMs;
  }

  /** Records of series that the log does not know; the answer is their rows, marked as logged. */
  #addSeries({ columns, histograms, exemplars, metadata }: BatchContent): number[] {
    const { logged } = this.#head.series;
    const added: number[] = [];
    const add = (row: number): void => {
      if (logged[row] === 1) return;
      logged[row] = 1;
      added.push(row);
    };
    for (let i = 0; i < columns.count; i++) if (logged[columns.rows[i]] === 0) add(columns.rows[i]);
    for (const { row } of histograms) add(row);
    for (const { row } of exemplars) add(row);
    for (const { row } of metadata) add(row);
    this.#encodeSeries(added);
    return added;
  }

  #encodeSeries(rows: readonly number[]): void {
    const record = this.#record;
    const { series } = this.#head;
    record.clear();
    for (const row of rows) {
      if (record.length === 0) encodeSeriesHeader(record);
      encodeSeries(record, series.walRef[row], series.labelsOf(row));
      if (record.length > RECORD_BYTES) this.#endRecord();
    }
    this.#endRecord();
  }

  #addMetadata(metadata: readonly PendingMetadata[]): void {
    const record = this.#record;
    for (const { row, metadataId } of metadata) {
      if (record.length === 0) encodeMetadataHeader(record);
      encodeMetadata(record, this.#head.series.walRef[row], this.#metadata.at(metadataId));
      if (record.length > RECORD_BYTES) this.#endRecord();
    }
    this.#endRecord();
  }

  #addSamples(columns: BatchColumns, first: number, last: number): void {
    const { walRef } = this.#head.series;
    for (let start = first; start < last; start += RECORD_SAMPLES) {
      const end = Math.min(last, start + RECORD_SAMPLES);
      encodeSamples(this.#record, columns, walRef, { start, end });
      this.#endRecord();
    }
  }

  /** One record for each run of the same type, so that a series' samples stay in order. */
  #addHistograms(histograms: readonly PendingHistogram[]): void {
    const { walRef } = this.#head.series;
    let run: LoggedHistogram[] = [];
    let runType = 0;
    for (const { row, timeMs, histogram } of histograms) {
      const type = histogramRecordType(histogram);
      if (type !== runType || run.length === RECORD_HISTOGRAMS) {
        this.#endRun(runType, run);
        run = [];
        runType = type;
      }
      run.push({ ref: walRef[row], timeMs, histogram });
    }
    this.#endRun(runType, run);
  }

  #endRun(type: number, run: readonly LoggedHistogram[]): void {
    if (run.length > 0) encodeHistograms(this.#record, type, run);
    this.#endRecord();
  }

  #addExemplars(exemplars: readonly PendingExemplar[]): void {
    if (exemplars.length === 0) return;
    const { walRef } = this.#head.series;
    const logged = exemplars.map(({ row, exemplar }) => ({
      ref: walRef[row],
      timeMs: exemplar.timestampMs,
      value: exemplar.value,
      labels: exemplar.labels,
    }));
    encodeExemplars(this.#record, logged);
    this.#endRecord();
  }

  #endRecord(): void {
    if (this.#record.length > 0) this.#wal.writer.add(this.#record.view());
    this.#record.clear();
  }
}
