import type { AggregateContext } from './aggregate-context.ts';
import { groupSeries } from './grouping.ts';
import { FLOAT, HISTOGRAM, type Series, SeriesBuilder } from './matrix.ts';
import { infoIgnoredInAggregation } from './messages.ts';

/** `topk`, `bottomk`: whole series of each group, at each step those with the best values. */
export function topOrBottom(context: AggregateContext, counts: Float64Array): Series[] {
  const { aggregate, evaluation, grid, series } = context;
  if (counts.every((count) => count < 1)) return [];
  if (series.some((one) => one.kinds.includes(HISTOGRAM))) {
    const place = { annotations: evaluation.annotations, position: aggregate.position };
    infoIgnoredInAggregation(place, aggregate.operator);
  }
  const sign = aggregate.operator === 'topk' ? -1 : 1;
  const result: Series[] = [];
  for (const group of groupSeries(aggregate, series)) {
    const rows = new Map<Series, SeriesBuilder>();
    for (let step = 0; step < grid.steps; step++) {
      evaluation.passTurns(group.series.length);
      for (const best of bestAt(group.series, step, { sign, count: counts[step] })) {
        rowFor(context, rows, best).setFloat(step, best.values[step]);
      }
    }
    // Not spread into one call: a group of a hundred thousand rows would overflow the stack.
    for (const row of rows.values()) result.push(row);
  }
  return result;
}

function rowFor(
  { evaluation, grid }: AggregateContext,
  rows: Map<Series, SeriesBuilder>,
  series: Series,
): SeriesBuilder {
  let row = rows.get(series);
  if (row === undefined) {
    row = evaluation.newRow(series.labels, series.dropName, grid.steps);
    rows.set(series, row);
  }
  return row;
}

/** Up to so many best ones are kept by insertion; beyond, sorting all is cheaper. */
const INSERTION_MAX = 64;

function bestOfMany(series: readonly Series[], step: number, sign: number): Series[] {
  const present = series.filter((one) => one.kinds[step] === FLOAT);
  return present.toSorted((a, b) => {
    if (isBetter(a.values[step], b.values[step], sign)) return -1;
    return isBetter(b.values[step], a.values[step], sign) ? 1 : 0;
  });
}

/** The best series first; NaN is worse than all. Of equal ones the first come first. */
function bestAt(
  series: readonly Series[],
  step: number,
  { sign, count }: { readonly sign: number; readonly count: number },
): Series[] {
  const best: Series[] = [];
  if (count < 1) return best;
  if (count > INSERTION_MAX) return bestOfMany(series, step, sign).slice(0, count);
  for (const one of series) {
    if (one.kinds[step] !== FLOAT) continue;
    const value = one.values[step];
    let place = best.length;
    while (place > 0 && isBetter(value, best[place - 1].values[step], sign)) place--;
    if (place >= count) continue;
    best.splice(place, 0, one);
    if (best.length > count) best.pop();
  }
  return best;
}

function isBetter(value: number, other: number, sign: number): boolean {
  return sign * value < sign * other || (Number.isNaN(other) && !Number.isNaN(value));
}
