import type { AggregationOperator } from '../parse/ast.ts';
import { QueryError } from '../result.ts';
import { type AggregateContext, aggregatedPlace, newRow } from './aggregate-context.ts';
import { countValues } from './aggregate-count-values.ts';
import { folds } from './aggregate-fold.ts';
import { averageHistograms, sumHistograms } from './aggregate-histograms.ts';
import { limitByCount, limitByRatio } from './aggregate-limit.ts';
import { topOrBottom } from './aggregate-top.ts';
import { quantileOf } from '../functions/quantile.ts';
import { execution } from './evaluation.ts';
import { type Group, groupSeries } from './grouping.ts';
import { FLOAT, HISTOGRAM, type Series, type SeriesBuilder } from './matrix.ts';
import { infoIgnoredInAggregation, warnInvalidQuantile } from './messages.ts';

export function evaluateAggregate(context: AggregateContext): readonly Series[] {
  const { aggregate } = context;
  switch (aggregate.operator) {
    case 'topk':
    case 'bottomk':
      return topOrBottom(context, countParameter(context));
    case 'limitk':
      return limitByCount(context, countParameter(context));
    case 'limit_ratio':
      return limitByRatio(context, scalarParameter(context));
    case 'count_values':
      return countValues(context, labelParameter(context));
    case 'quantile':
      return quantiles(context, scalarParameter(context));
    default:
      return groupSeries(aggregate, context.series).flatMap((group) => foldGroup(context, group));
  }
}

function scalarParameter({ param }: AggregateContext): Float64Array {
  if (param?.kind === 'scalar') return param.values;
  throw new QueryError('internal', 'cannot aggregate without a number');
}

/** How many to keep at each step. */
function countParameter(context: AggregateContext): Float64Array {
  const counts = scalarParameter(context);
  if (counts.every((count) => count < 1)) return counts.map(() => 0);
  for (const count of counts) {
    if (Number.isNaN(count)) throw execution('Parameter value is NaN');
    if (count <= -9_223_372_036_854_775_808) {
      throw execution(`Scalar value ${count} underflows int64`);
    }
    if (count >= 9_223_372_036_854_774_784) {
      throw execution(`Scalar value ${count} overflows int64`);
    }
  }
  return counts.map(Math.trunc);
}

function labelParameter({ param }: AggregateContext): string {
  const label = param?.kind === 'string' ? param.value : '';
  if (label === '') throw execution(`invalid label name ${JSON.stringify(label)}`);
  return label;
}

function foldGroup(context: AggregateContext, group: Group): Series[] {
  const { operator } = context.aggregate;
  const out = newRow(context, group);
  const hasHistograms = group.series.some((series) => series.histograms !== undefined);
  if (hasHistograms && operator === 'sum') sumHistograms(context, group, out);
  else if (hasHistograms && operator === 'avg') averageHistograms(context, group, out);
  else foldFloats(context, group, out);
  return out.isEmpty ? [] : [out];
}

const IGNORE_HISTOGRAMS: ReadonlySet<AggregationOperator> = new Set([
  'max',
  'min',
  'stddev',
  'stdvar',
  'quantile',
]);

function foldFloats(context: AggregateContext, group: Group, out: SeriesBuilder): void {
  const { operator } = context.aggregate;
  const fold = folds[operator];
  if (fold === undefined) throw new QueryError('internal', `cannot aggregate by ${operator}`);
  if (IGNORE_HISTOGRAMS.has(operator)) adviseIgnored(context, group.series);
  const values = fold(group.series, out.kinds.length);
  for (let step = 0; step < out.kinds.length; step++) {
    if (values.counts[step] > 0) out.setFloat(step, values.values[step]);
  }
}

/** One text if any of the series has a histogram at any step. */
export function adviseIgnored(context: AggregateContext, series: readonly Series[]): void {
  if (series.some((one) => one.kinds.includes(HISTOGRAM))) {
    infoIgnoredInAggregation(aggregatedPlace(context), context.aggregate.operator);
  }
}

function quantiles(context: AggregateContext, wanted: Float64Array): Series[] {
  const { aggregate, evaluation, grid } = context;
  if (aggregate.param !== undefined) {
    const place = { annotations: evaluation.annotations, position: aggregate.param.position };
    for (const quantile of wanted) {
      if (!(quantile >= 0 && quantile <= 1)) warnInvalidQuantile(place, quantile);
    }
  }
  adviseIgnored(context, context.series);
  const result: Series[] = [];
  for (const group of groupSeries(aggregate, context.series)) {
    evaluation.checkTime();
    const out = newRow(context, group);
    const values = new Float64Array(group.series.length);
    for (let step = 0; step < grid.steps; step++) {
      let count = 0;
      for (const series of group.series) {
        if (series.kinds[step] === FLOAT) values[count++] = series.values[step];
      }
      if (count > 0) out.setFloat(step, quantileOf(wanted[step], values.subarray(0, count)));
    }
    if (!out.isEmpty) result.push(out);
  }
  return result;
}
