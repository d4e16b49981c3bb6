import type { Json } from './dashboard.ts';

/** Columns of equal length: what a query gives and transformations make of it. */
export interface Frame {
  readonly refId: string;
  readonly name: string;
  readonly fields: readonly Field[];
  readonly length: number;
  /** Of time series, so that panels can tell them from tables. */
  readonly kind: 'timeseries' | 'table' | 'heatmap';
}

export type Field = TimeField | NumberField | TextField | OtherField;

interface FieldBase {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As the legend of its query wants it; '' where that says nothing. */
  readonly legend: string;
  /** What a transformation took from other data; overrides of the panel come after it. */
  readonly properties?: readonly FieldProperty[];
}

/** As in overrides: `unit`, `min`, `thresholds`. */
export interface FieldProperty {
  readonly id: string;
  readonly value: Json;
}

/** Milliseconds since the epoch. */
export interface TimeField extends FieldBase {
  readonly type: 'time';
  readonly values: Float64Array;
}

/** NaN also where there is no value; `isNull` tells the two apart, where it is there. */
export interface NumberField extends FieldBase {
  readonly type: 'number';
  readonly values: Float64Array;
  readonly isNull?: Uint8Array;
}

export interface TextField extends FieldBase {
  readonly type: 'text';
  readonly values: readonly string[];
}

export interface OtherField extends FieldBase {
  readonly type: 'boolean' | 'other';
  readonly values: readonly unknown[];
}
