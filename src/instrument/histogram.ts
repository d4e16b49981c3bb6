import type { FamilyMetric } from '#model';
import { NO_LABELS, SeriesByLabels } from './series.ts';
import type { MetricOptions } from './series.ts';

interface Cell {
  /** Not cumulative; the last counts what is beyond all bounds. */
  readonly counts: Float64Array;
  sum: number;
}

/** Counts observations in buckets. */
export class Histogram {
  readonly options: MetricOptions;
  readonly type = 'histogram';
  readonly #bounds: readonly number[];
  readonly #series: SeriesByLabels<Cell>;

  constructor(options: MetricOptions & { readonly buckets: readonly number[] }) {
    this.options = options;
    this.#bounds = options.buckets;
    this.#series = new SeriesByLabels(options, () => ({
      counts: new Float64Array(options.buckets.length + 1),
      sum: 0,
    }));
  }

  observe(value: number, labelValues: readonly string[] = NO_LABELS): void {
    const cell = this.#series.at(labelValues);
    let bucket = 0;
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] as number)) bucket++;
    cell.counts[bucket] = (cell.counts[bucket] as number) + 1;
    cell.sum += value;
  }

  gather(): FamilyMetric[] {
    return this.#series.map((labels, cell) => {
      let count = 0;
      const buckets = this.#bounds.map((upperBound, i) => {
        count += cell.counts[i] as number;
        return { upperBound, cumulativeCount: count };
      });
      count += cell.counts[this.#bounds.length] as number;
      return { labels, histogram: { count, sum: cell.sum, buckets } };
    });
  }
}

/** `count` bounds, each `factor` times the one before. */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => start * factor ** i);
}
