import type { FloatHistogram, Labels } from '#model';
import type { MatrixSeries, QueryValue, VectorSample } from '../result.ts';
import type { Evaluation } from './evaluation.ts';
import {
  ABSENT,
  type Grid,
  HISTOGRAM,
  histogramAt,
  mergeSameLabels,
  type Series,
  stepTimeMs,
  type Value,
  withoutMetadata,
} from './matrix.ts';

/** The result of an instant query. */
export function instantValue(evaluation: Evaluation, grid: Grid, value: Value): QueryValue {
  const timestampMs = grid.startMs;
  switch (value.kind) {
    case 'scalar':
      return { kind: 'scalar', timestampMs, value: value.values[0] };
    case 'string':
      return { kind: 'string', timestampMs, value: value.value };
    case 'matrix':
      return value;
    case 'vector': {
      const series = namesRemoved(evaluation, value.series);
      return { kind: 'vector', timestampMs, samples: series.map(sampleOf) };
    }
  }
}

function sampleOf(series: Series): VectorSample {
  if (series.kinds[0] !== HISTOGRAM) return { labels: series.labels, value: series.values[0] };
  return { labels: series.labels, value: 0, histogram: histogramAt(series, 0) };
}

/** A timestamp and a value. */
const POINT_BYTES = 16;

/** The result of a range query, not yet sorted. */
export function rangeValue(evaluation: Evaluation, grid: Grid, value: Value): QueryValue {
  switch (value.kind) {
    case 'scalar':
      return { kind: 'matrix', series: [scalarSeries(grid, value.values)] };
    case 'vector': {
      const series = namesRemoved(evaluation, value.series);
      const timestampsMs = stepTimesMs(grid);
      const rows = series.map((one) => {
        evaluation.passTurns(grid.steps);
        const row = matrixSeries(timestampsMs, one);
        if (row.values !== one.values) evaluation.memory.hold(row.values.length * POINT_BYTES);
        return row;
      });
      return { kind: 'matrix', series: rows };
    }
    case 'matrix':
      return value;
    case 'string':
      return { kind: 'string', timestampMs: grid.startMs, value: value.value };
  }
}

/** Delayed name removal: what was marked on the way loses its name now. */
function namesRemoved(evaluation: Evaluation, series: readonly Series[]): readonly Series[] {
  if (!evaluation.settings.delayedNameRemoval) return series;
  const named = series.map((one) =>
    one.dropName
      ? {
          labels: withoutMetadata(one.labels),
          dropName: false,
          kinds: one.kinds,
          values: one.values,
          histograms: one.histograms,
        }
      : one,
  );
  return mergeSameLabels(named, evaluation);
}

const NO_LABELS: Labels = [];

function scalarSeries(grid: Grid, values: Float64Array): MatrixSeries {
  return { labels: NO_LABELS, timestampsMs: stepTimesMs(grid), values };
}

function stepTimesMs(grid: Grid): Float64Array {
  const timesMs = new Float64Array(grid.steps);
  for (let step = 0; step < grid.steps; step++) timesMs[step] = stepTimeMs(grid, step);
  return timesMs;
}

/** Series without gaps share the timestamps of the grid, and nothing is copied. */
function matrixSeries(timesMs: Float64Array, series: Series): MatrixSeries {
  const { labels, kinds } = series;
  if (series.isDense === true || (series.histograms === undefined && !kinds.includes(ABSENT))) {
    return { labels, timestampsMs: timesMs, values: series.values };
  }
  let count = 0;
  for (const kind of kinds) if (kind !== ABSENT) count++;
  const timestampsMs = new Float64Array(count);
  const values = new Float64Array(count);
  const histograms: (FloatHistogram | undefined)[] = [];
  let row = 0;
  for (let step = 0; step < kinds.length; step++) {
    const kind = kinds[step];
    if (kind === ABSENT) continue;
    timestampsMs[row] = timesMs[step];
    if (kind === HISTOGRAM) histograms[row] = histogramAt(series, step);
    else values[row] = series.values[step];
    row++;
  }
  if (series.histograms === undefined) return { labels, timestampsMs, values };
  histograms.length = count;
  return { labels, timestampsMs, values, histograms };
}
