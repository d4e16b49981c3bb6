import { labelsEqual } from '#model';
import type { DiscoveryConfig, TargetGroup } from '#config';
import type { Timer } from '#platform';
import { createDiscovery } from './discovery.ts';
import type { DiscoverySurroundings } from './discovery.ts';
import { settingsKey } from './settings-key.ts';

export interface DiscoveryJob {
  readonly jobName: string;
  readonly discovery: readonly DiscoveryConfig[];
}

export interface JobGroupsOptions {
  readonly surroundings: DiscoverySurroundings;
  /** All groups of a job, whenever one of them changed. */
  readonly onGroups: (jobName: string, groups: readonly TargetGroup[]) => void;
}

/** Runs the discoveries of all jobs and tells what each job's targets are. */
export interface JobGroups {
  /** Takes a new configuration. Discoveries that are the same as before go on undisturbed. */
  apply(jobs: readonly DiscoveryJob[]): void;
  stop(): void;
}

/** Changes that come together are told together. */
const UPDATE_WAIT_MS = 100;

/**
 * After a change of its discoveries a job keeps its old targets until the new ones have spoken, so that
 * a reload does not end series for a moment; but no longer than this.
 */
const FIRST_GROUPS_WAIT_MS = 5000;

/** A discovery that runs, for one job or several with the same settings. */
interface Provider {
  stop: (() => void) | undefined;
  readonly groups: Map<string, TargetGroup>;
  hasSpoken: boolean;
}

interface Job {
  providers: readonly Provider[];
  hasGroups: boolean;
  isChanged: boolean;
  appliedMs: number;
}

export function createJobGroups(options: JobGroupsOptions): JobGroups {
  return new RunningJobGroups(options);
}

class RunningJobGroups implements JobGroups {
  readonly #surroundings: DiscoverySurroundings;
  readonly #onGroups: JobGroupsOptions['onGroups'];
  #providers = new Map<string, Provider>();
  #jobs = new Map<string, Job>();
  #timer: Timer | undefined;
  /** When the timer calls; Infinity while there is none. */
  #dueMs = Infinity;
  #isApplying = false;

  constructor({ surroundings, onGroups }: JobGroupsOptions) {
    this.#surroundings = surroundings;
    this.#onGroups = onGroups;
  }

  apply(jobs: readonly DiscoveryJob[]): void {
    this.#isApplying = true;
    const providers = new Map<string, Provider>();
    const next = new Map<string, Job>();
    let failedConfigs = 0;
    for (const { jobName, discovery } of jobs) {
      const used: Provider[] = [];
      for (const config of discovery) {
        const provider = this.#provide(config, providers);
        if (provider === undefined) failedConfigs++;
        else used.push(provider);
      }
      next.set(jobName, this.#nextJob(jobName, used));
    }
    for (const [key, provider] of this.#providers) {
      if (!providers.has(key)) provider.stop?.();
    }
    this.#forgetJobs(next);
    this.#providers = providers;
    this.#jobs = next;
    this.#isApplying = false;
    this.#surroundings.metrics.failedConfigs.set(failedConfigs, ['scrape']);
    this.#flush();
  }

  stop(): void {
    this.#timer?.cancel();
    for (const provider of this.#providers.values()) provider.stop?.();
    this.#providers.clear();
    this.#jobs.clear();
  }

  /** The provider of before, one just made for another job, or a new one. */
  #provide(config: DiscoveryConfig, next: Map<string, Provider>): Provider | undefined {
    const key = settingsKey(config);
    const known = next.get(key) ?? this.#providers.get(key);
    const provider = known ?? this.#start(config);
    if (provider !== undefined) next.set(key, provider);
    return provider;
  }

  #start(config: DiscoveryConfig): Provider | undefined {
    const discovery = createDiscovery(config, this.#surroundings);
    if (discovery === undefined) return undefined;
    const groups = new Map<string, TargetGroup>();
    const provider: Provider = { groups, hasSpoken: false, stop: undefined };
    provider.stop = discovery.run((changed) => this.#receive(provider, changed));
    return provider;
  }

  #nextJob(jobName: string, providers: readonly Provider[]): Job {
    const before = this.#jobs.get(jobName);
    const isSame =
      before !== undefined &&
      before.providers.length === providers.length &&
      before.providers.every((provider, i) => provider === providers[i]);
    if (isSame) return before;
    const hasGroups = before?.hasGroups ?? false;
    return { providers, hasGroups, isChanged: true, appliedMs: this.#surroundings.clock.nowMs() };
  }

  #forgetJobs(next: ReadonlyMap<string, Job>): void {
    for (const jobName of this.#jobs.keys()) {
      if (next.has(jobName)) continue;
      this.#surroundings.metrics.discoveredTargets.remove(['scrape', jobName]);
    }
  }

  #receive(provider: Provider, groups: readonly TargetGroup[]): void {
    this.#surroundings.metrics.receivedUpdates.inc(1, ['scrape']);
    const isFirst = !provider.hasSpoken;
    provider.hasSpoken = true;
    let isChanged = isFirst;
    for (const group of groups) isChanged = store(provider.groups, group) || isChanged;
    if (!isChanged) return;
    for (const job of this.#jobs.values()) {
      if (job.providers.includes(provider)) job.isChanged = true;
    }
    if (!this.#isApplying) this.#flushIn(UPDATE_WAIT_MS);
  }

  #flushIn(waitMs: number): void {
    const { clock } = this.#surroundings;
    const dueMs = clock.nowMs() + waitMs;
    if (dueMs >= this.#dueMs) return;
    this.#dueMs = dueMs;
    this.#timer?.cancel();
    this.#timer = clock.setTimer(waitMs, () => this.#flush());
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#dueMs = Infinity;
    const nowMs = this.#surroundings.clock.nowMs();
    let waitMs = Infinity;
    for (const [jobName, job] of this.#jobs) {
      if (!job.isChanged) continue;
      const restMs = job.appliedMs + FIRST_GROUPS_WAIT_MS - nowMs;
      if (job.hasGroups && restMs > 0 && !job.providers.every(({ hasSpoken }) => hasSpoken)) {
        waitMs = Math.min(waitMs, restMs);
        continue;
      }
      this.#tell(jobName, job);
    }
    if (waitMs < Infinity) this.#flushIn(waitMs);
  }

  #tell(jobName: string, job: Job): void {
    job.isChanged = false;
    job.hasGroups = true;
    const groups = job.providers.flatMap((provider) => [...provider.groups.values()]);
    const { metrics } = this.#surroundings;
    const targetCount = groups.reduce((sum, group) => sum + group.targets.length, 0);
    metrics.discoveredTargets.set(targetCount, ['scrape', jobName]);
    metrics.updates.inc(1, ['scrape']);
    this.#onGroups(jobName, groups);
  }
}

/** Replaces or removes a group; true where that changed something. */
function store(groups: Map<string, TargetGroup>, group: TargetGroup): boolean {
  if (group.targets.length === 0) return groups.delete(group.source);
  const before = groups.get(group.source);
  if (before !== undefined && sameGroup(before, group)) return false;
  groups.set(group.source, group);
  return true;
}

function sameGroup(a: TargetGroup, b: TargetGroup): boolean {
  return (
    a.targets.length === b.targets.length &&
    labelsEqual(a.labels, b.labels) &&
    a.targets.every((labels, i) => labelsEqual(labels, b.targets[i] ?? []))
  );
}
