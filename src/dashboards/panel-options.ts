import type { JsonObject } from './dashboard.ts';

/** Reducers are Grafana's ids: `lastNotNull`, `mean`, `max`, ... */
export interface Reduction {
  readonly reducers: readonly string[];
  /** '' for numeric fields; else a name or `/pattern/`. */
  readonly fields: string;
  /** Each value rather than one of each series. */
  readonly showsAllValues: boolean;
  readonly limit: number;
}

export interface LegendOptions {
  readonly mode: 'list' | 'table' | 'hidden';
  readonly placement: 'bottom' | 'right';
  readonly reducers: readonly string[];
  /** Pixels; 0 for as wide as needed. */
  readonly width: number;
  /** Title of the column, `Last *`; '' for none. */
  readonly sortBy: string;
  readonly sortsDescending: boolean;
  readonly hidesEmpty: boolean;
  readonly hidesZero: boolean;
}

/** Of the states: firing ones first. Times: the newest first where they descend. */
export type AlertOrder = 'state' | 'name' | 'name-desc' | 'time' | 'time-desc';

export interface TableFooter {
  readonly isShown: boolean;
  readonly reducers: readonly string[];
  /** Names of columns; empty for all. */
  readonly fields: readonly string[];
  /** How many rows there are, in place of what is calculated. */
  readonly countsRows: boolean;
}

export interface TooltipOptions {
  readonly mode: 'single' | 'multi' | 'none';
  readonly sort: 'none' | 'asc' | 'desc';
  readonly hidesZeros: boolean;
}

export type Orientation = 'auto' | 'horizontal' | 'vertical';
export type TextMode = 'auto' | 'value' | 'name' | 'value_and_name' | 'none';

/** What each kind of panel has of its own. */
export type PanelOptions =
  | {
      readonly kind: 'timeseries';
      readonly legend: LegendOptions;
      readonly tooltip: TooltipOptions;
    }
  | {
      readonly kind: 'stat';
      readonly reduction: Reduction;
      readonly text: TextMode;
      readonly graph: 'none' | 'area';
      readonly colour: 'none' | 'value' | 'background' | 'background_solid';
      readonly orientation: Orientation;
      readonly justify: 'auto' | 'center';
      readonly prefix: string;
      readonly postfix: string;
      readonly titleSize: number;
      readonly valueSize: number;
    }
  | {
      readonly kind: 'gauge';
      readonly reduction: Reduction;
      readonly orientation: Orientation;
      readonly showsThresholdLabels: boolean;
      readonly showsThresholdMarkers: boolean;
    }
  | {
      readonly kind: 'bargauge';
      readonly reduction: Reduction;
      readonly orientation: Orientation;
      readonly display: 'basic' | 'gradient' | 'lcd';
      readonly showsUnfilled: boolean;
      readonly names: 'auto' | 'top' | 'left' | 'hidden';
    }
  | {
      readonly kind: 'table';
      readonly showsHeader: boolean;
      /** `#2` is the column at that place, from 0: old files name none. */
      readonly sortBy: readonly { readonly name: string; readonly isDescending: boolean }[];
      readonly footer: TableFooter;
      /** Of several tables the one that is shown first. */
      readonly frameIndex: number;
      readonly cellHeight: 'sm' | 'md' | 'lg';
    }
  | {
      readonly kind: 'text';
      readonly mode: 'markdown' | 'html' | 'code';
      readonly content: string;
      readonly language: string;
    }
  | {
      readonly kind: 'piechart';
      readonly reduction: Reduction;
      readonly shape: 'pie' | 'donut';
      readonly labels: readonly ('name' | 'value' | 'percent')[];
      /** By value; `none`: as they came. */
      readonly sort: 'asc' | 'desc' | 'none';
      readonly legend: LegendOptions & { readonly values: readonly string[] };
      readonly tooltip: TooltipOptions;
    }
  | {
      readonly kind: 'heatmap';
      /** The values are already counts in buckets, one series each. */
      readonly hasBuckets: boolean;
      readonly scheme: string;
      readonly colourScale: 'exponential' | 'linear';
      readonly exponent: number;
      readonly steps: number;
      readonly isReversed: boolean;
      readonly unit: string;
      readonly decimals: number | undefined;
      readonly cellGap: number;
      readonly showsLegend: boolean;
      readonly hidesBelow: number | undefined;
    }
  | {
      readonly kind: 'barchart';
      readonly orientation: Orientation;
      readonly stacking: 'none' | 'normal' | 'percent';
      readonly showsValue: 'auto' | 'always' | 'never';
      readonly barWidth: number;
      readonly groupWidth: number;
      readonly xField: string;
      /** Whose colours the bars have; '' for each series' own. */
      readonly colourField: string;
      /** Of the names along the axis: degrees, and characters, 0 for as many as there is room for. */
      readonly nameRotation: number;
      readonly nameLengthMax: number;
      readonly legend: LegendOptions;
      readonly tooltip: TooltipOptions;
    }
  | {
      readonly kind: 'state-timeline';
      readonly mergesValues: boolean;
      readonly showsValue: 'auto' | 'always' | 'never';
      readonly rowHeight: number;
      readonly legend: LegendOptions;
    }
  | {
      readonly kind: 'status-history';
      readonly showsValue: 'auto' | 'always' | 'never';
      readonly rowHeight: number;
      readonly columnWidth: number;
      readonly legend: LegendOptions;
    }
  | {
      readonly kind: 'histogram';
      readonly bucketCount: number;
      readonly bucketSize: number | undefined;
      readonly bucketOffset: number;
      readonly isCombined: boolean;
      readonly legend: LegendOptions;
    }
  | {
      readonly kind: 'dashlist';
      readonly showsStarred: boolean;
      readonly showsRecent: boolean;
      readonly showsSearch: boolean;
      readonly query: string;
      readonly tags: readonly string[];
      readonly countMax: number;
      readonly keepsTime: boolean;
      readonly keepsVariables: boolean;
    }
  | {
      readonly kind: 'alertlist';
      readonly states: readonly string[];
      readonly nameFilter: string;
      readonly order: AlertOrder;
      readonly countMax: number;
    }
  | { readonly kind: 'logs' }
  /** Of a kind that is not known: shown as a graph of its queries. */
  | { readonly kind: 'unknown'; readonly options: JsonObject };
