import { compactHistogram, IncompatibleHistogramsError, labelValue, METRIC_NAME } from '#model';
import { HistogramSums } from '../functions/histogram-sum.ts';
import { type AggregateContext, aggregatedPlace } from './aggregate-context.ts';
import { folds } from './aggregate-fold.ts';
import type { Group } from './grouping.ts';
import { FLOAT, HISTOGRAM, histogramAt, type Series, type SeriesBuilder } from './matrix.ts';
import {
  infoBoundsReconciled,
  warnMixedAggregation,
  warnMixedSchemas,
  warnResetCollision,
} from './messages.ts';

export function sumHistograms(context: AggregateContext, group: Group, out: SeriesBuilder): void {
  combine(context, group, { out, operator: 'sum' });
}

export function averageHistograms(
  context: AggregateContext,
  group: Group,
  out: SeriesBuilder,
): void {
  combine(context, group, { out, operator: 'avg' });
}

interface Target {
  readonly out: SeriesBuilder;
  readonly operator: 'sum' | 'avg';
}

function combine(context: AggregateContext, group: Group, target: Target): void {
  const steps = target.out.kinds.length;
  const floats = folds[target.operator]?.(group.series, steps);
  for (let step = 0; step < steps; step++) {
    const hasHistogram = group.series.some((series) => series.kinds[step] === HISTOGRAM);
    const hasFloat = group.series.some((series) => series.kinds[step] === FLOAT);
    if (hasHistogram && hasFloat) warnMixedAggregation(aggregatedPlace(context));
    else if (hasHistogram) combineStep(context, group.series, { ...target, step });
    else if (hasFloat && floats !== undefined) target.out.setFloat(step, floats.values[step]);
  }
}

function combineStep(
  context: AggregateContext,
  series: readonly Series[],
  { out, operator, step }: Target & { readonly step: number },
): void {
  const place = aggregatedPlace(context);
  const sums = new HistogramSums(operator === 'avg');
  let metricName = '';
  try {
    for (const one of series) {
      if (one.kinds[step] !== HISTOGRAM) continue;
      metricName = labelValue(one.labels, METRIC_NAME);
      sums.add(histogramAt(one, step));
    }
    out.setHistogram(step, compactHistogram(sums.result()));
    if (sums.resetsCollide) warnResetCollision(place, 'aggregation');
  } catch (error) {
    if (!(error instanceof IncompatibleHistogramsError)) throw error;
    warnMixedSchemas(place, metricName);
  }
  if (sums.boundsReconciled) infoBoundsReconciled(place, 'aggregation');
}
