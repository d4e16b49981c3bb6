import type { ContainerStats } from '#docker';
import type { Clock, Log } from '#platform';
import { createEnvironment } from './cgroup/environment.ts';
import type { CgroupEnvironment } from './cgroup/environment.ts';
import { HostReader } from './cgroup/host-reader.ts';
import { ProcessCounter } from './cgroup/process-counter.ts';
import type { CgroupSettings } from './cgroup/settings.ts';
import type { Container, ContainerRegistry, Reading, RegistryChange } from './container.ts';
import { measureByApi } from './measure-api.ts';
import { MeasuredContainer } from './measured-container.ts';
import type { MeasuredBy } from './measured-container.ts';
import { isRunning } from './series-labels.ts';

export interface MeasurerParts {
  readonly registry: ContainerRegistry;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: CgroupSettings;
  /** Of the engine, for containers whose files cannot be reached. Absent: these are not measured. */
  readonly stats?: (id: string) => Promise<ContainerStats | undefined>;
}

/** How a container is measured. */
export interface MeasuredState {
  readonly by: MeasuredBy;
  /** Why it is not measured from its files, or not whole; '' where it is. */
  readonly error: string;
}

/** Last readings of containers that ended. */
const PAST_MAX = 1000;
/** Identities of which kills for memory are remembered. */
const OOM_KILLS_MAX = 1000;
/** Files are read for so long before others get a turn. Milliseconds. */
const SLICE_MS = 5;
/** Questions to the engine at a time: each costs it more than all of our reading. */
const ENGINE_CONCURRENCY = 4;
/** No further question is begun after so long, so that the page comes within a scrape's time. Milliseconds. */
const ENGINE_TIME_MS = 5000;

/**
 * Measures all containers that run, when it is asked to. Files of a container are open from its first measurement
 * until the registry says that it ended.
 */
export class ContainerMeasurer {
  readonly environment: CgroupEnvironment;
  readonly host: HostReader;
  readonly #parts: MeasurerParts;
  readonly #processes: ProcessCounter;
  readonly #running = new Map<string, MeasuredContainer>();
  /** By id, oldest first. */
  readonly #past = new Map<string, Reading>();
  /** By identity. */
  readonly #oomKills = new Map<string, number>();
  readonly #unsubscribe: () => void;
  #known: readonly Container[] | undefined;
  #isWarned = false;

  constructor(parts: MeasurerParts) {
    this.#parts = parts;
    const { settings, clock, registry } = parts;
    this.environment = createEnvironment(settings);
    this.host = new HostReader(this.environment);
    this.#processes = new ProcessCounter(settings.procPath, () => clock.monotonicMs());
    this.#unsubscribe = registry.subscribe((change) => this.#follow(change));
  }

  /** Containers that run, in the registry's order, measured now where that is possible (`isFresh`). */
  async measure(): Promise<readonly MeasuredContainer[]> {
    this.#reconcile();
    const { clock } = this.#parts;
    const measured = [...this.#running.values()];
    const others: MeasuredContainer[] = [];
    let sliceMs = clock.monotonicMs();
    for (const one of measured) {
      // It may have ended while others had their turn.
      if (one.isEnded) continue;
      if (one.readFiles(this.environment, clock.nowMs()) === 'failed') others.push(one);
      if (clock.monotonicMs() - sliceMs < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      sliceMs = clock.monotonicMs();
    }
    this.#processes.count(measured.flatMap(({ reader }) => reader ?? []));
    if (others.length > 0) await this.#askEngine(others);
    return measured;
  }

  /** Of a container that runs or ran; undefined where it was never measured, or that is forgotten. */
  latest(id: string): Reading | undefined {
    return this.#running.get(id)?.reading ?? this.#past.get(id);
  }

  /** `none` for containers that do not run. */
  measured(id: string): MeasuredState {
    const one = this.#running.get(id);
    return one === undefined ? NOT_MEASURED : { by: one.by, error: one.error };
  }

  /** Files that are open now. */
  get openFiles(): number {
    return this.environment.files.open;
  }

  close(): void {
    this.#unsubscribe();
    for (const one of this.#running.values()) one.end();
    this.#running.clear();
    this.host.close();
  }

  #follow({ event }: RegistryChange): void {
    if (event?.kind === 'oom') {
      const one = this.#running.get(event.container.id);
      // Told once for several in a row.
      if (one !== undefined) one.oomEvents += Number(event.attributes['times']) || 1;
    }
    this.#reconcile();
  }

  /** Follows the registry: files of what has ended are closed at once. */
  #reconcile(): void {
    const { registry } = this.#parts;
    const known = registry.containers();
    if (known === this.#known) return;
    this.#known = known;
    const containers = known.filter(isRunning);
    const ids = new Set(containers.map(({ id }) => id));
    for (const [id, one] of this.#running) {
      if (!ids.has(id)) this.#end(one, registry.byId(id));
    }
    for (const container of containers) {
      const one = this.#running.get(container.id);
      if (one !== undefined && !one.isSameLife(container)) this.#end(one, container);
      const kept = this.#running.get(container.id) ?? this.#begin(container);
      kept.container = container;
      // In the registry's order: pages whose lines stand where they stood are cheap to store.
      this.#running.delete(container.id);
      this.#running.set(container.id, kept);
    }
  }

  #begin(container: Container): MeasuredContainer {
    const one = new MeasuredContainer(container);
    one.oomKillsBefore = this.#oomKills.get(container.identity.name) ?? 0;
    return one;
  }

  #end(one: MeasuredContainer, now: Container | undefined): void {
    const { id, identity } = one.container;
    this.#running.delete(id);
    one.end();
    if (now?.isOomKilled === true && !isRunning(now)) one.oomEvents = Math.max(1, one.oomEvents);
    const { reading, oomKills } = one;
    if (oomKills > 0) remember(this.#oomKills, identity.name, oomKills, OOM_KILLS_MAX);
    if (reading !== undefined) remember(this.#past, id, reading, PAST_MAX);
  }

  async #askEngine(others: readonly MeasuredContainer[]): Promise<void> {
    const { stats, clock, registry } = this.#parts;
    if (stats === undefined || registry.engine.status !== 'connected') return;
    const startMs = clock.monotonicMs();
    const waiting = others.values();
    const ask = async (): Promise<void> => {
      for (const one of waiting) {
        if (clock.monotonicMs() - startMs > ENGINE_TIME_MS) {
          one.by = 'none';
          one.error = 'the engine takes too long to tell of its containers';
        } else await this.#askFor(one, stats);
      }
    };
    await Promise.all(Array.from({ length: ENGINE_CONCURRENCY }, ask));
  }

  async #askFor(one: MeasuredContainer, stats: NonNullable<MeasurerParts['stats']>): Promise<void> {
    try {
      const told = await stats(one.container.id);
      const isTold = told !== undefined && !told.read.startsWith(NEVER_READ);
      one.by = isTold && !one.isEnded ? 'api' : 'none';
      if (isTold) measureByApi(told, one.measurement, this.#parts.clock.nowMs());
    } catch (error) {
      one.by = 'none';
      one.error = error instanceof Error ? error.message : String(error);
      if (!this.#isWarned) this.#parts.log.warn('cannot measure a container', { err: one.error });
      this.#isWarned = true;
    }
  }
}

/** What the engine says of a container that does not run: numbers that are all zero. */
const NEVER_READ = '0001-01-01';

const NOT_MEASURED: MeasuredState = { by: 'none', error: '' };

function remember<V>(map: Map<string, V>, key: string, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= max) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
