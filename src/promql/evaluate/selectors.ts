import {
  EMPTY_LABELS,
  detectReset,
  type FloatHistogram,
  formatLabels,
  isStaleNaN,
  type Labels,
} from '#model';
import { type LabelChoice, SampleColumns, type SeriesGroups, type SeriesSet } from '#storage';
import type { MatrixSelector, VectorSelector } from '../parse/ast.ts';
import { helpedStream } from '../parallel/helped-stream.ts';
import {
  type KnownSeries,
  NamedLabels,
  type RowWork,
  sharedSelector,
  type WorkStream,
} from '../parallel/row-work.ts';
import type { MatrixSeries } from '../result.ts';
import { type Evaluation, execution } from './evaluation.ts';
import type { LabelSource } from './later-labels.ts';
import { FLOAT, type Grid, lastTimeMs, type Series, SeriesBuilder } from './matrix.ts';
import { isStaleRow, RangeColumns } from './range-columns.ts';
import { extendFloats } from './extended-range.ts';
import { type SeriesStream, type SeriesVisitor, seriesOf } from './series-stream.ts';
import { StepWindows } from './step-windows.ts';
import { watchedMatchers } from './watched-matchers.ts';

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
  return seriesOf(openInstants(evaluation, grid, { selector, put: putSample, reuses: false }));
}

/** The same one by one, for a consumer that need not hold them. */
export function streamInstants(
  evaluation: Evaluation,
  grid: Grid,
  selector: VectorSelector,
): SeriesStream {
  return openInstants(evaluation, grid, { selector, put: putSample, reuses: true });
}

/** For a single instant there is so little to do that nobody is asked to help. */
function openInstants(evaluation: Evaluation, grid: Grid, choice: RowChoice): SeriesStream {
  const stream = new RowStream(evaluation, grid, choice);
  return grid.steps === 1 ? stream : helpedStream(stream, evaluation, choice.reuses);
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
  return seriesOf(new RowStream(evaluation, grid, { selector, put, reuses: false }));
}

interface RowChoice {
  readonly selector: VectorSelector;
  readonly put: Put;
  /** Rows without histograms are filled anew when the next one is asked for. */
  readonly reuses: boolean;
  /** What the selector selected, where that is known. */
  readonly set?: SeriesSet;
}

/** Goes over the series of a selector, and for each over the steps of the grid. */
class RowStream implements WorkStream {
  readonly dropName = false;
  readonly #evaluation: Evaluation;
  readonly grid: Grid;
  readonly set: SeriesSet;
  readonly #choice: RowChoice;
  readonly #windows: StepWindows;
  readonly #bounds: { readonly startMs: number; readonly endMs: number };
  readonly #columns = new SampleColumns();
  #spare: SeriesBuilder | undefined = undefined;
  /** Series with a sample at every step, which are counted when all are done. */
  #denseSeries = 0;

  constructor(evaluation: Evaluation, grid: Grid, choice: RowChoice) {
    this.#evaluation = evaluation;
    this.grid = grid;
    this.#choice = choice;
    this.#windows = new StepWindows(grid, {
      endMs: (timeMs) => referenceTimeMs(choice.selector, timeMs),
      rangeMs: evaluation.settings.lookbackMs,
    });
    const { selector } = choice;
    this.#bounds = {
      startMs: referenceTimeMs(selector, grid.startMs) - evaluation.settings.lookbackMs + 1,
      endMs: referenceTimeMs(selector, lastTimeMs(grid)),
    };
    const stepMs = hintStepMs(evaluation, grid);
    // Whether a histogram follows a reset, the one before it tells.
    const newestOnly = grid.steps === 1 && !evaluation.prepared.statistics.has(selector);
    const bounds = { ...this.#bounds, stepMs, ...(newestOnly && { newestOnly }) };
    this.set = choice.set ?? select(evaluation, selector, bounds);
  }

  get count(): number {
    return this.set.count;
  }

  get spanMs(): number {
    return this.#bounds.endMs - this.#bounds.startMs;
  }

  labels(index: number): Labels {
    return this.set.labels(index);
  }

  groups(choice: LabelChoice): SeriesGroups | undefined {
    return this.set.groups?.(choice);
  }

  again(evaluation: Evaluation): SeriesStream {
    const choice = { ...this.#choice, set: this.set, reuses: true };
    return new RowStream(evaluation, this.grid, choice);
  }

  describe(): Omit<RowWork, 'series' | 'settings' | 'grid'> {
    const { selector } = this.#choice;
    const { prepared } = this.#evaluation;
    return {
      expr: sharedSelector(selector),
      scalars: [],
      detectsResets: prepared.statistics.has(selector),
      metricName: undefined,
    };
  }

  visit(from: number, to: number, visitor: SeriesVisitor): void {
    const evaluation = this.#evaluation;
    const { grid, set } = this;
    const columns = this.#columns;
    const { startMs, endMs } = this.#bounds;
    const { selector, reuses } = this.#choice;
    const detects = evaluation.prepared.statistics.has(selector);
    for (let i = from; i < to; i++) {
      evaluation.checkTime();
      columns.clear();
      set.read(i, startMs, endMs, columns);
      if (columns.length === 0) continue;
      if (detects) detectResets(columns);
      evaluation.holdRow(grid.steps);
      const row = this.#row(i);
      const { timestampsMs: timesMs, length: count, spacingMs } = columns;
      this.#windows.fit({ timesMs, count, spacingMs });
      this.#fill(row);
      if (row.isEmpty) evaluation.releaseRow(grid.steps);
      else visitor(row, i);
      if (row.isEmpty || (reuses && row.histograms === undefined)) this.#spare = row;
    }
    for (let step = 0; step < grid.steps; step++) evaluation.countAtStep(step, this.#denseSeries);
    this.#denseSeries = 0;
  }

  #row(index: number): SeriesBuilder {
    const spare = this.#spare;
    this.#spare = undefined;
    const row = spare ?? new SeriesBuilder(EMPTY_LABELS, false, this.grid.steps);
    if (spare !== undefined) spare.reuse(EMPTY_LABELS, false);
    row.labelLater(this.set, index);
    return row;
  }

  #fill(builder: SeriesBuilder): void {
    const columns = this.#columns;
    const { put } = this.#choice;
    const { stepSamples } = this.#evaluation;
    const isPlain = put === putSample && columns.histograms.length === 0;
    if (isPlain && fillDense(columns, this.#windows, builder)) {
      this.#denseSeries++;
      this.#evaluation.hold(builder.kinds.length);
      return;
    }
    const samples = isPlain
      ? fillFloats(columns, this.#windows, { builder, stepSamples })
      : fillSteps(columns, this.#windows, { builder, stepSamples, put });
    this.#evaluation.hold(samples);
  }
}

interface RowTarget {
  readonly builder: SeriesBuilder;
  /** Samples looked at are counted here. */
  readonly stepSamples: Float64Array;
}

/** For series with a sample at every step, none of them a stale marker. False: not such a one. */
function fillDense(columns: SampleColumns, windows: StepWindows, builder: SeriesBuilder): boolean {
  if (windows.samplesMin === 0) return false;
  const { to, steps } = windows;
  const out = builder.values;
  const { values } = columns;
  for (let step = 0; step < steps; step++) {
    const value = values[to[step] - 1];
    if (value !== value && isStaleNaN(value)) return false;
    out[step] = value;
  }
  builder.fillFloats();
  return true;
}

/** How many steps have a sample. */
function fillFloats(columns: SampleColumns, windows: StepWindows, target: RowTarget): number {
  const { from, to, steps } = windows;
  const { stepSamples, builder } = target;
  const { kinds, values: out } = builder;
  const { values } = columns;
  let samples = 0;
  for (let step = 0; step < steps; step++) {
    const row = to[step] - 1;
    if (row < from[step]) continue;
    const value = values[row];
    if (value !== value && isStaleNaN(value)) continue;
    kinds[step] = FLOAT;
    out[step] = value;
    stepSamples[step]++;
    samples++;
  }
  if (samples > 0) builder.isEmpty = false;
  return samples;
}

function fillSteps(
  columns: SampleColumns,
  { from, to, steps }: StepWindows,
  { builder, stepSamples, put }: RowTarget & { readonly put: Put },
): number {
  let samples = 0;
  for (let step = 0; step < steps; step++) {
    const row = to[step] - 1;
    if (row < from[step] || isStaleRow(columns, row)) continue;
    put(columns, row, { builder, step });
    stepSamples[step]++;
    samples++;
  }
  return samples;
}

/** Replaces hints that say nothing by what a look at the histogram before says; stale markers are none. */
function detectResets(columns: SampleColumns): void {
  let previous: FloatHistogram | undefined = undefined;
  for (let row = 0; row < columns.histograms.length; row++) {
    const histogram: FloatHistogram | undefined = columns.histograms[row];
    if (histogram === undefined || isStaleNaN(histogram.sum)) continue;
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
  readonly stepMs?: number;
  readonly rangeMs?: number;
  readonly newestOnly?: boolean;
}

/** An instant query has no step; that of its grid means nothing. */
export function hintStepMs(evaluation: Evaluation, { stepMs, steps }: Grid): number {
  return evaluation.settings.stepMs === 0 && steps === 1 ? 0 : stepMs;
}

export function select(
  evaluation: Evaluation,
  selector: VectorSelector,
  bounds: SelectBounds,
): SeriesSet {
  const { meter, plan } = evaluation;
  const matchers = watchedMatchers(selector.matchers, (turns) => evaluation.passTurns(turns));
  const hints = { ...bounds, ...plan.surroundings.get(selector) };
  const find = (): SeriesSet => evaluation.querier.select(matchers, hints);
  const set = meter === undefined ? find() : meter.measureSelect(plan.readerOf.get(selector), find);
  evaluation.annotations.addStorage(set);
  return set;
}

/** Series whose samples a range function looks at through windows. */
export interface RangeSource {
  readonly count: number;
  /** The series that are read; undefined where they are those of a subquery. */
  readonly set?: SeriesSet;
  /** How long samples are read for each series. */
  readonly spanMs: number;
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

/** So many series keep the labels that were decoded, for those who ask twice. */
const LABELS_KEPT_MAX = 20_000;

class KeptLabels implements LabelSource {
  readonly #set: SeriesSet;
  readonly #kept: (Labels | undefined)[] = [];

  constructor(set: SeriesSet) {
    this.#set = set;
  }

  labels(index: number): Labels {
    if (index >= LABELS_KEPT_MAX) return this.#set.labels(index);
    const known = this.#kept[index];
    if (known !== undefined) return known;
    const labels = this.#set.labels(index);
    this.#kept[index] = labels;
    return labels;
  }
}

// oxlint-disable-next-line max-params -- the last one is for those who share
export function matrixSource(
  evaluation: Evaluation,
  grid: Grid,
  matrix: MatrixSelector,
  known?: KnownSeries,
): RangeSource {
  const { selector, rangeMs } = matrix;
  const { lookbackMs } = evaluation.settings;
  const beforeMs = selector.anchored || selector.smoothed ? lookbackMs : 0;
  const afterMs = selector.smoothed ? lookbackMs : 0;
  const startMs = referenceTimeMs(selector, grid.startMs) - rangeMs - beforeMs + 1;
  const endMs = referenceTimeMs(selector, lastTimeMs(grid)) + afterMs;
  const stepMs = hintStepMs(evaluation, grid);
  const set = known?.set ?? select(evaluation, selector, { startMs, endMs, stepMs, rangeMs });
  const columns = new SampleColumns();
  const keepStarts = evaluation.settings.startTimestamps;
  const plain = new RangeColumns([], false, 0);
  const name = known?.metricName;
  const kept = name === undefined ? new KeptLabels(set) : new NamedLabels(name);
  return {
    count: set.count,
    set,
    spanMs: endMs - startMs,
    rangeMs,
    beforeMs,
    afterMs,
    endMs: (timeMs) => referenceTimeMs(selector, timeMs),
    labels: (index) => kept.labels(index),
    read(index) {
      columns.clear();
      set.read(index, startMs, endMs, columns);
      if (evaluation.prepared.statistics.has(selector)) detectResets(columns);
      const range = RangeColumns.ofSamples(EMPTY_LABELS, columns, keepStarts, plain);
      range.labelLater(kept, index);
      return range;
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
