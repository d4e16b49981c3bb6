/** As Docker words them; `removed`: the engine knows it no more. */
export const CONTAINER_STATES = [
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
  'removed',
] as const;

export type ContainerState = (typeof CONTAINER_STATES)[number];

export type ContainerHealth = 'none' | 'starting' | 'healthy' | 'unhealthy';

/**
 * What a container is known by while it is re-created: compose project, service and number, or Swarm service and
 * slot, else its name. Series carry it as `name`.
 */
export interface Identity {
  /** `gallery-accesslog-1`, `stack_web.2`, `redis`. */
  readonly name: string;
  readonly kind: 'compose' | 'swarm' | 'kubernetes' | 'name';
  /** Compose project or Swarm stack; '' where there is none. */
  readonly group: string;
  /** '' where there is none. */
  readonly service: string;
  /** Number of the replica or slot; 0 where there is none. */
  readonly number: number;
}

/** A container as it is now, or as it was when it was last known. Immutable: a change makes another. */
export interface Container {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly identity: Identity;
  /**
   * The `name` of its series: that of its identity, or `name~<12 digits of the id>` where another that runs, too,
   * and is newer has that line (a Swarm update that starts first). Unique among `containers()`.
   */
  readonly line: string;
  /** As the engine names it, without the slash. */
  readonly containerName: string;
  /** As it was named when the container was made: `redis:7`. */
  readonly image: string;
  /** `sha256:...` */
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What labels of its Swarm service say about scraping; absent: nothing that is known. */
  readonly serviceLabels?: Readonly<Record<string, string>>;
  readonly state: ContainerState;
  readonly health: ContainerHealth;
  /** In the host's namespace (as the engine tells it); 0 where it does not run. */
  readonly pid: number;
  /** Instants in milliseconds since the epoch; 0: not yet, or unknown. */
  readonly createdMs: number;
  readonly startedMs: number;
  readonly finishedMs: number;
  /** Of the last end; undefined before the first. */
  readonly exitCode: number | undefined;
  /** The kernel killed it for memory when it last ended. */
  readonly isOomKilled: boolean;
  /** What the engine says why it could not start it; '' else. */
  readonly error: string;
  /** By the restart policy, since this container was made. */
  readonly restarts: number;
  readonly limits: ContainerLimits;
  readonly networkMode: string;
  /** By network, those with an address. */
  readonly addresses: readonly { readonly network: string; readonly ip: string }[];
  /** Ports that the image or the command exposes, TCP only, ascending. */
  readonly exposedPorts: readonly number[];
  readonly publishedPorts: readonly {
    readonly ip: string;
    readonly hostPort: number;
    readonly port: number;
  }[];
  /** '' for the driver's own. */
  readonly cgroupParent: string;
}

/** 0: no limit. */
export interface ContainerLimits {
  readonly memoryBytes: number;
  readonly memoryReservationBytes: number;
  readonly memorySwapBytes: number;
  readonly cpuShares: number;
  /** Microseconds. */
  readonly cpuPeriodUs: number;
  readonly cpuQuotaUs: number;
  /** CPUs as a number: quota by period, or what was asked for. */
  readonly cpus: number;
  readonly pids: number;
}

/** Which containers there are, and what becomes of them. */
export interface ContainerRegistry {
  /**
   * Of each identity the one that runs, else the newest, gone or not, as long as it is remembered; and others of it
   * that run, too. Sorted by line. The same array until something changes.
   */
  containers(): readonly Container[];
  /** By identity: the one that runs, else the newest. */
  find(name: string): Container | undefined;
  byId(id: string): Container | undefined;
  readonly engine: EngineState;
  /** Called after each change, with what happened; never while `containers` is being changed. */
  subscribe(listener: (change: RegistryChange) => void): () => void;
}

export interface EngineState {
  readonly address: string;
  readonly status: 'absent' | 'connecting' | 'connected' | 'unreachable';
  /** Of the last failure; while connected, why its events are not heard, else ''. */
  readonly error: string;
  /** `Docker Engine` or `Podman`; '' before the first answer. */
  readonly product: string;
  readonly version: string;
  readonly cgroupDriver: string;
  readonly cgroupVersion: string;
}

export interface RegistryChange {
  /** Undefined where only the engine's state changed, or the whole list was read anew. */
  readonly event: LifecycleEvent | undefined;
}

export type LifecycleKind =
  | 'create'
  | 'start'
  | 'restart'
  | 'stop'
  | 'die'
  | 'oom'
  | 'kill'
  | 'pause'
  | 'unpause'
  | 'health'
  | 'rename'
  | 'update'
  | 'image'
  | 'remove';

/** Something that happened to a container. `image`: another image than its predecessor had. */
export interface LifecycleEvent {
  readonly kind: LifecycleKind;
  readonly timeMs: number;
  /** As it is after the event. */
  readonly container: Container;
  /** Its predecessor of the same identity, where it took its place. */
  readonly previous: Container | undefined;
  /** What the engine told: `exitCode`, `signal`, `health`, ... */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The newest reading of a container, for those who explain what became of it. */
export interface Reading {
  readonly timeMs: number;
  readonly workingSetBytes: number;
  /** 0: none. */
  readonly memoryLimitBytes: number;
  /** Since the container started. */
  readonly cpuSeconds: number;
  /** Share of the last ten seconds in which some task waited for memory, 0 to 1; undefined where the kernel does not tell. */
  readonly memoryPressure: number | undefined;
  readonly oomKills: number;
}
