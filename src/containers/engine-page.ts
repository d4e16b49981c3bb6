import { DockerError, unlessRefused } from '#docker';
import type { DockerEngine, EngineInfo, EngineVersion, SwarmNode } from '#docker';
import { writeText } from '#exposition';
import type { FamilyMetric, MetricFamily, MetricType } from '#model';
import type { Clock } from '#platform';
import type { ContainerRegistry } from './container.ts';
import { EngineCounts } from './engine-counts.ts';
import type { CountedKind } from './engine-counts.ts';

/** What hardly changes is asked again after so long: for `/info` an engine starts programs of its own. */
const FACTS_MS = 60_000;

/** The lists of a swarm may be long. */
const SWARM_MS = 15_000;

export interface EnginePageOptions {
  readonly registry: ContainerRegistry;
  /** Undefined while there is none. */
  readonly engine: () => DockerEngine | undefined;
  readonly clock: Clock;
}

/**
 * The metrics of a Docker Engine under its own names (20.10 and later, `--metrics-addr`), for engines that do not
 * serve them where we could scrape them: made of what its API tells. What takes time in the engine is not told, so
 * that of its histograms there are counts alone.
 */
export class EnginePage {
  readonly #options: EnginePageOptions;
  readonly #counts: EngineCounts;
  readonly #facts: Kept<Facts>;
  readonly #swarm: Kept<readonly MetricFamily[]>;

  constructor(options: EnginePageOptions) {
    const { clock } = options;
    this.#options = options;
    this.#counts = new EngineCounts(clock);
    this.#facts = new Kept(clock, FACTS_MS);
    this.#swarm = new Kept(clock, SWARM_MS);
  }

  /** Rejects where there is no engine, or it does not answer. */
  async write(): Promise<string> {
    const { registry } = this.#options;
    const engine = this.#options.engine();
    if (engine === undefined) throw new DockerError('no-engine', 'there is no Docker Engine');
    const { status, error } = registry.engine;
    if (status !== 'connected') {
      throw new DockerError('connect', error === '' ? 'the engine does not answer' : error);
    }
    this.#counts.attend(engine);
    const facts = await this.#facts.get(() => readFacts(engine));
    const swarm = await this.#swarm.get(() => swarmFamilies(engine, facts));
    return writeText([
      ...engineFamilies(facts),
      stateFamily(registry),
      ...countFamilies(this.#counts),
      ...swarm,
    ]);
  }

  close(): void {
    this.#counts.stop();
  }
}

/** A value that is asked for anew after some time; one question at a time, failures are not kept. */
class Kept<T> {
  readonly #clock: Clock;
  readonly #keptMs: number;
  #value: Promise<T> | undefined;
  #askedMs = 0;

  constructor(clock: Clock, keptMs: number) {
    this.#clock = clock;
    this.#keptMs = keptMs;
  }

  async get(ask: () => Promise<T>): Promise<T> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#value !== undefined && nowMs - this.#askedMs < this.#keptMs) return await this.#value;
    this.#askedMs = nowMs;
    const value = ask();
    this.#value = value;
    try {
      return await value;
    } catch (error) {
      this.#value = undefined;
      throw error;
    }
  }
}

interface Facts {
  /** Undefined: a proxy keeps it to itself. */
  readonly info: EngineInfo | undefined;
  readonly version: EngineVersion | undefined;
}

async function readFacts(engine: DockerEngine): Promise<Facts> {
  return {
    info: await unlessRefused(engine.info()),
    version: await unlessRefused(engine.version()),
  };
}

function family(
  name: string,
  type: MetricType,
  help: string,
  metrics: readonly FamilyMetric[],
): MetricFamily {
  return { name, type, help, metrics };
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return family(name, 'gauge', help, [{ labels: [], value }]);
}

function counter(name: string, help: string, value: number): MetricFamily {
  return family(name, 'counter', help, [{ labels: [], value }]);
}

/** A sample for each entry. */
function byLabel(label: string, counts: ReadonlyMap<string, number>): FamilyMetric[] {
  return Array.from(counts, ([name, value]) => ({ labels: [[label, name]], value }));
}

function engineFamilies({ info, version }: Facts): MetricFamily[] {
  if (info === undefined) return [];
  const labels: [string, string][] = [
    ['architecture', info.Architecture ?? ''],
    ['commit', version?.GitCommit ?? ''],
    ['daemon_id', info.ID ?? ''],
    ['graphdriver', info.Driver ?? ''],
    ['kernel', info.KernelVersion ?? ''],
    ['os', info.OperatingSystem ?? ''],
    ['os_type', info.OSType ?? ''],
    ['os_version', info.OSVersion ?? ''],
    ['version', info.ServerVersion ?? ''],
  ];
  return [
    family(
      'engine_daemon_engine_info',
      'gauge',
      'The information related to the engine and the OS it is running on',
      [{ labels, value: 1 }],
    ),
    gauge(
      'engine_daemon_engine_cpus_cpus',
      'The number of cpus that the host system of the engine has',
      info.NCPU ?? NaN,
    ),
    gauge(
      'engine_daemon_engine_memory_bytes',
      'The number of bytes of memory that the host system of the engine has',
      info.MemTotal ?? NaN,
    ),
  ];
}

/** As the engine counts: whatever neither runs nor is paused is stopped. */
function stateFamily(registry: ContainerRegistry): MetricFamily {
  const counts = new Map([
    ['paused', 0],
    ['running', 0],
    ['stopped', 0],
  ]);
  for (const { state } of registry.containers()) {
    if (state === 'removed') continue;
    const name = state === 'paused' || state === 'running' ? state : 'stopped';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const help = 'The count of containers in various states';
  return family(
    'engine_daemon_container_states_containers',
    'gauge',
    help,
    byLabel('state', counts),
  );
}

const KINDS: readonly CountedKind[] = ['container', 'image', 'network'];

function countFamilies(counts: EngineCounts): MetricFamily[] {
  return [
    counter('engine_daemon_events_total', 'The number of events logged', counts.events),
    counter(
      'engine_daemon_health_checks_total',
      'The total number of health checks',
      counts.healthChecks,
    ),
    counter(
      'engine_daemon_health_checks_failed_total',
      'The total number of failed health checks',
      counts.failedHealthChecks,
    ),
    ...KINDS.map((kind) =>
      family(
        `engine_daemon_${kind}_actions_seconds_count`,
        'counter',
        `The number of ${kind} actions by their events, since they are counted`,
        byLabel('action', counts.actions(kind)),
      ),
    ),
  ];
}

const NODE_STATES = ['disconnected', 'down', 'ready', 'unknown'];

const TASK_STATES = [
  'accepted',
  'assigned',
  'complete',
  'failed',
  'new',
  'orphaned',
  'pending',
  'preparing',
  'ready',
  'rejected',
  'remove',
  'running',
  'shutdown',
  'starting',
];

/** What a node of a swarm says of it: little, unless it is a manager. */
async function swarmFamilies(engine: DockerEngine, { info }: Facts): Promise<MetricFamily[]> {
  const swarm = info?.Swarm;
  if (swarm?.LocalNodeState !== 'active') return [];
  const { NodeID = '', ControlAvailable = false, Cluster } = swarm;
  const labels: [string, string][] = [
    ['node_id', NodeID],
    ['swarm_id', Cluster?.ID ?? ''],
  ];
  const own = [
    family('swarm_node_info', 'gauge', 'Information related to the swarm', [{ labels, value: 1 }]),
    gauge('swarm_node_manager', 'Whether this node is a manager or not', Number(ControlAvailable)),
  ];
  return ControlAvailable ? [...own, ...(await managerFamilies(engine, NodeID))] : own;
}

async function managerFamilies(engine: DockerEngine, ownId: string): Promise<MetricFamily[]> {
  const nodes = await unlessRefused(engine.nodes());
  const services = await unlessRefused(engine.services());
  const tasks = await unlessRefused(engine.tasks());
  const families: MetricFamily[] = [];
  if (nodes !== undefined) families.push(...nodeFamilies(nodes, ownId));
  if (services !== undefined) {
    const help = 'The number of services in the cluster object store';
    families.push(gauge('swarm_manager_services_total', help, services.length));
  }
  if (tasks !== undefined) {
    const states = counted(
      TASK_STATES,
      tasks.map(({ Status }) => Status?.State),
    );
    const help = 'The number of tasks in the cluster object store';
    families.push(family('swarm_manager_tasks_total', 'gauge', help, byLabel('state', states)));
  }
  return families;
}

function nodeFamilies(nodes: readonly SwarmNode[], ownId: string): MetricFamily[] {
  const states = counted(
    NODE_STATES,
    nodes.map(({ Status }) => Status?.State),
  );
  const isLeader = nodes.some(({ ID, ManagerStatus }) => ID === ownId && ManagerStatus?.Leader);
  return [
    family('swarm_manager_nodes', 'gauge', 'The number of nodes', byLabel('state', states)),
    gauge('swarm_manager_leader', 'Indicates if this manager node is a leader', Number(isLeader)),
  ];
}

/** States that nothing is in have 0. */
function counted(
  states: readonly string[],
  found: readonly (string | undefined)[],
): ReadonlyMap<string, number> {
  const counts = new Map(states.map((state) => [state, 0]));
  for (const state of found) {
    const known = state !== undefined && counts.has(state) ? state : undefined;
    if (known !== undefined) counts.set(known, (counts.get(known) ?? 0) + 1);
  }
  return counts;
}
