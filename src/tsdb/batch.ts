import { STALE_HISTOGRAM, STALE_NAN_HIGH, STALE_NAN_LOW, histogramsEqual } from '#model';
import type { Exemplar, FloatHistogram, Labels, Metadata } from '#model';
import type { Histogram } from '#instrument';
import { AppendStatus, StorageError } from '#storage';
import type { Appender, LabelSpans, SampleRow, SeriesRef } from '#storage';
import type { ExemplarStore } from './exemplars.ts';
import type { Head } from './head.ts';
import type { MetadataTable } from './metadata-table.ts';
import type { BatchLog } from './batch-log.ts';
import { blocksAtMost, blocksNeeded } from './batch-room.ts';
import type { LateFinder } from './late-finder.ts';
import type { OpenBatch } from './open-batches.ts';

const SAMPLES_START = 1024;

/** Columns of a batch, used again by the next one. */
export class BatchColumns {
  rows: Int32Array = new Int32Array(SAMPLES_START);
  /** What the rows were asked for by; a series may go while its batch waits. */
  refs: Float64Array = new Float64Array(SAMPLES_START);
  times: Float64Array = new Float64Array(SAMPLES_START);
  values: Float64Array = new Float64Array(SAMPLES_START);
  /** The values as halves, the low one first. */
  words: Int32Array = new Int32Array(this.values.buffer);
  count = 0;

  grow(): void {
    const length = this.rows.length * 2;
    const { rows, refs, times, words } = this;
    this.rows = new Int32Array(length);
    this.rows.set(rows);
    this.refs = new Float64Array(length);
    this.refs.set(refs);
    this.times = new Float64Array(length);
    this.times.set(times);
    this.values = new Float64Array(length);
    this.words = new Int32Array(this.values.buffer);
    this.words.set(words);
  }
}

export interface PendingHistogram {
  readonly ref: SeriesRef;
  readonly row: number;
  readonly timeMs: number;
  readonly histogram: FloatHistogram;
}

/** Floats up to, then histograms up to: a series that changes from histograms to floats begins another section. */
export interface BatchSection {
  samples: number;
  histograms: number;
}

/** All of a batch. */
export interface BatchContent {
  readonly columns: BatchColumns;
  readonly histograms: readonly PendingHistogram[];
  readonly sections: readonly BatchSection[];
  readonly exemplars: readonly PendingExemplar[];
  readonly metadata: readonly PendingMetadata[];
  /** Those that came out of order; undefined where none did. */
  readonly late: LateContent | undefined;
}

/** What of a batch came out of order. */
export interface LateContent {
  readonly columns: BatchColumns;
  readonly histograms: readonly PendingHistogram[];
}

export interface PendingExemplar {
  readonly ref: SeriesRef;
  readonly row: number;
  readonly exemplar: Exemplar & { readonly timestampMs: number };
}

export interface PendingMetadata {
  readonly ref: SeriesRef;
  readonly row: number;
  readonly metadataId: number;
}

/** What a batch is written to. */
export interface BatchTarget {
  readonly head: Head;
  readonly exemplars: ExemplarStore;
  readonly metadata: MetadataTable;
  readonly log: BatchLog;
  readonly lateFinder: LateFinder;
  /** Seconds. */
  readonly lateDelays: Histogram;
  readonly counters: AppendCounters;
  /** Throws StorageError `closed`. */
  assertOpen(): void;
  takeColumns(batch: OpenBatch): BatchColumns;
  giveBack(batch: OpenBatch, columns: BatchColumns): void;
}

export interface AppendCounters {
  outOfOrder: number;
  /** Of series that have left the head. */
  notFound: number;
  outOfBounds: number;
  duplicate: number;
  /** Beyond the out-of-order window. */
  tooOld: number;
  /** For want of memory. */
  refused: number;
}

/** One batch of writes; see Appender. Samples wait in columns until the log has them. */
export class Batch implements Appender, OpenBatch {
  readonly #target: BatchTarget;
  readonly #columns: BatchColumns;
  #histograms: PendingHistogram[] = [];
  /** Closed ones; the last section goes to the end. */
  #sections: BatchSection[] = [];
  /** The newest histogram of each series in this section; undefined while there is none. */
  #newest: Map<number, PendingHistogram> | undefined;
  #exemplars: PendingExemplar[] = [];
  #metadata: PendingMetadata[] = [];
  #late: LateContent | undefined;
  /** How many series had been removed when the batch began. */
  readonly #removed: number;
  /** What the head took when the batch began. */
  readonly #minValidMs: number;
  /** The series of so many samples are in the log. */
  #seriesLogged = 0;
  #isSpent = false;
  refusesLate = false;

  constructor(target: BatchTarget) {
    target.assertOpen();
    this.#target = target;
    this.#columns = target.takeColumns(this);
    this.#columns.count = 0;
    this.#removed = target.head.series.removed;
    this.#minValidMs = target.head.minValidMs;
  }

  seriesRef(labels: Labels): SeriesRef {
    const { head } = this.#target;
    return head.series.refOf(head.seriesRow(labels));
  }

  findSeries(labels: LabelSpans): SeriesRef {
    const { series } = this.#target.head;
    return series.refOf(series.find(labels));
  }

  seriesRefOfSpans(labels: LabelSpans): SeriesRef {
    const { head } = this.#target;
    return head.series.refOf(head.seriesRowOfSpans(labels));
  }

  append(ref: SeriesRef, timestampMs: number, value: number): AppendStatus {
    const { head } = this.#target;
    const columns = this.#columns;
    const timeMs = Math.trunc(timestampMs);
    const row = head.series.rowOf(ref);
    if (row === 0) return this.#refuse(AppendStatus.unknownSeries);
    const at = columns.count;
    if (at === columns.rows.length) columns.grow();
    columns.values[at] = value;
    if (value !== value && keepNaN(columns.words, at) && this.#endsInHistogram(row)) {
      return this.appendHistogram(ref, timestampMs, STALE_HISTOGRAM);
    }
    if (this.#newest?.has(row) === true) this.#beginSection();
    const high = columns.words[at * 2 + 1];
    const low = columns.words[at * 2];
    let status = head.check(row, timeMs, high, low);
    if (status !== AppendStatus.ok && this.#mayBeLate(status)) status = this.#checkLate(timeMs);
    if (status !== AppendStatus.ok) return this.#refuse(status);
    if (at > 0 && columns.rows[at - 1] === row && timeMs <= columns.times[at - 1]) {
      const repeated = this.#repeated(at, timeMs);
      if (repeated !== undefined) return repeated;
    }
    columns.rows[at] = row;
    columns.refs[at] = ref;
    columns.times[at] = timeMs;
    columns.count = at + 1;
    return AppendStatus.ok;
  }

  appendRow(samples: SampleRow, timestampMs: number): number {
    const { head } = this.#target;
    const columns = this.#columns;
    const timeMs = Math.trunc(timestampMs);
    const { refs, values, statuses, count } = samples;
    while (columns.count + count > columns.rows.length) columns.grow();
    const { rows } = columns;
    // What is not new and plain goes the long way.
    const isPlain = this.#newest === undefined && head.takes(timeMs);
    let refused = 0;
    for (let i = 0; i < count; i++) {
      const row = head.series.rowOf(refs[i]);
      const value = values[i];
      const at = columns.count;
      const isSame = at > 0 && rows[at - 1] === row;
      if (isPlain && row !== 0 && value === value && !isSame && head.isNewer(row, timeMs)) {
        rows[at] = row;
        columns.refs[at] = refs[i];
        columns.times[at] = timeMs;
        columns.values[at] = value;
        columns.count = at + 1;
        statuses[i] = AppendStatus.ok;
        continue;
      }
      const status = this.append(refs[i], timestampMs, value);
      statuses[i] = status;
      if (status !== AppendStatus.ok) refused++;
    }
    return refused;
  }

  appendHistogram(ref: SeriesRef, timestampMs: number, histogram: FloatHistogram): AppendStatus {
    const { head } = this.#target;
    const timeMs = Math.trunc(timestampMs);
    const row = head.series.rowOf(ref);
    if (row === 0) return this.#refuse(AppendStatus.unknownSeries);
    let status = head.checkHistogram(row, timeMs, histogram);
    if (status !== AppendStatus.ok && this.#mayBeLate(status)) {
      status = this.#checkLate(timeMs);
      if (status === AppendStatus.ok) {
        this.#histograms.push({ ref, row, timeMs, histogram });
        return status;
      }
    }
    if (status !== AppendStatus.ok) return this.#refuse(status);
    this.#newest ??= new Map();
    const before = this.#newest.get(row);
    if (before !== undefined && timeMs <= before.timeMs) {
      if (timeMs < before.timeMs) {
        if (!this.#mayBeLate(AppendStatus.outOfOrder)) return this.#refuse(AppendStatus.outOfOrder);
        const late = this.#checkLate(timeMs);
        if (late !== AppendStatus.ok) return this.#refuse(late);
        this.#histograms.push({ ref, row, timeMs, histogram });
        return late;
      }
      const isSame = histogramsEqual(before.histogram, histogram);
      return isSame ? AppendStatus.ok : this.#refuse(AppendStatus.duplicate);
    }
    const pending = { ref, row, timeMs, histogram };
    this.#histograms.push(pending);
    this.#newest.set(row, pending);
    return AppendStatus.ok;
  }

  /** Whether a sample that is refused by its place in time may be taken all the same. */
  #mayBeLate(status: AppendStatus): boolean {
    if (this.refusesLate || this.#target.head.lateWindowMs === 0) return false;
    return status === AppendStatus.outOfOrder || status === AppendStatus.tooOld;
  }

  #checkLate(timeMs: number): AppendStatus {
    const { head, lateDelays } = this.#target;
    const delayMs = head.maxTimeMs - timeMs;
    if (delayMs > 0) lateDelays.observe(delayMs / 1000);
    return head.checkLate(timeMs);
  }

  /** What ends such a series is a histogram too. */
  #endsInHistogram(row: number): boolean {
    return this.#newest?.has(row) === true || this.#target.head.endsInHistogram(row);
  }

  #beginSection(): void {
    this.#sections.push(this.#lastSection());
    this.#newest = undefined;
  }

  #lastSection(): BatchSection {
    return { samples: this.#columns.count, histograms: this.#histograms.length };
  }

  appendExemplar(ref: SeriesRef, exemplar: Exemplar, sampleTimestampMs: number): AppendStatus {
    const { head, exemplars } = this.#target;
    const row = head.series.rowOf(ref);
    if (row === 0) return this.#refuse(AppendStatus.unknownSeries);
    const timed = { ...exemplar, timestampMs: exemplar.timestampMs ?? sampleTimestampMs };
    const status = exemplars.check(ref, timed);
    if (status !== AppendStatus.ok) {
      exemplars.outOfOrder += status === AppendStatus.outOfOrder ? 1 : 0;
      return status;
    }
    if (exemplars.max > 0 && !exemplars.isKnown(ref, timed)) {
      this.#exemplars.push({ ref, row, exemplar: timed });
    }
    return AppendStatus.ok;
  }

  setMetadata(ref: SeriesRef, metadata: Metadata): void {
    const { head, metadata: table } = this.#target;
    const row = head.series.rowOf(ref);
    if (row === 0) return;
    const metadataId = table.idOf(metadata);
    if (metadataId !== 0) this.#metadata.push({ ref, row, metadataId });
  }

  logSeries(): void {
    this.#assertNotSpent();
    this.#target.assertOpen();
    this.#target.log.writeSeries(this.#columns, this.#seriesLogged);
    this.#seriesLogged = this.#columns.count;
  }

  commit(): void {
    this.#assertNotSpent();
    const { log } = this.#target;
    try {
      this.#target.assertOpen();
      this.#sections.push(this.#lastSection());
      if (this.#target.head.series.removed !== this.#removed) this.#dropRemoved();
      this.#late = this.#takeLate();
      if (this.#target.head.minValidMs !== this.#minValidMs) this.#assertNotLate();
      this.#assertRoom();
      if (this.#metadata.length > 0) this.#metadata = this.#newDescriptions();
      log.write({
        columns: this.#columns,
        histograms: this.#histograms,
        sections: this.#sections,
        exemplars: this.#exemplars,
        metadata: this.#metadata,
        late: this.#late,
      });
      this.#publish();
    } finally {
      this.#end();
    }
  }

  markRows(marks: Uint8Array): void {
    const { rows, count } = this.#columns;
    for (let i = 0; i < count; i++) marks[rows[i]] = 1;
    for (const { row } of this.#histograms) marks[row] = 1;
  }

  rollback(): void {
    if (!this.#isSpent) this.#end();
  }

  /** One series says for its metric what the log does not know yet. */
  #newDescriptions(): PendingMetadata[] {
    const { head, metadata } = this.#target;
    const seen = new Map<number, number>();
    return this.#metadata.filter(({ row, metadataId }) => {
      const pair = head.series.metricPair(row);
      if (pair === 0 || seen.get(pair) === metadataId) return false;
      seen.set(pair, metadataId);
      return metadata.isNew(head.series.metricOf(row), metadataId);
    });
  }

  /** What is in the log must find its place in memory. */
  #assertRoom(): void {
    const { head, counters } = this.#target;
    const content = { columns: this.#columns, histograms: this.#histograms };
    // A late float takes a block, or a part of one.
    const lateBlocks = this.#late === undefined ? 0 : blocksAtMost(this.#late);
    if (head.hasRoom(blocksAtMost(content) + lateBlocks)) return;
    const blocks = blocksNeeded(content, head) + lateBlocks;
    if (head.hasRoom(blocks)) return;
    const count = content.columns.count + content.histograms.length;
    counters.refused += count;
    const message = `cannot keep ${count} samples at once: the memory for samples is used up`;
    throw new StorageError('limit', message);
  }

  /** In the head nobody would find what a block was made of meanwhile. */
  #assertNotLate(): void {
    const { minValidMs, horizonMs } = this.#target.head;
    const isLate = (timeMs: number): boolean => timeMs < minValidMs && timeMs >= horizonMs;
    const { times, count } = this.#columns;
    let found = this.#histograms.some(({ timeMs }) => isLate(timeMs));
    for (let i = 0; i < count && !found; i++) found = isLate(times[i]);
    if (!found) return;
    throw new StorageError('too-late', 'cannot commit a batch that waited until a block was made');
  }

  /** Leaves out what belongs to series that were removed since the batch began. */
  #dropRemoved(): void {
    const { series } = this.#target.head;
    const { refs } = this.#columns;
    this.#keep(
      (i) => series.rowOf(refs[i]) !== 0,
      ({ ref }) => series.rowOf(ref) !== 0,
    );
    this.#exemplars = this.#exemplars.filter(({ ref }) => series.rowOf(ref) !== 0);
    this.#metadata = this.#metadata.filter(({ ref }) => series.rowOf(ref) !== 0);
  }

  /** Takes out what does not go behind the newest sample of its series. */
  #takeLate(): LateContent | undefined {
    const { head, lateFinder } = this.#target;
    if (head.lateWindowMs === 0) return undefined;
    const found = lateFinder.find(this.#columns, this.#histograms, this.#sections);
    if (found.count === 0) return undefined;
    const late = lateFinder.columns;
    late.count = 0;
    const histograms: PendingHistogram[] = [];
    const { rows, times } = this.#columns;
    this.#keep(
      (i) => {
        if (found.samples[i] === 0) return true;
        if (!head.late.has(rows[i], times[i])) addRow(late, this.#columns, i);
        return false;
      },
      (histogram, i) => {
        if (found.histograms[i] === 0) return true;
        if (!head.late.has(histogram.row, histogram.timeMs)) histograms.push(histogram);
        return false;
      },
    );
    return { columns: late, histograms };
  }

  /** Leaves samples and histograms out, and moves the ends of sections. */
  #keep(
    keepsSample: (index: number) => boolean,
    keepsHistogram: (histogram: PendingHistogram, index: number) => boolean,
  ): void {
    const { rows, refs, times, words } = this.#columns;
    const histograms = this.#histograms;
    const kept: PendingHistogram[] = [];
    let histogram = 0;
    let sample = 0;
    let keptSamples = 0;
    for (const section of this.#sections) {
      for (; sample < section.samples; sample++) {
        if (!keepsSample(sample)) continue;
        rows[keptSamples] = rows[sample];
        refs[keptSamples] = refs[sample];
        times[keptSamples] = times[sample];
        words.copyWithin(keptSamples * 2, sample * 2, sample * 2 + 2);
        keptSamples++;
      }
      for (; histogram < section.histograms; histogram++) {
        if (keepsHistogram(histograms[histogram], histogram)) kept.push(histograms[histogram]);
      }
      section.samples = keptSamples;
      section.histograms = kept.length;
    }
    this.#columns.count = keptSamples;
    this.#histograms = kept;
  }

  /** A second sample of a series in the same batch that does not come after the first. Undefined: it is taken. */
  #repeated(at: number, timeMs: number): AppendStatus | undefined {
    const { times, words } = this.#columns;
    if (timeMs < times[at - 1]) {
      if (!this.#mayBeLate(AppendStatus.outOfOrder)) return this.#refuse(AppendStatus.outOfOrder);
      const late = this.#checkLate(timeMs);
      return late === AppendStatus.ok ? undefined : this.#refuse(late);
    }
    const isSame = words[at * 2] === words[at * 2 - 2] && words[at * 2 + 1] === words[at * 2 - 1];
    return isSame ? AppendStatus.ok : this.#refuse(AppendStatus.duplicate);
  }

  #refuse(status: AppendStatus): AppendStatus {
    const { counters } = this.#target;
    if (status === AppendStatus.outOfOrder) counters.outOfOrder++;
    else if (status === AppendStatus.unknownSeries) counters.notFound++;
    else if (status === AppendStatus.tooOld) counters.outOfBounds++;
    else if (status === AppendStatus.beyondWindow) counters.tooOld++;
    else if (status === AppendStatus.duplicate) counters.duplicate++;
    else if (status === AppendStatus.limit) counters.refused++;
    return status;
  }

  #publish(): void {
    const { head } = this.#target;
    head.beginBatch();
    try {
      let sample = 0;
      let histogram = 0;
      for (const section of this.#sections) {
        this.#publishSamples(sample, section.samples);
        this.#publishHistograms(histogram, section.histograms);
        sample = section.samples;
        histogram = section.histograms;
      }
      if (this.#late !== undefined) this.#publishLate(this.#late);
    } finally {
      head.endBatch();
    }
    this.#publishExemplars();
    this.#publishMetadata();
  }

  #publishSamples(start: number, end: number): void {
    const { head } = this.#target;
    const { rows, times, words } = this.#columns;
    for (let i = start; i < end; i++) {
      const status = head.append(rows[i], times[i], words[i * 2 + 1], words[i * 2]);
      if (status !== AppendStatus.ok) this.#refuse(status);
    }
  }

  #publishHistograms(start: number, end: number): void {
    const { head } = this.#target;
    for (let i = start; i < end; i++) {
      const { row, timeMs, histogram } = this.#histograms[i];
      const status = head.appendHistogram(row, timeMs, histogram);
      if (status !== AppendStatus.ok) this.#refuse(status);
    }
  }

  #publishLate({ columns, histograms }: LateContent): void {
    const { head } = this.#target;
    const { late } = head;
    const { rows, times, words, count } = columns;
    for (let i = 0; i < count; i++) {
      const isStored = late.append(rows[i], times[i], words[i * 2 + 1], words[i * 2]);
      if (isStored) head.noteLate(times[i]);
      else this.#refuse(AppendStatus.limit);
    }
    for (const { row, timeMs, histogram } of histograms) {
      if (late.appendHistogram(row, timeMs, histogram)) head.noteLate(timeMs);
      else this.#refuse(AppendStatus.limit);
    }
  }

  #publishExemplars(): void {
    const { head, exemplars } = this.#target;
    for (const { ref, row, exemplar } of this.#exemplars) {
      exemplars.add(ref, () => head.series.labelsOf(row), exemplar);
    }
  }

  #publishMetadata(): void {
    const { head, metadata } = this.#target;
    for (const { row, metadataId } of this.#metadata) {
      metadata.describe(head.series.metricOf(row), metadataId);
    }
  }

  #assertNotSpent(): void {
    if (this.#isSpent) throw new StorageError('closed', 'cannot commit a batch twice');
  }

  #end(): void {
    this.#isSpent = true;
    this.#target.giveBack(this, this.#columns);
  }
}

function addRow(to: BatchColumns, from: BatchColumns, index: number): void {
  if (to.count === to.rows.length) to.grow();
  const at = to.count++;
  to.rows[at] = from.rows[index];
  to.refs[at] = from.refs[index];
  to.times[at] = from.times[index];
  to.words[at * 2] = from.words[index * 2];
  to.words[at * 2 + 1] = from.words[index * 2 + 1];
}

/** A NaN that came through a register may have been made quiet; the stale marker gets its bits back. True: it is one. */
function keepNaN(words: Int32Array, at: number): boolean {
  const high = words[at * 2 + 1];
  if (words[at * 2] !== STALE_NAN_LOW || (high & 0x7ff7ffff) !== STALE_NAN_HIGH) return false;
  words[at * 2 + 1] = STALE_NAN_HIGH;
  return true;
}
