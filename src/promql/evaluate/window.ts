import { labelValue, METRIC_NAME } from '#model';
import type { SeriesBuilder } from './matrix.ts';
import type { Place } from './messages.ts';
import type { RangeColumns } from './range-columns.ts';

/** The samples of one series that a range function sees at one step; one object moves over all. */
export class Window {
  series: RangeColumns;
  /** Floats from `from` up to, not including, `to`. */
  from = 0;
  to = 0;
  histogramFrom = 0;
  histogramTo = 0;
  /** The range is (startMs, endMs]. */
  startMs = 0;
  endMs = 0;
  /** The instant of the step itself, whatever offset and `@` made of the range. */
  timeMs = 0;
  readonly rangeMs: number;
  /** Values of the other arguments at this step, in order. */
  readonly scalars: number[] = [];
  /** Of the range argument; for texts about it. */
  readonly place: Place;
  readonly anchored: boolean;
  readonly smoothed: boolean;

  constructor(
    series: RangeColumns,
    rangeMs: number,
    place: Place,
    extension: { readonly anchored: boolean; readonly smoothed: boolean },
  ) {
    this.series = series;
    this.rangeMs = rangeMs;
    this.place = place;
    this.anchored = extension.anchored;
    this.smoothed = extension.smoothed;
  }

  get floatCount(): number {
    return this.to - this.from;
  }

  get histogramCount(): number {
    return this.histogramTo - this.histogramFrom;
  }

  get metricName(): string {
    return labelValue(this.series.labels, METRIC_NAME);
  }

  /** Starts over with another series. */
  reset(series: RangeColumns): void {
    this.series = series;
    this.from = 0;
    this.to = 0;
    this.histogramFrom = 0;
    this.histogramTo = 0;
  }

  /** Moves to the samples with fromMs < t <= toMs. Bounds only ever grow. */
  moveTo(fromMs: number, toMs: number): void {
    const times = this.series.floatTimesMs;
    const count = this.series.floatCount;
    while (this.to < count && times[this.to] <= toMs) this.to++;
    while (this.from < this.to && times[this.from] <= fromMs) this.from++;
    if (this.series.histogramCount > 0) this.#moveHistograms(fromMs, toMs);
  }

  #moveHistograms(fromMs: number, toMs: number): void {
    const times = this.series.histogramTimesMs;
    while (this.histogramTo < times.length && times[this.histogramTo] <= toMs) this.histogramTo++;
    while (this.histogramFrom < this.histogramTo && times[this.histogramFrom] <= fromMs) {
      this.histogramFrom++;
    }
  }
}

/** Puts its result for the window into `out` at `step`, or nothing. The window is never empty. */
export type RangeFunction = (window: Window, out: SeriesBuilder, step: number) => void;
