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
    const from = firstFloat(window);
    if (from < 0) return;
    let pairs = 0;
    let previous: Sample | undefined = undefined;
    let f = from;
    let h = firstHistogram(window);
    while (f < window.to || h < window.histogramTo) {
      const isFloat = floatIsNext(window, f, h);
      const current: Sample = isFloat ? floatSample(window, f++) : histogramSample(window, h++);
      if (previous !== undefined && isCounted(previous, current)) pairs++;
      previous = current;
    }
    out.setFloat(step, pairs);
  };
}

/** Anchored ranges begin with the last sample at or before their start. Below 0: nothing in range. */
function firstFloat(window: Window): number {
  const { series, from, to, histogramCount } = window;
  if (!window.anchored || to === from) return from;
  const times = series.floatTimesMs;
  const lastHistogramMs =
    histogramCount > 0 ? series.histogramTimesMs[window.histogramTo - 1] : -Infinity;
  if (Math.max(times[to - 1], lastHistogramMs) <= window.startMs) return -1;
  let first = from;
  while (first + 1 < to && times[first + 1] <= window.startMs) first++;
  return first;
}

function firstHistogram(window: Window): number {
  const { series, histogramFrom, histogramTo } = window;
  if (!window.anchored) return histogramFrom;
  let first = histogramFrom;
  while (first + 1 < histogramTo && series.histogramTimesMs[first + 1] <= window.startMs) first++;
  return first;
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
