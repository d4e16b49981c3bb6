import type { Aggregate } from '../parse/ast.ts';
import type { Evaluation } from './evaluation.ts';
import type { Group } from './grouping.ts';
import { type Grid, type Series, SeriesBuilder, type Value } from './matrix.ts';
import type { Place } from './messages.ts';

/** An aggregation at hand. */
export interface AggregateBase {
  readonly evaluation: Evaluation;
  readonly grid: Grid;
  readonly aggregate: Aggregate;
}

/** The same with everything that it aggregates. */
export interface AggregateContext extends AggregateBase {
  readonly series: readonly Series[];
  readonly param: Value | undefined;
}

/** Where texts about the aggregated expression point to. */
export function aggregatedPlace({ evaluation, aggregate }: AggregateBase): Place {
  return { annotations: evaluation.annotations, position: aggregate.expr.position };
}

export function newRow({ evaluation, grid }: AggregateBase, group: Group): SeriesBuilder {
  const dropName = group.series.some((series) => series.dropName);
  return evaluation.newRow(group.labels, dropName, grid.steps);
}
