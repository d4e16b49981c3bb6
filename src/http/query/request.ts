import type { Labels } from '#model';
import type { Cancellation, PieceReader } from '#platform';
import type { QueryStats } from '#promql';
import type { UnchangedTimes } from '#storage';
import type { EntryPlace } from '../query-cache/entry-bytes.ts';

/** Everything that is answered in a query thread. */
export type QueryEndpoint =
  | 'query'
  | 'query_range'
  | 'query_explain'
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
  /** When it came, by the system's clock in milliseconds since the epoch; for the time spent waiting. */
  readonly receivedMs?: number;
  /** When it must be done, by the system's clock in milliseconds since the epoch; 0: no limit. */
  readonly deadlineMs: number;
  /** The client takes gzip. */
  readonly gzip: boolean;
  /** Of `federate`: what the client accepts, and the labels that mark this server. */
  readonly accept?: string;
  readonly externalLabels?: Labels;
  /** Of `status_tsdb`: what only the writing thread counts. */
  readonly head?: HeadCounts;
  /** Of `query` and `query_range`: who asked, for the query log. */
  readonly origin?: QueryOrigin;
  /** Of `query_range`: what the cache has; absent: it is not to be used. */
  readonly cache?: CacheOrder;
}

/** The request that an expression came with. */
export interface QueryOrigin {
  readonly clientIP: string;
  readonly method: string;
  /** Without parameters. */
  readonly path: string;
}

/** What the cache has for a range query, and wants of it. */
export interface CacheOrder {
  /** A larger result is not kept. */
  readonly entryBytesMax: number;
  readonly held?: HeldRange;
}

/** Steps that were computed before. */
export interface HeldRange {
  readonly place: EntryPlace;
  /** Which samples are as they were then. */
  readonly unchanged: UnchangedTimes;
}

/** All steps came from the cache, some, none; or none can for such an expression. */
export type CacheUse = 'hit' | 'partial' | 'miss' | 'unfit';

/** What the cache was good for. */
export interface CacheReport {
  readonly use: CacheUse;
  readonly stepsReused: number;
  readonly stepsComputed: number;
  /** To be kept. Owns its buffer, which may be transferred. */
  readonly entry?: Uint8Array<ArrayBuffer>;
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

/** What the expression of a request took to evaluate. */
export interface QueryCost {
  readonly timings: QueryStats['timings'];
  readonly samples: number;
}

/** A whole HTTP answer. `body` owns its buffer, which may be transferred. */
export interface QueryAnswer {
  readonly status: number;
  /** Only where a limit was the reason; for those who count. */
  readonly refusedBy?: QueryRefusal;
  /** Where an expression was evaluated; for those who count. */
  readonly cost?: QueryCost;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Of a range query that the cache was asked for. */
  readonly cache?: CacheReport;
}

/** A part of a large answer that is sent while the rest is being written; the first one has the head. */
export interface AnswerPiece {
  readonly head?: Pick<QueryAnswer, 'status' | 'headers'>;
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
  /** Gets the AnswerPieces of a large answer; what `run` gives then is its end. */
  readonly pieces?: PieceReader;
}
