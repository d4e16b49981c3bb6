import { ByteWriter } from '#bytes';
import type {
  BatchColumns,
  BatchContent,
  LateContent,
  PendingExemplar,
  PendingMetadata,
} from './batch.ts';
import type { Head } from './head.ts';
import type { DeletedRows } from './head-deletions.ts';
import type { MetadataTable } from './metadata-table.ts';
import {
  encodeExemplars,
  encodeMetadata,
  encodeMetadataHeader,
  encodeSeriesHeader,
  encodeTombstone,
  encodeTombstonesHeader,
} from './wal/records.ts';
import type { LateLog } from './wal/late-log.ts';
import type { Wal } from './wal/log.ts';
import { SampleRecords } from './wal/sample-records.ts';

/** Records are ended near this size, so that no reader must hold more. Bytes. */
const RECORD_BYTES = 1 << 20;

/** Turns batches into records of the log. */
export class BatchLog {
  readonly #head: Head;
  readonly #metadata: MetadataTable;
  readonly #wal: Wal;
  readonly #late: LateLog;
  readonly #samples: SampleRecords = new SampleRecords();
  readonly #record: ByteWriter = new ByteWriter(RECORD_BYTES);
  /** Newest sample in the segment that is being written; -Infinity: none. */
  segmentMaxTimeMs: number = -Infinity;

  // eslint-disable-next-line max-params -- one caller
  constructor(head: Head, metadata: MetadataTable, wal: Wal, late: LateLog) {
    this.#head = head;
    this.#metadata = metadata;
    this.#wal = wal;
    this.#late = late;
  }

  /** Throws StorageError `log-write`; nothing of the batch counts as logged then. */
  write(content: BatchContent): void {
    const { columns, exemplars, metadata } = content;
    const added = this.#addSeries(content);
    const { writer } = this.#wal;
    const { walRef } = this.#head.series;
    try {
      this.#addMetadata(metadata);
      let start = 0;
      let histogramStart = 0;
      for (const { samples, histograms } of content.sections) {
        this.#samples.addSamples(writer, walRef, columns, start, samples);
        this.#samples.addHistograms(
          writer,
          walRef,
          content.histograms.slice(histogramStart, histograms),
        );
        start = samples;
        histogramStart = histograms;
      }
      this.#addExemplars(exemplars);
      const isWritten = this.#commit();
      if (content.late !== undefined) this.#writeLate(content.late, isWritten);
    } catch (error) {
      writer.discard();
      for (const row of added) this.#head.series.logged[row] = 0;
      throw error;
    }
    this.#noteTimes(content);
  }

  /**
   * The series of samples from an index on, ahead of their batch: without samples they do no harm in the log.
   * Throws StorageError `log-write`; none of them counts as logged then.
   */
  writeSeries({ rows, count }: BatchColumns, start: number): void {
    const { logged } = this.#head.series;
    const added: number[] = [];
    for (let i = start; i < count; i++) {
      if (logged[rows[i]] === 1) continue;
      logged[rows[i]] = 1;
      added.push(rows[i]);
    }
    try {
      this.#encodeSeries(added);
      this.#commit();
    } catch (error) {
      this.#wal.writer.discard();
      for (const row of added) logged[row] = 0;
      throw error;
    }
  }

  /** Series go on by numbers that the log has not used yet. Throws StorageError `log-write`; they keep theirs then. */
  renameSeries(rows: readonly number[]): void {
    const { series } = this.#head;
    const before = rows.map((row) => series.walRef[row]);
    for (const row of rows) series.renewWalRef(row);
    try {
      this.#encodeSeries(rows);
      this.#commit();
    } catch (error) {
      this.#wal.writer.discard();
      for (const [i, row] of rows.entries()) series.useWalRef(row, before[i]);
      throw error;
    }
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

  /** Behind the other log, which names the series. If it fails that one gives the batch back. */
  #writeLate(late: LateContent, isWritten: boolean): void {
    try {
      this.#late.write(late);
    } catch (error) {
      if (isWritten) this.#wal.writer.revoke();
      throw error;
    }
  }

  /** False where there was nothing to write. */
  #commit(): boolean {
    const { writer } = this.#wal;
    const { segment } = writer;
    try {
      return writer.commit();
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
  #addSeries({ columns, histograms, exemplars, metadata, late }: BatchContent): number[] {
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
    if (late !== undefined) {
      for (let i = 0; i < late.columns.count; i++) add(late.columns.rows[i]);
      for (const { row } of late.histograms) add(row);
    }
    this.#encodeSeries(added);
    return added;
  }

  #encodeSeries(rows: readonly number[]): void {
    const record = this.#record;
    const { series } = this.#head;
    record.clear();
    for (const row of rows) {
      if (record.length === 0) encodeSeriesHeader(record);
      record.writeInt64(series.walRef[row]);
      series.copyLabels(row, record);
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
