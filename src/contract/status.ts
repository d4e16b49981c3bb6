/** `/api/v1/status/config` */
export interface ConfigData {
  /** With defaults filled in, secrets shown as `<secret>`. */
  readonly yaml: string;
}

/** `/api/v1/status/flags`: every flag with its value as text. */
export type FlagsData = Readonly<Record<string, string>>;

/** `/api/v1/status/runtimeinfo` */
export interface RuntimeInfoData {
  /** RFC 3339. */
  readonly startTime: string;
  readonly CWD: string;
  readonly hostname: string;
  readonly serverTime: string;
  readonly reloadConfigSuccess: boolean;
  readonly lastConfigTime: string;
  readonly corruptionCount: number;
  /** Always 0 here: there are no goroutines. Threads stand in `threadCount`. */
  readonly goroutineCount: number;
  readonly GOMAXPROCS: number;
  readonly GOMEMLIMIT: number;
  readonly GOGC: string;
  readonly GODEBUG: string;
  readonly storageRetention: string;
  /** Narthex's own. */
  readonly threadCount: number;
  readonly nodeVersion: string;
}

/** `/api/v1/status/buildinfo`. Clients look at `version` for what the API can. */
export interface BuildInfoData {
  readonly version: string;
  readonly revision: string;
  readonly branch: string;
  readonly buildUser: string;
  readonly buildDate: string;
  readonly goVersion: string;
  /** Narthex's own. */
  readonly narthexVersion: string;
  readonly nodeVersion: string;
}

export interface NameCount {
  readonly name: string;
  readonly value: number;
}

/** `/api/v1/status/tsdb?limit=` */
export interface TsdbStatusData {
  readonly headStats: {
    readonly numSeries: number;
    readonly numLabelPairs: number;
    readonly chunkCount: number;
    /** Milliseconds since the epoch. */
    readonly minTime: number;
    readonly maxTime: number;
  };
  readonly seriesCountByMetricName: readonly NameCount[];
  readonly labelValueCountByLabelName: readonly NameCount[];
  readonly memoryInBytesByLabelName: readonly NameCount[];
  readonly seriesCountByLabelValuePair: readonly NameCount[];
}

/** `/api/v1/status/walreplay` */
export interface WalReplayData {
  readonly min: number;
  readonly max: number;
  readonly current: number;
  /** Prometheus' UI knows these three. */
  readonly state?: 'waiting' | 'in progress' | 'done';
}

/** `/api/v1/features`: by area, what is on. */
export type FeaturesData = Readonly<Record<string, Readonly<Record<string, boolean>>>>;

/** `/api/v1/notifications` (and as events from `/api/v1/notifications/live`). */
export interface NotificationData {
  readonly text: string;
  /** RFC 3339. */
  readonly date: string;
  readonly active: boolean;
}
export type NotificationsData = readonly NotificationData[];
