export interface Span {
  /** Gap to the end of the span before (first span: index of its first bucket). */
  readonly offset: number;
  readonly length: number;
}

export type CounterResetHint = 'unknown' | 'reset' | 'not_reset' | 'gauge';

/** The schema of histograms whose bucket bounds are given one by one. */
export const CUSTOM_BUCKETS_SCHEMA = -53;

/**
 * A native histogram with absolute bucket counts (Prometheus: model/histogram/float_histogram.go).
 * Schema -4..8: bucket i ends at 2^(i * 2^-schema); schema -53: bounds in `customValues`, +Inf implied.
 */
export interface FloatHistogram {
  readonly counterResetHint: CounterResetHint;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positiveSpans: readonly Span[];
  readonly negativeSpans: readonly Span[];
  /** Absolute counts, one for each bucket that the spans name. */
  readonly positiveBuckets: readonly number[];
  readonly negativeBuckets: readonly number[];
  readonly customValues: readonly number[];
}
