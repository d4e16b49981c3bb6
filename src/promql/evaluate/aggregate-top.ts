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
      for (const best of bestAt(group.series, step, { sign, count: counts[step] })) {
        rowFor(rows, best, grid.steps).setFloat(step, best.values[step]);
      }
    }
    result.push(...rows.values());
  }
  return result;
}

function rowFor(rows: Map<Series, SeriesBuilder>, series: Series, steps: number): SeriesBuilder {
  let row = rows.get(series);
  if (row === undefined) {
    row = new SeriesBuilder(series.labels, series.dropName, steps);
    rows.set(series, row);
  }
  return row;
}

/** The best series first; NaN is worse than all. */
function bestAt(
  series: readonly Series[],
  step: number,
  { sign, count }: { readonly sign: number; readonly count: number },
): Series[] {
  if (count < 1) return [];
  const present = series.filter((one) => one.kinds[step] === FLOAT);
  const order = (a: Series, b: Series): number => {
    const x = a.values[step];
    const y = b.values[step];
    if (Number.isNaN(x) || Number.isNaN(y))
      return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return x === y ? 0 : sign * (x < y ? -1 : 1);
  };
  return present.toSorted(order).slice(0, count);
}
