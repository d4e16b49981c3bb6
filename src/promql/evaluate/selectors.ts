import { detectReset, type FloatHistogram, formatLabels, type Labels } from '#model';
import { SampleColumns, type SeriesSet } from '#storage';
import type { MatrixSelector, VectorSelector } from '../parse/ast.ts';
import type { MatrixSeries } from '../result.ts';
import { type Evaluation, execution } from './evaluation.ts';
import { type Grid, lastTimeMs, type Series, SeriesBuilder, stepTimeMs } from './matrix.ts';
import { isStaleRow, RangeColumns } from './range-columns.ts';
import { extendFloats } from './extended-range.ts';

/** The instant that a selector looks at for a step: `@` and offset applied. */
export function referenceTimeMs(
  selector: Pick<VectorSelector, 'at' | 'offsetMs'>,
  stepMs: number,
): number {
  const { at } = selector;
  return (at?.kind === 'timestamp' ? at.timestampMs : stepMs) - selector.offsetMs;
}

/** The latest sample of each matching series at each step, no older than the lookback. */
export function selectInstants(
  evaluation: Evaluation,
  grid: Grid,
  selector: VectorSelector,
): Series[] {
  return selectRows(evaluation, grid, selector, putSample);
}

/** The same one by one, for a consumer that need not hold them. */
export function streamInstants(
  evaluation: Evaluation,
  grid: Grid,
  selector: VectorSelector,
): Iterable<Series> {
  return streamRows(evaluation, grid, selector, putSample);
}

function putSample(
  columns: SampleColumns,
  row: number,
  { builder, step }: { readonly builder: SeriesBuilder; readonly step: number },
): void {
  const histogram = columns.histograms[row];
  if (histogram === undefined) builder.setFloat(step, columns.values[row]);
  else builder.setHistogram(step, histogram);
}

/** Like `selectInstants`, but the values are the timestamps of the samples in seconds. */
export function selectTimestamps(
  evaluation: Evaluation,
  grid: Grid,
  selector: VectorSelector,
): Series[] {
  return selectRows(evaluation, grid, selector, (columns, row, out) => {
    out.builder.setFloat(out.step, columns.timestampsMs[row] / 1000);
  });
}

/** Like `selectInstants`, but the values are the start timestamps of the samples in seconds, 0: not known. */
export function selectStartTimestamps(
  evaluation: Evaluation,
  grid: Grid,
  selector: VectorSelector,
): Series[] {
  return selectRows(evaluation, grid, selector, (columns, row, out) => {
    const startMs = columns.startTimestampsMs?.[row] ?? 0;
    out.builder.setFloat(out.step, startMs / 1000);
  });
}

/** Info series: the values are the timestamps of the samples, so that the newest can be found. */
export function selectInfo(evaluation: Evaluation, grid: Grid, selector: VectorSelector): Series[] {
  return selectRows(evaluation, grid, selector, (columns, row, out) => {
    if (columns.histograms[row] !== undefined) {
      const shown = formatLabels(out.builder.labels);
      throw execution(`this should be an info metric, with float samples: ${shown}`);
    }
    out.builder.setFloat(out.step, columns.timestampsMs[row]);
  });
}

type Put = (
  columns: SampleColumns,
  row: number,
  out: { readonly builder: SeriesBuilder; readonly step: number },
) => void;

// oxlint-disable-next-line max-params -- one private caller shape
function selectRows(
  evaluation: Evaluation,
  grid: Grid,
  selector: VectorSelector,
  put: Put,
): Series[] {
  return [...streamRows(evaluation, grid, selector, put)];
}

function* streamRows(
  evaluation: Evaluation,
  grid: Grid,
  selector: VectorSelector,
  put: Put,
): Generator<Series> {
  const { lookbackMs } = evaluation.settings;
  const firstMs = referenceTimeMs(selector, grid.startMs);
  const lastMs = referenceTimeMs(selector, lastTimeMs(grid));
  const set = select(evaluation, selector, { startMs: firstMs - lookbackMs + 1, endMs: lastMs });
  const columns = new SampleColumns();
  for (let i = 0; i < set.count; i++) {
    evaluation.checkTime();
    columns.clear();
    set.read(i, firstMs - lookbackMs + 1, lastMs, columns);
    if (evaluation.prepared.statistics.has(selector)) detectResets(columns);
    evaluation.holdRow(grid.steps);
    const builder = new SeriesBuilder(set.labels(i), false, grid.steps);
    fillRows({ evaluation, grid, selector, columns }, builder, put);
    if (builder.isEmpty) evaluation.releaseRow(grid.steps);
    else yield builder;
  }
}

interface RowSource {
  readonly evaluation: Evaluation;
  readonly grid: Grid;
  readonly selector: VectorSelector;
  readonly columns: SampleColumns;
}

function fillRows(source: RowSource, builder: SeriesBuilder, put: Put): void {
  const { evaluation, grid, selector, columns } = source;
  const { lookbackMs } = evaluation.settings;
  const times = columns.timestampsMs;
  let next = 0;
  let samples = 0;
  for (let step = 0; step < grid.steps; step++) {
    const referenceMs = referenceTimeMs(selector, stepTimeMs(grid, step));
    while (next < columns.length && times[next] <= referenceMs) next++;
    const row = next - 1;
    if (row < 0 || times[row] <= referenceMs - lookbackMs || isStaleRow(columns, row)) continue;
    put(columns, row, { builder, step });
    evaluation.countAtStep(step, 1);
    samples++;
  }
  evaluation.hold(samples);
}

/** Replaces hints that say nothing by what a look at the histogram before says. */
function detectResets(columns: SampleColumns): void {
  let previous: FloatHistogram | undefined = undefined;
  for (let row = 0; row < columns.histograms.length; row++) {
    const histogram: FloatHistogram | undefined = columns.histograms[row];
    if (histogram === undefined) continue;
    if (previous !== undefined && histogram.counterResetHint === 'unknown') {
      const counterResetHint = detectReset(histogram, previous) ? 'reset' : 'not_reset';
      columns.histograms[row] = { ...histogram, counterResetHint };
    }
    previous = histogram;
  }
}

export interface SelectBounds {
  readonly startMs: number;
  readonly endMs: number;
  readonly rangeMs?: number;
}

export function select(
  evaluation: Evaluation,
  selector: VectorSelector,
  bounds: SelectBounds,
): SeriesSet {
  const set = evaluation.querier.select(selector.matchers, bounds);
  for (const warning of set.warnings) evaluation.annotations.addStorageWarning(warning);
  return set;
}

/** Series whose samples a range function looks at through windows. */
export interface RangeSource {
  readonly count: number;
  readonly rangeMs: number;
  labels(index: number): Labels;
  /** Series by series in order; what it returns is valid until the next call. */
  read(index: number): RangeColumns;
  /** The end of the window for a step. */
  endMs(stepTimeMs: number): number;
  /** How far windows reach beyond their range (anchored, smoothed). */
  readonly beforeMs: number;
  readonly afterMs: number;
}

export function matrixSource(
  evaluation: Evaluation,
  grid: Grid,
  matrix: MatrixSelector,
): RangeSource {
  const { selector, rangeMs } = matrix;
  const { lookbackMs } = evaluation.settings;
  const beforeMs = selector.anchored || selector.smoothed ? lookbackMs : 0;
  const afterMs = selector.smoothed ? lookbackMs : 0;
  const startMs = referenceTimeMs(selector, grid.startMs) - rangeMs - beforeMs + 1;
  const endMs = referenceTimeMs(selector, lastTimeMs(grid)) + afterMs;
  const set = select(evaluation, selector, { startMs, endMs, rangeMs });
  const columns = new SampleColumns();
  const keepStarts = evaluation.settings.startTimestamps;
  return {
    count: set.count,
    rangeMs,
    beforeMs,
    afterMs,
    endMs: (timeMs) => referenceTimeMs(selector, timeMs),
    labels: (index) => set.labels(index),
    read(index) {
      columns.clear();
      set.read(index, startMs, endMs, columns);
      if (evaluation.prepared.statistics.has(selector)) detectResets(columns);
      return RangeColumns.ofSamples(set.labels(index), columns, keepStarts);
    },
  };
}

/** The samples of a bare range selector at one instant. */
export function selectMatrix(
  evaluation: Evaluation,
  grid: Grid,
  matrix: MatrixSelector,
): MatrixSeries[] {
  const source = matrixSource(evaluation, grid, matrix);
  const endMs = source.endMs(grid.startMs);
  const startMs = endMs - source.rangeMs;
  const result: MatrixSeries[] = [];
  for (let i = 0; i < source.count; i++) {
    evaluation.checkTime();
    let columns = source.read(i);
    if (source.beforeMs > 0) columns = extendFloats(columns, matrix.selector, { startMs, endMs });
    const series = columns.toMatrixSeries();
    if (series.timestampsMs.length === 0) continue;
    const samples = columns.floatCount + columns.histogramSize(0, columns.histogramCount);
    evaluation.hold(samples);
    evaluation.countAtStep(0, samples);
    result.push(series);
  }
  return result;
}
