import { KahanSum } from '../evaluate/kahan.ts';
import type { RangeFunction, Window } from '../evaluate/window.ts';
import { ofFloats } from './over-time.ts';

interface Line {
  readonly slope: number;
  readonly intercept: number;
}

const x = new KahanSum();
const y = new KahanSum();
const xy = new KahanSum();
const xx = new KahanSum();

/** The line of least squares through the floats of a window; x in seconds from `originMs`. */
function regress({ series, from, to }: Window, originMs: number): Line {
  const values = series.floatValues;
  const firstValue = values[from];
  let isConstant = true;
  for (const part of [x, y, xy, xx]) part.reset(0);
  for (let i = from; i < to; i++) {
    const value = values[i];
    if (value !== firstValue) isConstant = false;
    const seconds = (series.floatTimesMs[i] - originMs) / 1000;
    x.add(seconds);
    y.add(value);
    xy.add(seconds * value);
    xx.add(seconds * seconds);
  }
  if (isConstant) {
    return Math.abs(firstValue) === Infinity
      ? { slope: NaN, intercept: NaN }
      : { slope: 0, intercept: firstValue };
  }
  const count = to - from;
  const covariance = xy.total - (x.total * y.total) / count;
  const variance = xx.total - (x.total * x.total) / count;
  const slope = covariance / variance;
  return { slope, intercept: y.total / count - (slope * x.total) / count };
}

/** An origin near the samples keeps numbers small, and so exact. */
export const derivative: RangeFunction = ofFloats(
  2,
  (window) => regress(window, window.series.floatTimesMs[window.from]).slope,
);

export const predictLinear: RangeFunction = ofFloats(2, (window) => {
  const [seconds] = window.scalars;
  const { slope, intercept } = regress(window, window.timeMs);
  return slope * seconds + intercept;
});
