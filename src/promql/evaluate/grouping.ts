import { filterLabels, type Labels, labelsKey, METRIC_NAME } from '#model';
import type { Aggregate } from '../parse/ast.ts';
import type { Series } from './matrix.ts';

/** Series of one group of an aggregation, in the order in which they came. */
export interface Group {
  readonly labels: Labels;
  readonly series: Series[];
}

/** The labels that a group has, from those of any of its series. */
export function groupLabels(
  aggregate: Pick<Aggregate, 'grouping' | 'without'>,
): (labels: Labels) => Labels {
  const names = new Set(aggregate.grouping);
  if (aggregate.without) {
    return (labels) => filterLabels(labels, (name) => name !== METRIC_NAME && !names.has(name));
  }
  if (names.size === 0) return () => [];
  return (labels) => filterLabels(labels, (name) => names.has(name));
}

export function groupSeries(
  aggregate: Pick<Aggregate, 'grouping' | 'without'>,
  series: readonly Series[],
): Group[] {
  const labelsOf = groupLabels(aggregate);
  const groups = new Map<string, Group>();
  for (const one of series) {
    const labels = labelsOf(one.labels);
    const key = labelsKey(labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, series: [one] });
    else group.series.push(one);
  }
  return [...groups.values()];
}
