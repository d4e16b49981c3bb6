import type { RowHelpers } from './parallel/row-work.ts';
import type { ParserOptions } from './parse/ast.ts';

/** What a server chooses once for all queries. Defaults are those of a Prometheus server. */
export interface EngineOptions {
  readonly parser?: Partial<ParserOptions>;
  /** How long a sample stays visible to an instant selector; 300,000 by default. */
  readonly lookbackDeltaMs?: number;
  /** How many samples one query may hold in memory; 50,000,000 by default, 0: no limit. */
  readonly maxSamples?: number;
  /** What one query may hold in memory, estimated; 1 GiB by default, 0: no limit. Bytes. */
  readonly maxMemoryBytes?: number;
  /** 120,000 by default, 0: no limit. Needs `nowMs`. */
  readonly timeoutMs?: number;
  /** A clock for the timeout and the timings. Without it neither exists. */
  readonly nowMs?: () => number;
  /** Step of a subquery without one (`[10m:]`) for its range; 60,000 by default. */
  readonly defaultSubqueryStepMs?: (rangeMs: number) => number;
  /** Drop metric names at the end of the query, not in each function. Off by default. */
  readonly delayedNameRemoval?: boolean;
  /** Let `rate` and its kin use start timestamps that the storage keeps. Off by default. */
  readonly startTimestamps?: boolean;
  /** What several parts of a query need is evaluated once. On by default; off only to compare. */
  readonly sharesOperators?: boolean;
  /** Other threads that may make a part of the rows of wide queries. Without them the engine works alone. */
  readonly helpers?: RowHelpers;
  /** `__type__` and `__unit__` are part of a metric's identity. Off by default. */
  readonly typeAndUnitLabels?: boolean;
}

/** What one query brings with it. */
export interface QueryOptions {
  readonly lookbackDeltaMs?: number;
  readonly timeoutMs?: number;
  /** Asked again and again while the query runs; true ends it with the error `canceled`. */
  readonly isCancelled?: () => boolean;
  /** Step of a subquery without one; what the engine has unless given. */
  readonly subqueryStepMs?: number;
  /** Count samples for each step too. */
  readonly perStepStats?: boolean;
  /** Measure each operator: `plan` of the result. Takes somewhat longer; only one thread evaluates. */
  readonly measures?: boolean;
}

export interface InstantOptions extends QueryOptions {
  readonly timeMs: number;
}

export interface RangeOptions extends QueryOptions {
  readonly startMs: number;
  readonly endMs: number;
  /** Positive. */
  readonly stepMs: number;
}
