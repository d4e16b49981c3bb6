import { detectReset, type FloatHistogram, histogramsEqual } from '#model';
import type { SeriesBuilder } from '../evaluate/matrix.ts';
import type { RangeFunction, Window } from '../evaluate/window.ts';
import { startSaysReset } from './start-reset.ts';

/** One sample in time order, with a look at the one before. */
interface Sample {
  timeMs: number;
  startMs: number;
  value: number;
  histogram: FloatHistogram | undefined;
}

/** Counts pairs of neighbouring samples, floats and histograms in one order of time. */
function countPairs(isCounted: (previous: Sample, current: Sample) => boolean): RangeFunction {
  return (window: Window, out: SeriesBuilder, step: number) => {
    const anchorMs = anchorTimeMs(window);
    if (anchorMs === undefined) return;
    let pairs = 0;
    let previous: Sample | undefined = undefined;
    let f = window.from;
    let h = window.histogramFrom;
    while (f < window.to && window.series.floatTimesMs[f] < anchorMs) f++;
    while (h < window.histogramTo && window.series.histogramTimesMs[h] < anchorMs) h++;
    while (f < window.to || h < window.histogramTo) {
      const isFloat = floatIsNext(window, f, h);
      const current: Sample = isFloat ? floatSample(window, f++) : histogramSample(window, h++);
      if (previous !== undefined && isCounted(previous, current)) pairs++;
      previous = current;
    }
    out.setFloat(step, pairs);
  };
}

/**
 * Anchored ranges begin with the last sample at or before their start, other ones with their first.
 * Undefined: nothing in range.
 */
function anchorTimeMs(window: Window): number | undefined {
  if (!window.anchored) return -Infinity;
  const floats = window.series.floatTimesMs.subarray(window.from, window.to);
  const histograms = window.series.histogramTimesMs.slice(window.histogramFrom, window.histogramTo);
  let anchorMs = -Infinity;
  let isInRange = false;
  for (const timeMs of [...floats, ...histograms]) {
    if (timeMs > window.startMs) isInRange = true;
    else if (timeMs > anchorMs) anchorMs = timeMs;
  }
  return isInRange ? anchorMs : undefined;
}

function floatIsNext({ series, to, histogramTo }: Window, f: number, h: number): boolean {
  if (h >= histogramTo) return true;
  return f < to && series.floatTimesMs[f] < series.histogramTimesMs[h];
}

function floatSample({ series }: Window, row: number): Sample {
  return {
    timeMs: series.floatTimesMs[row],
    startMs: series.floatStartsMs?.[row] ?? 0,
    value: series.floatValues[row],
    histogram: undefined,
  };
}

function histogramSample({ series }: Window, row: number): Sample {
  return {
    timeMs: series.histogramTimesMs[row],
    startMs: series.histogramStartsMs?.[row] ?? 0,
    value: 0,
    histogram: series.histograms[row],
  };
}

export const resets: RangeFunction = countPairs((previous, current) => {
  if (startSaysReset(previous.startMs, previous.timeMs, current.startMs, current.timeMs)) {
    return true;
  }
  if (previous.histogram === undefined && current.histogram === undefined) {
    return current.value < previous.value;
  }
  if (previous.histogram === undefined || current.histogram === undefined) return true;
  return detectReset(current.histogram, previous.histogram);
});

export const changes: RangeFunction = countPairs((previous, current) => {
  if (previous.histogram === undefined && current.histogram === undefined) {
    const areNaN = Number.isNaN(previous.value) && Number.isNaN(current.value);
    return current.value !== previous.value && !areNaN;
  }
  if (previous.histogram === undefined || current.histogram === undefined) return true;
  return !histogramsEqual(current.histogram, previous.histogram);
});
