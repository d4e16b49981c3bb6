import { formatFloatCompact } from '#model';
import { QueryError } from '../result.ts';
import { type AggregateContext, aggregatedPlace, newRow } from './aggregate-context.ts';
import { countValues } from './aggregate-count-values.ts';
import { foldSeries } from './aggregate-groups.ts';
import { limitByCount, limitByRatio } from './aggregate-limit.ts';
import { topOrBottom } from './aggregate-top.ts';
import { quantileOf } from '../functions/quantile.ts';
import { execution } from './evaluation.ts';
import { groupSeries } from './grouping.ts';
import { FLOAT, HISTOGRAM, type Series } from './matrix.ts';
import { infoIgnoredInAggregation, warnInvalidQuantile } from './messages.ts';
import { streamOfAll } from './series-stream.ts';

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
      return foldSeries(context, streamOfAll(context.series));
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
      throw execution(`Scalar value ${formatFloatCompact(count)} underflows int64`);
    }
    if (count >= 9_223_372_036_854_774_784) {
      throw execution(`Scalar value ${formatFloatCompact(count)} overflows int64`);
    }
  }
  return counts.map(Math.trunc);
}

function labelParameter({ param }: AggregateContext): string {
  const label = param?.kind === 'string' ? param.value : '';
  if (label === '') throw execution(`invalid label name ${JSON.stringify(label)}`);
  return label;
}

/** One text if any of the series has a histogram at any step. */
function adviseIgnored(context: AggregateContext, series: readonly Series[]): void {
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
  for (const group of groupSeries(aggregate, context.series, evaluation)) {
    evaluation.checkTime();
    const out = newRow(context, group);
    const values = new Float64Array(group.series.length);
    for (let step = 0; step < grid.steps; step++) {
      evaluation.passTurns(values.length);
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
