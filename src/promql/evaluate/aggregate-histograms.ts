import { compactHistogram, IncompatibleHistogramsError, labelValue, METRIC_NAME } from '#model';
import { HistogramSums } from '../functions/histogram-sum.ts';
import { type AggregateBase, aggregatedPlace } from './aggregate-context.ts';
import {
  ABSENT,
  FLOAT,
  HISTOGRAM,
  histogramAt,
  type Series,
  type SeriesBuilder,
} from './matrix.ts';
import {
  infoBoundsReconciled,
  warnMixedAggregation,
  warnMixedSchemas,
  warnResetCollision,
} from './messages.ts';

/** `sum` and `avg` of histograms into a row that has the floats of the group; where both are, nothing stays. */
export function combineHistograms(
  context: AggregateBase,
  series: readonly Series[],
  out: SeriesBuilder,
): void {
  for (let step = 0; step < out.kinds.length; step++) {
    if (!series.some((one) => one.kinds[step] === HISTOGRAM)) continue;
    if (out.kinds[step] === FLOAT) {
      warnMixedAggregation(aggregatedPlace(context));
      out.remove(step);
    } else combineStep(context, series, { out, step });
  }
  out.isEmpty = out.kinds.every((kind) => kind === ABSENT);
}

function combineStep(
  context: AggregateBase,
  series: readonly Series[],
  { out, step }: { readonly out: SeriesBuilder; readonly step: number },
): void {
  const place = aggregatedPlace(context);
  const sums = new HistogramSums(context.aggregate.operator === 'avg');
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
