import type {
  AnnotationsData,
  BuildInfoData,
  ContainerLogsData,
  ContainersData,
  DashboardEntry,
  DashboardsData,
  DashboardVersionsData,
  DockerStatusData,
  FeaturesData,
  FlagsData,
  NotificationData,
  RuntimeInfoData,
  SaveDashboard,
  ScrapeDoctorData,
  WalReplayData,
} from '#contract';
import type { Config } from '#config';
import type { ProvisionedDatasource, RestoreNote, StoredDashboard } from '#dashboard-files';
import type { Registry } from '#instrument';
import type { Labels, Matcher, Metadata, RelabelRule } from '#model';
import type { Clock, Log } from '#platform';
import type { ParserOptions } from '#promql';
import type { ChangeSource, ExemplarQueryable } from '#storage';
import type { HeadCounts, QueryRunner } from './query/request.ts';

/** What the HTTP server shows and sets in motion; `main` hands it in. */
export interface ServerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly runner: QueryRunner;
  /** False while the log is replayed: then most paths answer 503. */
  readonly isReady: () => boolean;
  readonly walReplay: () => WalReplayData;
  /** The configuration that is in force. */
  readonly config: () => Config;
  readonly targets: TargetSource;
  /** Undefined while the storage is not open. */
  readonly exemplars: () => ExemplarQueryable | undefined;
  readonly head: () => HeadCounts | undefined;
  /** Undefined while the storage is not open. */
  readonly changes: () => ChangeSource | undefined;
  readonly flags: FlagsData;
  readonly features: FeaturesData;
  readonly buildInfo: BuildInfoData;
  readonly runtimeInfo: () => RuntimeInfoData;
  readonly notifications: () => readonly NotificationData[];
  readonly lifecycle: Lifecycle;
  /** Absent: the receiver is not enabled. */
  readonly remoteWrite?: RemoteWrite;
  readonly admin: Admin;
  /** Absent: nobody watches containers. */
  readonly containers?: ContainerSource;
  /** Absent: nobody watches containers. */
  readonly examineScrape?: ExamineScrape;
  /** Absent: nobody asks an engine. */
  readonly docker?: () => DockerStatusData;
  /** Absent: nobody notes what happens to containers. */
  readonly annotations?: AnnotationSource;
  /** Absent: nobody keeps dashboards. */
  readonly dashboards?: DashboardSource;
  /** What is measured besides this process; each is served at its path in the text format. */
  readonly metricPages?: readonly MetricPage[];
}

/** A page of metrics that is written when somebody asks for it. */
export interface MetricPage {
  /** `/metrics/containers` */
  readonly path: string;
  /**
   * The page in the text format, version 0.0.4. Bytes must stay as they are afterwards: they may still be on
   * their way when the next page is written. Rejects with why there is none; that is answered with 503.
   */
  write(): Promise<Uint8Array | string>;
}

/** The containers as they are now. */
export interface ContainerSource {
  data(): ContainersData;
  /** Calls after each change, until the answer is called. */
  subscribe(listener: () => void): () => void;
  /**
   * The last `tail` lines, oldest first. Undefined: there is no such container. Rejects with an ApiError where the
   * engine gives none.
   */
  logs(name: string, tail: number): Promise<ContainerLogsData | undefined>;
}

/**
 * Why a container's own metrics are there, or not, by looking once. Undefined: there is no such container. Rejects with
 * an error of code `busy` where too many are being examined.
 */
export type ExamineScrape = (name: string) => Promise<ScrapeDoctorData | undefined>;

/** The dashboards that are kept. Methods throw DashboardError. */
export interface DashboardSource {
  /** Under which names and uids dashboards mean us, beside every one of type Prometheus. */
  readonly datasources: readonly ProvisionedDatasource[];
  list(): DashboardsData;
  get(uid: string): StoredDashboard;
  /** `author`: who it was, in whatever words; '' where that is not known. */
  save(order: SaveDashboard, author?: string): DashboardEntry;
  remove(uid: string): void;
  versions(uid: string): DashboardVersionsData;
  version(uid: string, version: number): StoredDashboard;
  restore(uid: string, version: number, note?: RestoreNote): DashboardEntry;
}

/** What happened to containers. */
export interface AnnotationSource {
  /** Oldest first. */
  find(query: AnnotationQuery): Promise<AnnotationsData>;
}

/** An empty list leaves nothing out. */
export interface AnnotationQuery {
  /** Both inclusive, milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly names: readonly string[];
  readonly groups: readonly string[];
  readonly kinds: readonly string[];
  /** All of them. */
  readonly tags: readonly string[];
  /** The newest so many. */
  readonly limit: number;
}

export interface Lifecycle {
  /** Reads the configuration file again. Rejects with what is wrong with it. */
  reload(): Promise<void>;
  /** Begins to stop the process. */
  quit(): void;
}

export interface WriteAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type HeaderSource = (name: string) => string | undefined;

/** Takes the compressed body of a write request. */
export type RemoteWrite = (body: Uint8Array, header: HeaderSource) => WriteAnswer;

/** Changes to the storage by hand; absent functions are answered as not available. */
export interface Admin {
  /** Yields the directory's name. Throws StorageError `closed` while the storage is not open. */
  readonly snapshot?: (skipHead: boolean) => Promise<string>;
  readonly cleanTombstones?: () => Promise<void>;
  readonly deleteSeries?: (
    matchers: readonly Matcher[],
    startMs: number,
    endMs: number,
  ) => Promise<void>;
}

/** The targets as they are now. Lists come sorted by pool. */
export interface TargetSource {
  poolNames(): readonly string[];
  /** Undefined: there is no such pool. */
  relabelRules(pool: string): readonly RelabelRule[] | undefined;
  /** `pool`: of that one only. */
  activeTargets(pool?: string): readonly ActiveTargetView[];
  droppedTargets(pool?: string): readonly DroppedTargetView[];
  /** By pool; also counts those that were not kept. */
  droppedTargetCounts(): Readonly<Record<string, number>>;
  targetMetadata(): readonly TargetMetadataView[];
  /** All that scrapes were to bring before that time is stored. Infinity without targets. */
  storedUntilMs(): number;
}

export interface ActiveTargetView {
  readonly scrapePool: string;
  readonly discoveredLabels: Readonly<Record<string, string>>;
  /** Without those that begin with `__`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
  readonly health: 'up' | 'down' | 'unknown';
  /** '' where the last scrape went well. */
  readonly lastError: string;
  /** Milliseconds since the epoch; 0 before the first. */
  readonly lastScrapeMs: number;
  readonly lastScrapeDurationMs: number;
  /** As Prometheus writes durations: `15s`. */
  readonly scrapeInterval: string;
  readonly scrapeTimeout: string;
}

export interface DroppedTargetView {
  readonly scrapePool: string;
  readonly discoveredLabels: Readonly<Record<string, string>>;
}

export interface TargetMetadataView {
  /** Without labels that begin with `__`. */
  readonly target: Labels;
  readonly metadata: readonly (Metadata & { readonly metric: string })[];
}

/** How the server is reached and what it allows. */
export interface ServerOptions {
  /** Below this path everything is served: '' or `/prefix` without a slash at the end. */
  readonly routePrefix: string;
  /** As `--web.external-url` or made from the listen address; no slash at the end. */
  readonly externalUrl: URL;
  /** `host:port` as the flag says; loopback targets on this port are this server. */
  readonly listenAddress: string;
  readonly enableLifecycle: boolean;
  readonly enableAdmin: boolean;
  /** Anchored RE2; `.*` allows every origin. */
  readonly corsOrigin: string;
  readonly pageTitle: string;
  /** What the language has beyond the common; the query threads are given the same. */
  readonly parser?: Partial<ParserOptions>;
  /** What one query may take at most, waiting included. Milliseconds, 0: no limit. */
  readonly queryTimeoutMs: number;
  /** The built web page; absent: `/` says that there is none. */
  readonly uiDir?: string;
  readonly connectionsMax: number;
  /** A request must have arrived whole by then. */
  readonly readTimeoutMs: number;
}
