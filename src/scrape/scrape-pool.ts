import { settingsKey } from '#discovery';
import type { HttpClient, Log } from '#platform';
import type { HttpClientConfig, ScrapeConfig, TargetGroup } from '#config';
import type { Labels } from '#model';
import { acceptHeader } from './accept.ts';
import { ScrapeLoop } from './scrape-loop.ts';
import type { LoopSettings, LoopSurroundings } from './scrape-loop.ts';
import { targetsFromGroup } from './target.ts';
import type { Target } from './target.ts';

export interface PoolSurroundings extends LoopSurroundings {
  readonly openHttpClient: (config: HttpClientConfig) => HttpClient;
  /** The log of `scrape_failure_log_file`, one for each path. */
  readonly openFailureLog: (path: string) => Log;
}

/** The targets of one scrape config, each with its loop. */
export class ScrapePool {
  #config: ScrapeConfig;
  readonly #surroundings: PoolSurroundings;
  readonly #log: Log;
  #settings: LoopSettings;
  #configKey: string;
  #clientKey: string;
  #groups: readonly TargetGroup[] = [];
  #loops = new Map<string, ScrapeLoop>();
  #discovered = new Map<string, Labels>();
  #dropped: readonly Labels[] = [];
  #droppedCount = 0;
  /** Loops whose target is gone and whose series have yet to end. */
  readonly #ending = new Set<ScrapeLoop>();

  constructor(config: ScrapeConfig, surroundings: PoolSurroundings) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#log = surroundings.log.child({ scrape_pool: config.jobName });
    this.#configKey = configKey(config);
    this.#clientKey = settingsKey(config.httpClient);
    this.#settings = loopSettings(
      config,
      surroundings.openHttpClient(config.httpClient),
      surroundings,
    );
    surroundings.metrics.poolTargetLimit.set(config.targetLimit, [config.jobName]);
  }

  get config(): ScrapeConfig {
    return this.#config;
  }

  get loops(): Iterable<ScrapeLoop> {
    return this.#loops.values();
  }

  /** Discovered labels of dropped targets, as many as `keep_dropped_targets` keeps. */
  get dropped(): readonly Labels[] {
    return this.#dropped;
  }

  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** As discovery knows the target now; relabelling may make the same target of other labels. */
  discoveredLabels(target: Target): Labels {
    return this.#discovered.get(target.key) ?? target.discoveredLabels;
  }

  /** Takes a new config. Loops whose target stays the same go on, without losing a scrape. */
  apply(config: ScrapeConfig): void {
    const key = configKey(config);
    if (key === this.#configKey) return;
    const { metrics } = this.#surroundings;
    metrics.poolReloads.inc();
    const relabels = seriesKey(config) !== seriesKey(this.#config);
    const client = this.#nextClient(config);
    this.#config = config;
    this.#configKey = key;
    this.#settings = loopSettings(config, client, this.#surroundings);
    metrics.poolTargetLimit.set(config.targetLimit, [config.jobName]);
    for (const loop of this.#loops.values()) loop.configure(this.#settings, { relabels });
    this.sync(this.#groups);
  }

  #nextClient(config: ScrapeConfig): HttpClient {
    const key = settingsKey(config.httpClient);
    if (key === this.#clientKey) return this.#settings.client;
    this.#settings.client.close();
    this.#clientKey = key;
    return this.#surroundings.openHttpClient(config.httpClient);
  }

  /** Makes targets of what was discovered; starts and stops loops where they differ from those before. */
  sync(groups: readonly TargetGroup[]): void {
    const { clock, metrics } = this.#surroundings;
    const startedMs = clock.monotonicMs();
    const { jobName } = this.#config;
    this.#groups = groups;
    const targets = this.#targets(groups);
    const next = new Map<string, ScrapeLoop>();
    const started: ScrapeLoop[] = [];
    for (const target of targets.values()) {
      const known = this.#loops.get(target.key);
      const loop = known ?? new ScrapeLoop(target, this.#settings, this.#surroundings);
      if (known === undefined) started.push(loop);
      next.set(target.key, loop);
    }
    const gone = [...this.#loops].filter(([key]) => !next.has(key)).map(([, loop]) => loop);
    this.#loops = next;
    this.#limitTargets();
    for (const loop of gone) this.#end(loop);
    for (const loop of started) loop.start();
    metrics.poolTargets.set(next.size, [jobName]);
    metrics.poolSyncs.inc(1, [jobName]);
    metrics.syncSeconds.observe((clock.monotonicMs() - startedMs) / 1000, [jobName]);
  }

  #targets(groups: readonly TargetGroup[]): ReadonlyMap<string, Target> {
    const { metrics } = this.#surroundings;
    const { jobName, keepDroppedTargets } = this.#config;
    const targets = new Map<string, Target>();
    const discovered = new Map<string, Labels>();
    const dropped: Labels[] = [];
    this.#droppedCount = 0;
    for (const group of groups) {
      const made = targetsFromGroup(group, this.#config);
      for (const failure of made.failures)
        this.#log.error('Creating target failed', { err: failure });
      metrics.syncFailed.inc(made.failures.length, [jobName]);
      for (const target of made.targets) {
        if (!targets.has(target.key)) targets.set(target.key, target);
        discovered.set(target.key, target.discoveredLabels);
      }
      this.#droppedCount += made.dropped.length;
      // One by one: a group may have more than a call takes arguments.
      for (const labels of made.dropped) dropped.push(labels);
    }
    this.#discovered = discovered;
    this.#dropped = keepDroppedTargets > 0 ? dropped.slice(0, keepDroppedTargets) : dropped;
    return targets;
  }

  #limitTargets(): void {
    const { targetLimit } = this.#config;
    const count = this.#loops.size;
    const isOver = targetLimit > 0 && count > targetLimit;
    if (isOver) this.#surroundings.metrics.poolExceededTargetLimit.inc();
    const error = isOver
      ? `target_limit exceeded (number of targets: ${count}, limit: ${targetLimit})`
      : undefined;
    for (const loop of this.#loops.values()) loop.forceError(error);
  }

  #end(loop: ScrapeLoop): void {
    this.#ending.add(loop);
    loop.stopAndEndSeries(() => {
      this.#ending.delete(loop);
      return this.#hasLabels(loop.target.publicLabels);
    });
  }

  /** Whether some target now writes the series of one that is gone: it merely moved. */
  #hasLabels(labels: Labels): boolean {
    const text = labels.join('\n');
    for (const { target } of this.#loops.values()) {
      if (target.publicLabels.join('\n') === text) return true;
    }
    return false;
  }

  /** Whether a removed pool has nothing left to write. */
  get hasEnded(): boolean {
    return this.#loops.size === 0 && this.#ending.size === 0;
  }

  /** The job is gone from the configuration: its series end. */
  remove(): void {
    for (const loop of this.#loops.values()) this.#end(loop);
    this.#loops.clear();
    this.#settings.client.close();
    const { metrics } = this.#surroundings;
    const { jobName } = this.#config;
    for (const metric of [
      metrics.poolSyncs,
      metrics.poolTargets,
      metrics.poolTargetLimit,
      metrics.syncSeconds,
      metrics.syncFailed,
    ]) {
      metric.remove([jobName]);
    }
  }

  /** The server goes down: nothing ends. */
  stop(): void {
    for (const loop of this.#loops.values()) loop.abandon();
    for (const loop of this.#ending) loop.abandon();
    this.#settings.client.close();
  }
}

/** All settings but the discoveries, whose changes arrive as groups. */
function configKey(config: ScrapeConfig): string {
  return settingsKey({ ...config, discovery: [] });
}

/** The settings that decide which series a line of a page becomes. */
function seriesKey({
  honorLabels,
  metricRelabelRules,
  metricNameValidationScheme,
  labelLimit,
  labelNameLengthLimit,
  labelValueLengthLimit,
}: ScrapeConfig): string {
  return settingsKey({
    honorLabels,
    metricRelabelRules,
    metricNameValidationScheme,
    labelLimit,
    labelNameLengthLimit,
    labelValueLengthLimit,
  });
}

function loopSettings(
  config: ScrapeConfig,
  client: HttpClient,
  { openFailureLog }: PoolSurroundings,
): LoopSettings {
  const { scrapeFailureLogFile: path } = config;
  return {
    config,
    client,
    accept: acceptHeader(config.scrapeProtocols, config.metricNameEscapingScheme),
    failureLog: path === undefined || path === '' ? undefined : openFailureLog(path),
  };
}
