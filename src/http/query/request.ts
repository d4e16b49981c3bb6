import type { Labels } from '#model';
import type { Cancellation } from '#platform';

/** Everything that is answered in a query thread. */
export type QueryEndpoint =
  | 'query'
  | 'query_range'
  | 'format_query'
  | 'parse_query'
  | 'series'
  | 'labels'
  | 'label_values'
  | 'federate'
  | 'status_tsdb';

/** One request on its way to a query thread; crosses by postMessage. */
export interface QueryRequest {
  readonly endpoint: QueryEndpoint;
  /** Names and values of the form and the URL, the form's first. */
  readonly params: readonly (readonly [string, string])[];
  /** Of `label_values`: the label as the path gives it. */
  readonly labelName?: string;
  /** The instant that counts as now. Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Step of a subquery that names none: the evaluation interval in force. The engine's own unless given. */
  readonly subqueryStepMs?: number;
  /** When it must be done, by the system's clock in milliseconds since the epoch; 0: no limit. */
  readonly deadlineMs: number;
  /** The client takes gzip. */
  readonly gzip: boolean;
  /** Of `federate`: what the client accepts, and the labels that mark this server. */
  readonly accept?: string;
  readonly externalLabels?: Labels;
  /** Of `status_tsdb`: what only the writing thread counts. */
  readonly head?: HeadCounts;
}

/** Milliseconds since the epoch; undefined while there is no sample. */
export interface HeadCounts {
  readonly seriesCount: number;
  readonly labelPairCount: number;
  readonly chunkCount: number;
  readonly minTimeMs: number | undefined;
  readonly maxTimeMs: number | undefined;
}

/** Which limit ended a query. */
export type QueryRefusal =
  | 'samples'
  | 'memory'
  | 'answer_size'
  | 'timeout'
  | 'queue_timeout'
  | 'queue_full'
  | 'thread_died';

/** A whole HTTP answer. `body` owns its buffer, which may be transferred. */
export interface QueryAnswer {
  readonly status: number;
  /** Only where a limit was the reason; for those who count. */
  readonly refusedBy?: QueryRefusal;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * Answers query requests, in threads or (in tests) at once. Fails with a PoolError or rejects with
 * whatever the queue says; `cancellation` ends a query whose client has gone.
 */
export interface QueryRunner {
  run(request: QueryRequest, options: QueryRunOptions): Promise<QueryAnswer>;
}

export interface QueryRunOptions {
  /** Waiting included; 0: no limit. */
  readonly timeoutMs: number;
  readonly cancellation?: Cancellation;
}
