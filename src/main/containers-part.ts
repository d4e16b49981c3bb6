import { join } from 'node:path';
import {
  createApplicationDiscovery,
  createContainerRegistry,
  createProbeMetrics,
  engineDiscovery,
  EnginePage,
  LateRegistry,
  LifecycleSeries,
  NO_TOTALS,
  ownPageDiscovery,
  StopWitness,
} from '#containers';
import type {
  ApplicationDiscovery,
  Choice,
  ContainerRegistry,
  LifeTotals,
  RunningRegistry,
} from '#containers';
import type { DockerStatusData } from '#contract';
import type { ContainerRole, Discovery } from '#discovery';
import { openDockerEngine, uncalled } from '#docker';
import type { DockerEngine } from '#docker';
import type { Registry } from '#instrument';
import { errorText, systemDisk } from '#platform';
import type { Clock, HttpClient, Log, Timer } from '#platform';
import type { ContainerSource, MetricPage, TargetSource } from '#http';
import { USER_AGENT } from './build-info.ts';
import { createContainerMeasuring } from './container-measuring.ts';
import type { ContainerMeasuring } from './container-measuring.ts';
import { ContainerView } from './container-view.ts';
import { ContainerVantage } from './container-vantage.ts';
import {
  createProbeClient,
  engineEnvironment,
  engineMetricsAddresses,
  findEngineAddress,
} from './engine-address.ts';
import type { EventLog } from './event-log.ts';
import type { Settings } from './settings.ts';
import type { OwnPlace } from './zero-config.ts';

export interface ContainersSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly own: OwnPlace;
  readonly events: EventLog;
  readonly targets: TargetSource;
}

/** How often a socket is looked for while there is none. */
const LOOK_INTERVAL_MS = 2000;

/**
 * Containers: the engine and its registry from the moment when there is an engine, and what is found in them.
 * Nothing runs before `start`.
 */
export class ContainersPart {
  readonly containers: LateRegistry = new LateRegistry();
  readonly #settings: Settings;
  readonly #surroundings: ContainersSurroundings;
  readonly #log: Log;
  readonly #vantage: ContainerVantage;
  readonly #witness = new StopWitness();
  readonly #measuring: ContainerMeasuring;
  readonly #enginePage: EnginePage;
  readonly #applications: ApplicationDiscovery;
  readonly #client: HttpClient;
  #engine: DockerEngine | undefined;
  #running: RunningRegistry | undefined;
  #timer: Timer | undefined;
  /** What was said last about an engine that is not there, so that it is said once. */
  #said = '';
  #isTold = false;
  readonly #endings: (() => void)[] = [];
  #isAskedForApplications = false;

  /** Pages of what is measured. */
  readonly pages: readonly MetricPage[];
  /** As the API shows them. */
  readonly view: ContainerSource;

  constructor(settings: Settings, surroundings: ContainersSurroundings) {
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#log = surroundings.log.child({ component: 'containers' });
    this.#client = createProbeClient();
    this.#vantage = new ContainerVantage(this.containers, surroundings.own.address);
    const { idStyle, labels } = settings.containers;
    const lifecycle = new LifecycleSeries({
      registry: this.containers,
      totals: (name) => this.#totals(name),
      labels: { idStyle, labels },
    });
    this.#measuring = createContainerMeasuring(settings, {
      registry: this.containers,
      clock: surroundings.clock,
      log: this.#log,
      stats: async (id) => await this.#engine?.stats(id),
      more: [(writer) => lifecycle.write(writer)],
    });
    this.view = this.#createView(surroundings.targets);
    const engine = (): DockerEngine | undefined => this.#engine;
    this.#enginePage = new EnginePage({
      registry: this.containers,
      engine,
      clock: surroundings.clock,
    });
    this.pages = [
      this.#measuring.page,
      { path: '/metrics/docker', write: () => this.#enginePage.write() },
    ];
    this.#applications = createApplicationDiscovery({
      registry: this.containers,
      clock: surroundings.clock,
      log: this.#log,
      client: this.#client,
      userAgent: USER_AGENT,
      metrics: createProbeMetrics(surroundings.registry),
      vantage: () => this.#vantage.now(),
      ownId: () => this.#vantage.ownId(),
    });
  }

  #totals(name: string): LifeTotals {
    return this.#running?.totals(name) ?? NO_TOTALS;
  }

  #createView(targets: TargetSource): ContainerView {
    return new ContainerView({
      registry: this.containers,
      targets,
      totals: (name) => this.#totals(name),
      leftOut: () => this.#running?.leftOut ?? 0,
      measured: (id) => this.#measuring.measurer.measured(id),
      reasonOf: (container) => this.#witness.reasonOf(container),
      choice: (id) => (this.#isAskedForApplications ? this.choice(id) : undefined),
      logs: async (id, tail) => await this.#engine?.logs(id, { tail }),
    });
  }

  /** What the jobs that run without a file find. */
  discovery(role: ContainerRole): Discovery {
    const { clock, own } = this.#surroundings;
    const registry: ContainerRegistry = this.containers;
    const { address: ownAddress, hostName } = own;
    if (role === 'applications') {
      this.#isAskedForApplications = true;
      return this.#applications;
    }
    if (role === 'self') return ownPageDiscovery({ registry, ownAddress, hostName });
    return engineDiscovery({
      registry,
      clock,
      client: this.#client,
      userAgent: USER_AGENT,
      ownAddress,
      hostName,
      ownPath: `${own.prefix}/metrics/docker`,
      addresses: () => engineMetricsAddresses(registry.engine.address, this.#vantage),
    });
  }

  /** Why its own metrics are scraped; undefined where no job asks for it. */
  choice(id: string): Choice | undefined {
    return this.#applications.choice(id);
  }

  /** What may be asked of the engine, and what was. */
  dockerStatus(): DockerStatusData {
    const calls = this.#engine?.calls() ?? uncalled();
    return { engine: this.view.data().engine, calls };
  }

  /** The storage must be open: what happens from now on is noted. */
  start(): void {
    const { events } = this.#surroundings;
    // In this order: who notes an end asks the others about it.
    this.#endings.push(
      this.#witness.watch(this.containers),
      events.follow(this.containers, {
        readingOf: (id) => this.#measuring.measurer.latest(id),
        reasonOf: (container) => this.#witness.reasonOf(container),
      }),
      this.containers.subscribe(() => this.#tellFindings()),
    );
    this.#findEngine();
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#client.close();
    for (const end of this.#endings.splice(0)) end();
    this.#measuring.stop();
    this.#enginePage.close();
    await this.#running?.stop();
    this.#engine?.close();
  }

  /** Now, or as soon as there is one. */
  #findEngine(): void {
    const { clock } = this.#surroundings;
    const flag = this.#settings.containers.dockerHost;
    try {
      const address = findEngineAddress(flag);
      if (address !== undefined) {
        this.#openEngine(address);
        return;
      }
      this.#sayOnce(
        'there is no Docker or Podman socket: no containers are watched until there is one',
      );
    } catch (error) {
      this.#sayOnce(errorText(error));
    }
    this.#timer = clock.setTimer(LOOK_INTERVAL_MS, () => this.#findEngine());
  }

  #sayOnce(message: string): void {
    if (message === this.#said) return;
    this.#said = message;
    // Who wrote a configuration may well have no containers.
    const level = this.#isAskedForApplications ? 'warn' : 'info';
    this.#log[level](message, { remedy: REMEDY });
  }

  /** Throws DockerError where the address is none. */
  #openEngine(address: string): void {
    const { clock, registry } = this.#surroundings;
    const environment = engineEnvironment();
    this.#engine = openDockerEngine({ address, environment, userAgent: USER_AGENT });
    this.#running = createContainerRegistry({
      engine: this.#engine,
      clock,
      log: this.#log,
      metrics: registry,
      kept: { disk: systemDisk, dir: join(this.#settings.dataDir, 'containers') },
    });
    this.containers.adopt(this.#running);
    this.#running.start();
  }

  /** In three lines what was found; each is said once. */
  #tellFindings(): void {
    if (this.containers.engine.status !== 'connected' || this.#isTold) return;
    this.#isTold = true;
    const all = this.containers.containers();
    const running = all.filter(({ state }) => state === 'running').length;
    this.#log.info('containers are watched', { running, all: all.length });
    this.#timer = this.#surroundings.clock.setTimer(APPLICATIONS_TOLD_MS, () => {
      void this.#applications.settled().then(() => this.#tellApplications());
    });
  }

  #tellApplications(): void {
    if (!this.#isAskedForApplications) return;
    const groups = this.#applications.groups();
    const targets = groups.reduce((sum, group) => sum + group.targets.length, 0);
    const hint = 'the label narthex.port of a container names where its metrics are';
    this.#log.info('applications were looked for', {
      found_in: groups.length,
      targets,
      ...(targets === 0 && { hint }),
    });
  }
}

const REMEDY =
  'start the engine, mount its socket (-v /var/run/docker.sock:/var/run/docker.sock:ro) or name it with --docker.host';

/** Applications are up by then, if they are quick. */
const APPLICATIONS_TOLD_MS = 4000;
