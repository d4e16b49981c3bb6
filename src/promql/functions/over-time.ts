import { IncompatibleHistogramsError } from '#model';
import { execution } from '../evaluate/evaluation.ts';
import { KahanSum, lostAfter } from '../evaluate/kahan.ts';
import type { SeriesBuilder } from '../evaluate/matrix.ts';
import {
  infoBoundsReconciled,
  infoIgnoredInRange,
  warnInvalidQuantile,
  warnMixedSamples,
  warnMixedSchemas,
  warnResetCollision,
} from '../evaluate/messages.ts';
import type { RangeFunction, Window } from '../evaluate/window.ts';
import { HistogramSums } from './histogram-sum.ts';
import { quantileOf } from './quantile.ts';

/** A function of the floats of a window; histograms beside them are told of and left out. */
export function ofFloats(least: number, compute: (window: Window) => number): RangeFunction {
  return (window, out, step) => {
    if (window.floatCount === 0) return;
    if (window.histogramCount > 0) infoIgnoredInRange(window.place, window.metricName);
    if (window.floatCount >= least) out.setFloat(step, compute(window));
  };
}

/** A function of floats or of histograms, but not of both at once. */
export function ofEither(
  floats: (window: Window) => number,
  histograms: RangeFunction,
): RangeFunction {
  return (window, out, step) => {
    if (window.floatCount > 0 && window.histogramCount > 0) {
      warnMixedSamples(window.place, window.metricName);
    } else if (window.floatCount > 0) out.setFloat(step, floats(window));
    else histograms(window, out, step);
  };
}

function sumOfFloats({ series, from, to }: Window): number {
  const values = series.floatValues;
  let sum = 0;
  let lost = 0;
  for (let i = from; i < to; i++) {
    const total = sum + values[i];
    lost = lostAfter(sum, values[i], total, lost);
    sum = total;
  }
  return Math.abs(sum) === Infinity ? sum : sum + lost;
}

/** Sums up as long as the sum is finite; then goes on with running means. */
function averageOfFloats({ series, from, to }: Window): number {
  const values = series.floatValues;
  let sum = values[from];
  let lost = 0;
  for (let i = from + 1; i < to; i++) {
    const total = sum + values[i];
    if (total === Infinity || total === -Infinity) {
      return runningMean({ series, from, to, i, before: sum, lost });
    }
    lost = lostAfter(sum, values[i], total, lost);
    sum = total;
  }
  const count = to - from;
  return sum / count + lost / count;
}

interface MeanState extends Pick<Window, 'series' | 'from' | 'to'> {
  /** The sample whose addition overflowed, and the sum before it. */
  readonly i: number;
  readonly before: number;
  readonly lost: number;
}

function runningMean({ series, from, to, i, before, lost }: MeanState): number {
  const mean = new KahanSum();
  mean.sum = before / (i - from);
  mean.lost = lost / (i - from);
  for (let k = i; k < to; k++) {
    const count = k - from + 1;
    const share = (count - 1) / count;
    mean.sum *= share;
    mean.lost *= share;
    mean.add(series.floatValues[k] / count);
  }
  return mean.total;
}

function combineHistograms(isMean: boolean): RangeFunction {
  return (window, out, step) => {
    const sums = new HistogramSums(isMean);
    try {
      for (let i = window.histogramFrom; i < window.histogramTo; i++) {
        sums.add(window.series.histograms[i]);
      }
      out.setHistogram(step, sums.result());
    } catch (error) {
      if (!(error instanceof IncompatibleHistogramsError)) throw error;
      warnMixedSchemas(window.place, window.metricName);
      return;
    }
    if (sums.resetsCollide) warnResetCollision(window.place, 'aggregation');
    if (sums.boundsReconciled) infoBoundsReconciled(window.place, 'aggregation');
  };
}

export const sum: RangeFunction = ofEither(sumOfFloats, combineHistograms(false));
export const average: RangeFunction = ofEither(averageOfFloats, combineHistograms(true));

export function count(window: Window, out: SeriesBuilder, step: number): void {
  out.setFloat(step, window.floatCount + window.histogramCount);
}

export function present(_window: Window, out: SeriesBuilder, step: number): void {
  out.setFloat(step, 1);
}

/** Infinity where there is none. */
function firstFloatMs({ series, from, floatCount }: Window): number {
  return floatCount > 0 ? series.floatTimesMs[from] : Infinity;
}

function firstHistogramMs({ series, histogramFrom, histogramCount }: Window): number {
  return histogramCount > 0 ? series.histogramTimesMs[histogramFrom] : Infinity;
}

function lastFloatMs({ series, to, floatCount }: Window): number {
  return floatCount > 0 ? series.floatTimesMs[to - 1] : -Infinity;
}

function lastHistogramMs({ series, histogramTo, histogramCount }: Window): number {
  return histogramCount > 0 ? series.histogramTimesMs[histogramTo - 1] : -Infinity;
}

export function first(window: Window, out: SeriesBuilder, step: number): void {
  const { series, from, histogramFrom } = window;
  if (firstFloatMs(window) < firstHistogramMs(window)) out.setFloat(step, series.floatValues[from]);
  else out.setHistogram(step, series.histograms[histogramFrom]);
}

export function last(window: Window, out: SeriesBuilder, step: number): void {
  const { series, to, histogramTo } = window;
  if (lastFloatMs(window) > lastHistogramMs(window)) {
    out.setFloat(step, series.floatValues[to - 1]);
  } else out.setHistogram(step, series.histograms[histogramTo - 1]);
}

export function timeOfFirst(window: Window, out: SeriesBuilder, step: number): void {
  out.setFloat(step, Math.min(firstFloatMs(window), firstHistogramMs(window)) / 1000);
}

export function timeOfLast(window: Window, out: SeriesBuilder, step: number): void {
  out.setFloat(step, Math.max(lastFloatMs(window), lastHistogramMs(window)) / 1000);
}

/** `sign` 1: the smallest, -1: the largest. NaN only where there is nothing else. */
export function extremeOf(sign: number): RangeFunction {
  return ofFloats(1, ({ series, from, to }) => {
    const values = series.floatValues;
    let best = values[from];
    for (let i = from + 1; i < to; i++) {
      if (sign * values[i] < sign * best || best !== best) best = values[i];
    }
    return best;
  });
}

/** When the smallest (1) or largest (-1) value was there last; in seconds. */
export function timeOfExtreme(sign: number): RangeFunction {
  return ofFloats(1, ({ series, from, to }) => {
    const values = series.floatValues;
    let at = from;
    for (let i = from + 1; i < to; i++) {
      if (sign * values[i] <= sign * values[at] || Number.isNaN(values[at])) at = i;
    }
    return series.floatTimesMs[at] / 1000;
  });
}

export const medianAbsoluteDeviation: RangeFunction = ofFloats(1, ({ series, from, to }) => {
  const values = series.floatValues.slice(from, to);
  const median = quantileOf(0.5, values);
  for (let i = 0; i < values.length; i++) values[i] = Math.abs(values[i] - median);
  return quantileOf(0.5, values);
});

export const quantileOverTime: RangeFunction = ofFloats(1, (window) => {
  const [quantile] = window.scalars;
  if (!(quantile >= 0 && quantile <= 1)) warnInvalidQuantile(window.place, quantile);
  return quantileOf(quantile, window.series.floatValues.slice(window.from, window.to));
});

/** Welford's method with what rounding loses kept. */
export function varianceWith(finish: (variance: number) => number): RangeFunction {
  const mean = new KahanSum();
  const squares = new KahanSum();
  return ofFloats(1, ({ series, from, to }) => {
    mean.reset(0);
    squares.reset(0);
    for (let i = from; i < to; i++) {
      const delta = series.floatValues[i] - mean.total;
      mean.add(delta / (i - from + 1));
      squares.add(delta * (series.floatValues[i] - mean.total));
    }
    return finish(squares.total / (to - from));
  });
}

/** Wrong factors are an error even where there are too few samples to use them. */
export const doubleExponentialSmoothing: RangeFunction = (window, out, step) => {
  const [smoothing, trendFactor] = window.scalars;
  checkFactor('smoothing', 'sf', smoothing);
  checkFactor('trend', 'tf', trendFactor);
  smoothFloats(window, out, step);
};

const smoothFloats = ofFloats(2, (window) => {
  const { series, from, to } = window;
  const [smoothing, trendFactor] = window.scalars;
  const values = series.floatValues;
  let before = 0;
  let smoothed = values[from];
  let trend = values[from + 1] - values[from];
  for (let i = from + 1; i < to; i++) {
    if (i > from + 1) trend = trendFactor * (smoothed - before) + (1 - trendFactor) * trend;
    const next = smoothing * values[i] + (1 - smoothing) * (smoothed + trend);
    before = smoothed;
    smoothed = next;
  }
  return smoothed;
});

function checkFactor(name: string, symbol: string, factor: number): void {
  if (!(factor <= 0 || factor >= 1)) return;
  throw execution(`invalid ${name} factor. Expected: 0 < ${symbol} < 1, got: ${factor.toFixed(6)}`);
}
