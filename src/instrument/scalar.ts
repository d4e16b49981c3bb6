import type { FamilyMetric } from '#model';
import { NO_LABELS, SeriesByLabels } from './series.ts';
import type { MetricOptions } from './series.ts';

interface Cell {
  value: number;
}

const newCell = (): Cell => ({ value: 0 });

function gatherCells(series: SeriesByLabels<Cell>): FamilyMetric[] {
  return series.map((labels, cell) => ({ labels, value: cell.value }));
}

/** Only grows while the process lives. */
export class Counter {
  readonly options: MetricOptions;
  readonly type = 'counter';
  readonly #series: SeriesByLabels<Cell>;

  constructor(options: MetricOptions) {
    this.options = options;
    this.#series = new SeriesByLabels(options, newCell);
  }

  /** Makes the series with value 0 if there is none yet, and adds. `by` must not be negative. */
  inc(by = 1, labelValues: readonly string[] = NO_LABELS): void {
    this.#series.at(labelValues).value += by;
  }

  remove(labelValues: readonly string[]): void {
    this.#series.remove(labelValues);
  }

  gather(): FamilyMetric[] {
    return gatherCells(this.#series);
  }
}

export class Gauge {
  readonly options: MetricOptions;
  readonly type = 'gauge';
  readonly #series: SeriesByLabels<Cell>;

  constructor(options: MetricOptions) {
    this.options = options;
    this.#series = new SeriesByLabels(options, newCell);
  }

  set(value: number, labelValues: readonly string[] = NO_LABELS): void {
    this.#series.at(labelValues).value = value;
  }

  inc(by = 1, labelValues: readonly string[] = NO_LABELS): void {
    this.#series.at(labelValues).value += by;
  }

  dec(by = 1, labelValues: readonly string[] = NO_LABELS): void {
    this.#series.at(labelValues).value -= by;
  }

  remove(labelValues: readonly string[]): void {
    this.#series.remove(labelValues);
  }

  /** Forgets all series with labels. */
  clear(): void {
    this.#series.clear();
  }

  gather(): FamilyMetric[] {
    return gatherCells(this.#series);
  }
}
