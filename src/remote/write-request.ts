import type { Exemplar, FloatHistogram, Labels, Metadata } from '#model';

/** One series of a request. Its float samples are rows of the request's columns. */
export interface WriteSeries {
  /** Sorted, without empty values; names given twice stand twice. Empty where `problem` is set. */
  readonly labels: Labels;
  /** Why the series cannot be taken. */
  readonly problem: string | undefined;
  /** Rows `sampleStart` to `sampleEnd` (not included) of the columns. */
  readonly sampleStart: number;
  readonly sampleEnd: number;
  readonly histograms: readonly WriteHistogram[];
  readonly exemplars: readonly Exemplar[];
  /** Remote write 2.0 only. */
  readonly metadata: Metadata | undefined;
}

export interface WriteHistogram {
  readonly timestampMs: number;
  readonly histogram: FloatHistogram;
  /** Why it cannot be taken. */
  readonly problem: string | undefined;
}

/** The samples of a request: columns, so that a million of them are two arrays. */
export interface WriteRequest {
  readonly series: readonly WriteSeries[];
  readonly timestampsMs: Float64Array;
  /** The stale marker with its exact bits. */
  readonly values: Float64Array;
}

/** The two messages of remote write, 1.0 and 2.0, as a Content-Type names them. */
export type WriteMessage = 'prometheus.WriteRequest' | 'io.prometheus.write.v2.Request';

export const WRITE_MESSAGES: readonly WriteMessage[] = [
  'prometheus.WriteRequest',
  'io.prometheus.write.v2.Request',
];
