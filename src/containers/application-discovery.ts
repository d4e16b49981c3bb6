import type { TargetGroup } from '#config';
import type { Discovery, OnGroups } from '#discovery';
import type { HttpClient, Clock, Log, Timer } from '#platform';
import { BECAUSE_OURSELVES } from './choice.ts';
import type { Choice } from './choice.ts';
import type { Container, ContainerRegistry } from './container.ts';
import { FollowedContainer } from './followed-container.ts';
import { ProbeMemory } from './probe-memory.ts';
import type { ProbeMetrics } from './probe-metrics.ts';
import type { Vantage } from './reach.ts';
import { sourceOf } from './target-group.ts';
import type { FoundApplication } from './target-group.ts';

export interface ApplicationDiscoveryOptions {
  readonly registry: ContainerRegistry;
  readonly clock: Clock;
  readonly log: Log;
  /** Does not follow redirects: a container must not send us elsewhere. */
  readonly client: HttpClient;
  readonly userAgent: string;
  readonly metrics: ProbeMetrics;
  /** From where we look now; asked whenever a container is looked at. */
  readonly vantage: () => Vantage;
  /** Ourselves, where we run in a container; it has a job of its own. */
  readonly ownId: () => string | undefined;
}

/** Finds applications in containers: by labels, else by asking exposed ports once. */
export interface ApplicationDiscovery extends Discovery {
  /** Undefined: it does not follow that container. */
  choice(id: string): Choice | undefined;
  /** Groups as they are now. */
  groups(): readonly TargetGroup[];
  /** What was found in each container, by name; those without targets are left out. */
  found(): readonly FoundApplication[];
  /** Resolves when nothing is being asked nor waits to be. */
  settled(): Promise<void>;
}

/** Containers that are asked at the same time. */
const ASKED_AT_ONCE_MAX = 4;
/** Containers beyond are not followed; that is counted. */
const FOLLOWED_MAX = 2000;
/** Targets beyond are not told; that is counted. */
const TARGETS_MAX = 2000;
/** When a container that does not answer yet is asked again, after it was asked. */
const RETRY_MS: readonly number[] = [2000, 5000, 15_000, 60_000];
/** Changes that come together are looked at together. */
const LOOK_WAIT_MS = 50;

const OURSELVES: Choice = {
  kind: 'none',
  because: BECAUSE_OURSELVES,
  ports: [],
  problems: [],
};

export function createApplicationDiscovery(
  options: ApplicationDiscoveryOptions,
): ApplicationDiscovery {
  return new RunningDiscovery(options);
}

class RunningDiscovery implements ApplicationDiscovery {
  readonly #options: ApplicationDiscoveryOptions;
  readonly #memory: ProbeMemory = new ProbeMemory();
  readonly #followed = new Map<string, FollowedContainer>();
  readonly #told = new Map<string, TargetGroup>();
  readonly #waiting = new Set<FollowedContainer>();
  readonly #asked = new Set<FollowedContainer>();
  readonly #retries = new Map<FollowedContainer, Timer>();
  #settlers: (() => void)[] = [];
  #isRunning = false;
  /** From where we looked last. */
  #place = '';
  #onGroups: OnGroups = () => {};
  #lookTimer: Timer | undefined;
  #refusedIds: ReadonlySet<string> = new Set();

  constructor(options: ApplicationDiscoveryOptions) {
    this.#options = options;
  }

  run(onGroups: OnGroups): () => void {
    this.#onGroups = onGroups;
    this.#isRunning = true;
    const unsubscribe = this.#options.registry.subscribe(() => this.#lookSoon());
    // Says at once what is known, so that nobody waits for the first container.
    onGroups([]);
    this.#look();
    return () => {
      unsubscribe();
      this.#stop();
    };
  }

  choice(id: string): Choice | undefined {
    if (this.#isRunning && id === this.#options.ownId()) return OURSELVES;
    return this.#followed.get(id)?.choice(this.#isBusy(id));
  }

  groups(): readonly TargetGroup[] {
    return [...this.#told.values()];
  }

  found(): readonly FoundApplication[] {
    return [...this.#followed.values()]
      .filter(({ id }) => this.#told.has(id))
      .map((followed) => followed.found())
      .toSorted((a, b) => (a.container.line < b.container.line ? -1 : 1));
  }

  async settled(): Promise<void> {
    if (this.#waiting.size + this.#asked.size === 0) return;
    await new Promise<void>((resolve) => this.#settlers.push(resolve));
  }

  #isBusy(id: string): boolean {
    const followed = this.#followed.get(id);
    if (followed === undefined) return false;
    return this.#waiting.has(followed) || this.#asked.has(followed) || this.#retries.has(followed);
  }

  #stop(): void {
    this.#isRunning = false;
    for (const followed of this.#followed.values()) followed.abort();
    this.#lookTimer?.cancel();
    this.#lookTimer = undefined;
    for (const timer of this.#retries.values()) timer.cancel();
    this.#retries.clear();
    this.#waiting.clear();
    this.#followed.clear();
    this.#told.clear();
    this.#onGroups = () => {};
    this.#count();
  }

  #lookSoon(): void {
    this.#lookTimer ??= this.#options.clock.setTimer(LOOK_WAIT_MS, () => this.#look());
  }

  /** Compares the containers that there are with those that are followed. */
  #look(): void {
    this.#lookTimer?.cancel();
    this.#lookTimer = undefined;
    const running = new Map<string, Container>();
    const ownId = this.#options.ownId();
    for (const container of this.#options.registry.containers()) {
      const { id, state } = container;
      // One that is paused comes back as it was.
      const isThere = state === 'running' || (state === 'paused' && this.#followed.has(id));
      if (isThere && id !== ownId) running.set(id, container);
    }
    for (const [id, followed] of this.#followed) {
      if (!running.has(id)) this.#forget(id, followed);
    }
    this.#followAll(running);
    this.#lookFromElsewhere();
    this.#count();
  }

  /** We were connected to a network, or only now know in which container we run. */
  #lookFromElsewhere(): void {
    const { ownNetworks, publishingHost, seesContainerNetworks } = this.#options.vantage();
    const place = [...(ownNetworks ?? ['*']), publishingHost, seesContainerNetworks].join(' ');
    if (place === this.#place) return;
    this.#place = place;
    for (const followed of this.#followed.values()) {
      if (followed.reconsider()) this.#askNow(followed);
    }
  }

  #followAll(running: ReadonlyMap<string, Container>): void {
    const refused = new Set<string>();
    for (const [id, container] of running) {
      const known = this.#followed.get(id);
      if (known !== undefined) {
        const change = known.update(container);
        if (change === 'ask') this.#askNow(known);
        else if (change === 'changed') this.#tell(known);
      } else if (this.#followed.size >= FOLLOWED_MAX) {
        refused.add(id);
      } else {
        const { vantage, metrics } = this.#options;
        const followed = new FollowedContainer(container, { vantage, memory: this.#memory });
        if (followed.leftOut > 0) metrics.refused.inc(followed.leftOut, ['ports']);
        this.#followed.set(id, followed);
        this.#askNow(followed);
      }
    }
    const news = [...refused].filter((id) => !this.#refusedIds.has(id)).length;
    if (news > 0) this.#options.metrics.refused.inc(news, ['containers']);
    this.#refusedIds = refused;
  }

  #forget(id: string, followed: FollowedContainer): void {
    this.#followed.delete(id);
    this.#waiting.delete(followed);
    followed.abort();
    this.#retries.get(followed)?.cancel();
    this.#retries.delete(followed);
    if (this.#told.delete(id)) this.#onGroups([{ source: sourceOf(id), targets: [], labels: [] }]);
  }

  #askNow(followed: FollowedContainer): void {
    this.#retries.get(followed)?.cancel();
    this.#retries.delete(followed);
    this.#tell(followed);
    if (!followed.hasQuestions || !this.#isRunning) return;
    this.#waiting.add(followed);
    this.#next();
  }

  #next(): void {
    for (const followed of this.#waiting) {
      if (this.#asked.size >= ASKED_AT_ONCE_MAX) break;
      // One that is asked already waits until it is done.
      if (this.#asked.has(followed)) continue;
      this.#waiting.delete(followed);
      this.#asked.add(followed);
      void this.#ask(followed);
    }
    this.#count();
    if (this.#waiting.size + this.#asked.size > 0) return;
    for (const settle of this.#settlers.splice(0)) settle();
  }

  async #ask(followed: FollowedContainer): Promise<void> {
    const { client, userAgent, metrics, log } = this.#options;
    const onRequest = (outcome: string): void => metrics.requests.inc(1, [outcome]);
    try {
      await followed.ask({ client, userAgent, onRequest });
    } catch (error) {
      log.error('cannot ask a container for metrics', { err: String(error) });
    }
    this.#asked.delete(followed);
    if (this.#followed.get(followed.id) === followed) {
      this.#tell(followed);
      if (!this.#waiting.has(followed)) this.#retryLater(followed);
    }
    this.#next();
  }

  #retryLater(followed: FollowedContainer): void {
    const waitMs = RETRY_MS[followed.silentRounds - 1];
    if (!followed.hasQuestions || waitMs === undefined) return;
    const timer = this.#options.clock.setTimer(waitMs, () => {
      this.#retries.delete(followed);
      this.#askNow(followed);
    });
    this.#retries.set(followed, timer);
  }

  /** Tells a container's targets where they are others than before. */
  #tell(followed: FollowedContainer): void {
    const { id } = followed;
    const group = followed.group();
    const before = this.#told.get(id);
    const room = TARGETS_MAX - this.#targetCount() + (before?.targets.length ?? 0);
    if (group.targets.length > room) {
      if (!followed.isRefused) this.#options.metrics.refused.inc(group.targets.length, ['targets']);
      followed.isRefused = true;
      return;
    }
    if (group.targets.length === 0 && before === undefined) return;
    if (JSON.stringify(group) === JSON.stringify(before)) return;
    if (group.targets.length === 0) this.#told.delete(id);
    else this.#told.set(id, group);
    this.#onGroups([group]);
    this.#count();
  }

  #targetCount(): number {
    let count = 0;
    for (const { targets } of this.#told.values()) count += targets.length;
    return count;
  }

  #count(): void {
    const { metrics } = this.#options;
    metrics.waiting.set(this.#waiting.size + this.#asked.size);
    metrics.targets.set(this.#targetCount());
  }
}
