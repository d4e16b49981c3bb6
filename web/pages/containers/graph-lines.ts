import type { SeriesColumns } from '#dashboards';
import type { ChartSeries } from '../../query/graph/Chart.tsx';
import { type Column, lastValue, toColumns } from '../../query/graph/columns.ts';
import { type GraphSpec, LINE_LABEL } from './graph-specs.ts';
import type { TimeWindow } from './page-state.ts';

export interface GraphLine extends ChartSeries {
  readonly last: number | undefined;
  /** False for a limit so far away that it would press what is measured flat. */
  readonly isDrawn: boolean;
}

export interface GraphLines {
  readonly times: number[];
  readonly lines: readonly GraphLine[];
}

/** A limit is drawn where what it limits comes up to this share of it. */
const LIMIT_SHARE_MIN = 0.25;

/** In the order of the spec; lines without any value are left out. */
export function graphLines(
  spec: GraphSpec,
  window: TimeWindow,
  series: readonly SeriesColumns[],
  palette: readonly string[],
): GraphLines {
  const { times, values } = toColumns(series, window);
  const columns = new Map(series.map(({ metric }, i) => [metric[LINE_LABEL], values[i] ?? []]));
  const used = spec.lines
    .filter(({ isLimit }) => isLimit !== true)
    .map(({ title }) => largest(columns.get(title) ?? []));
  const largestUsed = Math.max(0, ...used);
  const lines = spec.lines.flatMap((line): GraphLine[] => {
    const column = columns.get(line.title);
    if (column === undefined || column.every((value) => value === null)) return [];
    const isLimit = line.isLimit === true;
    return [
      {
        metric: { __name__: line.title },
        label: line.title,
        colour: palette[line.colour] ?? '',
        values: column,
        isDashed: isLimit,
        isFilled: line.isFilled === true,
        last: lastValue(column),
        isDrawn: !isLimit || largestUsed >= LIMIT_SHARE_MIN * largest(column),
      },
    ];
  });
  return { times, lines };
}

function largest(column: Column): number {
  let found = 0;
  for (const value of column) if (value !== null && value > found) found = value;
  return found;
}
