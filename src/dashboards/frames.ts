import type { LabelObject, MatrixSeries, QueryData, VectorSample } from '#contract';
import type { Field, Frame, NumberField } from './frame.ts';
import type { AnsweredQuery, TimeColumn } from './answered-query.ts';
import {
  frameFieldsMax,
  frameRowsMax,
  frameValuesMax,
  readFloat,
  textField,
  timeField,
} from './frame-columns.ts';
import { bucketFrame, histogramFrame } from './frames-heatmap.ts';
import { seriesLegend } from './legend.ts';

/** Milliseconds; the steps that were asked for. */
export interface AnsweredRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

export interface FramesOfAnswer {
  readonly frames: readonly Frame[];
  /** What was left out, for the person. */
  readonly problems: readonly string[];
}

export interface AnsweredPart {
  readonly query: AnsweredQuery;
  readonly data: QueryData;
  /** Undefined for an instant query. */
  readonly range: AnsweredRange | undefined;
}

/**
 * The frames of a panel's answers, in the order of its queries: one with a shared time column for each time series
 * query, one with labels as columns for each table. Where several queries are tables, their values are named
 * `Value #A`, as Grafana names them.
 */
export function framesOfAnswers(parts: readonly AnsweredPart[]): FramesOfAnswer {
  const tables = parts.filter(({ query }) => query.format === 'table').length;
  const frames: Frame[] = [];
  const problems: string[] = [];
  for (const part of parts) {
    const valueName = tables > 1 ? `Value #${part.query.refId}` : 'Value';
    frames.push(...framesOf(part, valueName, problems));
  }
  return { frames, problems };
}

function framesOf(part: AnsweredPart, valueName: string, problems: string[]): Frame[] {
  const { query, range } = part;
  const series = boundedSeries(seriesOf(part.data), query.refId, problems);
  const isText = part.data.resultType === 'string';
  if (isText) return [textFrame(part)];
  if (query.format === 'table') return [tableFrame(series, query, valueName)];
  const floats = series.filter(({ values }) => values !== undefined && values.length > 0);
  const histograms = series.filter((one) => (one.histograms?.length ?? 0) > 0);
  const times = timesOf(series, range, problems);
  const frames: Frame[] = [];
  if (histograms.length > 0) frames.push(histogramFrame(histograms, times, query));
  if (floats.length === 0) return frames;
  const frame = seriesFrame(floats, times, query);
  frames.push(query.format === 'heatmap' ? bucketFrame(frame) : frame);
  return frames;
}

function seriesOf(data: QueryData): readonly MatrixSeries[] {
  switch (data.resultType) {
    case 'matrix':
      return data.result;
    case 'vector':
      return data.result.map(seriesOfSample);
    case 'scalar':
      return [{ metric: {}, values: [data.result] }];
    case 'string':
      return [];
  }
}

function seriesOfSample({ metric, value, histogram }: VectorSample): MatrixSeries {
  return {
    metric,
    ...(value === undefined ? {} : { values: [value] }),
    ...(histogram === undefined ? {} : { histograms: [histogram] }),
  };
}

function boundedSeries(
  series: readonly MatrixSeries[],
  refId: string,
  problems: string[],
): readonly MatrixSeries[] {
  if (series.length <= frameFieldsMax) return series;
  problems.push(`query ${refId}: only the first ${frameFieldsMax} of ${series.length} series`);
  return series.slice(0, frameFieldsMax);
}

/** The steps of the range; the instants that occur, where one does not lie on a step. */
function timesOf(
  series: readonly MatrixSeries[],
  range: AnsweredRange | undefined,
  problems: string[],
): TimeColumn {
  const rowsMax = Math.min(
    frameRowsMax,
    Math.max(1, Math.floor(frameValuesMax / Math.max(1, series.length))),
  );
  const grid = range === undefined ? undefined : gridOf(range, rowsMax);
  if (grid !== undefined && everyPointFits(series, grid)) return grid;
  const occurring = new Set<number>();
  for (const { values = [], histograms = [] } of series) {
    for (const [seconds] of values) occurring.add(msOf(seconds));
    for (const [seconds] of histograms) occurring.add(msOf(seconds));
  }
  const all = Float64Array.from(occurring).toSorted();
  const values = all.length > rowsMax ? all.slice(all.length - rowsMax) : all;
  if (all.length > rowsMax) problems.push(`only the last ${rowsMax} of ${all.length} points`);
  const rows = new Map<number, number>();
  for (let i = 0; i < values.length; i++) rows.set(values[i] ?? 0, i);
  return { values, rowOf: (ms) => rows.get(ms) ?? -1 };
}

function gridOf({ fromMs, toMs, stepMs }: AnsweredRange, rowsMax: number): TimeColumn | undefined {
  if (!(stepMs > 0) || !(toMs >= fromMs)) return undefined;
  const length = Math.floor((toMs - fromMs) / stepMs) + 1;
  if (length > rowsMax) return undefined;
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = fromMs + i * stepMs;
  const rowOf = (ms: number): number => {
    const row = Math.round((ms - fromMs) / stepMs);
    const isOn = row >= 0 && row < length && Math.abs((values[row] ?? 0) - ms) <= 1;
    return isOn ? row : -1;
  };
  return { values, rowOf };
}

/** The first and last points tell: the rest of a series lies on the same steps. */
function everyPointFits(series: readonly MatrixSeries[], grid: TimeColumn): boolean {
  return series.every(({ values, histograms }) =>
    [values?.at(0), values?.at(-1), histograms?.at(0), histograms?.at(-1)].every(
      (point) => point === undefined || grid.rowOf(msOf(point[0])) >= 0,
    ),
  );
}

function msOf(seconds: number): number {
  return Math.round(seconds * 1000);
}

function seriesFrame(
  series: readonly MatrixSeries[],
  times: TimeColumn,
  query: AnsweredQuery,
): Frame {
  const fields: Field[] = [timeField(times.values)];
  for (const one of series) fields.push(valueField(one, times, query));
  return {
    refId: query.refId,
    name: query.refId,
    fields,
    length: times.values.length,
    kind: 'timeseries',
  };
}

function valueField(
  { metric, values: points = [] }: MatrixSeries,
  times: TimeColumn,
  { legend, expr = '' }: AnsweredQuery,
): NumberField {
  const values = new Float64Array(times.values.length).fill(NaN);
  const isNull = new Uint8Array(times.values.length).fill(1);
  let count = 0;
  for (const [seconds, text] of points) {
    const row = times.rowOf(msOf(seconds));
    if (row < 0) continue;
    values[row] = readFloat(text);
    count += isNull[row] ?? 0;
    isNull[row] = 0;
  }
  return {
    type: 'number',
    name: 'Value',
    labels: metric,
    legend: seriesLegend(legend, metric, expr),
    values,
    ...(count === values.length ? {} : { isNull }),
  };
}

function textFrame({ query, data }: AnsweredPart): Frame {
  const [seconds, text] = data.resultType === 'string' ? data.result : [0, ''];
  return {
    refId: query.refId,
    name: query.refId,
    fields: [timeField(Float64Array.of(msOf(seconds))), textField('Value', [text])],
    length: 1,
    kind: 'table',
  };
}

/** Rows are points, columns the time, each label in alphabetical order, and the value. */
function tableFrame(
  series: readonly MatrixSeries[],
  query: AnsweredQuery,
  valueName: string,
): Frame {
  const names = labelNamesOf(series);
  const columns = names.map((): string[] => []);
  const times: number[] = [];
  const values: number[] = [];
  for (const { metric, values: points = [], histograms = [] } of series) {
    const floats = points.map(([seconds, text]) => [seconds, readFloat(text)] as const);
    const counts = histograms.map(([seconds, { count }]) => [seconds, readFloat(count)] as const);
    for (const [seconds, value] of [...floats, ...counts]) {
      if (times.length >= frameRowsMax) break;
      times.push(msOf(seconds));
      values.push(value);
      for (const [i, column] of columns.entries()) column.push(metric[names[i] ?? ''] ?? '');
    }
  }
  const texts = columns.map((column, i) => textField(names[i] ?? '', column));
  const value: NumberField = {
    type: 'number',
    name: valueName,
    labels: {},
    legend: '',
    values: Float64Array.from(values),
  };
  return {
    refId: query.refId,
    name: query.refId,
    fields: [timeField(Float64Array.from(times)), ...texts, value],
    length: times.length,
    kind: 'table',
  };
}

function labelNamesOf(series: readonly { readonly metric: LabelObject }[]): string[] {
  const names = new Set<string>();
  for (const { metric } of series) {
    for (const name of Object.keys(metric)) names.add(name);
  }
  return [...names].toSorted((a, b) => (a < b ? -1 : 1)).slice(0, labelColumnsMax);
}

/** Prometheus refuses series with more labels by default. */
const labelColumnsMax = 200;

/** A frame without rows, as a query without an answer gives it. */
export function emptyFrame(refId: string): Frame {
  return { refId, name: refId, fields: [], length: 0, kind: 'table' };
}
