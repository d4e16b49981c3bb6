import type { SeriesBuilder } from '../evaluate/matrix.ts';
import type { StepWindows } from '../evaluate/step-windows.ts';
import { changesRow, resetsRow } from './row-changes.ts';
import { firstRow, lastRow, maximumRow, minimumRow, quantileRow, sumRow } from './row-over-time.ts';
import { averageRow, countRow, presentRow } from './row-over-time.ts';
import { instantRateRow } from './row-instant-rate.ts';
import { rateRow } from './row-rate.ts';
import { derivativeRow, predictRow } from './row-regression.ts';

/** One series that has nothing but floats, with its windows. */
export interface FloatRow {
  readonly windows: StepWindows;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /** Rows of the columns; the arrays may be longer. */
  readonly count: number;
  /** Whether certainly no value is less than the one before it. */
  readonly isRising: boolean;
  /** The values of the other arguments, step by step. */
  readonly scalars: readonly Float64Array[];
  /** To be told of what takes longer than the rows and the steps themselves. */
  readonly passTurns: (turns: number) => void;
}

/**
 * A range function over all windows of a series at once, for what needs not look at each window's samples
 * again. Gives to the bit what the function of single windows gives. False: not for this series.
 */
export type RowFunction = (row: FloatRow, out: SeriesBuilder) => boolean;

/** Made for each run, as they keep what series have in common. */
export const rowFunctions: Readonly<Record<string, (() => RowFunction) | undefined>> = {
  absent_over_time: () => presentRow,
  avg_over_time: averageRow,
  changes: changesRow,
  count_over_time: () => countRow,
  delta: () => rateRow({ isCounter: false, perSecond: false }),
  deriv: derivativeRow,
  first_over_time: () => firstRow,
  idelta: () => instantRateRow(false),
  increase: () => rateRow({ isCounter: true, perSecond: false }),
  irate: () => instantRateRow(true),
  last_over_time: () => lastRow,
  max_over_time: maximumRow,
  min_over_time: minimumRow,
  predict_linear: predictRow,
  present_over_time: () => presentRow,
  quantile_over_time: quantileRow,
  rate: () => rateRow({ isCounter: true, perSecond: true }),
  resets: resetsRow,
  sum_over_time: sumRow,
};
