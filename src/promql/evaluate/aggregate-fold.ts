import type { AggregationOperator } from '../parse/ast.ts';
import { lostAfter } from './kahan.ts';
import { ABSENT, FLOAT, type Series } from './matrix.ts';

/** An aggregation that takes one series after the other and keeps numbers only, column by column. */
export interface Fold {
  /** How many samples each step has had, to be read after `finish`; 0: nothing comes out. */
  readonly counts: Float64Array;
  add(series: Series): void;
  /** The results of all steps. To be called once. */
  finish(): Float64Array;
}

/** Undefined for aggregations that must see all series at once. */
export function createFold(operator: AggregationOperator, steps: number): Fold | undefined {
  switch (operator) {
    case 'sum':
      return new SumFold(steps);
    case 'avg':
      return new AverageFold(steps);
    case 'min':
      return new ExtremeFold(steps, 1);
    case 'max':
      return new ExtremeFold(steps, -1);
    case 'count':
      return new CountFold(steps, (counts) => counts);
    case 'group':
      return new CountFold(steps, (counts) => counts.map(() => 1));
    case 'stdvar':
      return new VarianceFold(steps, (values) => values);
    case 'stddev':
      return new VarianceFold(steps, (values) => values.map(Math.sqrt));
    default:
      return undefined;
  }
}

class SumFold implements Fold {
  readonly counts: Float64Array;
  readonly #values: Float64Array;
  readonly #lost: Float64Array;
  /** Counted at the end. */
  #denseSeries = 0;

  constructor(steps: number) {
    this.counts = new Float64Array(steps);
    this.#values = new Float64Array(steps);
    this.#lost = new Float64Array(steps);
  }

  add(series: Series): void {
    if (series.isDense !== true) return this.#addSparse(series);
    this.#denseSeries++;
    addToAll(this.#values, this.#lost, series.values);
  }

  #addSparse({ kinds, values: added }: Series): void {
    const { counts } = this;
    const values = this.#values;
    const lost = this.#lost;
    for (let step = 0; step < counts.length; step++) {
      if (kinds[step] !== FLOAT) continue;
      const value = added[step];
      const before = values[step];
      const total = before + value;
      counts[step]++;
      lost[step] = lostAfter(before, value, total, lost[step]);
      values[step] = total;
    }
  }

  finish(): Float64Array {
    const { counts } = this;
    for (let step = 0; step < counts.length; step++) counts[step] += this.#denseSeries;
    return this.#values.map((value, step) => value + this.#lost[step]);
  }
}

/** Nothing is lost at the first, which is added to zero. */
function addToAll(values: Float64Array, lost: Float64Array, added: Float64Array): void {
  for (let step = 0; step < values.length; step++) {
    const value = added[step];
    const before = values[step];
    const total = before + value;
    lost[step] = lostAfter(before, value, total, lost[step]);
    values[step] = total;
  }
}

/** Sums up as long as sums are finite; then goes on with running means. */
class AverageFold implements Fold {
  readonly counts: Float64Array;
  readonly #values: Float64Array;
  readonly #lost: Float64Array;
  readonly #isMean: Uint8Array;

  constructor(steps: number) {
    this.counts = new Float64Array(steps);
    this.#values = new Float64Array(steps);
    this.#lost = new Float64Array(steps);
    this.#isMean = new Uint8Array(steps);
  }

  add({ kinds, values }: Series): void {
    for (let step = 0; step < kinds.length; step++) {
      if (kinds[step] === FLOAT) this.#addAt(step, values[step]);
    }
  }

  #addAt(step: number, value: number): void {
    const values = this.#values;
    const lost = this.#lost;
    const count = ++this.counts[step];
    if (this.#isMean[step] === 0) {
      const total = values[step] + value;
      if (count === 1 || Math.abs(total) !== Infinity) {
        if (count > 1) lost[step] = lostAfter(values[step], value, total, lost[step]);
        values[step] = total;
        return;
      }
      this.#isMean[step] = 1;
      values[step] /= count - 1;
      lost[step] /= count - 1;
    }
    const share = (count - 1) / count;
    const scaled = share * values[step];
    const total = scaled + value / count;
    lost[step] = lostAfter(scaled, value / count, total, share * lost[step]);
    values[step] = total;
  }

  finish(): Float64Array {
    return this.#values.map((value, step) => {
      if (this.#isMean[step] === 1) return value + this.#lost[step];
      return value / this.counts[step] + this.#lost[step] / this.counts[step];
    });
  }
}

/** `sign` 1: the smallest, -1: the largest. NaN only where there is nothing else. */
class ExtremeFold implements Fold {
  readonly counts: Float64Array;
  readonly #values: Float64Array;
  readonly #sign: number;

  constructor(steps: number, sign: number) {
    this.counts = new Float64Array(steps);
    this.#values = new Float64Array(steps);
    this.#sign = sign;
  }

  add({ kinds, values: added }: Series): void {
    const { counts } = this;
    const values = this.#values;
    const sign = this.#sign;
    for (let step = 0; step < counts.length; step++) {
      if (kinds[step] !== FLOAT) continue;
      const value = added[step];
      const best = values[step];
      if (counts[step]++ === 0 || sign * value < sign * best || best !== best) {
        values[step] = value;
      }
    }
  }

  finish(): Float64Array {
    return this.#values;
  }
}

class CountFold implements Fold {
  readonly counts: Float64Array;
  /** Series that had a sample at every step; `counts` gets to know at the end. */
  #dense = 0;
  readonly #result: (counts: Float64Array) => Float64Array;

  constructor(steps: number, result: (counts: Float64Array) => Float64Array) {
    this.counts = new Float64Array(steps);
    this.#result = result;
  }

  add(series: Series): void {
    const { counts } = this;
    if (series.isDense === true) {
      this.#dense++;
      return;
    }
    const { kinds } = series;
    for (let step = 0; step < counts.length; step++) {
      if (kinds[step] !== ABSENT) counts[step]++;
    }
  }

  finish(): Float64Array {
    const { counts } = this;
    for (let step = 0; step < counts.length; step++) counts[step] += this.#dense;
    return this.#result(counts);
  }
}

/** Welford's method, as Prometheus uses it. */
class VarianceFold implements Fold {
  readonly counts: Float64Array;
  readonly #means: Float64Array;
  readonly #values: Float64Array;
  readonly #result: (variances: Float64Array) => Float64Array;

  constructor(steps: number, result: (variances: Float64Array) => Float64Array) {
    this.counts = new Float64Array(steps);
    this.#means = new Float64Array(steps);
    this.#values = new Float64Array(steps);
    this.#result = result;
  }

  add({ kinds, values: added }: Series): void {
    const { counts } = this;
    const means = this.#means;
    const values = this.#values;
    for (let step = 0; step < counts.length; step++) {
      if (kinds[step] !== FLOAT) continue;
      const value = added[step];
      if (++counts[step] === 1) {
        means[step] = value;
        values[step] = Number.isFinite(value) ? 0 : NaN;
        continue;
      }
      const delta = value - means[step];
      means[step] += delta / counts[step];
      values[step] += delta * (value - means[step]);
    }
  }

  finish(): Float64Array {
    return this.#result(this.#values.map((value, step) => value / this.counts[step]));
  }
}
