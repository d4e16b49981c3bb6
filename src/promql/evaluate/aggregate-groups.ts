import { type Labels, METRIC_NAME } from '#model';
import type { Aggregate, AggregationOperator } from '../parse/ast.ts';
import type { AggregateBase } from './aggregate-context.ts';
import { aggregatedPlace } from './aggregate-context.ts';
import { createFold, type Fold } from './aggregate-fold.ts';
import { combineHistograms } from './aggregate-histograms.ts';
import { GroupTable } from './grouping.ts';
import { HISTOGRAM, histogramBytes, type Series } from './matrix.ts';
import { infoIgnoredInAggregation } from './messages.ts';
import type { SeriesStream } from './series-stream.ts';

const IGNORE_HISTOGRAMS: ReadonlySet<AggregationOperator> = new Set([
  'max',
  'min',
  'stddev',
  'stdvar',
]);

/** True for aggregations that need not hold the series which they aggregate. */
export function canFold({ operator }: Aggregate): boolean {
  return createFold(operator, 0) !== undefined;
}

/** Sums, means, counts: no fold has more for each step. */
const FOLD_COLUMNS = 4;

interface FoldedGroup {
  readonly labels: Labels;
  dropName: boolean;
  readonly fold: Fold;
  /** Those with histograms are kept: they are summed up step by step at the end. */
  readonly withHistograms: Series[];
}

/** An aggregation that takes its series one by one; none of them is held, unless it has histograms. */
export interface SeriesFold {
  /** The second argument: the number of its group, where groups have numbers. */
  add(series: Series, group?: number): void;
  /** To be called once. */
  finish(): Series[];
}

export function startFold(context: AggregateBase): SeriesFold {
  const { aggregate, evaluation, grid } = context;
  const groups = new GroupTable<FoldedGroup>(aggregate, (labels) => {
    const fold = createFold(aggregate.operator, grid.steps);
    if (fold === undefined) throw new RangeError(`cannot fold by ${aggregate.operator}`);
    evaluation.holdRow(FOLD_COLUMNS * grid.steps);
    return { labels, dropName: false, fold, withHistograms: [] };
  });
  return {
    add: (series, id) =>
      addTo(
        context,
        id === undefined ? groups.of(series.labels) : groups.numbered(id, series),
        series,
      ),
    finish: () => groups.all.flatMap((group) => finishGroup(context, group)),
  };
}

/** Folds series into their groups as they come. */
export function foldSeries(context: AggregateBase, stream: SeriesStream): Series[] {
  const { evaluation, grid } = context;
  const fold = startFold(context);
  const ids = groupIds(context.aggregate, stream);
  stream.visit(0, stream.count, (series, index) => {
    fold.add(series, ids?.[index]);
    evaluation.passTurns(5);
    evaluation.releaseRow(grid.steps);
  });
  return fold.finish();
}

/** By index of the series the number of its group, where the stream knows. */
export function groupIds(
  { grouping, without }: Pick<Aggregate, 'grouping' | 'without'>,
  stream: SeriesStream,
): Int32Array | undefined {
  const names = without ? [METRIC_NAME, ...grouping] : grouping;
  return stream.groups?.({ names, without })?.ids;
}

function addTo(context: AggregateBase, group: FoldedGroup, series: Series): void {
  group.fold.add(series);
  if (series.dropName) group.dropName = true;
  if (series.histograms === undefined || !series.kinds.includes(HISTOGRAM)) return;
  const { operator } = context.aggregate;
  if (operator === 'sum' || operator === 'avg') {
    holdKept(context, series);
    group.withHistograms.push(series);
  } else if (IGNORE_HISTOGRAMS.has(operator)) {
    infoIgnoredInAggregation(aggregatedPlace(context), operator);
  }
}

/** A row that the caller counts as let go. */
function holdKept({ evaluation }: AggregateBase, series: Series): void {
  evaluation.holdRow(series.kinds.length);
  evaluation.memory.hold(histogramBytes(series));
}

function finishGroup(context: AggregateBase, group: FoldedGroup): Series[] {
  const { steps } = context.grid;
  context.evaluation.passTurns(10 + steps);
  const out = context.evaluation.newRow(group.labels, group.dropName, steps);
  const values = group.fold.finish();
  const { counts } = group.fold;
  for (let step = 0; step < steps; step++) {
    if (counts[step] > 0) out.setFloat(step, values[step]);
  }
  if (group.withHistograms.length > 0) combineHistograms(context, group.withHistograms, out);
  return out.isEmpty ? [] : [out];
}
