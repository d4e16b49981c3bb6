import { compareLabels } from '#model';
import type { AggregateContext } from './aggregate-context.ts';
import { groupSeries } from './grouping.ts';
import { FLOAT, HISTOGRAM, type Series, SeriesBuilder, type Watch } from './matrix.ts';
import { infoIgnoredInAggregation } from './messages.ts';

/** `topk`, `bottomk`: whole series of each group, at each step those with the best values. */
export function topOrBottom(context: AggregateContext, counts: Float64Array): Series[] {
  const { aggregate, evaluation, series } = context;
  if (counts.every((count) => count < 1)) return [];
  if (series.some((one) => one.kinds.includes(HISTOGRAM))) {
    const place = { annotations: evaluation.annotations, position: aggregate.position };
    infoIgnoredInAggregation(place, aggregate.operator);
  }
  const sign = aggregate.operator === 'topk' ? -1 : 1;
  const result: Series[] = [];
  for (const group of groupSeries(aggregate, series, evaluation)) {
    const rows =
      bestRows(context, group.series, { sign, counts, refusesTies: true }) ??
      bestRows(context, inOrder(group.series, evaluation), { sign, counts, refusesTies: false });
    // Not spread into one call: a group of a hundred thousand rows would overflow the stack.
    for (const row of rows?.values() ?? []) result.push(row);
  }
  return result;
}

/** So that which of equal ones is left out does not depend on how they were found. */
function inOrder(series: readonly Series[], watch: Pick<Watch, 'passTurns'>): readonly Series[] {
  return series.toSorted((a, b) => {
    watch.passTurns(1);
    return compareLabels(a.labels, b.labels);
  });
}

interface Choice {
  /** -1: the greatest are the best. */
  readonly sign: number;
  /** By step. */
  readonly counts: Float64Array;
  /** Nothing is chosen where one is left out that is as good as one that is taken. */
  readonly refusesTies: boolean;
}

function bestRows(
  context: AggregateContext,
  series: readonly Series[],
  { sign, counts, refusesTies }: Choice,
): ReadonlyMap<Series, SeriesBuilder> | undefined {
  const { evaluation, grid } = context;
  const rows = new Map<Series, SeriesBuilder>();
  for (let step = 0; step < grid.steps; step++) {
    evaluation.passTurns(series.length);
    const best = bestAt(series, step, { sign, count: counts[step], watch: evaluation });
    if (refusesTies && isTied(series, step, best)) return undefined;
    for (const one of best) rowFor(context, rows, one).setFloat(step, one.values[step]);
  }
  return rows;
}

/** Whether more series have the value of the last one that was taken. */
function isTied(series: readonly Series[], step: number, best: readonly Series[]): boolean {
  const last = best.at(-1);
  if (last === undefined) return false;
  const value = last.values[step];
  let left = 0;
  for (const one of best) if (isEqual(one.values[step], value)) left--;
  for (const one of series) {
    if (one.kinds[step] === FLOAT && isEqual(one.values[step], value)) left++;
  }
  return left > 0;
}

function rowFor(
  { evaluation, grid }: AggregateContext,
  rows: Map<Series, SeriesBuilder>,
  series: Series,
): SeriesBuilder {
  evaluation.passTurns(10);
  let row = rows.get(series);
  if (row === undefined) {
    row = evaluation.newRow(series.labels, series.dropName, grid.steps);
    rows.set(series, row);
  }
  return row;
}

/** Up to so many best ones are kept by insertion; beyond, sorting all is cheaper. */
const INSERTION_MAX = 64;

interface Ranking {
  readonly sign: number;
  readonly count: number;
  readonly watch: Pick<Watch, 'passTurns'>;
}

function bestOfMany(series: readonly Series[], step: number, { sign, watch }: Ranking): Series[] {
  const present = series.filter((one) => one.kinds[step] === FLOAT);
  return present.toSorted((a, b) => {
    watch.passTurns(1);
    if (isBetter(a.values[step], b.values[step], sign)) return -1;
    return isBetter(b.values[step], a.values[step], sign) ? 1 : 0;
  });
}

/** The best series first; NaN is worse than all. Of equal ones the first come first. */
function bestAt(
  series: readonly Series[],
  step: number,
  { sign, count, watch }: Ranking,
): Series[] {
  const best: Series[] = [];
  if (count < 1) return best;
  if (count > INSERTION_MAX)
    return bestOfMany(series, step, { sign, count, watch }).slice(0, count);
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

/** Neither is better. */
function isEqual(value: number, other: number): boolean {
  return value === other || (Number.isNaN(value) && Number.isNaN(other));
}

function isBetter(value: number, other: number, sign: number): boolean {
  return sign * value < sign * other || (Number.isNaN(other) && !Number.isNaN(value));
}
