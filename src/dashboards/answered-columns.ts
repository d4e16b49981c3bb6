import type { HistogramPoint, LabelObject, MatrixSeries, QueryData, SamplePoint } from '#contract';
import { readFloat } from './frame-columns.ts';

/** A series as columns: what a graph needs without an array and a text for each point. */
export interface SeriesColumns {
  readonly metric: LabelObject;
  /** Milliseconds since the epoch, in the order of the answer. Series of equal times may share them. */
  readonly timesMs: Float64Array;
  /** As many. */
  readonly values: Float64Array;
  readonly histograms: readonly HistogramPoint[];
}

type Matrix = Extract<QueryData, { readonly resultType: 'matrix' }>;

/** An answer to a query; a matrix as columns. */
export type AnsweredData =
  | Exclude<QueryData, Matrix>
  | (Omit<Matrix, 'result'> & { readonly result: readonly SeriesColumns[] });

export const noNumbers: Float64Array = new Float64Array(0);

export function columnsOfData(data: QueryData): AnsweredData {
  if (data.resultType !== 'matrix') return data;
  return { ...data, result: columnsOfSeries(data.result) };
}

export function columnsOfSeries(series: readonly MatrixSeries[]): SeriesColumns[] {
  let shared = noNumbers;
  return series.map(({ metric, values = [], histograms = [] }) => {
    shared = timesOfPoints(values, shared);
    const numbers = new Float64Array(values.length);
    for (const [i, point] of values.entries()) numbers[i] = readFloat(point[1]);
    return { metric, timesMs: shared, values: numbers, histograms };
  });
}

/** `before`, where these are the same times. */
function timesOfPoints(points: readonly SamplePoint[], before: Float64Array): Float64Array {
  const times = new Float64Array(points.length);
  let isEqual = before.length === points.length;
  for (const [i, [seconds]] of points.entries()) {
    times[i] = msOf(seconds);
    if (before[i] !== times[i]) isEqual = false;
  }
  return isEqual ? before : times;
}

/** The way back, for what is written down as the API has it. */
export function dataOfColumns(data: AnsweredData): QueryData {
  if (data.resultType !== 'matrix') return data;
  return { ...data, result: data.result.map(seriesOfColumns) };
}

function seriesOfColumns({ metric, timesMs, values, histograms }: SeriesColumns): MatrixSeries {
  const points = Array.from(timesMs, (timeMs, i): SamplePoint => [
    timeMs / 1000,
    floatText(values[i] ?? NaN),
  ]);
  return {
    metric,
    ...(points.length > 0 ? { values: points } : {}),
    ...(histograms.length > 0 ? { histograms } : {}),
  };
}

function floatText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : Object.is(value, -0) ? '-0' : String(value);
}

export function msOf(seconds: number): number {
  return Math.round(seconds * 1000);
}
