import {
  addHistograms,
  compactHistogram,
  detectReset,
  type FloatHistogram,
  type HistogramSum,
  IncompatibleHistogramsError,
  subtractHistograms,
  toSchema,
  usesCustomBuckets,
} from '#model';
import {
  infoBoundsReconciled,
  warnMixedSchemas,
  warnNotCounter,
  warnNotGauge,
  warnStartOverlap,
} from '../evaluate/messages.ts';
import type { Window } from '../evaluate/window.ts';
import { startOverlaps, startSaysReset } from './start-reset.ts';

/**
 * What at least two histograms grew by from the first to the last, as a gauge. Undefined (and a warning)
 * where they cannot be computed with each other.
 */
export function histogramIncrease(window: Window, isCounter: boolean): FloatHistogram | undefined {
  const increase = new Increase(window, isCounter);
  try {
    return increase.run();
  } catch (error) {
    if (!(error instanceof IncompatibleHistogramsError)) throw error;
    warnMixedSchemas(window.place, window.metricName);
    return undefined;
  }
}

class Increase {
  readonly #window: Window;
  readonly #isCounter: boolean;
  readonly #points: readonly FloatHistogram[];

  constructor(window: Window, isCounter: boolean) {
    this.#window = window;
    this.#isCounter = isCounter;
    const { series, histogramFrom, histogramTo } = window;
    this.#points = series.histograms.slice(histogramFrom, histogramTo);
  }

  run(): FloatHistogram {
    const points = this.#points;
    const last = points[points.length - 1];
    this.#adviseHints();
    // After a reset right at the beginning, the layout of the first histogram does not matter.
    const first = this.#isReset(1, points[0]) ? emptyLike(points[1]) : points[0];
    this.#checkSchemas(first, last);
    let { histogram } = this.#noteBounds(
      subtractHistograms(toSchema(last, this.#smallestSchema(first, last)), first),
      'subtraction',
    );
    if (this.#isCounter) histogram = this.#addResets(histogram, first);
    return compactHistogram({ ...histogram, counterResetHint: 'gauge' });
  }

  /** Counts from before a reset are part of the increase. */
  #addResets(difference: FloatHistogram, first: FloatHistogram): FloatHistogram {
    let result = difference;
    let previous = first;
    for (let i = 1; i < this.#points.length; i++) {
      if (this.#isReset(i, previous)) {
        result = this.#noteBounds(addHistograms(result, previous), 'addition').histogram;
      }
      previous = this.#points[i];
    }
    return result;
  }

  #isReset(index: number, previous: FloatHistogram): boolean {
    if (!this.#isCounter) return false;
    const { series, histogramFrom } = this.#window;
    const starts = series.histogramStartsMs;
    const row = histogramFrom + index;
    if (starts !== undefined) {
      const times = series.histogramTimesMs;
      if (startOverlaps(starts[row - 1], times[row - 1], starts[row])) {
        warnStartOverlap(this.#window.place, this.#window.metricName);
      }
      if (startSaysReset(starts[row - 1], times[row - 1], starts[row], times[row])) return true;
    }
    return detectReset(this.#points[index], previous);
  }

  #noteBounds(sum: HistogramSum, operation: 'addition' | 'subtraction'): HistogramSum {
    if (sum.boundsReconciled) infoBoundsReconciled(this.#window.place, operation);
    return sum;
  }

  #adviseHints(): void {
    const { place, metricName } = this.#window;
    const gauges = this.#points.filter((point) => point.counterResetHint === 'gauge').length;
    if (this.#isCounter) {
      if (gauges > 0) warnNotCounter(place, metricName);
      return;
    }
    const ends = [this.#points[0], this.#points[this.#points.length - 1]];
    if (ends.some((point) => point.counterResetHint !== 'gauge')) warnNotGauge(place, metricName);
  }

  #checkSchemas(first: FloatHistogram, last: FloatHistogram): void {
    const between = this.#isCounter ? this.#points.slice(1, -1) : [];
    const isCustom = usesCustomBuckets(first);
    if ([...between, last].some((point) => usesCustomBuckets(point) !== isCustom)) {
      throw new IncompatibleHistogramsError('histograms have incompatible schemas');
    }
  }

  #smallestSchema(first: FloatHistogram, last: FloatHistogram): number {
    const between = this.#isCounter ? this.#points.slice(1, -1) : [];
    return Math.min(first.schema, last.schema, ...between.map((point) => point.schema));
  }
}

/** Nothing, in the bucket layout of a histogram. */
function emptyLike({ schema, customValues }: FloatHistogram): FloatHistogram {
  return {
    counterResetHint: 'unknown',
    schema,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 0,
    sum: 0,
    positiveSpans: [],
    negativeSpans: [],
    positiveBuckets: [],
    negativeBuckets: [],
    customValues,
  };
}
