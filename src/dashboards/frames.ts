import type { LabelObject } from '#contract';
import {
  type AnsweredData,
  columnsOfSeries,
  msOf,
  type SeriesColumns,
} from './answered-columns.ts';
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
  readonly data: AnsweredData;
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
  const floats = series.filter(({ values }) => values.length > 0);
  const histograms = series.filter((one) => one.histograms.length > 0);
  const times = timesOf(series, range, problems);
  const frames: Frame[] = [];
  if (histograms.length > 0) frames.push(histogramFrame(histograms, times, query));
  if (floats.length === 0) return frames;
  const frame = seriesFrame(floats, times, query);
  frames.push(query.format === 'heatmap' ? bucketFrame(frame) : frame);
  return frames;
}

function seriesOf(data: AnsweredData): readonly SeriesColumns[] {
  switch (data.resultType) {
    case 'matrix':
      return data.result;
    case 'vector':
      return columnsOfSeries(
        data.result.map(({ metric, value, histogram }) => ({
          metric,
          ...(value === undefined ? {} : { values: [value] }),
          ...(histogram === undefined ? {} : { histograms: [histogram] }),
        })),
      );
    case 'scalar':
      return columnsOfSeries([{ metric: {}, values: [data.result] }]);
    case 'string':
      return [];
  }
}

function boundedSeries(
  series: readonly SeriesColumns[],
  refId: string,
  problems: string[],
): readonly SeriesColumns[] {
  if (series.length <= frameFieldsMax) return series;
  problems.push(`query ${refId}: only the first ${frameFieldsMax} of ${series.length} series`);
  return series.slice(0, frameFieldsMax);
}

/** The steps of the range; the instants that occur, where one does not lie on a step. */
function timesOf(
  series: readonly SeriesColumns[],
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
  for (const { timesMs, histograms } of series) {
    for (const timeMs of timesMs) occurring.add(timeMs);
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
function everyPointFits(series: readonly SeriesColumns[], grid: TimeColumn): boolean {
  return series.every(({ timesMs, histograms }) => {
    const ends = [histograms.at(0), histograms.at(-1)].map((point) => point && msOf(point[0]));
    return [timesMs.at(0), timesMs.at(-1), ...ends].every(
      (ms) => ms === undefined || grid.rowOf(ms) >= 0,
    );
  });
}

function seriesFrame(
  series: readonly SeriesColumns[],
  times: TimeColumn,
  query: AnsweredQuery,
): Frame {
  const fields: Field[] = [timeField(times.values)];
  let placed: PlacedTimes | undefined;
  for (const one of series) {
    // Series of equal times share them.
    if (placed?.timesMs !== one.timesMs) placed = placeTimes(one.timesMs, times);
    fields.push(valueField(one, placed, query));
  }
  return {
    refId: query.refId,
    name: query.refId,
    fields,
    length: times.values.length,
    kind: 'timeseries',
  };
}

interface PlacedTimes {
  readonly timesMs: Float64Array;
  /** Of each; -1 for one that is not there. */
  readonly rows: Int32Array;
  readonly rowCount: number;
  /** Each row has its time. */
  readonly isWhole: boolean;
}

function placeTimes(timesMs: Float64Array, times: TimeColumn): PlacedTimes {
  const rows = Int32Array.from(timesMs, times.rowOf);
  const rowCount = times.values.length;
  const isWhole = rows.length === rowCount && rows.every((row, i) => row === i);
  return { timesMs, rows, rowCount, isWhole };
}

function valueField(
  { metric, values }: SeriesColumns,
  placed: PlacedTimes,
  { legend, expr = '' }: AnsweredQuery,
): NumberField {
  return {
    type: 'number',
    name: 'Value',
    labels: metric,
    legend: seriesLegend(legend, metric, expr),
    ...(placed.isWhole ? { values } : spread(values, placed)),
  };
}

function spread(
  answered: Float64Array,
  { rows, rowCount }: PlacedTimes,
): Pick<NumberField, 'values' | 'isNull'> {
  const values = new Float64Array(rowCount).fill(NaN);
  const isNull = new Uint8Array(rowCount).fill(1);
  for (let i = 0; i < answered.length; i++) {
    const row = rows[i] ?? -1;
    if (row < 0) continue;
    values[row] = answered[i] ?? NaN;
    isNull[row] = 0;
  }
  return isNull.includes(1) ? { values, isNull } : { values };
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
  series: readonly SeriesColumns[],
  query: AnsweredQuery,
  valueName: string,
): Frame {
  const names = labelNamesOf(series);
  const columns = names.map((): string[] => []);
  const times: number[] = [];
  const values: number[] = [];
  for (const { metric, timesMs, values: floats, histograms } of series) {
    const counts = histograms.map(([seconds, { count }]) => [msOf(seconds), readFloat(count)]);
    const points = Array.from(timesMs, (timeMs, i) => [timeMs, floats[i] ?? NaN]);
    for (const [timeMs = NaN, value = NaN] of [...points, ...counts]) {
      if (times.length >= frameRowsMax) break;
      times.push(timeMs);
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
