import { combined, equalHistograms, Incompatible, isReset } from './histogram.ts';
import {
  type At,
  instantRate,
  type RangeCall,
  rateOf,
  RATES,
  warnMixed,
  warnSchemas,
} from './rates.ts';
import { Compensated, meanOf, quantileOf, sumOf, TwinError, type Value } from './values.ts';

type RangeFunction = (call: RangeCall, args: readonly number[]) => Value | undefined;

/** Functions of the floats; histograms beside them are left out, which is told. */
function ofFloats(
  compute: (floats: readonly At<number>[], args: readonly number[], call: RangeCall) => number,
  floatsMin = 1,
): RangeFunction {
  return (call, args) => {
    const { floats, histograms } = call;
    if (floats.length > 0 && histograms.length > 0) {
      call.notes.info(
        `ignored histograms in a range containing both floats and histograms for metric name ${JSON.stringify(call.metricName)}`,
        call.position,
      );
    }
    return floats.length < floatsMin ? undefined : compute(floats, args, call);
  };
}

function ofValues(compute: (values: readonly number[]) => number): RangeFunction {
  return ofFloats((floats) => compute(floats.map(({ value }) => value)));
}

/** The first value that no other beats; NaN is beaten by all. */
function best(floats: readonly At<number>[], beats: (a: number, b: number) => boolean): At<number> {
  return floats.reduce((held, one) =>
    beats(one.value, held.value) || Number.isNaN(held.value) ? one : held,
  );
}

function sumOrMean(isMean: boolean): RangeFunction {
  return (call) => {
    const { floats, histograms } = call;
    if (floats.length > 0 && histograms.length > 0) {
      warnMixed(call);
      return undefined;
    }
    const values = floats.map(({ value }) => value);
    if (values.length > 0) return isMean ? meanOf(values) : sumOf(values);
    try {
      let reconciled = false;
      const all = histograms.map(({ value }) => value);
      const { histogram, collides } = combined(all, isMean, () => (reconciled = true));
      if (collides) {
        call.notes.warn('conflicting counter resets during histogram aggregation', call.position);
      }
      if (reconciled) {
        call.notes.info(
          'mismatched custom buckets were reconciled during aggregation',
          call.position,
        );
      }
      return histogram;
    } catch (error) {
      if (!(error instanceof Incompatible)) throw error;
      warnSchemas(call);
      return undefined;
    }
  };
}

function variance(values: readonly number[]): number {
  let mean = new Compensated();
  let squares = new Compensated();
  for (const [i, value] of values.entries()) {
    const delta = value - (mean.sum + mean.lost);
    mean = mean.plus(delta / (i + 1));
    squares = squares.plus(delta * (value - (mean.sum + mean.lost)));
  }
  return (squares.sum + squares.lost) / values.length;
}

function inOrder({ floats, histograms }: RangeCall): At<Value>[] {
  return [...floats, ...histograms].toSorted((a, b) => a.timestampMs - b.timestampMs);
}

/** `resets` and `changes`: how often one sample after another is unlike it. */
function countBetween(isUnlike: (now: Value, before: Value) => boolean): RangeFunction {
  return (call) => {
    const { anchored, startMs } = call.range;
    const all = inOrder(call);
    const before = all.findLastIndex(({ timestampMs }) => timestampMs <= startMs);
    const within = anchored ? all.slice(Math.max(0, before)) : all;
    if (anchored && (all.at(-1)?.timestampMs ?? -Infinity) <= startMs) return undefined;
    if (within.length === 0) return undefined;
    return within.filter((one, i) => i > 0 && isUnlike(one.value, within[i - 1].value)).length;
  };
}

function wasReset(now: Value, before: Value): boolean {
  if (typeof now === 'number' && typeof before === 'number') return now < before;
  if (typeof now === 'number' || typeof before === 'number') return true;
  return isReset(now, before);
}

function hasChanged(now: Value, before: Value): boolean {
  if (typeof now === 'number' && typeof before === 'number') {
    return now !== before && !(Number.isNaN(now) && Number.isNaN(before));
  }
  if (typeof now === 'number' || typeof before === 'number') return true;
  return !equalHistograms(now, before);
}

function total(values: readonly number[]): number {
  let sum = new Compensated();
  for (const value of values) sum = sum.plus(value);
  return sum.sum + sum.lost;
}

/** Slope and value at a time of the line of least squares. */
function regression(
  floats: readonly At<number>[],
  atMs: number,
): { readonly slope: number; readonly intercept: number } {
  const first = floats[0].value;
  if (floats.every(({ value }, i) => i === 0 || value === first)) {
    const isInfinite = Math.abs(first) === Infinity;
    return isInfinite ? { slope: NaN, intercept: NaN } : { slope: 0, intercept: first };
  }
  const x = floats.map(({ timestampMs }) => (timestampMs - atMs) / 1000);
  const y = floats.map(({ value }) => value);
  const sumX = total(x);
  const sumY = total(y);
  const sumXY = total(x.map((one, i) => one * y[i]));
  const sumX2 = total(x.map((one) => one * one));
  const count = floats.length;
  const slope = (sumXY - (sumX * sumY) / count) / (sumX2 - (sumX * sumX) / count);
  return { slope, intercept: sumY / count - (slope * sumX) / count };
}

function smoothed(values: readonly number[], [smoothing, trend]: readonly number[]): number {
  let previous = 0;
  let level = values[0];
  let slope = values[1] - values[0];
  for (let i = 1; i < values.length; i++) {
    if (i > 1) slope = trend * (level - previous) + (1 - trend) * slope;
    const next = smoothing * values[i] + (1 - smoothing) * (level + slope);
    previous = level;
    level = next;
  }
  return level;
}

function checkFactors([smoothing, trend]: readonly number[]): void {
  if (smoothing <= 0 || smoothing >= 1) throw new TwinError('invalid smoothing factor');
  if (trend <= 0 || trend >= 1) throw new TwinError('invalid trend factor');
}

const doubleSmoothing = ofFloats(
  (floats, args) =>
    smoothed(
      floats.map(({ value }) => value),
      args,
    ),
  2,
);

/** The float where there is one at all and it is the older (or newer) one. */
function seconds(point: At<Value>): number {
  return point.timestampMs / 1000;
}

/** By name. None is called for a series without samples in range. */
export const RANGE_FUNCTIONS: Readonly<Record<string, RangeFunction | undefined>> = {
  ...Object.fromEntries(
    Object.entries(RATES).map(([name, kind]) => [name, (call: RangeCall) => rateOf(call, kind)]),
  ),
  irate: (call) => instantRate(call, true),
  idelta: (call) => instantRate(call, false),
  avg_over_time: sumOrMean(true),
  sum_over_time: sumOrMean(false),
  count_over_time: ({ floats, histograms }) => floats.length + histograms.length,
  present_over_time: () => 1,
  absent_over_time: () => 1,
  first_over_time: (call) => inOrder(call)[0].value,
  last_over_time: (call) => inOrder(call).at(-1)?.value,
  ts_of_first_over_time: (call) => seconds(inOrder(call)[0]),
  ts_of_last_over_time: (call) => seconds(inOrder(call).toReversed()[0]),
  max_over_time: ofFloats((floats) => best(floats, (a, b) => a > b).value),
  min_over_time: ofFloats((floats) => best(floats, (a, b) => a < b).value),
  ts_of_max_over_time: ofFloats((floats) => seconds(best(floats, (a, b) => a >= b))),
  ts_of_min_over_time: ofFloats((floats) => seconds(best(floats, (a, b) => a <= b))),
  stdvar_over_time: ofValues(variance),
  stddev_over_time: ofValues((values) => Math.sqrt(variance(values))),
  mad_over_time: ofValues((values) => {
    const median = quantileOf(0.5, values);
    return quantileOf(
      0.5,
      values.map((value) => Math.abs(value - median)),
    );
  }),
  quantile_over_time: ofFloats((floats, [quantile]) =>
    quantileOf(
      quantile,
      floats.map(({ value }) => value),
    ),
  ),
  deriv: ofFloats((floats) => regression(floats, floats[0].timestampMs).slope, 2),
  predict_linear: ofFloats((floats, [ahead, nowMs]) => {
    const { slope, intercept } = regression(floats, nowMs);
    return slope * ahead + intercept;
  }, 2),
  double_exponential_smoothing: (call, args) => {
    checkFactors(args);
    return doubleSmoothing(call, args);
  },
  resets: countBetween(wasReset),
  changes: countBetween(hasChanged),
};
