import { warnMixedSamples } from '../evaluate/messages.ts';
import type { Window } from '../evaluate/window.ts';
import { type Ends, findEnds } from './extended-ends.ts';
import { extendedHistogramRate } from './extended-histogram-rate.ts';
import { interpolateFloats } from './interpolate.ts';
import type { RateKind, RateTarget } from './rate-kind.ts';

/**
 * `rate`, `increase` and `delta` of anchored and smoothed ranges: from exactly the start of the range to exactly
 * its end. Anchored ranges take the last sample before each bound, smoothed ones interpolate
 * (Prometheus: promql/functions.go, extendedRate).
 */
export function extendedRate(window: Window, kind: RateKind, target: RateTarget): void {
  if (window.floatCount > 0 && window.histogramCount > 0) {
    warnMixedSamples(window.place, window.metricName);
  } else if (window.floatCount > 0) extendedFloatRate(window, kind, target);
  else extendedHistogramRate(window, kind, target);
}

function extendedFloatRate(window: Window, kind: RateKind, { out, step }: RateTarget): void {
  const times = window.series.floatTimesMs;
  const ends = findEnds(times, window, window);
  if (ends === undefined) return;
  const { isCounter } = kind;
  const left = leftValue(window, ends, isCounter);
  const right = rightValue(window, ends, isCounter);
  let result = right - left;
  if (isCounter) {
    // Resets next to the bounds are part of the interpolation already.
    const from = times[ends.first] <= window.startMs ? ends.first + 1 : ends.first;
    const to = times[ends.last] >= window.endMs ? ends.last : ends.last + 1;
    result += lostToResets(window, { left, right, from, to });
  }
  out.setFloat(step, kind.perSecond ? result / (window.rangeMs / 1000) : result);
}

function leftValue(window: Window, { first }: Ends, isCounter: boolean): number {
  const { series, smoothed, startMs } = window;
  const isBefore = series.floatTimesMs[first] < startMs;
  return smoothed && isBefore
    ? valueBetween(window, first, { timeMs: startMs, isCounter })
    : series.floatValues[first];
}

function rightValue(window: Window, { last }: Ends, isCounter: boolean): number {
  const { series, smoothed, endMs, from } = window;
  const isAfter = series.floatTimesMs[last] > endMs;
  return smoothed && isAfter && last > from
    ? valueBetween(window, last - 1, { timeMs: endMs, isCounter })
    : series.floatValues[last];
}

function valueBetween(
  { series }: Window,
  row: number,
  { timeMs, isCounter }: { readonly timeMs: number; readonly isCounter: boolean },
): number {
  const times = series.floatTimesMs;
  const between = {
    before: series.floatValues[row],
    after: series.floatValues[row + 1],
    passedMs: timeMs - times[row],
    distanceMs: times[row + 1] - times[row],
  };
  return interpolateFloats(between, isCounter);
}

function lostToResets(
  { series }: Window,
  part: {
    readonly left: number;
    readonly right: number;
    readonly from: number;
    readonly to: number;
  },
): number {
  let lost = 0;
  let previous = part.left;
  for (let i = part.from; i < part.to; i++) {
    const value = series.floatValues[i];
    if (value < previous) lost += previous;
    previous = value;
  }
  return part.right < previous ? lost + previous : lost;
}
