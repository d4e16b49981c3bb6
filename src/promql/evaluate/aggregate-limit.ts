import { hashLabels, type Labels } from '#model';
import { type AggregateContext } from './aggregate-context.ts';
import { execution } from './evaluation.ts';
import { groupSeries } from './grouping.ts';
import { ABSENT, type Series, SeriesBuilder } from './matrix.ts';
import { warnInvalidRatio } from './messages.ts';

/** `limitk`: at each step the first series of each group that have anything. */
export function limitByCount(context: AggregateContext, counts: Float64Array): Series[] {
  const { aggregate, grid, series } = context;
  const result: Series[] = [];
  for (const group of groupSeries(aggregate, series, context.evaluation)) {
    const taken = new Float64Array(grid.steps);
    for (const one of group.series) {
      const row = keepSteps(context, one, (step) => taken[step]++ < counts[step]);
      if (!row.isEmpty) result.push(row);
    }
  }
  return result;
}

/** `limit_ratio`: series by a hash of their labels, so that r and r-1 complement each other. */
export function limitByRatio(context: AggregateContext, ratios: Float64Array): Series[] {
  const { aggregate, evaluation, series } = context;
  if (ratios.every((ratio) => ratio === 0)) return [];
  if (ratios.some((ratio) => Number.isNaN(ratio))) throw execution('Ratio value is NaN');
  if (aggregate.param !== undefined) {
    const place = { annotations: evaluation.annotations, position: aggregate.param.position };
    const largest = ratios.reduce((a, b) => Math.max(a, b));
    const smallest = ratios.reduce((a, b) => Math.min(a, b));
    if (largest > 1) warnInvalidRatio(place, largest);
    if (smallest < -1) warnInvalidRatio(place, smallest);
  }
  const result: Series[] = [];
  for (const one of series) {
    const offset = hashFraction(one.labels);
    const row = keepSteps(context, one, (step) => isInRatio(ratios[step], offset));
    if (!row.isEmpty) result.push(row);
  }
  return result;
}

function isInRatio(ratio: number, offset: number): boolean {
  if (ratio === 0) return false;
  const capped = Math.max(-1, Math.min(1, ratio));
  return capped >= 0 ? offset < capped : offset >= 1 + capped;
}

function keepSteps(
  { evaluation }: AggregateContext,
  series: Series,
  isKept: (step: number) => boolean,
): SeriesBuilder {
  const steps = series.kinds.length;
  evaluation.passTurns(steps);
  const row = evaluation.newRow(series.labels, series.dropName, steps);
  for (let step = 0; step < steps; step++) {
    if (series.kinds[step] !== ABSENT && isKept(step)) row.copy(step, series);
  }
  return row;
}

/** The hash of a label set as a number in 0..1; Prometheus' own, so that both keep the same series. */
function hashFraction(labels: Labels): number {
  return Number(hashLabels(labels)) / 2 ** 64;
}
