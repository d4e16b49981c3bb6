import { type FloatHistogram, scaleHistogram } from '#model';
import { warnMixedSamples, warnStartOverlap } from '../evaluate/messages.ts';
import type { RangeFunction, Window } from '../evaluate/window.ts';
import { extendedRate } from './extended-rate.ts';
import { histogramIncrease } from './histogram-rate.ts';
import type { RateKind, RateTarget } from './rate-kind.ts';
import { startOverlaps, startSaysReset } from './start-reset.ts';

export const rate: RangeFunction = rateFunction({ isCounter: true, perSecond: true });
export const increase: RangeFunction = rateFunction({ isCounter: true, perSecond: false });
export const delta: RangeFunction = rateFunction({ isCounter: false, perSecond: false });

function rateFunction(kind: RateKind): RangeFunction {
  return (window, out, step) => {
    if (window.anchored || window.smoothed) extendedRate(window, kind, { out, step });
    else extrapolatedRate(window, kind, { out, step });
  };
}

function extrapolatedRate(window: Window, kind: RateKind, { out, step }: RateTarget): void {
  if (window.floatCount > 0 && window.histogramCount > 0) {
    warnMixedSamples(window.place, window.metricName);
    return;
  }
  if (window.histogramCount > 1) {
    const increased = histogramIncrease(window, kind.isCounter);
    if (increased === undefined) return;
    const factor = histogramFactor(window, kind, increased);
    out.setHistogram(step, scaleHistogram(increased, factor));
  } else if (window.floatCount > 1) {
    const increased = floatIncrease(window, kind.isCounter);
    out.setFloat(step, increased * floatFactor(window, kind, increased));
  }
}

function floatIncrease(window: Window, isCounter: boolean): number {
  const { series, from, to } = window;
  const values = series.floatValues;
  let increased = values[to - 1] - values[from];
  if (!isCounter) return increased;
  if (series.floatStartsMs !== undefined) return increaseByStarts(window, series.floatStartsMs);
  for (let i = from + 1; i < to; i++) {
    if (values[i] < values[i - 1]) increased += values[i - 1];
  }
  return increased;
}

function increaseByStarts(window: Window, starts: Float64Array): number {
  const { series, from, to } = window;
  const values = series.floatValues;
  const times = series.floatTimesMs;
  let increased = values[to - 1] - values[from];
  for (let i = from + 1; i < to; i++) {
    if (startOverlaps(starts[i - 1], times[i - 1], starts[i])) {
      warnStartOverlap(window.place, window.metricName);
    }
    const isReset =
      values[i] < values[i - 1] || startSaysReset(starts[i - 1], times[i - 1], starts[i], times[i]);
    if (isReset) increased += values[i - 1];
  }
  return increased;
}

function floatFactor(window: Window, kind: RateKind, increased: number): number {
  const { series, from, to } = window;
  const first = series.floatValues[from];
  return extrapolationFactor(window, kind, {
    firstMs: series.floatTimesMs[from],
    lastMs: series.floatTimesMs[to - 1],
    intervals: to - from - 1,
    // Where a counter that has grown stood at zero, as a share of the sampled time before it.
    zeroShare: increased > 0 && first >= 0 ? first / increased : Infinity,
  });
}

function histogramFactor(window: Window, kind: RateKind, increased: FloatHistogram): number {
  const { series, histogramFrom, histogramTo } = window;
  const first = series.histograms[histogramFrom].count;
  return extrapolationFactor(window, kind, {
    firstMs: series.histogramTimesMs[histogramFrom],
    lastMs: series.histogramTimesMs[histogramTo - 1],
    intervals: histogramTo - histogramFrom - 1,
    zeroShare: increased.count > 0 && first >= 0 ? first / increased.count : Infinity,
  });
}

interface Sampled {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly intervals: number;
  readonly zeroShare: number;
}

/**
 * Samples rarely lie at the bounds of the range. If they come close (a tenth more than their own distance),
 * the series is taken to reach to the bound, otherwise for half that distance; a counter never back
 * beyond the point where it would have been zero (Prometheus: promql/functions.go, extrapolatedRate).
 */
function extrapolationFactor(window: Window, kind: RateKind, sampled: Sampled): number {
  const sampledSeconds = (sampled.lastMs - sampled.firstMs) / 1000;
  const averageSeconds = sampledSeconds / sampled.intervals;
  const threshold = averageSeconds * 1.1;
  let startSeconds = (sampled.firstMs - window.startMs) / 1000;
  let endSeconds = (window.endMs - sampled.lastMs) / 1000;
  if (startSeconds >= threshold) startSeconds = averageSeconds / 2;
  if (kind.isCounter) startSeconds = Math.min(startSeconds, sampledSeconds * sampled.zeroShare);
  if (endSeconds >= threshold) endSeconds = averageSeconds / 2;
  const factor = (sampledSeconds + startSeconds + endSeconds) / sampledSeconds;
  return kind.perSecond ? factor / (window.rangeMs / 1000) : factor;
}
