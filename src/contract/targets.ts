import type { LabelObject } from './query.ts';

export type TargetHealth = 'up' | 'down' | 'unknown';

export interface ActiveTarget {
  readonly discoveredLabels: LabelObject;
  readonly labels: LabelObject;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  /** `scrapeUrl` with a loopback host replaced by the address under which this server is reached. */
  readonly globalUrl: string;
  /** '' where the last scrape went well. */
  readonly lastError: string;
  /** RFC 3339; the year 1 before the first scrape. */
  readonly lastScrape: string;
  /** Seconds. */
  readonly lastScrapeDuration: number;
  readonly health: TargetHealth;
  /** As Prometheus writes durations: `15s`. */
  readonly scrapeInterval: string;
  readonly scrapeTimeout: string;
}

export interface DroppedTarget {
  readonly discoveredLabels: LabelObject;
  readonly scrapePool: string;
}

/** `/api/v1/targets?state=active|dropped|any&scrapePool=` */
export interface TargetsData {
  readonly activeTargets: readonly ActiveTarget[];
  readonly droppedTargets: readonly DroppedTarget[];
  /** By pool; counts also those that `keep_dropped_targets` did not keep. Null with `state=active`. */
  readonly droppedTargetCounts: Readonly<Record<string, number>> | null;
}

/** `/api/v1/scrape_pools` */
export interface ScrapePoolsData {
  readonly scrapePools: readonly string[];
}

/** `/api/v1/scrape_pools/config?scrapePool=` */
export interface ScrapePoolConfigData {
  readonly yaml: string;
}

/** `/api/v1/targets/metadata`; `metric` only where the request names none. */
export type TargetsMetadataData = readonly {
  readonly target: LabelObject;
  readonly metric?: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}[];

/** `/api/v1/metadata`: by metric name, each distinct description once. */
export type MetadataData = Readonly<
  Record<string, readonly { readonly type: string; readonly unit: string; readonly help: string }[]>
>;

/** A rule under its YAML keys, without those at their defaults. */
export interface RelabelRuleData {
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  readonly regex?: string;
  readonly modulus?: number;
  readonly target_label?: string;
  readonly replacement?: string;
  readonly action?: string;
}

/** `/api/v1/targets/relabel_steps?scrapePool=&labels=` */
export interface RelabelStepsData {
  readonly steps: readonly {
    readonly rule: RelabelRuleData;
    readonly output: LabelObject;
    readonly keep: boolean;
  }[];
}
