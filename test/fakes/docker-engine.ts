import type {
  CallCount,
  ContainerDetails,
  ContainerSummary,
  DockerEngine,
  EngineEvent,
  EngineInfo,
  EngineVersion,
  EventQuery,
  LogLine,
  SwarmService,
} from '#docker';
import type { Clock } from '#platform';

type State = ContainerDetails['State'];
type Health = 'starting' | 'healthy' | 'unhealthy';

interface FakeContainer {
  details: ContainerDetails;
}

/** What a test may say of a container that it makes. */
export interface FakeContainerOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly imageId?: string;
  readonly hasHealthCheck?: boolean;
  readonly restartPolicy?: string;
  readonly hostConfig?: ContainerDetails['HostConfig'];
}

/** Events that an engine keeps for those who ask for what was. */
const KEPT_EVENTS = 256;

const NEVER = '0001-01-01T00:00:00Z';

/** An engine in memory: what is done to its containers is told as a Docker Engine tells it. */
export class FakeDockerEngine implements DockerEngine {
  readonly address = 'unix:///var/run/docker.sock';
  /** Rejects every call with it. */
  failure: Error | undefined;
  /** Rejects what is asked of the engine itself alone. */
  factsFailure: Error | undefined;
  /** Rejects the event stream alone. */
  eventFailure: Error | undefined;
  /** Labels of the swarm's services, by id. */
  serviceLabels: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
  /** Rejects the list of services alone. */
  serviceFailure: Error | undefined;
  serviceLists = 0;
  /** Events are kept by the engine, but not sent. */
  isSilent = false;
  inspections = 0;
  lists = 0;
  /** What `events` was asked for. */
  readonly askedSinceMs: (number | undefined)[] = [];
  concurrentInspections = 0;
  concurrentInspectionsMax = 0;
  /** Awaited before an inspection is answered. */
  delay: () => Promise<void> = async () => {};
  readonly #clock: Clock;
  readonly #containers = new Map<string, FakeContainer>();
  readonly #streams = new Set<{ readonly query: EventQuery; readonly end: () => void }>();
  #kept: EngineEvent[] = [];
  #made = 0;
  #silenced: EngineEvent[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  // What happens to containers.

  create(name: string, options: FakeContainerOptions = {}): string {
    this.#made++;
    const id = this.#made.toString(16).padStart(12, '0').padEnd(64, 'f');
    const { labels = {}, image = 'busybox:1', hasHealthCheck = false } = options;
    const details: ContainerDetails = {
      Id: id,
      Name: `/${name}`,
      Created: this.#now(),
      Image: options.imageId ?? `sha256:${image}`,
      RestartCount: 0,
      State: {
        Status: 'created',
        Running: false,
        Pid: 0,
        ExitCode: 0,
        OOMKilled: false,
        StartedAt: NEVER,
        FinishedAt: NEVER,
        ...(hasHealthCheck && { Health: { Status: 'starting', Log: [] } }),
      },
      Config: { Image: image, Labels: labels },
      HostConfig: {
        RestartPolicy: { Name: options.restartPolicy ?? 'no' },
        ...options.hostConfig,
      },
      NetworkSettings: { Networks: {}, Ports: {} },
    };
    this.#containers.set(id, { details });
    this.tell(id, 'create');
    return id;
  }

  start(id: string): void {
    this.#started(id, 0);
    this.tell(id, 'start');
  }

  run(name: string, options: FakeContainerOptions = {}): string {
    const id = this.create(name, options);
    this.start(id);
    return id;
  }

  /** `oom`: the kernel killed it. `untold`: without the event that an engine sends for that. */
  die(id: string, exitCode: number, oom?: 'oom' | 'untold'): void {
    if (oom === 'oom') this.tell(id, 'oom');
    this.#ended(id, exitCode, oom !== undefined);
    const { HostConfig: config, RestartCount: restarts = 0 } = this.#details(id);
    if (config?.RestartPolicy?.Name === 'always') {
      this.#change(id, { Status: 'restarting', Running: true, Restarting: true });
      this.#count(id, restarts + 1);
    }
    this.tell(id, 'die', { exitCode: String(exitCode) });
  }

  #ended(id: string, exitCode: number, isOomKilled: boolean): void {
    this.#change(id, {
      Status: 'exited',
      Running: false,
      Restarting: false,
      Pid: 0,
      ExitCode: exitCode,
      OOMKilled: isOomKilled,
      FinishedAt: this.#now(),
    });
  }

  /** As the restart policy does it; it was counted when the container died. */
  startAgain(id: string): void {
    this.#started(id, this.#details(id).RestartCount ?? 0);
    this.tell(id, 'start');
  }

  kill(id: string, signal: number): void {
    this.tell(id, 'kill', { signal: String(signal) });
  }

  stop(id: string): void {
    this.kill(id, 15);
    this.#ended(id, 143, false);
    this.tell(id, 'die', { exitCode: '143' });
    this.tell(id, 'stop');
  }

  pause(id: string, isPaused: boolean): void {
    this.#change(id, { Status: isPaused ? 'paused' : 'running', Paused: isPaused });
    this.tell(id, isPaused ? 'pause' : 'unpause');
  }

  check(id: string, health: Health, output: string): void {
    this.#change(id, { Health: { Status: health, Log: [{ Output: output }] } });
    this.tell(id, `health_status: ${health}`);
  }

  rename(id: string, name: string): void {
    const found = this.#containers.get(id);
    if (found === undefined) throw new Error(`no container ${id}`);
    const oldName = found.details.Name;
    found.details = { ...found.details, Name: `/${name}` };
    this.tell(id, 'rename', { oldName });
  }

  remove(id: string): void {
    this.tell(id, 'destroy');
    this.#containers.delete(id);
  }

  /** Told to those who listen, and kept. */
  tell(id: string, action: string, more: Readonly<Record<string, string>> = {}): void {
    const { Name: name, Config: config } = this.#details(id);
    const attributes = {
      ...config.Labels,
      image: config.Image ?? '',
      name: name.slice(1),
      ...more,
    };
    const event: EngineEvent = {
      type: 'container',
      action,
      actor: { id, attributes },
      timeMs: this.#clock.nowMs(),
    };
    this.#kept = [...this.#kept, event].slice(-KEPT_EVENTS);
    if (this.isSilent) {
      this.#silenced.push(event);
      return;
    }
    for (const { query } of this.#streams) query.onEvent(event);
  }

  /** A container joins a network, or leaves it; it has these addresses then. */
  tellNetwork(id: string, action: 'connect' | 'disconnect', ips: Record<string, string>): void {
    const found = this.#containers.get(id);
    if (found === undefined) throw new Error(`no container ${id}`);
    const networks = Object.entries(ips).map(([name, IPAddress]) => [name, { IPAddress }]);
    const settings = {
      Networks: Object.fromEntries(networks) as Record<string, object>,
      Ports: {},
    };
    found.details = { ...found.details, NetworkSettings: settings };
    const actor = { id: 'network', attributes: { container: id } };
    const event: EngineEvent = { type: 'network', action, actor, timeMs: this.#clock.nowMs() };
    for (const { query } of this.#streams) query.onEvent(event);
  }

  /** A service was made or changed. */
  tellService(id: string, action: 'create' | 'update'): void {
    const actor = { id, attributes: {} };
    const event: EngineEvent = { type: 'service', action, actor, timeMs: this.#clock.nowMs() };
    for (const { query } of this.#streams) query.onEvent(event);
  }

  /** Sends what was kept back. */
  tellSilenced(): void {
    this.isSilent = false;
    for (const event of this.#silenced.splice(0)) {
      for (const { query } of this.#streams) query.onEvent(event);
    }
  }

  /** Ends the event streams, as an engine that stops. */
  endStreams(): void {
    for (const { end } of this.#streams) end();
  }

  /** As an engine that was started anew: it knows no events. */
  forgetEvents(): void {
    this.#kept = [];
  }

  // What an engine is asked.

  async version(): Promise<EngineVersion> {
    this.#fail();
    if (this.factsFailure !== undefined) throw this.factsFailure;
    return await Promise.resolve({ Version: '28.2.2', ApiVersion: '1.50' });
  }

  async info(): Promise<EngineInfo> {
    this.#fail();
    if (this.factsFailure !== undefined) throw this.factsFailure;
    return await Promise.resolve({ CgroupDriver: 'cgroupfs', CgroupVersion: '1' });
  }

  async containers(): Promise<readonly ContainerSummary[]> {
    this.#fail();
    this.lists++;
    const all = [...this.#containers.values()].map(({ details }) => summaryOf(details));
    return await Promise.resolve(all);
  }

  async container(id: string): Promise<ContainerDetails | undefined> {
    this.#fail();
    this.inspections++;
    this.concurrentInspections++;
    this.concurrentInspectionsMax = Math.max(
      this.concurrentInspectionsMax,
      this.concurrentInspections,
    );
    const details = this.#containers.get(id)?.details;
    await this.delay();
    this.concurrentInspections--;
    return details;
  }

  async stats(): Promise<undefined> {
    return await Promise.resolve(undefined);
  }

  async logs(id: string): Promise<readonly LogLine[]> {
    this.#fail();
    const line: LogLine = { stream: 'stdout', time: this.#now(), text: `hello from ${id}` };
    return await Promise.resolve([line]);
  }

  async networks(): Promise<readonly []> {
    return await Promise.resolve([]);
  }

  async services(): Promise<readonly SwarmService[]> {
    this.serviceLists++;
    if (this.serviceFailure !== undefined) throw this.serviceFailure;
    const services = Object.entries(this.serviceLabels);
    return await Promise.resolve(services.map(([ID, Labels]) => ({ ID, Spec: { Labels } })));
  }

  async tasks(): Promise<readonly []> {
    return await Promise.resolve([]);
  }

  async nodes(): Promise<readonly []> {
    return await Promise.resolve([]);
  }

  async events(query: EventQuery, signal: AbortSignal): Promise<void> {
    this.#fail();
    if (this.eventFailure !== undefined) throw this.eventFailure;
    this.askedSinceMs.push(query.sinceMs);
    query.onOpen?.();
    const { sinceMs } = query;
    if (sinceMs !== undefined) {
      for (const event of this.#kept) if (event.timeMs >= sinceMs) query.onEvent(event);
    }
    await new Promise<void>((resolve) => {
      const stream = { query, end: () => resolve() };
      this.#streams.add(stream);
      signal.addEventListener('abort', stream.end, { once: true });
    });
    for (const stream of this.#streams) if (stream.query === query) this.#streams.delete(stream);
  }

  calls(): readonly CallCount[] {
    return [];
  }

  close(): void {
    this.endStreams();
  }

  #fail(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  #now(): string {
    return new Date(this.#clock.nowMs()).toISOString();
  }

  #details(id: string): ContainerDetails {
    const found = this.#containers.get(id);
    if (found === undefined) throw new Error(`no container ${id}`);
    return found.details;
  }

  #started(id: string, restarts: number): void {
    this.#count(id, restarts);
    this.#change(id, {
      Status: 'running',
      Running: true,
      Restarting: false,
      Pid: 1000 + this.#made,
      ExitCode: 0,
      OOMKilled: false,
      StartedAt: this.#now(),
      ...(this.#details(id).State.Health && { Health: { Status: 'starting', Log: [] } }),
    });
  }

  #count(id: string, restarts: number): void {
    const found = this.#containers.get(id);
    if (found !== undefined) found.details = { ...found.details, RestartCount: restarts };
  }

  #change(id: string, change: Partial<State>): void {
    const found = this.#containers.get(id);
    if (found === undefined) throw new Error(`no container ${id}`);
    found.details = { ...found.details, State: { ...found.details.State, ...change } };
  }
}

function summaryOf(details: ContainerDetails): ContainerSummary {
  const { State: state, Config: config } = details;
  const health = state.Health?.Status;
  return {
    Id: details.Id,
    Names: [details.Name],
    Image: config.Image ?? '',
    ImageID: details.Image,
    Created: Math.floor(Date.parse(details.Created) / 1000),
    State: state.Status,
    Status: state.Running === true ? `Up 3 minutes${healthText(health)}` : 'Exited (0)',
    Labels: config.Labels ?? {},
  };
}

function healthText(health: string | undefined): string {
  if (health === undefined) return '';
  return health === 'starting' ? ' (health: starting)' : ` (${health})`;
}
