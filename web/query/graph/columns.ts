import type { SeriesColumns } from '#dashboards';

/** A null is a gap: no sample, or one that cannot be drawn (NaN, infinite). */
export type Column = (number | null)[];

export interface Columns {
  /** Seconds, as uPlot has them, one for each step from start to end. */
  readonly times: number[];
  /** One for each series, as long as `times`. */
  readonly values: Column[];
  /** Native histograms, which this graph draws by their average. */
  readonly histogramCount: number;
}

interface Grid {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** The server accepts no more points in a range query; a link cannot make the page allocate more. */
const STEPS_MAX = 11_001;

export function toColumns(series: readonly SeriesColumns[], grid: Grid): Columns {
  const wanted = Math.floor((grid.endMs - grid.startMs) / grid.stepMs) + 1;
  const count = Math.min(Math.max(wanted, 1), STEPS_MAX);
  const times = Array.from({ length: count }, (_, i) => (grid.startMs + i * grid.stepMs) / 1000);
  let histogramCount = 0;
  const values = series.map(({ timesMs, values: numbers, histograms }) => {
    const column: Column = Array.from({ length: count }, () => null);
    const place = (timeMs: number, value: number): void => {
      const i = Math.round((timeMs - grid.startMs) / grid.stepMs);
      if (i >= 0 && i < count && Number.isFinite(value)) column[i] = value;
    };
    for (const [i, timeMs] of timesMs.entries()) place(timeMs, numbers[i] ?? NaN);
    for (const [seconds, { sum, count }] of histograms) {
      place(seconds * 1000, Number(sum) / Number(count));
    }
    if (histograms.length > 0) histogramCount++;
    return column;
  });
  return { times, values, histogramCount };
}

/** Each column on top of the ones before it; where one has a gap, the next stands on those below. */
export function stackColumns(columns: readonly Column[]): Column[] {
  const heights: number[] = [];
  return columns.map((column) =>
    column.map((value, i) => {
      if (value === null) return null;
      const height = (heights[i] ?? 0) + value;
      heights[i] = height;
      return height;
    }),
  );
}

/** Samples with a gap on either side: a line would not show them. */
export function findLonePoints(
  column: ArrayLike<number | null | undefined>,
  from: number,
  to: number,
): number[] {
  const lone: number[] = [];
  for (let i = from; i <= to; i++) {
    const isAlone = column[i] != null && column[i - 1] == null && column[i + 1] == null;
    if (isAlone) lone.push(i);
  }
  return lone;
}

/** The last value that is not a gap. */
export function lastValue(column: readonly (number | null)[] | undefined): number | undefined {
  return column?.findLast((value) => value !== null) ?? undefined;
}
