import type { LabelObject } from './query.ts';

export interface EngineData {
  /** `unix:///var/run/docker.sock`; '' where none was found. */
  readonly address: string;
  readonly status: 'absent' | 'connecting' | 'connected' | 'unreachable';
  /** Of the last failure; '' while connected. */
  readonly error: string;
  /** `Docker Engine 28.2.2`; '' before the first answer. */
  readonly product: string;
  /** Why containers are not measured from their files, or not at all; '' where they are. */
  readonly measuring: string;
}

/** `/api/v1/containers`; `/api/v1/containers/live` sends the same as events, at once and after each change. */
export interface ContainersData {
  readonly engine: EngineData;
  /** By name. */
  readonly containers: readonly ContainerData[];
  /** Containers that exist and are not here, because there are too many. */
  readonly leftOut: number;
}

export type ContainerStateWord =
  | 'created'
  | 'running'
  | 'paused'
  | 'restarting'
  | 'removing'
  | 'exited'
  | 'dead'
  | 'removed';

export interface ContainerData {
  /** What it is known by while it is re-created, and the `name` label of its series. */
  readonly name: string;
  readonly id: string;
  readonly containerName: string;
  readonly kind: 'compose' | 'swarm' | 'kubernetes' | 'name';
  /** Compose project or Swarm stack; '' where there is none. */
  readonly group: string;
  readonly service: string;
  readonly number: number;
  readonly image: string;
  readonly imageId: string;
  readonly state: ContainerStateWord;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** RFC 3339; '' where it has not come to that. */
  readonly createdAt: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Null before the first end; a container that has not ended yet tells that of the one whose place it took. */
  readonly exitCode: number | null;
  /** Why it last stopped, in words: `killed by the kernel: out of memory (limit 64 MiB)`; '' while it never has. */
  readonly stopReason: string;
  readonly oomKilled: boolean;
  /** Starts after the first, of whichever container had its place; as `container_restarts_total`. */
  readonly restarts: number;
  /** 0: no limit. */
  readonly memoryLimitBytes: number;
  readonly cpuLimit: number;
  readonly pidsLimit: number;
  readonly addresses: readonly { readonly network: string; readonly ip: string }[];
  readonly exposedPorts: readonly number[];
  readonly publishedPorts: readonly {
    readonly ip: string;
    readonly hostPort: number;
    readonly port: number;
  }[];
  readonly labels: LabelObject;
  /** How it is measured, and why it is not. */
  readonly measured: { readonly by: 'cgroup' | 'api' | 'none'; readonly error: string };
  /** Its targets: the application's own metrics. */
  readonly targets: readonly ContainerTarget[];
  /** Where it has none, why: `no port is exposed`, `narthex.scrape is "false"`, ... */
  readonly targetsAbsentBecause: string;
}

export interface ContainerTarget {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
  /** As series carry them. */
  readonly labels: LabelObject;
}

/** `/api/v1/containers/logs?name=&tail=`; asked only on demand, never stored. */
export interface ContainerLogsData {
  readonly lines: readonly {
    readonly stream: 'stdout' | 'stderr';
    readonly time: string;
    readonly text: string;
  }[];
}

/** `/api/v1/containers/doctor?name=`: why a container's own metrics are there or not, step by step. */
export interface ScrapeDoctorData {
  readonly name: string;
  /** In order; after one that failed the rest is `skipped`. */
  readonly steps: readonly DoctorStep[];
  /** One sentence: what to do, or that all is well. */
  readonly advice: string;
}

export interface DoctorStep {
  readonly step:
    | 'discovered'
    | 'chosen'
    | 'relabelled'
    | 'reachable'
    | 'answered'
    | 'parsed'
    | 'kept';
  readonly status: 'ok' | 'failed' | 'warning' | 'skipped';
  /** What was found, in a sentence. */
  readonly finding: string;
  /** More to look at: addresses tried, labels before and after, the line that does not parse. */
  readonly details: readonly { readonly title: string; readonly text: string }[];
}

/**
 * `/api/v1/annotations?start=&end=&name=&group=&kind=&limit=`: what happened, oldest first. Times as in all of
 * the API: RFC 3339 or seconds.
 */
export interface AnnotationsData {
  readonly annotations: readonly AnnotationData[];
  /** There were more than `limit`; the newest are here. */
  readonly truncated: boolean;
}

export interface AnnotationData {
  readonly id: string;
  /** Milliseconds since the epoch, as in Grafana's annotations. */
  readonly time: number;
  /** Later than `time` where `count` is more than 1. */
  readonly timeEnd: number;
  /** 1; more where so many of one kind came within a minute that they share an entry. */
  readonly count: number;
  /** `die`, `oom`, `start`, `health`, `image`, ... */
  readonly kind: string;
  readonly severity: 'info' | 'warning' | 'error';
  /** The container's identity, the `name` label of its series; '' for what concerns the engine. */
  readonly name: string;
  readonly group: string;
  readonly service: string;
  readonly containerId: string;
  readonly image: string;
  /** A sentence: `gallery-accesslog-2 was killed: out of memory (limit 64 MiB)`. */
  readonly text: string;
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** `/api/v1/status/docker`: what we may ask of the engine, and what we have asked. */
export interface DockerStatusData {
  readonly engine: EngineData;
  readonly calls: readonly {
    readonly method: 'GET';
    readonly path: string;
    readonly purpose: string;
    readonly calls: number;
    readonly failures: number;
  }[];
}
