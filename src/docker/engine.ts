/**
 * What we ask of a Docker Engine (or of Podman's socket that speaks its API): GETs of an allow-list, nothing
 * else. Shapes are those of the Engine API (https://docs.docker.com/reference/api/engine/), as far as they are
 * read; an engine may leave out whatever is optional here. Every call rejects with DockerError alone.
 */
export interface DockerEngine {
  /** As configured: `unix:///var/run/docker.sock`, `tcp://host:2375`, `https://host:2376`. Without credentials. */
  readonly address: string;
  version(signal?: AbortSignal): Promise<EngineVersion>;
  info(signal?: AbortSignal): Promise<EngineInfo>;
  containers(
    query: { readonly all: boolean; readonly filters?: Filters },
    signal?: AbortSignal,
  ): Promise<readonly ContainerSummary[]>;
  /** Undefined: there is no such container (any more). */
  container(id: string, signal?: AbortSignal): Promise<ContainerDetails | undefined>;
  /**
   * One reading, without the second that the engine waits by default (`stream=false&one-shot=true`). Undefined: it
   * does not run, or is no more.
   */
  stats(id: string, signal?: AbortSignal): Promise<ContainerStats | undefined>;
  /** The last lines, oldest first; lines of more than 64 KiB are cut, and of all together the last 4 MiB kept. */
  logs(id: string, query: LogQuery, signal?: AbortSignal): Promise<readonly LogLine[]>;
  networks(filters?: Filters, signal?: AbortSignal): Promise<readonly Network[]>;
  /** These three only where the engine is a manager of a swarm: DockerError `no-manager` elsewhere. */
  services(filters?: Filters, signal?: AbortSignal): Promise<readonly SwarmService[]>;
  tasks(filters?: Filters, signal?: AbortSignal): Promise<readonly SwarmTask[]>;
  nodes(filters?: Filters, signal?: AbortSignal): Promise<readonly SwarmNode[]>;
  /**
   * Tells what happens from `sinceMs` on (now, where undefined) until the signal aborts or the engine ends it.
   * Resolves where the engine ended it; `onOpen` when its answer has begun. An event of more than 1 MiB is left out
   * and counted as a failure.
   */
  events(query: EventQuery, signal: AbortSignal): Promise<void>;
  /** What has been called, for the page that shows it. */
  calls(): readonly CallCount[];
  close(): void;
}

/** As the API takes them: `{ label: ['a=b'], status: ['running'] }`. */
export type Filters = Readonly<Record<string, readonly string[]>>;

export interface LogQuery {
  /** Lines at most; bounded by the client. */
  readonly tail: number;
  readonly sinceMs?: number;
}

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  /** RFC 3339, as the engine wrote it. */
  readonly time: string;
  readonly text: string;
}

export interface EventQuery {
  readonly sinceMs?: number;
  readonly filters?: Filters;
  readonly onOpen?: () => void;
  readonly onEvent: (event: EngineEvent) => void;
}

export interface EngineEvent {
  /** `container`, `image`, `network`, `service`, `node`, ... */
  readonly type: string;
  /** `die`, `start`, `oom`, `health_status: unhealthy`, ... */
  readonly action: string;
  readonly actor: { readonly id: string; readonly attributes: Readonly<Record<string, string>> };
  readonly timeMs: number;
}

/** One entry of the allow-list, and how often it was used. */
export interface CallCount {
  readonly method: 'GET';
  /** With placeholders: `/containers/{id}/json`. */
  readonly path: string;
  readonly purpose: string;
  readonly calls: number;
  readonly failures: number;
}

export interface EngineVersion {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string;
  readonly Os?: string;
  readonly Arch?: string;
  readonly KernelVersion?: string;
  readonly GitCommit?: string;
  readonly Components?: readonly { readonly Name: string; readonly Version: string }[];
}

export interface EngineInfo {
  readonly ID?: string;
  readonly Name?: string;
  readonly ServerVersion?: string;
  readonly Driver?: string;
  readonly CgroupDriver?: string;
  readonly CgroupVersion?: string;
  readonly KernelVersion?: string;
  readonly OperatingSystem?: string;
  readonly OSType?: string;
  readonly OSVersion?: string;
  readonly Architecture?: string;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  readonly Containers?: number;
  readonly ContainersRunning?: number;
  readonly ContainersPaused?: number;
  readonly ContainersStopped?: number;
  readonly Images?: number;
  readonly DockerRootDir?: string;
  readonly Swarm?: {
    readonly NodeID?: string;
    readonly LocalNodeState?: string;
    /** It is a manager. */
    readonly ControlAvailable?: boolean;
    readonly Cluster?: { readonly ID?: string } | null;
  };
}

export interface ContainerSummary {
  readonly Id: string;
  /** With a slash before them; Podman may write null. */
  readonly Names: readonly string[] | null;
  readonly Image: string;
  readonly ImageID: string;
  readonly Created: number;
  readonly State: string;
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Ports?: readonly Port[] | null;
  readonly HostConfig?: { readonly NetworkMode?: string };
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, NetworkEndpoint>> | null;
  };
}

export interface Port {
  readonly IP?: string;
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly Type: string;
}

export interface NetworkEndpoint {
  readonly NetworkID?: string;
  readonly EndpointID?: string;
  readonly IPAddress?: string;
  readonly GlobalIPv6Address?: string;
  readonly Gateway?: string;
  readonly MacAddress?: string;
}

export interface ContainerDetails {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly Image: string;
  readonly RestartCount?: number;
  readonly State: {
    readonly Status: string;
    readonly Running?: boolean;
    readonly Paused?: boolean;
    readonly Restarting?: boolean;
    readonly OOMKilled?: boolean;
    readonly Dead?: boolean;
    readonly Pid?: number;
    readonly ExitCode?: number;
    readonly Error?: string;
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
    readonly Health?: {
      readonly Status?: string;
      readonly FailingStreak?: number;
      readonly Log?: readonly {
        readonly Start?: string;
        readonly End?: string;
        readonly ExitCode?: number;
        readonly Output?: string;
      }[];
    };
  };
  readonly Config: {
    readonly Image?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly Env?: readonly string[] | null;
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
    readonly Healthcheck?: { readonly Test?: readonly string[] };
  };
  readonly HostConfig?: {
    readonly NetworkMode?: string;
    readonly CgroupParent?: string;
    readonly Memory?: number;
    readonly MemoryReservation?: number;
    readonly MemorySwap?: number;
    readonly CpuShares?: number;
    readonly CpuPeriod?: number;
    readonly CpuQuota?: number;
    readonly NanoCpus?: number;
    readonly PidsLimit?: number | null;
    readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number };
    readonly Ulimits?:
      | readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[]
      | null;
  };
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, NetworkEndpoint>> | null;
    readonly Ports?: Readonly<Record<string, unknown>> | null;
  };
}

/** `/containers/{id}/stats`, as far as it is read; cgroup v1 and v2 fill different parts. */
export interface ContainerStats {
  readonly read: string;
  readonly cpu_stats?: {
    readonly cpu_usage?: {
      readonly total_usage?: number;
      readonly percpu_usage?: readonly number[] | null;
      readonly usage_in_kernelmode?: number;
      readonly usage_in_usermode?: number;
    };
    readonly system_cpu_usage?: number;
    readonly online_cpus?: number;
    readonly throttling_data?: {
      readonly periods?: number;
      readonly throttled_periods?: number;
      readonly throttled_time?: number;
    };
  };
  readonly memory_stats?: {
    readonly usage?: number;
    readonly max_usage?: number;
    readonly failcnt?: number;
    readonly limit?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
  readonly blkio_stats?: Readonly<
    Record<
      string,
      | readonly {
          readonly major: number;
          readonly minor: number;
          readonly op: string;
          readonly value: number;
        }[]
      | null
    >
  >;
  readonly pids_stats?: { readonly current?: number; readonly limit?: number };
  readonly networks?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface Network {
  readonly Id: string;
  readonly Name: string;
  readonly Scope?: string;
  readonly Driver?: string;
  readonly Internal?: boolean;
  readonly Ingress?: boolean;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** The swarm's objects, as far as they are read. */
export interface SwarmService {
  readonly ID: string;
  readonly Spec?: {
    readonly Name?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly Mode?: {
      readonly Global?: unknown;
      readonly Replicated?: { readonly Replicas?: number } | null;
    };
    readonly TaskTemplate?: {
      readonly ContainerSpec?: { readonly Image?: string; readonly Hostname?: string } | null;
    };
  };
  readonly Endpoint?: {
    readonly Ports?: readonly SwarmPort[] | null;
    readonly VirtualIPs?: readonly { readonly NetworkID?: string; readonly Addr?: string }[] | null;
  };
  readonly UpdateStatus?: { readonly State?: string } | null;
}

export interface SwarmPort {
  readonly Name?: string;
  readonly Protocol?: string;
  readonly TargetPort?: number;
  readonly PublishedPort?: number;
  readonly PublishMode?: string;
}

export interface SwarmTask {
  readonly ID: string;
  readonly ServiceID?: string;
  readonly NodeID?: string;
  readonly Slot?: number;
  readonly DesiredState?: string;
  readonly Spec?: {
    readonly ContainerSpec?: { readonly Labels?: Readonly<Record<string, string>> | null } | null;
  };
  readonly Status?: {
    readonly State?: string;
    readonly ContainerStatus?: { readonly ContainerID?: string } | null;
    readonly PortStatus?: { readonly Ports?: readonly SwarmPort[] | null } | null;
  };
  readonly NetworksAttachments?:
    | readonly {
        readonly Network?: { readonly ID?: string };
        readonly Addresses?: readonly string[] | null;
      }[]
    | null;
}

export interface SwarmNode {
  readonly ID: string;
  readonly Spec?: {
    readonly Role?: string;
    readonly Availability?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly Description?: {
    readonly Hostname?: string;
    readonly Platform?: { readonly Architecture?: string; readonly OS?: string };
    readonly Engine?: { readonly EngineVersion?: string };
  };
  readonly Status?: { readonly State?: string; readonly Addr?: string };
  readonly ManagerStatus?: {
    readonly Leader?: boolean;
    readonly Reachability?: string;
    readonly Addr?: string;
  } | null;
}
