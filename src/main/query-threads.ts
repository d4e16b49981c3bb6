import { totalmem } from 'node:os';
import type { QueryRefusal } from '#http';
import type { Counter, Registry } from '#instrument';
import { connectThreads, startWorkerThread, ThreadPool } from '#platform';
import type { Clock, Log } from '#platform';
import type { Database, SharedUpdate } from '#tsdb';
import type { QueryThreadOptions } from './query-thread.ts';
import type { Settings } from './settings.ts';

const WORKER = new URL('./query-worker.js', import.meta.url);

export interface QueryThreadSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
}

/** Starts the threads that answer queries over a database: one, and the others when they are needed. */
export function startQueryThreads(
  settings: Settings,
  database: Database,
  { clock, log, registry }: QueryThreadSurroundings,
): ThreadPool {
  const options = threadOptions(settings);
  const pool = new ThreadPool({
    threadCount: settings.queryThreadCount,
    threadCountMin: 1,
    queueLengthMax: settings.queryQueueLengthMax,
    clock,
    log,
    connect: connectThreads,
    startThread: (words) =>
      startWorkerThread(WORKER, { words, data: options, heapBytesMax: heapBytesMax(settings) }),
    attach: (post) => database.attachReader((update: SharedUpdate) => post(update)),
  });
  measure(pool, settings, registry);
  return pool;
}

function threadOptions(settings: Settings): QueryThreadOptions {
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
  };
}

/** What a thread has besides its query: code, strings decoded before, the garbage of the query before. */
const THREAD_HEAP_BYTES = 512 * 2 ** 20;

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

/** Counts queries that a limit ended, by the limit. */
export function refusedQueries(registry: Registry): Counter {
  const refused = registry.counter({
    name: 'narthex_queries_refused_total',
    help: 'Queries that were ended by a limit.',
    labelNames: ['limit'],
  });
  for (const limit of REFUSALS) refused.inc(0, [limit]);
  return refused;
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
  ]);
}

function gauge(name: string, help: string, value: number) {
  return { name, help, type: 'gauge' as const, metrics: [{ labels: [], value }] };
}
