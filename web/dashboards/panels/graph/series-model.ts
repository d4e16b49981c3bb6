import {
  expandDisplayName,
  type FieldSettings,
  fieldNames,
  formatText,
  type Frame,
  keepsUnit,
  reduceField,
  reducerName,
} from '#dashboards';
import type { PanelProps } from '../panel-props.ts';
import { type AlignedField, alignFrames } from './align-frames.ts';
import type { LegendCell, LegendRow } from './legend-rows.ts';
import { colourSeries } from './series-colours.ts';

/** A series of a graph. */
export interface GraphSeries extends AlignedField {
  /** As the person reads it; equal for none other. */
  readonly name: string;
  readonly colour: string;
  /** Of a value, where its colour says more than the series'. */
  readonly colourAt: ((value: number) => string) | undefined;
}

export interface GraphModel {
  /** Milliseconds. */
  readonly times: Float64Array;
  readonly series: readonly GraphSeries[];
}

type Source = Pick<PanelProps, 'frames' | 'settings' | 'interpolate' | 'isDark'>;

export function graphModel(source: Source): GraphModel {
  const { times, fields } = alignFrames(source.frames, source.settings);
  const texts = displayNames(source);
  const names = fields.map(
    ({ frameIndex, fieldIndex, field }) => texts[frameIndex]?.[fieldIndex] ?? field.name,
  );
  const colours = colourSeries(fields, names, source.isDark);
  const series = fields.map((aligned, i): GraphSeries => {
    const { colour = '', colourAt } = colours[i] ?? {};
    const { frameIndex, fieldIndex, field, settings, values, isOwn } = aligned;
    const name = names[i] ?? '';
    return { frameIndex, fieldIndex, field, settings, values, isOwn, name, colour, colourAt };
  });
  return { times, series };
}

/** Of all fields: what the settings say, else the legend of the query. */
export function displayNames({
  frames,
  settings,
  interpolate,
}: Pick<Source, 'frames' | 'settings' | 'interpolate'>): string[][] {
  const names = fieldNames(frames);
  return frames.map((frame: Frame, i) =>
    frame.fields.map((field, j) => {
      const name = names[i]?.[j] ?? field.name;
      const wanted = settings[i]?.[j]?.displayName ?? '';
      return wanted === '' ? name : interpolate(expandDisplayName(wanted, field, name));
    }),
  );
}

/** With the unit of its field. */
export function formatWith(
  { unit, decimals }: FieldSettings,
  zone: string,
): (value: number) => string {
  const context = { zone, nowMs: 0 };
  return (value) => formatText(value, unit, decimals, context);
}

/** A row of the legend for each series that is not hidden from it. */
export function legendRows(
  series: readonly GraphSeries[],
  reducers: readonly string[],
  zone: string,
): LegendRow[] {
  return series
    .filter(({ settings }) => !settings.style.hideFrom.legend)
    .map((one) => ({
      key: one.name,
      name: one.name,
      colour: one.colour,
      cells: reducers.map((reducer) => cellOf(one, reducer, zone)),
      isEmpty: one.field.values.every(Number.isNaN),
      isZero: one.field.values.every((value) => value === 0 || Number.isNaN(value)),
    }));
}

function cellOf({ field, settings }: GraphSeries, reducer: string, zone: string): LegendCell {
  const value = reduceField(field, reducer);
  if (typeof value !== 'number') {
    return { value: NaN, text: value === null ? '–' : String(value) };
  }
  const text = keepsUnit(reducer)
    ? formatWith(settings, zone)(value)
    : formatText(value, reducer === 'diffperc' ? 'percentunit' : 'none');
  return { value, text };
}

export function legendTitles(reducers: readonly string[]): string[] {
  return reducers.map(reducerName);
}
