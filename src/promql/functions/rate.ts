import { addHistograms, compactHistogram, type FloatHistogram, scaleHistogram } from '#model';
import { warnMixedSamples, warnStartOverlap } from '../evaluate/messages.ts';
import type { RangeFunction, Window } from '../evaluate/window.ts';
import { extendedRate } from './extended-rate.ts';
import { histogramIncrease } from './histogram-rate.ts';
import type { RateKind, RateTarget } from './rate-kind.ts';
import { startOverlaps, startSaysReset, startsInRange } from './start-reset.ts';

export const rate: RangeFunction = rateFunction({ isCounter: true, perSecond: true });
export const increase: RangeFunction = rateFunction({ isCounter: true, perSecond: false });
export const delta: RangeFunction = rateFunction({ isCounter: false, perSecond: false });

function rateFunction(kind: RateKind): RangeFunction {
  return (window, out, step) => {
    if (window.anchored || window.smoothed) extendedRate(window, kind, { out, step });
    else if (window.floatCount > 0 && window.histogramCount > 0) {
      warnMixedSamples(window.place, window.metricName);
    } else if (window.floatCount > 0) floatRate(window, kind, { out, step });
    else histogramRate(window, kind, { out, step });
  };
}

function floatRate(window: Window, kind: RateKind, { out, step }: RateTarget): void {
  const { series, from, to } = window;
  const zeroMs = zeroTimeMs(window, kind, series.floatStartsMs?.[from], series.floatTimesMs[from]);
  if (window.floatCount < 2 && zeroMs === undefined) return;
  const first = series.floatValues[from];
  // Adding -0 leaves all as it is, -0 too.
  const increased = floatIncrease(window, kind.isCounter) + (zeroMs === undefined ? -0 : first);
  const factor = extrapolationFactor(window, kind, {
    firstMs: series.floatTimesMs[from],
    lastMs: series.floatTimesMs[to - 1],
    intervals: to - from - 1,
    // Where a counter that has grown stood at zero, as a share of the sampled time before it.
    zeroShare: increased > 0 && first >= 0 ? first / increased : Infinity,
    zeroMs,
  });
  out.setFloat(step, increased * factor);
}

/** When the counter was zero, if the start timestamp of the first sample says so inside the range. */
function zeroTimeMs(
  window: Window,
  kind: RateKind,
  startMs: number | undefined,
  firstMs: number,
): number | undefined {
  if (!kind.isCounter || startMs === undefined) return undefined;
  return startsInRange(startMs, firstMs, window.startMs) ? startMs : undefined;
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

function histogramRate(window: Window, kind: RateKind, { out, step }: RateTarget): void {
  const { series, histogramFrom: from, histogramTo: to } = window;
  const times = series.histogramTimesMs;
  const zeroMs = zeroTimeMs(window, kind, series.histogramStartsMs?.[from], times[from]);
  if (window.histogramCount < 2 && zeroMs === undefined) return;
  const increased = increaseFrom(window, kind, zeroMs !== undefined);
  if (increased === undefined) return;
  const first = series.histograms[from].count;
  const factor = extrapolationFactor(window, kind, {
    firstMs: times[from],
    lastMs: times[to - 1],
    intervals: to - from - 1,
    zeroShare: increased.count > 0 && first >= 0 ? first / increased.count : Infinity,
    zeroMs,
  });
  out.setHistogram(step, scaleHistogram(increased, factor));
}

function increaseFrom(
  window: Window,
  kind: RateKind,
  isFromZero: boolean,
): FloatHistogram | undefined {
  const first = window.series.histograms[window.histogramFrom];
  if (window.histogramCount < 2) return compactHistogram({ ...first, counterResetHint: 'gauge' });
  const increased = histogramIncrease(window, kind.isCounter);
  if (increased === undefined || !isFromZero) return increased;
  return compactHistogram(addHistograms(increased, first).histogram);
}

interface Sampled {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly intervals: number;
  readonly zeroShare: number;
  /** The counter was zero then, by its start timestamp; nothing is extrapolated before it. */
  readonly zeroMs: number | undefined;
}

/**
 * Samples rarely lie at the bounds of the range. If they come close (a tenth more than their own distance),
 * the series is taken to reach to the bound, otherwise for half that distance; a counter never back
 * beyond the point where it would have been zero (Prometheus: promql/functions.go, extrapolatedRate).
 */
function extrapolationFactor(window: Window, kind: RateKind, sampled: Sampled): number {
  const firstMs = sampled.zeroMs ?? sampled.firstMs;
  const sampledSeconds = (sampled.lastMs - firstMs) / 1000;
  const betweenSeconds = (sampled.lastMs - sampled.firstMs) / 1000;
  const averageSeconds = sampled.intervals === 0 ? 0 : betweenSeconds / sampled.intervals;
  const threshold = averageSeconds * 1.1;
  let startSeconds = (firstMs - window.startMs) / 1000;
  let endSeconds = (window.endMs - sampled.lastMs) / 1000;
  if (startSeconds >= threshold) startSeconds = averageSeconds / 2;
  if (kind.isCounter) startSeconds = Math.min(startSeconds, sampledSeconds * sampled.zeroShare);
  if (sampled.zeroMs !== undefined) startSeconds = 0;
  if (endSeconds >= threshold) endSeconds = averageSeconds / 2;
  const factor = (sampledSeconds + startSeconds + endSeconds) / sampledSeconds;
  return kind.perSecond ? factor / (window.rangeMs / 1000) : factor;
}
