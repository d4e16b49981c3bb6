import type { FamilyMetric } from '#model';
import { NO_LABELS, SeriesByLabels } from './series.ts';
import type { MetricOptions } from './series.ts';

const QUANTILES = [0.5, 0.9, 0.99];

/** How many of the newest observations the quantiles look at. Bounds memory: 4 KiB a series. */
const WINDOW_COUNT = 512;

interface Cell {
  readonly window: Float64Array;
  count: number;
  sum: number;
}

/** Count, sum and quantiles 0.5, 0.9, 0.99 over the newest 512 observations. */
export class Summary {
  readonly options: MetricOptions;
  readonly type = 'summary';
  readonly #series: SeriesByLabels<Cell>;

  constructor(options: MetricOptions) {
    this.options = options;
    this.#series = new SeriesByLabels(options, () => ({
      window: new Float64Array(WINDOW_COUNT),
      count: 0,
      sum: 0,
    }));
  }

  observe(value: number, labelValues: readonly string[] = NO_LABELS): void {
    const cell = this.#series.at(labelValues);
    cell.window[cell.count % WINDOW_COUNT] = value;
    cell.count++;
    cell.sum += value;
  }

  remove(labelValues: readonly string[]): void {
    this.#series.remove(labelValues);
  }

  gather(): FamilyMetric[] {
    return this.#series.map((labels, { window, count, sum }) => {
      const sorted = window.slice(0, Math.min(count, WINDOW_COUNT)).toSorted();
      const quantiles = QUANTILES.map((quantile) => ({
        quantile,
        value: sorted[Math.ceil(quantile * sorted.length) - 1] ?? NaN,
      }));
      return { labels, summary: { count, sum, quantiles } };
    });
  }
}
