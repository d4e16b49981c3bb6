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
  /** One reading, without the second that the engine waits by default (`stream=false&one-shot=true`). */
  stats(id: string, signal?: AbortSignal): Promise<ContainerStats | undefined>;
  /** The last lines, oldest first. */
  logs(id: string, query: LogQuery, signal?: AbortSignal): Promise<readonly LogLine[]>;
  networks(filters?: Filters, signal?: AbortSignal): Promise<readonly Network[]>;
  services(filters?: Filters, signal?: AbortSignal): Promise<readonly unknown[]>;
  tasks(filters?: Filters, signal?: AbortSignal): Promise<readonly unknown[]>;
  nodes(filters?: Filters, signal?: AbortSignal): Promise<readonly unknown[]>;
  /**
   * Tells what happens from `sinceMs` on (now, where undefined) until the signal aborts or the engine ends it.
   * Resolves where the engine ended it; `onOpen` when its answer has begun.
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
  readonly Architecture?: string;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  readonly Containers?: number;
  readonly ContainersRunning?: number;
  readonly ContainersPaused?: number;
  readonly ContainersStopped?: number;
  readonly Images?: number;
  readonly DockerRootDir?: string;
  readonly Swarm?: { readonly NodeID?: string; readonly LocalNodeState?: string };
}

export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly Created: number;
  readonly State: string;
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Ports?: readonly Port[];
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
