import type { Field, Frame } from './frame.ts';
import type { Cell } from './frame-columns.ts';
import { fieldOfCells, numberField, pickRows, textField, timeField } from './frame-columns.ts';
import type { Cursor } from './read-cursor.ts';
import { reduceField } from './reducers.ts';
import { namedFields, singleSeries, tableOf, withFields } from './transform.ts';
import { joinFrames } from './transform-join-by-field.ts';

/** What a cell of a sparkline holds. */
export interface Trend {
  readonly series: Frame;
  /** Reduced, shown beside the line and sorted by. */
  readonly value: Cell;
}

/** A table for each query: labels as columns, and the series itself as a cell (`Trend #A`). */
export function timeSeriesTable(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const refIds = [...new Set(frames.map(({ refId }) => refId))];
  return refIds.flatMap((refId): Frame[] => {
    const own = frames.filter((frame) => frame.refId === refId);
    const series = singleSeries(own).filter(({ kind }) => kind === 'timeseries');
    if (series.length === 0) return own;
    const values = series.map(({ fields }) => fields.find(({ type }) => type === 'number'));
    const names = new Set(values.flatMap((field) => Object.keys(field?.labels ?? {})));
    const columns = [...names].map((name) => {
      return textField(
        name,
        values.map((field) => field?.labels[name] ?? ''),
      );
    });
    const reducer = options.child(refId).text('stat', 'lastNotNull');
    const trends = series.map((frame, i): Trend => {
      const field = values[i];
      return { series: frame, value: field === undefined ? null : reduceField(field, reducer) };
    });
    const trend: Field = {
      type: 'other',
      name: `Trend #${refId}`,
      labels: {},
      legend: '',
      values: trends,
    };
    return [tableOf(refId, [...columns, trend])];
  });
}

/** All fields of all frames side by side; shorter ones end in nothing. */
export function concatenate(frames: readonly Frame[]): readonly Frame[] {
  const [first] = frames;
  if (first === undefined || frames.length < 2) return frames;
  const length = Math.max(...frames.map((frame) => frame.length));
  const fields = frames.flatMap((frame) => {
    if (frame.length === length) return frame.fields;
    const rows = Int32Array.from({ length }, (_, i) => (i < frame.length ? i : -1));
    return frame.fields.map((field) => pickRows(field, rows));
  });
  return [tableOf(first.refId, fields)];
}

/** Series in one frame, each in its own, or as rows. */
export function prepareTimeSeries(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const format = options.text('format', 'wide');
  if (format === 'multi' || format === 'many') return singleSeries(frames);
  if (format === 'long') return longTable(frames);
  return joinFrames(frames, '', { mode: 'outer', options });
}

function longTable(frames: readonly Frame[]): Frame[] {
  const single = singleSeries(frames);
  const names = new Set(
    single.flatMap(({ fields }) => fields.flatMap(({ labels }) => Object.keys(labels))),
  );
  const times: number[] = [];
  const values: Cell[] = [];
  const labels = [...names].map((name) => ({ name, cells: [] as string[] }));
  for (const fields of namedFields(single)) {
    const time = fields.find(({ field }) => field.type === 'time')?.field;
    const value = fields.find(({ field }) => field.type === 'number')?.field;
    if (time?.type !== 'time' || value?.type !== 'number') continue;
    for (let i = 0; i < value.values.length && times.length < rowsMax; i++) {
      if (value.isNull?.[i] === 1) continue;
      times.push(time.values[i] ?? NaN);
      values.push(value.values[i] ?? NaN);
      for (const { name, cells } of labels) cells.push(value.labels[name] ?? '');
    }
  }
  return [
    tableOf(frames[0]?.refId ?? '', [
      timeField(Float64Array.from(times)),
      ...labels.map(({ name, cells }) => textField(name, cells)),
      numberField({ name: 'Value', labels: {}, legend: '' }, values),
    ]),
  ];
}

const rowsMax = 50_000;

/** The type of fields, by name: text to numbers and instants, and back. */
export function convertFieldType(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const conversions = options.items('conversions', 100);
  return namedFields(frames).map((fields, i): Frame => {
    const frame = frames[i] ?? { refId: '', name: '', fields: [], length: 0, kind: 'table' };
    return withFields(
      frame,
      fields.map(({ field, name }) => {
        const wanted = conversions.find((one) => {
          const target = one.text('targetField');
          return target === name || target === field.name;
        });
        return wanted === undefined ? field : convertedField(field, wanted.text('destinationType'));
      }),
    );
  });
}

function convertedField(field: Field, type: string): Field {
  const cells = Array.from(field.values as ArrayLike<unknown>, convert(type));
  const { name, labels, legend } = field;
  switch (type) {
    case 'number':
      return numberField(field, cells);
    case 'time':
      return {
        type: 'time',
        name,
        labels,
        legend,
        values: Float64Array.from(cells, (cell) => (typeof cell === 'number' ? cell : NaN)),
      };
    case 'string':
    case 'boolean':
      return fieldOfCells(field, cells);
    default:
      return field;
  }
}

function convert(type: string): (value: unknown) => Cell {
  if (type === 'string') return (value) => plainText(value);
  if (type === 'boolean') return (value) => value === true || value === 'true' || Number(value) > 0;
  if (type === 'time') return instantOf;
  return (value) => {
    const text = plainText(value).trim();
    return text === '' || Number.isNaN(Number(text)) ? null : Number(text);
  };
}

function instantOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  const text = plainText(value);
  const ms = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

function plainText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
