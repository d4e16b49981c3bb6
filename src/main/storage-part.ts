import type { Config } from '#config';
import type { WalReplayData } from '#contract';
import type { QueryRunner } from '#http';
import { cacheMetrics, createCachingRunner, createPoolRunner, QueryCache } from '#http';
import type { Registry } from '#instrument';
import type { Clock, Log, ThreadPool, Timer } from '#platform';
import { openDatabase } from '#tsdb';
import type { Database, ReplayProgress } from '#tsdb';
import { startCompaction } from './compaction.ts';
import { ActiveQueries } from './active-queries.ts';
import { queryMetrics, QueryLogging, startQueryThreads } from './query-threads.ts';
import type { Settings } from './settings.ts';

interface Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
}

/** Where no thread starts the server is of use all the same: it scrapes. */
const QUERIES_READY_MS = 10_000;

/** The database and the threads that read it, from before it is open until after it is closed. */
export class StoragePart {
  readonly #settings: Settings;
  readonly #surroundings: Surroundings;
  #database: Database | undefined;
  #pool: ThreadPool | undefined;
  #compaction: ThreadPool | undefined;
  #runner: QueryRunner | undefined;
  #active: ActiveQueries | undefined;
  #progress: ReplayProgress | undefined;
  /** Where queries are logged. */
  readonly queryLogging: QueryLogging = new QueryLogging();

  constructor(settings: Settings, surroundings: Surroundings) {
    this.#settings = settings;
    this.#surroundings = surroundings;
  }

  /** Undefined before it is open and after it is closed. */
  get database(): Database | undefined {
    return this.#database;
  }

  get runner(): QueryRunner | undefined {
    return this.#runner;
  }

  /** Replays the log, then starts the query threads. Rejects where the directory cannot be used. */
  async open(config: Config['storage']): Promise<Database> {
    const { blockRangeMaxMs } = this.#settings;
    const { outOfOrderTimeWindowMs: outOfOrderWindowMs, exemplarsMax, staleSeriesShare } = config;
    const database = await openDatabase({
      ...this.#surroundings,
      outOfOrderWindowMs,
      exemplarsMax,
      staleSeriesShare,
      log: this.#surroundings.log.child({ component: 'tsdb' }),
      dir: this.#settings.dataDir,
      retentionMs: this.#settings.retentionMs,
      retentionBytes: this.#settings.retentionBytes,
      blockRangeMs: this.#settings.blockRangeMs,
      ...(blockRangeMaxMs !== undefined && { blockRangeMaxMs }),
      snapshotOnClose: this.#settings.snapshotOnShutdown,
      onReplayProgress: (progress) => (this.#progress = progress),
    });
    this.#database = database;
    const { dataDir, queryThreadCount } = this.#settings;
    const active = ActiveQueries.open(dataDir, queryThreadCount, this.#surroundings.log);
    this.#active = active;
    this.#pool = startQueryThreads(
      this.#settings,
      { database, active, logging: this.queryLogging },
      this.#surroundings,
    );
    const runner = createPoolRunner(this.#pool, queryMetrics(this.#surroundings.registry));
    this.#runner = this.#withCache(runner, database);
    this.#compaction = startCompaction(database, this.#surroundings);
    return database;
  }

  /** Resolves once a query need not wait for its thread to start, or after a time all the same. */
  async queriesReady(): Promise<void> {
    const { clock } = this.#surroundings;
    let timer: Timer | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = clock.setTimer(QUERIES_READY_MS, resolve);
    });
    await Promise.race([this.#pool?.ready, timeout]);
    timer?.cancel();
  }

  #withCache(runner: QueryRunner, { changes }: Database): QueryRunner {
    const { queryCacheBytes } = this.#settings;
    if (queryCacheBytes === 0) return runner;
    const cache = new QueryCache(queryCacheBytes, changes);
    this.#surroundings.registry.collect(() => cacheMetrics(cache));
    return createCachingRunner(runner, cache);
  }

  walReplay(): WalReplayData {
    const { minSegment: min, maxSegment: max, current } = this.#progress ?? NO_PROGRESS;
    if (this.#database !== undefined) return { min, max, current, state: 'done' };
    return { min, max, current, state: this.#progress === undefined ? 'waiting' : 'in progress' };
  }

  stopQueries(): void {
    this.#runner = undefined;
    this.#pool?.close();
    this.#active?.close();
  }

  async close(): Promise<void> {
    const database = this.#database;
    this.#database = undefined;
    const closing = database?.close();
    // What it was about to write has no name yet, and is removed at the next start.
    this.#compaction?.close();
    await closing;
  }
}

const NO_PROGRESS: ReplayProgress = { minSegment: 0, maxSegment: 0, current: 0 };
