import type { RangeFunction } from '../evaluate/window.ts';
import { changes, resets } from './counter-changes.ts';
import { instantDelta, instantRate } from './instant-rate.ts';
import {
  average,
  count,
  doubleExponentialSmoothing,
  extremeOf,
  first,
  last,
  medianAbsoluteDeviation,
  present,
  quantileOverTime,
  sum,
  timeOfExtreme,
  timeOfFirst,
  timeOfLast,
  varianceWith,
} from './over-time.ts';
import { derivative, predictLinear } from './linear-regression.ts';
import { delta, increase, rate } from './rate.ts';

/** All functions that take a range vector, by name. */
export const rangeFunctions: Readonly<Record<string, RangeFunction | undefined>> = {
  absent_over_time: present,
  avg_over_time: average,
  changes,
  count_over_time: count,
  delta,
  deriv: derivative,
  double_exponential_smoothing: doubleExponentialSmoothing,
  first_over_time: first,
  holt_winters: doubleExponentialSmoothing,
  idelta: instantDelta,
  increase,
  irate: instantRate,
  last_over_time: last,
  mad_over_time: medianAbsoluteDeviation,
  max_over_time: extremeOf(-1),
  min_over_time: extremeOf(1),
  predict_linear: predictLinear,
  present_over_time: present,
  quantile_over_time: quantileOverTime,
  rate,
  resets,
  stddev_over_time: varianceWith(Math.sqrt),
  stdvar_over_time: varianceWith((variance) => variance),
  sum_over_time: sum,
  ts_of_first_over_time: timeOfFirst,
  ts_of_last_over_time: timeOfLast,
  ts_of_max_over_time: timeOfExtreme(-1),
  ts_of_min_over_time: timeOfExtreme(1),
};
