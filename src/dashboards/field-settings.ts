import type { Json } from './dashboard.ts';

/** How values of a field are shown: Grafana's fieldConfig.defaults, with what an old file said elsewhere. */
export interface FieldSettings {
  /** Grafana's id: `bytes`, `percentunit`, `short`, or any text, which is then a suffix. '' for none. */
  readonly unit: string;
  /** Undefined: as many as the value needs. */
  readonly decimals: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** With variables; '' for the field's own name. */
  readonly displayName: string;
  /** In place of no value. */
  readonly noValue: string;
  readonly mappings: readonly ValueMapping[];
  readonly thresholds: Thresholds;
  readonly colour: ColourSettings;
  readonly links: readonly FieldLink[];
  readonly style: SeriesStyle;
  readonly cell: CellSettings;
}

export interface FieldLink {
  readonly title: string;
  readonly url: string;
  readonly opensNewTab: boolean;
}

export type ValueMapping =
  | { readonly kind: 'value'; readonly value: string; readonly result: MappedValue }
  | {
      readonly kind: 'range';
      /** Undefined: no bound. */
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly result: MappedValue;
    }
  | { readonly kind: 'regex'; readonly pattern: string; readonly result: MappedValue }
  | {
      readonly kind: 'special';
      readonly match: 'null' | 'nan' | 'null+nan' | 'true' | 'false' | 'empty';
      readonly result: MappedValue;
    };

export interface MappedValue {
  /** Undefined: the value itself is shown. */
  readonly text: string | undefined;
  /** '' for none. */
  readonly colour: string;
}

export interface Thresholds {
  readonly mode: 'absolute' | 'percentage';
  /** Ascending; the first one's value is -Infinity. Empty for none. */
  readonly steps: readonly { readonly value: number; readonly colour: string }[];
}

export interface ColourSettings {
  /** `palette-classic`, `thresholds`, `fixed`, `shades`, `continuous-GrYlRd`, ... */
  readonly mode: string;
  /** '' for none. */
  readonly fixed: string;
  readonly by: 'last' | 'min' | 'max';
}

/** Of a series in a graph: Grafana's fieldConfig.defaults.custom. */
export interface SeriesStyle {
  readonly draw: 'line' | 'bars' | 'points';
  readonly interpolation: 'linear' | 'smooth' | 'stepBefore' | 'stepAfter';
  readonly lineWidth: number;
  /** Of dashes, in pixels; empty for a solid line. `dots`: round ones. */
  readonly dash: readonly number[];
  readonly isDotted: boolean;
  /** 0 to 100. */
  readonly fillOpacity: number;
  readonly gradient: 'none' | 'opacity' | 'hue' | 'scheme';
  /** Name of the series down to which it is filled; '' for the axis. */
  readonly fillBelowTo: string;
  readonly showPoints: 'auto' | 'always' | 'never';
  readonly pointSize: number;
  /** True: all gaps are bridged. Else those shorter than so many milliseconds. */
  readonly spanNulls: boolean | number;
  /** How old files want null: as a gap, as zero, bridged. */
  readonly nullsAsZero: boolean;
  readonly stacking: { readonly mode: 'none' | 'normal' | 'percent'; readonly group: string };
  readonly barAlignment: -1 | 0 | 1;
  readonly axis: {
    readonly placement: 'auto' | 'left' | 'right' | 'hidden';
    readonly label: string;
    readonly softMin: number | undefined;
    readonly softMax: number | undefined;
    readonly isCentredZero: boolean;
    readonly width: number | undefined;
    readonly showsGrid: boolean | undefined;
  };
  /** 0 linear, else the base of the logarithm. */
  readonly logBase: number;
  readonly transform: 'none' | 'negative-Y' | 'constant';
  /** Higher ones are drawn over lower ones; 0 for most. */
  readonly zIndex: number;
  readonly thresholdsStyle: 'off' | 'line' | 'dashed' | 'area' | 'line+area' | 'dashed+area';
  readonly hideFrom: {
    readonly graph: boolean;
    readonly legend: boolean;
    readonly tooltip: boolean;
  };
}

/** Of a column in a table. */
export interface CellSettings {
  readonly kind:
    | 'auto'
    | 'color-text'
    | 'color-background'
    | 'gauge'
    | 'sparkline'
    | 'json'
    | 'image'
    | 'data-links';
  /** Of gauges (`basic`, `gradient`, `lcd`) and backgrounds. */
  readonly mode: string;
  readonly align: 'auto' | 'left' | 'center' | 'right';
  /** Pixels; 0: as wide as needed. */
  readonly width: number;
  readonly minWidth: number;
  readonly isFilterable: boolean;
  readonly isHidden: boolean;
  /** The background is that of the whole row. */
  readonly coversRow: boolean;
  /** Long texts take more lines. */
  readonly wrapsText: boolean;
}

/** Where a matcher holds, properties replace what the settings say. */
export interface FieldSettingsOverride {
  readonly matcher: { readonly id: string; readonly options: Json };
  /** Under Grafana's ids: `unit`, `color`, `custom.fillOpacity`. */
  readonly properties: readonly { readonly id: string; readonly value: Json }[];
}
