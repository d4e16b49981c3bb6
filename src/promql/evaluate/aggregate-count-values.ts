import { formatFloat, formatHistogram, labelsKey, withLabel } from '#model';
import type { AggregateContext } from './aggregate-context.ts';
import { groupLabels } from './grouping.ts';
import { ABSENT, FLOAT, histogramAt, type Series, SeriesBuilder } from './matrix.ts';
import { entryBytes } from './memory-account.ts';

/** `count_values`: a series for each value that occurs, with the value as a label. */
export function countValues(context: AggregateContext, label: string): Series[] {
  const { aggregate, evaluation, grid, series } = context;
  const grouping = aggregate.without ? aggregate.grouping : [...aggregate.grouping, label];
  const labelsOf = groupLabels({ grouping, without: aggregate.without });
  const rows = new Map<string, SeriesBuilder>();
  for (const one of series) {
    evaluation.passTurns(grid.steps);
    for (let step = 0; step < grid.steps; step++) {
      if (one.kinds[step] === ABSENT) continue;
      const labels = labelsOf(withLabel(one.labels, label, valueText(one, step)));
      const key = labelsKey(labels);
      let row = rows.get(key);
      if (row === undefined) {
        evaluation.memory.keep(entryBytes(key));
        row = evaluation.newRow(labels, false, grid.steps);
        rows.set(key, row);
      }
      row.setFloat(step, row.values[step] + 1);
    }
  }
  return [...rows.values()];
}

function valueText(series: Series, step: number): string {
  if (series.kinds[step] === FLOAT) return formatFloat(series.values[step]);
  return formatHistogram(histogramAt(series, step));
}
