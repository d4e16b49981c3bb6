import type { Subquery } from '../parse/ast.ts';
import { type MatrixSeries, QueryError } from '../result.ts';
import type { EvaluateContext } from './call-context.ts';
import type { Settings } from './evaluation.ts';
import { type Grid, lastTimeMs, type Series, withoutMetadata } from './matrix.ts';
import { RangeColumns } from './range-columns.ts';
import { type RangeSource, referenceTimeMs } from './selectors.ts';

/** The instants at which a subquery is evaluated for all windows of the outer grid; undefined: none. */
export function subqueryGrid(
  settings: Pick<Settings, 'defaultSubqueryStepMs'>,
  grid: Grid,
  subquery: Subquery,
): Grid | undefined {
  const { rangeMs } = subquery;
  const stepMs = subquery.stepMs > 0 ? subquery.stepMs : settings.defaultSubqueryStepMs(rangeMs);
  const beforeMs = referenceTimeMs(subquery, grid.startMs) - rangeMs;
  const endMs = referenceTimeMs(subquery, lastTimeMs(grid));
  // Multiples of the step, whatever the query's own start is.
  let startMs = stepMs * Math.trunc(beforeMs / stepMs);
  if (startMs <= beforeMs) startMs += stepMs;
  if (startMs > endMs) return undefined;
  return { startMs, stepMs, steps: Math.floor((endMs - startMs) / stepMs) + 1 };
}

/** A step of one series as columns: time and value, and the time once more for what windows have in common. */
const COLUMN_BYTES = 24;

export function subquerySource(context: EvaluateContext, subquery: Subquery): RangeSource {
  const { evaluation } = context;
  const inner = subqueryGrid(evaluation.settings, context.grid, subquery);
  const counted = evaluation.stepSamples;
  const series = inner === undefined ? [] : evaluateInside(context, inner, subquery);
  if (inner !== undefined && series.length > 0) evaluation.memory.hold(inner.steps * COLUMN_BYTES);
  // What only the subquery looks at is not counted: what it yields is, where windows look at it.
  evaluation.stepSamples = counted;
  return {
    count: series.length,
    spanMs: inner === undefined ? 0 : inner.stepMs * inner.steps,
    rangeMs: subquery.rangeMs,
    beforeMs: 0,
    afterMs: 0,
    endMs: (timeMs) => referenceTimeMs(subquery, timeMs),
    labels: (index) => series[index].labels,
    read: (index) =>
      inner === undefined
        ? new RangeColumns([], false, 0)
        : RangeColumns.ofSeries(series[index], inner),
  };
}

function evaluateInside(
  { evaluation, evaluate }: EvaluateContext,
  inner: Grid,
  subquery: Subquery,
): readonly Series[] {
  // Before anything of that length is made: a year in steps of a second is a long row.
  evaluation.holdRow(inner.steps);
  evaluation.stepSamples = new Float64Array(inner.steps);
  const value = evaluate(evaluation, inner, subquery.expr);
  evaluation.releaseRow(inner.steps);
  if (value.kind === 'vector') return value.series;
  if (value.kind === 'scalar') return [scalarSeries(value.values)];
  throw new QueryError('internal', `cannot use a ${value.kind} in a subquery`);
}

function scalarSeries(values: Float64Array): Series {
  return {
    labels: [],
    dropName: false,
    kinds: new Uint8Array(values.length).fill(1),
    isDense: true,
    values,
    histograms: undefined,
  };
}

/** A bare subquery as the whole query. */
export function subqueryMatrix(context: EvaluateContext, subquery: Subquery): MatrixSeries[] {
  const { evaluation } = context;
  const inner = subqueryGrid(evaluation.settings, context.grid, subquery);
  if (inner === undefined) return [];
  const counted = evaluation.stepSamples;
  const series = evaluateInside(context, inner, subquery);
  for (const samples of evaluation.stepSamples) counted[0] += samples;
  evaluation.stepSamples = counted;
  return series.map((one) => {
    const { timestampsMs, values, histograms } = RangeColumns.ofSeries(one, inner).toMatrixSeries();
    const labels = one.dropName ? withoutMetadata(one.labels) : one.labels;
    if (histograms === undefined) return { labels, timestampsMs, values };
    return { labels, timestampsMs, values, histograms };
  });
}
