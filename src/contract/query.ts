import type { Answer } from './answer.ts';

/** Names and values; the metric name is `__name__`. */
export type LabelObject = Readonly<Record<string, string>>;

/** Seconds since the epoch, value as Go writes floats (`NaN`, `+Inf`). */
export type SamplePoint = readonly [number, string];

/** `boundaries`: 0 open left, 1 open right, 2 open both, 3 closed both. */
export type HistogramBucket = readonly [
  boundaries: number,
  lower: string,
  upper: string,
  count: string,
];

export interface HistogramValue {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly HistogramBucket[];
}

export type HistogramPoint = readonly [number, HistogramValue];

export interface VectorSample {
  readonly metric: LabelObject;
  readonly value?: SamplePoint;
  readonly histogram?: HistogramPoint;
}

export interface MatrixSeries {
  readonly metric: LabelObject;
  readonly values?: readonly SamplePoint[];
  readonly histograms?: readonly HistogramPoint[];
}

/** `/api/v1/query` and `/api/v1/query_range` (the latter: always `matrix`). */
export type QueryData =
  | {
      readonly resultType: 'vector';
      readonly result: readonly VectorSample[];
      readonly stats?: QueryStats;
    }
  | {
      readonly resultType: 'matrix';
      readonly result: readonly MatrixSeries[];
      readonly stats?: QueryStats;
    }
  | { readonly resultType: 'scalar'; readonly result: SamplePoint; readonly stats?: QueryStats }
  | { readonly resultType: 'string'; readonly result: SamplePoint; readonly stats?: QueryStats };

/**
 * The data of an event of `/api/v1/query_live`: an answer of `query_range`, and which steps it has, in seconds. What
 * was sent for these steps before counts no more.
 */
export type LiveAnswer = Answer<QueryData> & {
  readonly start: number;
  readonly end: number;
  readonly step: number;
};

/** An answer to one of many queries of a request (`query_live` by POST): its place in the list, from 0. */
export type NumberedAnswer<T = Answer<QueryData>> = T & { readonly query: number };

/** With `stats=all` (or any other non-empty value). Seconds. */
export interface QueryStats {
  readonly timings: {
    readonly evalTotalTime: number;
    readonly resultSortTime: number;
    readonly queryPreparationTime: number;
    readonly innerEvalTime: number;
    readonly execQueueTime: number;
    readonly execTotalTime: number;
  };
  readonly samples?: {
    readonly totalQueryableSamples: number;
    readonly peakSamples: number;
    /** [seconds since the epoch, samples]; only with `stats=all` where per-step statistics are on. */
    readonly totalQueryableSamplesPerStep?: readonly (readonly [number, number])[];
  };
  /** What the query held at once, estimated. Not from Prometheus. */
  readonly memory?: { readonly peakBytes: number };
}

/** `/api/v1/format_query` */
export type FormatQueryData = string;

/** `/api/v1/query_exemplars` */
export type ExemplarsData = readonly {
  readonly seriesLabels: LabelObject;
  readonly exemplars: readonly {
    readonly labels: LabelObject;
    readonly value: string;
    readonly timestamp: number;
  }[];
}[];

/** `/api/v1/series` */
export type SeriesData = readonly LabelObject[];

/** `/api/v1/labels` and `/api/v1/label/<name>/values` */
export type NamesData = readonly string[];
