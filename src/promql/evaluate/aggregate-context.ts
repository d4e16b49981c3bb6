import type { Aggregate } from '../parse/ast.ts';
import type { Evaluation } from './evaluation.ts';
import type { Group } from './grouping.ts';
import { type Grid, type Series, SeriesBuilder, type Value } from './matrix.ts';
import type { Place } from './messages.ts';

/** An aggregation at hand. */
export interface AggregateContext {
  readonly evaluation: Evaluation;
  readonly grid: Grid;
  readonly aggregate: Aggregate;
  readonly series: readonly Series[];
  readonly param: Value | undefined;
}

/** Where texts about the aggregated expression point to. */
export function aggregatedPlace({ evaluation, aggregate }: AggregateContext): Place {
  return { annotations: evaluation.annotations, position: aggregate.expr.position };
}

export function newRow({ grid }: AggregateContext, group: Group): SeriesBuilder {
  const dropName = group.series.some((series) => series.dropName);
  return new SeriesBuilder(group.labels, dropName, grid.steps);
}
