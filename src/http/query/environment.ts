import type { Engine, ParserOptions } from '#promql';
import type { Queryable } from '#storage';
import { ApiError } from './api-error.ts';
import type { QueryObserver } from './query-observer.ts';
import type { QueryOrigin } from './request.ts';
import type { ByteSink } from './json-bytes.ts';

/** The rest of the TSDB status page, counted in the thread that reads; largest first. */
export interface Cardinality {
  readonly seriesCountByMetricName: readonly NameCount[];
  readonly labelValueCountByLabelName: readonly NameCount[];
  readonly memoryInBytesByLabelName: readonly NameCount[];
  readonly seriesCountByLabelValuePair: readonly NameCount[];
}

interface NameCount {
  readonly name: string;
  readonly value: number;
}

/** What a query thread works with. */
export interface QueryThreadParts {
  readonly engine: Engine;
  readonly parser: Partial<ParserOptions>;
  /** Throws StorageError `closed` while there is none yet. */
  readonly queryable: () => Queryable;
  readonly cardinality: (limit: number) => Cardinality;
  /** How far back an instant selector, and federation, look. Milliseconds. */
  readonly lookbackDeltaMs: number;
  /** The system's clock, milliseconds since the epoch. */
  readonly clockMs: () => number;
  /** `stats=all` shows samples step by step. */
  readonly perStepStats: boolean;
  /** What one request may hold, as the engine has it for expressions; 0 and absent: no limit. */
  readonly memoryBytesMax?: number;
  /** Is told of what is evaluated. */
  readonly observer?: QueryObserver;
}

/** The same for one request. */
export interface QueryEnvironment extends QueryThreadParts {
  readonly nowMs: number;
  /** As the request has it. */
  readonly subqueryStepMs: number | undefined;
  readonly origin: QueryOrigin | undefined;
  /** How long the request waited for its thread. Milliseconds. */
  readonly queueMs: number;
  /** What is left of the request's time, in milliseconds; 0: no limit. */
  readonly timeoutMs: number;
  readonly isCancelled: () => boolean;
  /** Where a large answer goes while it is being written; undefined: it is returned whole. */
  readonly sink: ByteSink | undefined;
}

/** Ends a request that nobody waits for any more, or whose time is up. Throws an ApiError. */
export function stopIfCancelled({ isCancelled }: QueryEnvironment): void {
  if (isCancelled()) throw new ApiError('canceled', 'query was canceled');
}
