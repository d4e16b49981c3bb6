import type { AggregationOperator } from '../parse/ast.ts';
import { lostAfter } from './kahan.ts';
import { ABSENT, FLOAT, type Series } from './matrix.ts';

/** What a fold gives for each step; `counts` 0: nothing. */
export interface Folded {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

type Fold = (series: readonly Series[], steps: number) => Folded;

/** Aggregations that take one series after the other and keep numbers only, column by column. */
export const folds: Readonly<Partial<Record<AggregationOperator, Fold>>> = {
  sum,
  avg: average,
  min: (series, steps) => extreme(series, steps, 1),
  max: (series, steps) => extreme(series, steps, -1),
  count,
  group,
  stdvar: variance,
  stddev: (series, steps) => {
    const { values, counts } = variance(series, steps);
    return { values: values.map(Math.sqrt), counts };
  },
};

function sum(series: readonly Series[], steps: number): Folded {
  const values = new Float64Array(steps);
  const lost = new Float64Array(steps);
  const counts = new Float64Array(steps);
  for (const one of series) {
    for (let step = 0; step < steps; step++) {
      if (one.kinds[step] !== FLOAT) continue;
      const value = one.values[step];
      const before = values[step];
      const total = before + value;
      lost[step] = counts[step] === 0 ? 0 : lostAfter(before, value, total, lost[step]);
      values[step] = total;
      counts[step]++;
    }
  }
  for (let step = 0; step < steps; step++) values[step] += lost[step];
  return { values, counts };
}

/** Sums up as long as sums are finite; then goes on with running means. */
function average(series: readonly Series[], steps: number): Folded {
  const values = new Float64Array(steps);
  const lost = new Float64Array(steps);
  const counts = new Float64Array(steps);
  const isMean = new Uint8Array(steps);
  for (const one of series) {
    for (let step = 0; step < steps; step++) {
      if (one.kinds[step] !== FLOAT) continue;
      averageIn({ values, lost, counts, isMean }, step, one.values[step]);
    }
  }
  for (let step = 0; step < steps; step++) {
    if (isMean[step] === 1) values[step] += lost[step];
    else values[step] = values[step] / counts[step] + lost[step] / counts[step];
  }
  return { values, counts };
}

interface Means {
  readonly values: Float64Array;
  readonly lost: Float64Array;
  readonly counts: Float64Array;
  readonly isMean: Uint8Array;
}

function averageIn(means: Means, step: number, value: number): void {
  const { values, lost, counts, isMean } = means;
  const count = ++counts[step];
  if (count === 1) {
    values[step] = value;
    return;
  }
  if (isMean[step] === 0) {
    const total = values[step] + value;
    if (Math.abs(total) !== Infinity) {
      lost[step] = lostAfter(values[step], value, total, lost[step]);
      values[step] = total;
      return;
    }
    isMean[step] = 1;
    values[step] /= count - 1;
    lost[step] /= count - 1;
  }
  const share = (count - 1) / count;
  const scaled = share * values[step];
  const total = scaled + value / count;
  lost[step] = lostAfter(scaled, value / count, total, share * lost[step]);
  values[step] = total;
}

/** `sign` 1: the smallest, -1: the largest. NaN only where there is nothing else. */
function extreme(series: readonly Series[], steps: number, sign: number): Folded {
  const values = new Float64Array(steps);
  const counts = new Float64Array(steps);
  for (const one of series) {
    for (let step = 0; step < steps; step++) {
      if (one.kinds[step] !== FLOAT) continue;
      const value = one.values[step];
      const best = values[step];
      if (counts[step] === 0 || sign * value < sign * best || best !== best) values[step] = value;
      counts[step]++;
    }
  }
  return { values, counts };
}

function count(series: readonly Series[], steps: number): Folded {
  const counts = new Float64Array(steps);
  for (const one of series) {
    for (let step = 0; step < steps; step++) {
      if (one.kinds[step] !== ABSENT) counts[step]++;
    }
  }
  return { values: counts, counts };
}

function group(series: readonly Series[], steps: number): Folded {
  const { counts } = count(series, steps);
  return { values: new Float64Array(steps).fill(1), counts };
}

/** Welford's method, as Prometheus uses it. */
function variance(series: readonly Series[], steps: number): Folded {
  const counts = new Float64Array(steps);
  const means = new Float64Array(steps);
  const values = new Float64Array(steps);
  for (const one of series) {
    for (let step = 0; step < steps; step++) {
      if (one.kinds[step] !== FLOAT) continue;
      const value = one.values[step];
      counts[step]++;
      if (counts[step] === 1) {
        means[step] = value;
        values[step] = Number.isFinite(value) ? 0 : NaN;
        continue;
      }
      const delta = value - means[step];
      means[step] += delta / counts[step];
      values[step] += delta * (value - means[step]);
    }
  }
  for (let step = 0; step < steps; step++) values[step] /= counts[step];
  return { values, counts };
}
