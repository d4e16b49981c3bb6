import type { FieldSettings, FieldSettingsOverride } from './field-settings.ts';
import type { PanelOptions } from './panel-options.ts';
import type { Variable } from './variable.ts';

/** JSON as it was parsed. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/**
 * A dashboard file of Grafana's, of whatever schemaVersion, in one shape: what old versions said in other words is
 * said in today's. Made by `readDashboard`; nothing is written back from it, since the file itself (`source`) is
 * what is kept, edited and exported.
 */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** '' or `browser`, `utc`, or a name of the tz database. */
  readonly timeZone: string;
  /** `now-6h` or an instant, as in the file. */
  readonly time: { readonly from: string; readonly to: string };
  /** `5s`, `1m`, ...; '' for none. */
  readonly refresh: string;
  /** What the pointer over one graph shows on the others. */
  readonly sharedCursor: 'none' | 'line' | 'tooltip';
  readonly isTimePickerHidden: boolean;
  /** Of the refresh menu, where the file has its own: `10s`, `5m`. */
  readonly refreshIntervals: readonly string[];
  /** `1m`: what ends `now` ends so much earlier; '' for no earlier. */
  readonly nowDelay: string;
  /** From Sunday (0) to Saturday (6). */
  readonly weekStartDay: number;
  /** From 0 for January. */
  readonly fiscalStartMonth: number;
  readonly variables: readonly Variable[];
  readonly annotations: readonly AnnotationQuery[];
  readonly links: readonly Link[];
  /** In order. Panels above the first row stand in one without a title. */
  readonly rows: readonly Row[];
  /** What could not be read as it was meant. */
  readonly problems: readonly DashboardProblem[];
  /** The file. */
  readonly source: JsonObject;
}

export interface DashboardProblem {
  /** `panels[3].fieldConfig`; '' for the whole. */
  readonly path: string;
  readonly message: string;
}

export interface Row {
  readonly id: number;
  /** '' for panels that stand in no row. */
  readonly title: string;
  readonly isCollapsed: boolean;
  /** Name of the variable for each value of which there is one; '' for none. */
  readonly repeat: string;
  readonly panels: readonly Panel[];
}

export type PanelKind = PanelOptions['kind'];

export interface Panel {
  readonly id: number;
  /** As in the file: `graph`, `singlestat`, `timeseries`. */
  readonly sourceType: string;
  readonly title: string;
  readonly description: string;
  readonly isTransparent: boolean;
  /** In columns of 24 and rows of 30 pixels with gaps of 8; `y` counts from the top of the dashboard. */
  readonly grid: GridPlace;
  readonly queries: readonly PanelQuery[];
  /** `30s`, `$interval`, `>1m`; '' for none. */
  readonly minInterval: string;
  /** Undefined: as many as pixels. */
  readonly maxDataPoints: number | undefined;
  /** `24h`: of its own in place of the dashboard's; '' for none. */
  readonly timeFrom: string;
  readonly timeShift: string;
  readonly isTimeOverrideHidden: boolean;
  readonly repeat: PanelRepeat | undefined;
  readonly links: readonly Link[];
  readonly transformations: readonly Transformation[];
  readonly defaults: FieldSettings;
  readonly overrides: readonly FieldSettingsOverride[];
  readonly options: PanelOptions;
  readonly source: JsonObject;
}

export interface GridPlace {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface PanelRepeat {
  readonly variable: string;
  readonly direction: 'h' | 'v';
  readonly maxPerRow: number;
}

export interface PanelQuery {
  readonly refId: string;
  /** PromQL with variables in it. */
  readonly expr: string;
  readonly isHidden: boolean;
  readonly isRange: boolean;
  readonly isInstant: boolean;
  readonly format: 'time_series' | 'table' | 'heatmap';
  /** `{{instance}}`; `__auto` or '' for the labels. */
  readonly legend: string;
  readonly minInterval: string;
  /** Of old files: resolution 1/n. */
  readonly intervalFactor: number;
  readonly hasExemplars: boolean;
  readonly datasource: DatasourceRef;
}

/** By uid, name, variable (`${DS_PROMETHEUS}`) or kind; all '' for the default. */
export interface DatasourceRef {
  readonly uid: string;
  readonly type: string;
}

export interface Transformation {
  /** As Grafana names it: `organize`, `merge`, `joinByField`. */
  readonly id: string;
  readonly options: JsonObject;
  readonly isDisabled: boolean;
  /** Of which frames; undefined for all. */
  readonly filter: { readonly id: string; readonly options: Json } | undefined;
}

export interface Link {
  readonly kind: 'url' | 'dashboards';
  readonly title: string;
  readonly url: string;
  readonly tooltip: string;
  readonly tags: readonly string[];
  readonly asDropdown: boolean;
  readonly opensNewTab: boolean;
  readonly keepsTime: boolean;
  readonly keepsVariables: boolean;
}

export interface AnnotationQuery {
  /** Its place in the file's list, which stays when others are left out. */
  readonly index: number;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly isHidden: boolean;
  readonly colour: string;
  /** PromQL; '' for Grafana's own annotations, which are our container events. */
  readonly expr: string;
  readonly step: string;
  readonly titleFormat: string;
  readonly textFormat: string;
  readonly tagKeys: string;
  readonly usesValueForTime: boolean;
  readonly datasource: DatasourceRef;
  /** Of Grafana's own annotations: only those with these tags, all of them or any. */
  readonly tags: readonly string[];
  readonly matchesAnyTag: boolean;
  /** On which panels; undefined for all. */
  readonly panels: { readonly ids: readonly number[]; readonly areExcluded: boolean } | undefined;
}
