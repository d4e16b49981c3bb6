import {
  compactHistogram,
  detectReset,
  divideHistogram,
  type FloatHistogram,
  IncompatibleHistogramsError,
  subtractHistograms,
} from '#model';
import type { SeriesBuilder } from '../evaluate/matrix.ts';
import {
  infoBoundsReconciled,
  warnMixedSamples,
  warnMixedSchemas,
  warnNotCounter,
  warnNotGauge,
} from '../evaluate/messages.ts';
import type { RangeFunction, Window } from '../evaluate/window.ts';
import { startSaysReset } from './start-reset.ts';

export const instantRate: RangeFunction = (window, out, step) => {
  instantValue(window, { out, step, isRate: true });
};

export const instantDelta: RangeFunction = (window, out, step) => {
  instantValue(window, { out, step, isRate: false });
};

interface Target {
  readonly out: SeriesBuilder;
  readonly step: number;
  readonly isRate: boolean;
}

interface Sample {
  readonly timeMs: number;
  readonly startMs: number;
  readonly value: number;
  readonly histogram: FloatHistogram | undefined;
}

/** The last two samples alone. */
function instantValue(window: Window, target: Target): void {
  if (window.floatCount + window.histogramCount < 2) return;
  const [before, after] = lastTwo(window);
  const seconds = (after.timeMs - before.timeMs) / 1000;
  if (seconds === 0) return;
  if (before.histogram === undefined && after.histogram === undefined) {
    const isReset = target.isRate && (after.value < before.value || startReset(before, after));
    const difference = isReset ? after.value : after.value - before.value;
    target.out.setFloat(target.step, target.isRate ? difference / seconds : difference);
    return;
  }
  if (before.histogram === undefined || after.histogram === undefined) {
    warnMixedSamples(window.place, window.metricName);
    return;
  }
  const difference = histogramDifference(window, [before, after], target);
  if (difference === undefined) return;
  const result = target.isRate ? divideHistogram(difference, seconds) : difference;
  target.out.setHistogram(target.step, result);
}

function startReset(before: Sample, after: Sample): boolean {
  return startSaysReset(before.startMs, before.timeMs, after.startMs, after.timeMs);
}

function lastTwo(window: Window): [Sample, Sample] {
  const { series } = window;
  const samples: Sample[] = [];
  for (let i = Math.max(window.from, window.to - 2); i < window.to; i++) {
    samples.push({
      timeMs: series.floatTimesMs[i],
      startMs: series.floatStartsMs?.[i] ?? 0,
      value: series.floatValues[i],
      histogram: undefined,
    });
  }
  const first = Math.max(window.histogramFrom, window.histogramTo - 2);
  for (let i = first; i < window.histogramTo; i++) {
    samples.push({
      timeMs: series.histogramTimesMs[i],
      startMs: series.histogramStartsMs?.[i] ?? 0,
      value: 0,
      histogram: series.histograms[i],
    });
  }
  samples.sort((a, b) => a.timeMs - b.timeMs);
  return [samples[samples.length - 2], samples[samples.length - 1]];
}

function histogramDifference(
  window: Window,
  [before, after]: readonly [Sample, Sample],
  { isRate }: Target,
): FloatHistogram | undefined {
  const from = before.histogram;
  const to = after.histogram;
  if (from === undefined || to === undefined) return undefined;
  const gauges = [from, to].filter((one) => one.counterResetHint === 'gauge').length;
  if (isRate && gauges > 0) warnNotCounter(window.place, window.metricName);
  if (!isRate && gauges < 2) warnNotGauge(window.place, window.metricName);
  if (isRate && (startReset(before, after) || detectReset(to, from))) {
    return compactHistogram({ ...to, counterResetHint: 'gauge' });
  }
  try {
    const { histogram, boundsReconciled } = subtractHistograms(to, from);
    if (boundsReconciled) infoBoundsReconciled(window.place, 'subtraction');
    return compactHistogram({ ...histogram, counterResetHint: 'gauge' });
  } catch (error) {
    if (!(error instanceof IncompatibleHistogramsError)) throw error;
    warnMixedSchemas(window.place, window.metricName);
    return undefined;
  }
}
