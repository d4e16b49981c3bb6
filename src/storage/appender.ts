import type { Exemplar, FloatHistogram, Labels, Metadata } from '#model';
import type { SampleRow } from './columns.ts';
import type { LabelSpans } from './label-spans.ts';

/** Names a series inside one storage for as long as the process lives. 0 names none. */
export type SeriesRef = number;

/**
 * What became of one sample. Numbers, because the sample path must neither allocate nor throw.
 * The classes are Prometheus' (storage/interface.go: ErrOutOfOrderSample,
 * ErrOutOfBounds for `tooOld`, ErrTooOldSample for `beyondWindow`, ...).
 */
export const AppendStatus = {
  ok: 0,
  /** Older than the newest sample of its series. */
  outOfOrder: 1,
  /** Same timestamp as the newest sample, another value. (The same value again is `ok`, not stored twice.) */
  duplicate: 2,
  /** Before what the storage accepts at all. */
  tooOld: 3,
  /** The reference is not (or no longer) known: ask `seriesRef` again. */
  unknownSeries: 4,
  /** A limit of the storage is reached (memory, disk, series). */
  limit: 5,
  /** Older than samples out of order may be, where the storage takes such samples. */
  beyondWindow: 6,
} as const;
export type AppendStatus = (typeof AppendStatus)[keyof typeof AppendStatus];

/**
 * One batch of writes. Samples are visible to queries once `commit` has returned, and then survive the
 * death of the process. After `commit` or `rollback` the appender is spent.
 */
export interface Appender {
  /** While true, samples that are older than the newest of their series are refused whatever the storage would take. */
  refusesLate?: boolean;
  /** Finds or makes the series. Throws StorageLimitError where a limit forbids a new one. */
  seriesRef(labels: Labels): SeriesRef;
  /**
   * The series that has exactly these labels, 0 where there is none. Nothing need be checked before: what
   * is found was checked when it was made, byte for byte. Makes no strings.
   */
  findSeries(labels: LabelSpans): SeriesRef;
  /**
   * Finds or makes the series. The caller has made sure that the names are sorted by their bytes, given
   * once and not empty, that no value is empty, and that all is UTF-8. Throws as `seriesRef`.
   */
  seriesRefOfSpans(labels: LabelSpans): SeriesRef;
  append(ref: SeriesRef, timestampMs: number, value: number): AppendStatus;
  /**
   * The same as `append` for one after the other, but cheaper; storages may do without. Puts down what became of each in
   * `statuses`; the answer is how many were not taken.
   */
  appendRow?(row: SampleRow, timestampMs: number): number;
  appendHistogram(ref: SeriesRef, timestampMs: number, histogram: FloatHistogram): AppendStatus;
  appendExemplar(ref: SeriesRef, exemplar: Exemplar, sampleTimestampMs: number): AppendStatus;
  /** Metadata of a metric family as one target describes it. */
  setMetadata(ref: SeriesRef, metadata: Metadata): void;
  /**
   * Does a part of the commit in advance: logs the series that were made up to now. For who fills a batch in slices and
   * must not hold the thread long at the end. Throws as `commit`; then only `rollback` may follow.
   */
  logSeries?(): void;
  /** Writes the log, then publishes. Throws StorageError where the log cannot be written; nothing is published then. */
  commit(): void;
  rollback(): void;
}

export interface Appendable {
  appender(): Appender;
}

/** `too-late`: a batch waited so long that a block was made of its time. */
export type StorageErrorCode = 'log-write' | 'limit' | 'closed' | 'too-late';

export class StorageError extends Error {
  readonly code: StorageErrorCode;
  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageError';
    this.code = code;
  }
}
