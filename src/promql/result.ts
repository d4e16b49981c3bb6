import type { FloatHistogram, Labels } from '#model';
import type { PlanNode } from './plan/explain.ts';

/** One point of an instant vector. Where `histogram` is set, `value` means nothing. */
export interface VectorSample {
  readonly labels: Labels;
  readonly value: number;
  readonly histogram?: FloatHistogram;
}

/**
 * One series of a matrix: rows sorted by time, no gaps in the arrays (a step without a value has no
 * row). `histograms`, where present, has a slot for each row; a set slot replaces the value.
 */
export interface MatrixSeries {
  readonly labels: Labels;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly histograms?: readonly (FloatHistogram | undefined)[];
}

export interface ScalarResult {
  readonly kind: 'scalar';
  readonly timestampMs: number;
  readonly value: number;
}

export interface StringResult {
  readonly kind: 'string';
  readonly timestampMs: number;
  readonly value: string;
}

/** In the order of the expression (`sort`, `topk`); otherwise in no particular order. */
export interface VectorResult {
  readonly kind: 'vector';
  readonly timestampMs: number;
  readonly samples: readonly VectorSample[];
}

/** Sorted by labels. */
export interface MatrixResult {
  readonly kind: 'matrix';
  readonly series: readonly MatrixSeries[];
}

export type QueryValue = ScalarResult | StringResult | VectorResult | MatrixResult;

/** What a query cost (Prometheus: util/stats), as `stats=all` shows it. */
export interface QueryStats {
  readonly samples: {
    readonly totalQueryableSamples: number;
    readonly peakSamples: number;
    /** One row for each step, only where asked for. */
    readonly perStep?: readonly { readonly timestampMs: number; readonly samples: number }[];
  };
  readonly memory: {
    /** Estimated: what the query held at once. Bytes. */
    readonly peakBytes: number;
  };
  readonly timings: {
    /** Parsing and selecting series. */
    readonly prepareMs: number;
    readonly evaluateMs: number;
    readonly sortMs: number;
    readonly totalMs: number;
    /** How long it waited before all that, where somebody made it wait. */
    readonly queueMs?: number;
  };
}

export interface QueryResult {
  readonly value: QueryValue;
  /** Each text once, beginning `PromQL warning: ` unless it comes from the storage. */
  readonly warnings: readonly string[];
  /** Each text once, beginning `PromQL info: `. */
  readonly infos: readonly string[];
  readonly stats: QueryStats;
  /** With what each operator has done; only where that was asked for. */
  readonly plan?: PlanNode;
}

export type QueryErrorCode = 'bad_data' | 'execution' | 'timeout' | 'canceled' | 'internal';

/** Which limit a query ran into. */
export type QueryLimit = 'samples' | 'memory';

export interface QueryErrorOptions extends ErrorOptions {
  readonly limit?: QueryLimit;
}

/** Why a query gave no result. `message` is what Prometheus' API shows in `error`. */
export class QueryError extends Error {
  readonly code: QueryErrorCode;
  readonly limit: QueryLimit | undefined;
  constructor(code: QueryErrorCode, message: string, options?: QueryErrorOptions) {
    super(message, options);
    this.name = 'QueryError';
    this.code = code;
    this.limit = options?.limit;
  }
}
