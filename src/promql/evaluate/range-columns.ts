import { type FloatHistogram, histogramSizeSamples, isStaleNaN, type Labels } from '#model';
import type { SampleColumns } from '#storage';
import type { MatrixSeries } from '../result.ts';
import { LaterLabels } from './later-labels.ts';
import { ABSENT, FLOAT, type Grid, histogramAt, type Series, stepTimeMs } from './matrix.ts';

/** Samples of one series, floats and histograms apart, stale markers gone, each sorted by time. */
export class RangeColumns extends LaterLabels {
  readonly dropName: boolean;
  floatCount = 0;
  /** As SampleColumns have it. */
  floatSpacingMs = 0;
  floatsRise = false;
  floatTimesMs: Float64Array;
  floatValues: Float64Array;
  /** Where known and wanted; 0: not known. */
  floatStartsMs: Float64Array | undefined = undefined;
  histogramTimesMs: number[] = [];
  histograms: FloatHistogram[] = [];
  histogramStartsMs: number[] | undefined = undefined;
  #histogramSizes: number[] = [0];

  constructor(labels: Labels, dropName: boolean, capacity: number) {
    super(labels);
    this.dropName = dropName;
    this.floatTimesMs = new Float64Array(capacity);
    this.floatValues = new Float64Array(capacity);
  }

  get histogramCount(): number {
    return this.histograms.length;
  }

  /** What histograms from..to-1 weigh in float samples. */
  histogramSize(from: number, to: number): number {
    return from === to ? 0 : this.#histogramSizes[to] - this.#histogramSizes[from];
  }

  pushFloat(timeMs: number, value: number): void {
    this.floatTimesMs[this.floatCount] = timeMs;
    this.floatValues[this.floatCount] = value;
    this.floatCount++;
  }

  pushHistogram(timeMs: number, histogram: FloatHistogram): void {
    this.histogramTimesMs.push(timeMs);
    this.histograms.push(histogram);
    this.#histogramSizes.push(
      this.#histogramSizes[this.#histogramSizes.length - 1] + histogramSizeSamples(histogram),
    );
  }

  /** Without a copy where there is nothing but floats: `plain`, made for that and used again, shows them. */
  // oxlint-disable-next-line max-params -- for each series: an object more would be felt
  static ofSamples(
    labels: Labels,
    columns: SampleColumns,
    keepStarts: boolean,
    plain: RangeColumns,
  ): RangeColumns {
    const starts = keepStarts ? columns.startTimestampsMs : undefined;
    if (columns.histograms.length === 0 && (columns.isFreeOfStale || !hasStale(columns))) {
      plain.labels = labels;
      plain.floatTimesMs = columns.timestampsMs;
      plain.floatValues = columns.values;
      plain.floatStartsMs = starts;
      plain.floatCount = columns.length;
      plain.floatSpacingMs = columns.spacingMs;
      plain.floatsRise = columns.isRising;
      return plain;
    }
    return RangeColumns.#split(labels, columns, starts);
  }

  static #split(
    labels: Labels,
    columns: SampleColumns,
    starts: Float64Array | undefined,
  ): RangeColumns {
    const split = new RangeColumns(labels, false, columns.length);
    if (starts !== undefined) {
      split.floatStartsMs = new Float64Array(columns.length);
      split.histogramStartsMs = [];
    }
    for (let row = 0; row < columns.length; row++) {
      if (isStaleRow(columns, row)) continue;
      const histogram = columns.histograms[row];
      const timeMs = columns.timestampsMs[row];
      if (histogram === undefined) {
        if (split.floatStartsMs !== undefined && starts !== undefined) {
          split.floatStartsMs[split.floatCount] = starts[row];
        }
        split.pushFloat(timeMs, columns.values[row]);
      } else {
        split.histogramStartsMs?.push(starts?.[row] ?? 0);
        split.pushHistogram(timeMs, histogram);
      }
    }
    return split;
  }

  /** The steps at which a series has something. Resets between steps are for the values to tell. */
  static ofSeries(series: Series, grid: Grid): RangeColumns {
    if (series.isDense === true) return RangeColumns.#ofDense(series, grid);
    const columns = new RangeColumns(series.labels, series.dropName, grid.steps);
    for (let step = 0; step < grid.steps; step++) {
      const kind = series.kinds[step];
      if (kind === ABSENT) continue;
      const timeMs = stepTimeMs(grid, step);
      if (kind === FLOAT) columns.pushFloat(timeMs, series.values[step]);
      else columns.pushHistogram(timeMs, withoutResetHint(histogramAt(series, step)));
    }
    return columns;
  }

  /** Values need no copy: nobody writes into columns. */
  static #ofDense({ labels, dropName, values }: Series, grid: Grid): RangeColumns {
    const columns = new RangeColumns(labels, dropName, 0);
    columns.floatTimesMs = new Float64Array(grid.steps);
    for (let step = 0; step < grid.steps; step++) {
      columns.floatTimesMs[step] = stepTimeMs(grid, step);
    }
    columns.floatValues = values;
    columns.floatCount = grid.steps;
    return columns;
  }

  toMatrixSeries(): MatrixSeries {
    const floats = this.floatCount;
    if (this.histograms.length === 0) {
      return {
        labels: this.labels,
        timestampsMs: this.floatTimesMs.slice(0, floats),
        values: this.floatValues.slice(0, floats),
      };
    }
    const length = floats + this.histograms.length;
    const timestampsMs = new Float64Array(length);
    const values = new Float64Array(length);
    const histograms: (FloatHistogram | undefined)[] = [];
    let f = 0;
    let h = 0;
    for (let row = 0; row < length; row++) {
      const isFloat =
        h === this.histograms.length ||
        (f < floats && this.floatTimesMs[f] < this.histogramTimesMs[h]);
      timestampsMs[row] = isFloat ? this.floatTimesMs[f] : this.histogramTimesMs[h];
      values[row] = isFloat ? this.floatValues[f] : 0;
      histograms.push(isFloat ? undefined : this.histograms[h]);
      if (isFloat) f++;
      else h++;
    }
    return { labels: this.labels, timestampsMs, values, histograms };
  }
}

/** True where the row says that the series had ended. */
export function isStaleRow(columns: SampleColumns, row: number): boolean {
  const value = columns.values[row];
  if (value !== value && isStaleNaN(value)) return true;
  const histogram = columns.histograms[row];
  return histogram !== undefined && Number.isNaN(histogram.sum) && isStaleNaN(histogram.sum);
}

function hasStale(columns: SampleColumns): boolean {
  for (let row = 0; row < columns.length; row++) {
    const value = columns.values[row];
    if (value !== value && isStaleRow(columns, row)) return true;
  }
  return false;
}

/**
 * A subquery may skip samples or repeat them, so a hint that says reset or no reset would be about
 * other neighbours.
 */
function withoutResetHint(histogram: FloatHistogram): FloatHistogram {
  const hint = histogram.counterResetHint;
  if (hint === 'gauge' || hint === 'unknown') return histogram;
  return { ...histogram, counterResetHint: 'unknown' };
}
