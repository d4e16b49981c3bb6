/** Where a dashboard is kept: a file of one's own, of a provisioned folder, or of the package. */
export type DashboardOrigin = 'own' | 'provisioned' | 'shipped';

export interface DashboardEntry {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** '' for none. */
  readonly folder: string;
  readonly origin: DashboardOrigin;
  readonly panels: number;
  /** RFC 3339. */
  readonly changedAt: string;
  /** Grows with each save; what a save must name that is not to overwrite another's. */
  readonly version: number;
}

/** `GET /api/v1/dashboards`: by folder and title. */
export interface DashboardsData {
  readonly dashboards: readonly DashboardEntry[];
  /** Files that could not be read: where and why. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/** `GET /api/v1/dashboards/uid/<uid>`: `dashboard` is the file as it was given. */
export interface DashboardData {
  readonly entry: DashboardEntry;
  readonly dashboard: Readonly<Record<string, unknown>>;
}

/** `POST /api/v1/dashboards` with JSON. Answers DashboardEntry. */
export interface SaveDashboard {
  readonly dashboard: Readonly<Record<string, unknown>>;
  /** Of the entry that was edited; the file's own unless given. Files without one have that of their name. */
  readonly uid?: string;
  /** As before unless given; a new dashboard stands in none. */
  readonly folder?: string;
  /** What changed, in words. */
  readonly message?: string;
  /** Of the entry that was edited; a newer one there is a 409. Absent: a new dashboard. */
  readonly version?: number;
  /** A dashboard of the same uid is replaced; else a new uid is made for a second one. */
  readonly overwrite?: boolean;
}

/** `GET /api/v1/dashboards/uid/<uid>/versions`: newest first. `GET .../versions/<version>` answers DashboardData. */
export interface DashboardVersionsData {
  readonly versions: readonly {
    readonly version: number;
    readonly changedAt: string;
    readonly message: string;
    /** Whom a proxy in front said it was; absent where none said so. */
    readonly author?: string;
    readonly bytes: number;
  }[];
}

export interface DashboardPanelReport {
  readonly id: number;
  readonly title: string;
  /** Metrics that its queries name; those whose name is a variable's are left out. */
  readonly metrics: readonly string[];
  /** Those of them that the storage does not know. */
  readonly missing: readonly string[];
  /** Queries that are no PromQL. */
  readonly faults: readonly string[];
  /** Of metrics that are here: what a selector wants of a label and no series has. Those with variables are left out. */
  readonly matchers: readonly DashboardMatcherReport[];
  /** Queries that would find something, were they written otherwise. */
  readonly rewrites: readonly DashboardRewrite[];
}

export interface DashboardMatcherReport {
  readonly metric: string;
  /** `job="node"` */
  readonly matcher: string;
  readonly label: string;
  /** The value there is that differs least, or the only one; '' for none. */
  readonly nearest: string;
}

export interface DashboardRewrite {
  /** As it stands in the file. */
  readonly expr: string;
  readonly rewritten: string;
  /** `rename`: an exporter calls it otherwise now; `value`: a guess by nearness. */
  readonly kind: 'rename' | 'value';
  /** In words, one for each change. */
  readonly reasons: readonly string[];
}

/** `GET /api/v1/dashboards/uid/<uid>/doctor`, and `POST /api/v1/dashboards/doctor` with `{ dashboard }`. */
export interface DashboardDoctorData {
  /** Those that ask for something. */
  readonly panels: readonly DashboardPanelReport[];
  /** How many of them have all their metrics, and values for all matchers. */
  readonly panelsWithMetrics: number;
  /** Each once, with the metric that was meant ('' where none is near). */
  readonly missing: readonly { readonly name: string; readonly nearest: string }[];
}
