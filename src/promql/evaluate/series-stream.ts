import type { LabelChoice, SeriesGroups } from '#storage';
import type { Series } from './matrix.ts';

/** Takes one series. It is valid until the next comes, unless it has histograms. */
export type SeriesVisitor = (series: Series, index: number) => void;

/**
 * The series of an expression made one by one, so that `sum(rate(x))` never holds what it sums up. Portions
 * may be visited in any order, also by several threads with a stream each over the same storage.
 */
export interface SeriesStream {
  /** How many there are at most: of some nothing may come out, and these are not shown. */
  readonly count: number;
  /** Makes the series with these indices, `from` up to, not including, `to`. */
  visit(from: number, to: number, visitor: SeriesVisitor): void;
  /** The series by some of their labels, where that is known without decoding the labels of each. */
  groups?(choice: LabelChoice): SeriesGroups | undefined;
}

/** Of series that are there already. */
export function streamOfAll(series: readonly Series[]): SeriesStream {
  return {
    count: series.length,
    visit(from, to, visitor) {
      for (let i = from; i < to; i++) visitor(series[i], i);
    },
  };
}

/** All of a stream that makes a row of its own for each. */
export function seriesOf(stream: SeriesStream): Series[] {
  const all: Series[] = [];
  stream.visit(0, stream.count, (series) => all.push(series));
  return all;
}
