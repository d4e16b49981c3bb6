import { IncompatibleHistogramsError } from '#model';
import { SampleColumns } from '#storage';
import { interpolateFloats, interpolateHistograms } from '../functions/interpolate.ts';
import type { VectorSelector } from '../parse/ast.ts';
import type { Evaluation } from './evaluation.ts';
import {
  type Grid,
  lastTimeMs,
  sampleCount,
  type Series,
  SeriesBuilder,
  stepTimeMs,
} from './matrix.ts';
import { warnMixedSamples, warnMixedSchemas } from './messages.ts';
import { RangeColumns } from './range-columns.ts';
import { referenceTimeMs, select, hintStepMs } from './selectors.ts';
import { Window } from './window.ts';

/** The value of each series at each step between the samples before and after it. */
export function smoothInstants(
  evaluation: Evaluation,
  grid: Grid,
  selector: VectorSelector,
): Series[] {
  const { lookbackMs } = evaluation.settings;
  const startMs = referenceTimeMs(selector, grid.startMs) - lookbackMs + 1;
  const endMs = referenceTimeMs(selector, lastTimeMs(grid)) + lookbackMs;
  const set = select(evaluation, selector, {
    startMs,
    endMs,
    stepMs: hintStepMs(evaluation, grid),
  });
  const columns = new SampleColumns();
  const plain = new RangeColumns([], false, 0);
  const place = { annotations: evaluation.annotations, position: selector.position };
  const window = new Window(new RangeColumns([], false, 0), 0, place, selector);
  const result: Series[] = [];
  for (let i = 0; i < set.count; i++) {
    evaluation.checkTime();
    columns.clear();
    set.read(i, startMs, endMs, columns);
    window.reset(RangeColumns.ofSamples(set.labels(i), columns, false, plain));
    evaluation.holdRow(grid.steps);
    const out = new SeriesBuilder(set.labels(i), false, grid.steps);
    for (let step = 0; step < grid.steps; step++) {
      const timeMs = referenceTimeMs(selector, stepTimeMs(grid, step));
      window.moveTo(timeMs - lookbackMs, timeMs + lookbackMs);
      window.timeMs = timeMs;
      smoothStep(window, out, step);
    }
    evaluation.hold(sampleCount(out));
    if (!out.isEmpty) result.push(out);
  }
  return result;
}

function smoothStep(window: Window, out: SeriesBuilder, step: number): void {
  if (window.floatCount > 0 && window.histogramCount > 0) {
    warnMixedSamples(window.place, window.metricName);
  } else if (window.floatCount > 0) smoothFloat(window, out, step);
  else if (window.histogramCount > 0) smoothHistogram(window, out, step);
}

/** A row, and how far a time is on the way to the next one; 0 of 0 where there is none. */
interface RowBefore {
  readonly row: number;
  readonly passedMs: number;
  readonly distanceMs: number;
}

/** The last row at or before the time. */
function rowBefore(
  times: ArrayLike<number>,
  { from, to }: { readonly from: number; readonly to: number },
  timeMs: number,
): RowBefore | undefined {
  let row = from - 1;
  while (row + 1 < to && times[row + 1] <= timeMs) row++;
  if (row < from) return undefined;
  if (row + 1 === to) return { row, passedMs: 0, distanceMs: 0 };
  return { row, passedMs: timeMs - times[row], distanceMs: times[row + 1] - times[row] };
}

function smoothFloat(window: Window, out: SeriesBuilder, step: number): void {
  const { series } = window;
  const found = rowBefore(series.floatTimesMs, window, window.timeMs);
  if (found === undefined) return;
  const { row, passedMs, distanceMs } = found;
  const before = series.floatValues[row];
  const after = series.floatValues[row + 1];
  const between = { before, after, passedMs, distanceMs };
  out.setFloat(step, passedMs === 0 ? before : interpolateFloats(between, false));
}

function smoothHistogram(window: Window, out: SeriesBuilder, step: number): void {
  const { series, histogramFrom: from, histogramTo: to } = window;
  const found = rowBefore(series.histogramTimesMs, { from, to }, window.timeMs);
  if (found === undefined) return;
  const { row, passedMs, distanceMs } = found;
  const before = series.histograms[row];
  if (passedMs === 0) {
    out.setHistogram(step, before);
    return;
  }
  const after = series.histograms[row + 1];
  const isCounter = before.counterResetHint !== 'gauge';
  try {
    const between = { before, after, passedMs, distanceMs };
    out.setHistogram(step, interpolateHistograms(between, isCounter, window.place));
  } catch (error) {
    if (!(error instanceof IncompatibleHistogramsError)) throw error;
    warnMixedSchemas(window.place, window.metricName);
  }
}
