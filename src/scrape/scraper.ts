import { hostname } from 'node:os';
import type { Registry } from '#instrument';
import { applyRelabelSteps, formatDuration, formatLabels, labelsToObject } from '#model';
import type { Labels, MetricFamily, RelabelStep } from '#model';
import { silentLog } from '#platform';
import type { Clock, HttpClient, Log } from '#platform';
import type { Appendable } from '#storage';
import type { HttpClientConfig, ScrapeConfig, TargetGroup } from '#config';
import type { FamilyMetadata } from './family-metadata.ts';
import { createScrapeMetrics } from './scrape-metrics.ts';
import type { PageCounts, TargetHealth } from './scrape-loop.ts';
import { ScrapePool } from './scrape-pool.ts';
import type { PoolSurroundings } from './scrape-pool.ts';
import { StoreQueue } from './store-queue.ts';

export interface ScraperOptions {
  readonly appendable: Appendable;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly openHttpClient: (config: HttpClientConfig) => HttpClient;
  readonly openFailureLog?: (path: string) => Log;
  /** What we say of ourselves to targets: `Narthex/0.1.0`. */
  readonly userAgent: string;
  /** Tells this server from others with the same targets; the host's name unless given. */
  readonly server?: string;
  /** Whether `appendable` takes native histograms; false unless given. */
  readonly storesHistograms?: boolean;
  /** Makes the type and unit of a family labels of its series (`type-and-unit-labels`); false unless given. */
  readonly typeAndUnitLabels?: boolean;
  /** Calls a function after all that has come in meanwhile was dealt with; setImmediate unless given. */
  readonly nextTurn?: (fn: () => void) => void;
}

export interface ActiveTargetView {
  readonly scrapePool: string;
  readonly discoveredLabels: Record<string, string>;
  readonly labels: Record<string, string>;
  readonly scrapeUrl: string;
  readonly health: TargetHealth;
  /** '' where the last scrape went well. */
  readonly lastError: string;
  /** 0: there was none yet. */
  readonly lastScrapeMs: number;
  readonly lastScrapeDurationMs: number;
  /** As Prometheus writes durations: `15s`. */
  readonly scrapeInterval: string;
  readonly scrapeTimeout: string;
  readonly lastPage: PageCounts;
}

export interface DroppedTargetView {
  readonly scrapePool: string;
  readonly discoveredLabels: Record<string, string>;
}

export interface TargetMetadataView {
  readonly scrapePool: string;
  readonly target: Labels;
  readonly metadata: readonly FamilyMetadata[];
}

/** Scrapes all jobs, and shows what it does. */
export interface Scraper {
  /** Takes the scrape configs. Jobs and targets that stay the same go on undisturbed. */
  apply(configs: readonly ScrapeConfig[], externalLabels: Labels): void;
  /** Takes all groups of a job; what discovery tells. Of a job that is not configured: ignored. */
  sync(jobName: string, groups: readonly TargetGroup[]): void;
  /** Ends all scraping at once; series do not end by it. */
  stop(): void;

  /** Sorted. */
  poolNames(): readonly string[];
  poolConfig(pool: string): ScrapeConfig | undefined;
  /** By pool, then URL. `pool`: of that one only. */
  activeTargets(pool?: string): readonly ActiveTargetView[];
  droppedTargets(pool?: string): readonly DroppedTargetView[];
  /** By pool, those included that `keep_dropped_targets` did not keep. */
  droppedTargetCounts(): Readonly<Record<string, number>>;
  targetMetadata(): readonly TargetMetadataView[];
  /** All that scrapes were to bring before that time is stored, or never comes. Infinity without targets. */
  storedUntilMs(): number;
  /** What each relabel rule of a pool makes of discovered labels. Undefined: no such pool. */
  relabelSteps(pool: string, discoveredLabels: Labels): readonly RelabelStep[] | undefined;
}

export function createScraper(options: ScraperOptions): Scraper {
  return new PoolScraper(options);
}

class PoolScraper implements Scraper {
  readonly #options: ScraperOptions;
  readonly #metrics: PoolSurroundings['metrics'];
  readonly #storing: StoreQueue;
  readonly #pools = new Map<string, ScrapePool>();
  readonly #removed = new Set<ScrapePool>();
  readonly #stopCollecting: () => void;

  constructor(options: ScraperOptions) {
    this.#options = options;
    this.#metrics = createScrapeMetrics(options.registry);
    const { clock, nextTurn = (fn) => void setImmediate(fn) } = options;
    this.#storing = new StoreQueue({ clock, nextTurn });
    this.#stopCollecting = options.registry.collect(() => this.#families());
  }

  apply(configs: readonly ScrapeConfig[], externalLabels: Labels): void {
    const surroundings = this.#surroundings(externalLabels);
    for (const pool of this.#removed) {
      if (pool.hasEnded) this.#removed.delete(pool);
    }
    const names = new Set(configs.map(({ jobName }) => jobName));
    for (const [name, pool] of this.#pools) {
      if (names.has(name)) continue;
      pool.remove();
      this.#removed.add(pool);
      this.#pools.delete(name);
    }
    for (const config of configs) {
      const pool = this.#pools.get(config.jobName);
      if (pool === undefined) this.#open(config, surroundings);
      else pool.apply(config);
    }
  }

  #open(config: ScrapeConfig, surroundings: PoolSurroundings): void {
    this.#metrics.pools.inc();
    this.#pools.set(config.jobName, new ScrapePool(config, surroundings));
  }

  #surroundings(externalLabels: Labels): PoolSurroundings {
    const { appendable, clock, log, openHttpClient, openFailureLog, userAgent, storesHistograms } =
      this.#options;
    const server = `${this.#options.server ?? hostname()} ${formatLabels(externalLabels)}`;
    return {
      appendable,
      clock,
      log,
      metrics: this.#metrics,
      storing: this.#storing,
      server,
      userAgent,
      storesHistograms: storesHistograms ?? false,
      typeAndUnitLabels: this.#options.typeAndUnitLabels ?? false,
      openHttpClient,
      openFailureLog: openFailureLog ?? (() => silentLog),
    };
  }

  sync(jobName: string, groups: readonly TargetGroup[]): void {
    this.#pools.get(jobName)?.sync(groups);
  }

  stop(): void {
    for (const pool of this.#pools.values()) pool.stop();
    for (const pool of this.#removed) pool.stop();
    this.#stopCollecting();
  }

  poolNames(): readonly string[] {
    return [...this.#pools.keys()].toSorted();
  }

  poolConfig(pool: string): ScrapeConfig | undefined {
    return this.#pools.get(pool)?.config;
  }

  activeTargets(only?: string): readonly ActiveTargetView[] {
    return this.#poolsOf(only).flatMap(([scrapePool, pool]) =>
      [...pool.loops]
        .map(({ target, status }) => ({
          scrapePool,
          discoveredLabels: labelsToObject(pool.discoveredLabels(target)),
          labels: labelsToObject(target.publicLabels),
          scrapeUrl: target.url,
          health: status.health,
          lastError: status.lastError,
          lastScrapeMs: status.lastScrapeMs,
          lastScrapeDurationMs: status.lastDurationMs,
          scrapeInterval: formatDuration(target.intervalMs),
          scrapeTimeout: formatDuration(target.timeoutMs),
          lastPage: status.lastPage,
        }))
        .toSorted((a, b) => (a.scrapeUrl < b.scrapeUrl ? -1 : 1)),
    );
  }

  droppedTargets(only?: string): readonly DroppedTargetView[] {
    return this.#poolsOf(only).flatMap(([scrapePool, pool]) =>
      pool.dropped.map((labels) => ({ scrapePool, discoveredLabels: labelsToObject(labels) })),
    );
  }

  droppedTargetCounts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#poolsOf().map(([name, pool]) => [name, pool.droppedCount]));
  }

  storedUntilMs(): number {
    let untilMs = Infinity;
    for (const pool of this.#pools.values()) {
      for (const loop of pool.loops) untilMs = Math.min(untilMs, loop.storedUntilMs);
    }
    return untilMs;
  }

  targetMetadata(): readonly TargetMetadataView[] {
    return this.#poolsOf().flatMap(([scrapePool, pool]) =>
      Array.from(pool.loops, ({ target, metadata }) => ({
        scrapePool,
        target: target.publicLabels,
        metadata: metadata.list(),
      })),
    );
  }

  relabelSteps(pool: string, discoveredLabels: Labels): readonly RelabelStep[] | undefined {
    const config = this.#pools.get(pool)?.config;
    return config && applyRelabelSteps(config.relabelRules, discoveredLabels);
  }

  #poolsOf(only?: string): [string, ScrapePool][] {
    const all = [...this.#pools].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return only === undefined || only === '' ? all : all.filter(([name]) => name === only);
  }

  #families(): MetricFamily[] {
    const entries: MetricFamily['metrics'][number][] = [];
    const bytes: MetricFamily['metrics'][number][] = [];
    for (const [name, pool] of this.#poolsOf()) {
      const labels = [['scrape_job', name]] as const;
      const caches = Array.from(pool.loops, ({ metadata }) => metadata);
      entries.push({ labels, value: caches.reduce((sum, cache) => sum + cache.size, 0) });
      bytes.push({ labels, value: caches.reduce((sum, cache) => sum + cache.sizeBytes(), 0) });
    }
    return [
      {
        name: 'prometheus_target_metadata_cache_entries',
        help: 'Total number of metric metadata entries in the cache',
        type: 'gauge',
        metrics: entries,
      },
      {
        name: 'prometheus_target_metadata_cache_bytes',
        help: 'The number of bytes that are currently used for storing metric metadata in the cache',
        type: 'gauge',
        metrics: bytes,
      },
      {
        name: 'narthex_scrape_pages_waiting',
        help: 'Pages that were fetched and are not stored yet',
        type: 'gauge',
        metrics: [{ labels: [], value: this.#storing.length }],
      },
    ];
  }
}
