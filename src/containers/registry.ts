import type { ContainerSummary, DockerEngine, EngineEvent } from '#docker';
import type { Registry } from '#instrument';
import { errorText } from '#platform';
import type { Clock, Disk, Log, Timer } from '#platform';
import type { Container, ContainerRegistry, EngineState, RegistryChange } from './container.ts';
import { GoneFile } from './gone-file.ts';
import type { LifeTotals } from './gone-file.ts';
import { kindOf, storyOf } from './lifecycle.ts';
import type { Look, Story } from './lifecycle.ts';
import { PendingEvents } from './registry-events.ts';
import { chosenOf, differs } from './registry-list.ts';
import { Looks } from './registry-looks.ts';
import { createRegistryMetrics, registryFamilies } from './registry-metrics.ts';
import type { RegistryMetrics } from './registry-metrics.ts';
import { RegistryStore } from './registry-store.ts';
import { lifecycleEventsOf } from './registry-story.ts';
import { EngineWatch } from './registry-watch.ts';
import { ServiceLabels } from './service-labels.ts';

/** Containers that exist, at most: what a host of today carries, twice. */
export const CONTAINERS_LIMIT = 2000;

/** What is known is written so long after it changed. Milliseconds. */
const SAVE_DELAY_MS = 10_000;

/** Those that have gone are looked through so often. Milliseconds. */
const EXPIRE_MS = 60_000;

export interface ContainerRegistryOptions {
  readonly engine: DockerEngine;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Registry;
  /** Where containers that have gone are kept over a restart; absent: they are not. */
  readonly kept?: { readonly disk: Disk; readonly dir: string };
  readonly limit?: number;
}

export interface RunningRegistry extends ContainerRegistry {
  /** What was counted of an identity, over all its containers. */
  totals(name: string): LifeTotals;
  /** Containers that exist and are not watched, because of the limit. */
  readonly leftOut: number;
  /** For tests: what is held of containers beside them. */
  held(): { readonly looks: number; readonly pending: number; readonly totals: number };
  start(): void;
  /** Writes what is known. */
  stop(): Promise<void>;
}

/** Which containers an engine has, by its list, its events and inspection; nothing runs before `start`. */
export function createContainerRegistry(options: ContainerRegistryOptions): RunningRegistry {
  return new EngineRegistry(options);
}

class EngineRegistry implements RunningRegistry {
  leftOut = 0;
  readonly #options: ContainerRegistryOptions;
  readonly #metrics: RegistryMetrics;
  readonly #store: RegistryStore;
  readonly #limit: number;
  readonly #events: PendingEvents;
  readonly #looks: Looks;
  readonly #services: ServiceLabels;
  readonly #watch: EngineWatch;
  readonly #file: GoneFile | undefined;
  readonly #listeners = new Set<(change: RegistryChange) => void>();
  readonly #stopping = new AbortController();
  /** What is older of a container that nobody knew is not told. */
  #knownUntilMs = Infinity;
  #running: Promise<void> | undefined;
  #saveTimer: Timer | undefined;
  #expireTimer: Timer | undefined;
  #forgetMetrics: () => void = () => {};

  constructor(options: ContainerRegistryOptions) {
    const { engine, clock, log, metrics, kept, limit = CONTAINERS_LIMIT } = options;
    this.#options = options;
    this.#limit = limit;
    this.#metrics = createRegistryMetrics(metrics);
    this.#store = new RegistryStore(limit);
    this.#events = new PendingEvents(limit);
    this.#looks = new Looks({ clock, look: (id) => this.#look(id) });
    const onChange = (): void => this.#takeServiceLabels();
    this.#services = new ServiceLabels({ engine, clock, log, onChange });
    this.#file = kept && new GoneFile(kept.disk, kept.dir);
    this.#watch = new EngineWatch({
      engine,
      clock,
      log,
      sinceMs: () => this.#events.sinceMs,
      onEvent: (event) => this.#hear(event),
      sync: (isWhole, signal) => this.#sync(isWhole, signal),
      onState: () => this.#notify({ event: undefined }),
    });
  }

  get engine(): EngineState {
    return this.#watch.state;
  }

  containers(): readonly Container[] {
    return this.#store.containers();
  }

  find(name: string): Container | undefined {
    return this.#store.find(name);
  }

  byId(id: string): Container | undefined {
    return this.#store.byId(id);
  }

  totals(name: string): LifeTotals {
    return this.#store.totals(name);
  }

  held(): ReturnType<RunningRegistry['held']> {
    const totals = this.#store.totalsCount;
    return { looks: this.#looks.size, pending: this.#events.size, totals };
  }

  subscribe(listener: (change: RegistryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.#running !== undefined) return;
    this.#restore();
    this.#forgetMetrics = this.#options.metrics.collect(() => registryFamilies(this.#counts()));
    this.#expireLater();
    this.#running = this.#watch.run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#watch.close();
    this.#looks.close();
    this.#services.close();
    this.#expireTimer?.cancel();
    this.#forgetMetrics();
    await this.#running;
    const isDirty = this.#saveTimer !== undefined;
    this.#saveTimer?.cancel();
    if (isDirty) await this.#save();
  }

  #counts(): Parameters<typeof registryFamilies>[0] {
    return {
      containers: this.containers(),
      existing: this.#store.existingCount,
      gone: this.#store.goneCount,
      crowdedOut: this.#store.crowdedOut,
      leftOut: this.leftOut,
      reconnects: this.#watch.reconnects,
      isConnected: this.engine.status === 'connected',
    };
  }

  #hear(event: EngineEvent): void {
    if (!this.#events.isNew(event)) return;
    if (event.type === 'network') {
      const id = event.actor.attributes['container'] ?? '';
      if (this.#store.has(id)) this.#looks.soon(id);
      return;
    }
    if (event.type === 'service') {
      this.#services.readSoon(this.#stopping.signal);
      return;
    }
    if (event.type !== 'container' || event.actor.id === '' || kindOf(event) === undefined) return;
    this.#metrics.engineEvents.inc();
    if (!this.#events.add(event)) this.#metrics.eventsLost.inc();
    this.#looks.soon(event.actor.id);
  }

  /** `isWhole`: each one is looked at, not only those that the list shows changed. */
  async #sync(isWhole: boolean, signal: AbortSignal): Promise<void> {
    const { engine, clock } = this.#options;
    const startMs = clock.nowMs();
    const list = await engine.containers({ all: true }, signal);
    const chosen = chosenOf(list, this.#limit);
    this.#setLeftOut(list.length - chosen.length);
    const ids = new Set(chosen.map(({ Id }) => Id));
    const changed = chosen.filter((one) => isWhole || this.#differs(one)).map(({ Id }) => Id);
    await this.#services.refresh(chosen, signal);
    const missing = this.#store.ids().filter((id) => !ids.has(id));
    await this.#looks.all([...missing, ...changed]);
    this.#knownUntilMs = startMs;
    if (isWhole) this.#notify({ event: undefined });
    this.#saveLater();
  }

  #differs(summary: ContainerSummary): boolean {
    return differs(summary, this.#store.existing(summary.Id));
  }

  #setLeftOut(count: number): void {
    if (count > 0 && this.leftOut === 0) {
      const limit = this.#limit;
      this.#options.log.warn('too many containers, some are not watched', {
        leftOut: count,
        limit,
      });
    }
    this.leftOut = count;
  }

  async #look(id: string): Promise<void> {
    const events = this.#events.take(id);
    const details = events.some((event) => kindOf(event) === 'remove')
      ? 'unknown'
      : await this.#inspect(id);
    const before = this.#store.existing(id);
    const memory = this.#store.memoryOf(id);
    if (before === undefined && this.#store.isFull) {
      this.#looks.forget(id);
      return;
    }
    const nowMs = this.#options.clock.nowMs();
    const knownUntilMs = this.#knownUntilMs;
    const look: Look = { before, events, details, memory, nowMs, knownUntilMs };
    const story = storyOf(look);
    if (story.container === undefined) this.#looks.forget(id);
    else this.#take(look, story, this.#services.adorned(story.container, before));
  }

  #takeServiceLabels(): void {
    let isAny = false;
    for (const id of this.#store.ids()) {
      const before = this.#store.existing(id);
      if (before === undefined) continue;
      const container = this.#services.adorned(before, before);
      if (isSame(before, container)) continue;
      this.#store.put(container, this.#store.memoryOf(id));
      isAny = true;
    }
    if (isAny) this.#notify({ event: undefined });
  }

  async #inspect(id: string): Promise<Look['details']> {
    this.#metrics.inspections.inc();
    try {
      const { signal } = this.#stopping;
      const details = await this.#options.engine.container(id, signal);
      await this.#services.know(details?.Config.Labels ?? {}, signal);
      return details ?? 'gone';
    } catch (error) {
      if (this.#stopping.signal.aborted) return 'unknown';
      this.#metrics.inspectFailures.inc();
      this.#options.log.debug('cannot inspect a container', { id, err: errorText(error) });
      return 'unknown';
    }
  }

  #take({ before, memory, nowMs }: Look, story: Story, container: Container): void {
    const previous = this.#store.predecessor(container);
    this.#store.count(before, story);
    if (container.state === 'removed') {
      this.#store.remove(container, nowMs);
      this.#looks.forget(container.id);
    } else if (before === undefined || !isSame(before, container)) {
      this.#store.put(container, memory);
    } else if (story.happenings.length === 0) return;
    this.#saveLater();
    const isReplaced = this.#store.exists(container.identity.name);
    const events = lifecycleEventsOf(story, { before, predecessor: previous, isReplaced });
    const now = this.#store.existing(container.id) ?? before ?? container;
    const { line } = now;
    for (const event of events) {
      this.#metrics.events.inc(1, [event.kind]);
      this.#notify({ event: { ...event, container: { ...event.container, line } } });
    }
    if (events.length === 0) this.#notify({ event: undefined });
  }

  #notify(change: RegistryChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#options.log.error('BUG: a listener to containers failed', { err: error });
      }
    }
  }

  #restore(): void {
    const { engine, log } = this.#options;
    try {
      const known = this.#file?.read();
      if (known === undefined || known.address !== engine.address) return;
      this.#store.restore(known);
      this.#events.resume(known.eventMs);
      this.#knownUntilMs = known.savedMs;
    } catch (error) {
      log.warn('cannot take over what was known of containers', { err: errorText(error) });
    }
  }

  #saveLater(): void {
    if (this.#file === undefined || this.#stopping.signal.aborted) return;
    this.#saveTimer ??= this.#options.clock.setTimer(SAVE_DELAY_MS, () => {
      this.#saveTimer = undefined;
      void this.#save();
    });
  }

  async #save(): Promise<void> {
    const { engine, clock, log } = this.#options;
    try {
      await this.#file?.write({
        address: engine.address,
        savedMs: clock.nowMs(),
        eventMs: this.#events.sinceMs ?? 0,
        ...this.#store.known(),
      });
    } catch (error) {
      this.#metrics.saveFailures.inc();
      log.warn('cannot write what is known of containers', { err: errorText(error) });
    }
  }

  #expireLater(): void {
    const { clock } = this.#options;
    this.#expireTimer = clock.setTimer(EXPIRE_MS, () => {
      if (this.#store.expire(clock.nowMs())) this.#notify({ event: undefined });
      this.#expireLater();
    });
  }
}

/** Line aside, which depends on the others. */
function isSame(before: Container, now: Container): boolean {
  return JSON.stringify({ ...before, line: now.line }) === JSON.stringify(now);
}
