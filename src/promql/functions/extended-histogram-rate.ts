import {
  addHistograms,
  compactHistogram,
  detectReset,
  divideHistogram,
  type FloatHistogram,
  type HistogramSum,
  IncompatibleHistogramsError,
  subtractHistograms,
  usesCustomBuckets,
} from '#model';
import {
  infoBoundsReconciled,
  warnMixedSchemas,
  warnNotCounter,
  warnNotGauge,
} from '../evaluate/messages.ts';
import type { Window } from '../evaluate/window.ts';
import { type Ends, findEnds } from './extended-ends.ts';
import { interpolateHistograms } from './interpolate.ts';
import type { RateKind, RateTarget } from './rate-kind.ts';

export function extendedHistogramRate(
  window: Window,
  kind: RateKind,
  { out, step }: RateTarget,
): void {
  const rows = { from: window.histogramFrom, to: window.histogramTo };
  const ends = findEnds(window.series.histogramTimesMs, rows, window);
  if (ends === undefined) return;
  try {
    const increase = new ExtendedIncrease(window, ends, kind.isCounter).run();
    const result = kind.perSecond ? divideHistogram(increase, window.rangeMs / 1000) : increase;
    out.setHistogram(step, compactHistogram({ ...result, counterResetHint: 'gauge' }));
  } catch (error) {
    if (!(error instanceof IncompatibleHistogramsError)) throw error;
    warnMixedSchemas(window.place, window.metricName);
  }
}

class ExtendedIncrease {
  readonly #window: Window;
  readonly #ends: Ends;
  readonly #isCounter: boolean;
  readonly #histograms: readonly FloatHistogram[];
  readonly #times: readonly number[];

  constructor(window: Window, ends: Ends, isCounter: boolean) {
    this.#window = window;
    this.#ends = ends;
    this.#isCounter = isCounter;
    this.#histograms = window.series.histograms;
    this.#times = window.series.histogramTimesMs;
  }

  run(): FloatHistogram {
    this.#checkRange();
    const left = this.#left();
    const right = this.#right();
    const { place, metricName } = this.#window;
    const areGauges = left.counterResetHint === 'gauge' && right.counterResetHint === 'gauge';
    if (!this.#isCounter && !areGauges) warnNotGauge(place, metricName);
    const lost = this.#isCounter ? this.#lostToResets(left, right) : [];
    let { histogram } = this.#note(subtractHistograms(right, left), 'subtraction');
    for (const one of lost)
      histogram = this.#note(addHistograms(histogram, one), 'addition').histogram;
    return histogram;
  }

  #checkRange(): void {
    const { place, metricName } = this.#window;
    const range = this.#histograms.slice(this.#ends.first, this.#ends.last + 1);
    const isCustom = usesCustomBuckets(range[0]);
    if (range.some((one) => usesCustomBuckets(one) !== isCustom)) {
      throw new IncompatibleHistogramsError('histograms have incompatible schemas');
    }
    if (this.#isCounter && range.some((one) => one.counterResetHint === 'gauge')) {
      warnNotCounter(place, metricName);
    }
  }

  #left(): FloatHistogram {
    const { first } = this.#ends;
    const { smoothed, startMs } = this.#window;
    if (!smoothed || this.#times[first] >= startMs) return this.#histograms[first];
    return this.#between(first, startMs);
  }

  #right(): FloatHistogram {
    const { last } = this.#ends;
    const { smoothed, endMs, histogramFrom } = this.#window;
    if (!smoothed || this.#times[last] <= endMs || last === histogramFrom) {
      return this.#histograms[last];
    }
    return this.#between(last - 1, endMs);
  }

  #between(row: number, timeMs: number): FloatHistogram {
    const between = {
      before: this.#histograms[row],
      after: this.#histograms[row + 1],
      passedMs: timeMs - this.#times[row],
      distanceMs: this.#times[row + 1] - this.#times[row],
    };
    return interpolateHistograms(between, this.#isCounter, this.#window.place);
  }

  /** What each reset took away. Both ends stand for the samples next to them. */
  #lostToResets(left: FloatHistogram, right: FloatHistogram): FloatHistogram[] {
    const { first, last } = this.#ends;
    const { smoothed, startMs } = this.#window;
    let from = first + 1;
    let previous = left;
    const isInterpolated = smoothed && this.#times[first] < startMs;
    if (isInterpolated && detectReset(this.#histograms[first + 1], this.#histograms[first])) {
      // The interpolation of the left end has made up for this reset.
      previous = this.#histograms[first + 1];
      from++;
    }
    if (from > last) return [];
    const lost: FloatHistogram[] = [];
    for (const histogram of [...this.#histograms.slice(from, last), right]) {
      if (detectReset(histogram, previous)) lost.push(previous);
      previous = histogram;
    }
    return lost;
  }

  #note(sum: HistogramSum, operation: 'addition' | 'subtraction'): HistogramSum {
    if (sum.boundsReconciled) infoBoundsReconciled(this.#window.place, operation);
    return sum;
  }
}
