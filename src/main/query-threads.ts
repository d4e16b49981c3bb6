import { totalmem } from 'node:os';
import type { QueryAnswer, QueryRefusal } from '#http';
import type { Registry } from '#instrument';
import { connectThreads, startWorkerThread, ThreadPool } from '#platform';
import type { Clock, Log, PoolThread, WorkerThreadOptions } from '#platform';
import type { Database } from '#tsdb';
import type { ActiveQueries } from './active-queries.ts';
import type { LogFailures } from './query-log.ts';
import type { QueryRecordOptions, QueryThreadUpdate } from './query-records.ts';
import type { QueryThreadOptions } from './query-thread.ts';
import type { Settings } from './settings.ts';

const WORKER = new URL('./query-worker.js', import.meta.url);

export interface QueryThreadSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
}

/** Where all threads log their queries, and who of them is to be told. */
export class QueryLogging {
  readonly failures: LogFailures = new Int32Array(new SharedArrayBuffer(4));
  readonly #threads = new Set<(update: QueryThreadUpdate) => void>();
  #path: string | undefined;

  get isOn(): boolean {
    return this.#path !== undefined;
  }

  /** Has the file opened, again where it was open. */
  use(path: string | undefined): void {
    this.#path = path;
    for (const post of this.#threads) post({ kind: 'query-log', path });
  }

  /** The answer is called when the thread has ended. */
  attach(post: (update: QueryThreadUpdate) => void): () => void {
    this.#threads.add(post);
    post({ kind: 'query-log', path: this.#path });
    return () => this.#threads.delete(post);
  }
}

export interface QueryThreadParts {
  readonly database: Database;
  readonly active: ActiveQueries;
  readonly logging: QueryLogging;
}

/** Starts the threads that answer queries over a database: one, and the others when they are needed. */
export function startQueryThreads(
  settings: Settings,
  { database, active, logging }: QueryThreadParts,
  { clock, log, registry }: QueryThreadSurroundings,
): ThreadPool {
  const pool = new ThreadPool({
    threadCount: settings.queryThreadCount,
    threadCountMin: 1,
    queueLengthMax: settings.queryQueueLengthMax,
    clock,
    log,
    connect: connectThreads,
    startThread: (words) => startQueryThread(settings, words, { active, logging }),
    attach: (post) => {
      const detach = [database.attachReader(post), logging.attach(post)];
      return () => detach.forEach((leave) => leave());
    },
  });
  measure(pool, settings, registry);
  measureLogging(logging, registry);
  return pool;
}

/** It has a place among the active queries until it ends. */
function startQueryThread(
  settings: Settings,
  words: WorkerThreadOptions['words'],
  { active, logging }: Pick<QueryThreadParts, 'active' | 'logging'>,
): PoolThread {
  const place = active.take();
  const data = {
    ...threadOptions(settings),
    active: place === undefined ? undefined : { path: active.path, place },
    logFailures: logging.failures,
  } satisfies QueryThreadOptions;
  const heap = heapBytesMax(settings);
  const thread = startWorkerThread(WORKER, { words, data, heapBytesMax: heap });
  return {
    post: (message, transfer) => thread.post(message, transfer),
    listen: (onMessage, ended) =>
      thread.listen(onMessage, (reason) => {
        active.give(place);
        ended(reason);
      }),
    terminate: () => thread.terminate(),
  };
}

function threadOptions(settings: Settings): Omit<QueryThreadOptions, keyof QueryRecordOptions> {
  return {
    engine: {
      parser: settings.parser,
      lookbackDeltaMs: settings.lookbackDeltaMs,
      maxSamples: settings.querySamplesMax,
      maxMemoryBytes: settings.queryMemoryBytesMax,
      delayedNameRemoval: settings.features.has('promql-delayed-name-removal'),
      typeAndUnitLabels: settings.features.has('type-and-unit-labels'),
    },
    lookbackDeltaMs: settings.lookbackDeltaMs,
    perStepStats: settings.features.has('promql-per-step-stats'),
    aloneMs: settings.queryAloneMs,
  };
}

/** What a thread has besides its query: code, strings decoded before, the garbage of the query before. */
const THREAD_HEAP_BYTES = 256 * 2 ** 20;

/** A thread beyond it ends, and its query fails; the process goes on. What queries hold is only estimated. */
function heapBytesMax({ queryMemoryBytesMax }: Settings): number {
  if (queryMemoryBytesMax > 0) return THREAD_HEAP_BYTES + 1.5 * queryMemoryBytesMax;
  return Math.min(4 * 2 ** 30, Math.max(THREAD_HEAP_BYTES, totalmem() / 4));
}

const REFUSALS: readonly QueryRefusal[] = [
  'samples',
  'memory',
  'answer_size',
  'timeout',
  'queue_timeout',
  'queue_full',
  'thread_died',
];

/** Counts what queries take, and those that a limit ended, by the limit. */
export function queryMetrics(registry: Registry): (answer: QueryAnswer) => void {
  const refused = registry.counter({
    name: 'narthex_queries_refused_total',
    help: 'Queries that were ended by a limit.',
    labelNames: ['limit'],
  });
  for (const limit of REFUSALS) refused.inc(0, [limit]);
  const durations = registry.summary({
    name: 'prometheus_engine_query_duration_seconds',
    help: 'Query timings',
    labelNames: ['slice'],
  });
  const samples = registry.counter({
    name: 'prometheus_engine_query_samples_total',
    help: 'The total number of samples loaded by all queries.',
  });
  return ({ refusedBy, cost }) => {
    if (refusedBy !== undefined) refused.inc(1, [refusedBy]);
    if (cost === undefined) return;
    const { queueMs = 0, prepareMs, evaluateMs, sortMs } = cost.timings;
    durations.observe(queueMs / 1000, ['queue_time']);
    durations.observe(prepareMs / 1000, ['prepare_time']);
    durations.observe(evaluateMs / 1000, ['inner_eval']);
    durations.observe(sortMs / 1000, ['result_sort']);
    samples.inc(cost.samples);
  };
}

function measure(pool: ThreadPool, settings: Settings, registry: Registry): void {
  registry
    .gauge({
      name: 'prometheus_engine_queries_concurrent_max',
      help: 'The max number of concurrent queries.',
    })
    .set(settings.queryThreadCount);
  registry.collect(() => [
    gauge(
      'prometheus_engine_queries',
      'The current number of queries being executed or waiting.',
      pool.runningCount + pool.waitingCount,
    ),
    gauge('narthex_query_queue_length', 'Queries that wait for a thread.', pool.waitingCount),
    {
      ...gauge(
        'narthex_query_helped_portions_total',
        'Portions of wide queries that were made by other threads than the one that had the query.',
        pool.helpedCount,
      ),
      type: 'counter' as const,
    },
  ]);
}

function measureLogging(logging: QueryLogging, registry: Registry): void {
  registry.collect(() => [
    gauge('prometheus_engine_query_log_enabled', 'State of the query log.', logging.isOn ? 1 : 0),
    {
      ...gauge(
        'prometheus_engine_query_log_failures_total',
        'The number of query log failures.',
        Atomics.load(logging.failures, 0),
      ),
      type: 'counter' as const,
    },
  ]);
}

function gauge(name: string, help: string, value: number) {
  return { name, help, type: 'gauge' as const, metrics: [{ labels: [], value }] };
}
