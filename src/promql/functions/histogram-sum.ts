import {
  addHistograms,
  divideHistogram,
  type FloatHistogram,
  scaleHistogram,
  subtractHistograms,
} from '#model';

/**
 * Sum or mean of histograms, one after the other, as Prometheus' `sum`, `avg` and their kin over time do:
 * sums keep what rounding takes away in a second histogram; means turn to running means before sums
 * overflow. Throws IncompatibleHistogramsError.
 */
export class HistogramSums {
  boundsReconciled = false;
  readonly #isMean: boolean;
  #sum: FloatHistogram | undefined = undefined;
  #lost: FloatHistogram | undefined = undefined;
  #count = 0;
  #isRunningMean = false;
  #resetSeen = false;
  #noResetSeen = false;

  constructor(isMean: boolean) {
    this.#isMean = isMean;
  }

  get resetsCollide(): boolean {
    return this.#resetSeen && this.#noResetSeen;
  }

  add(histogram: FloatHistogram): void {
    if (histogram.counterResetHint === 'reset') this.#resetSeen = true;
    if (histogram.counterResetHint === 'not_reset') this.#noResetSeen = true;
    this.#count++;
    if (this.#sum === undefined) {
      this.#sum = histogram;
      return;
    }
    if (this.#isRunningMean) {
      this.#addToMean(this.#sum, histogram);
      return;
    }
    const { total, lost } = this.#add(this.#sum, histogram);
    if (this.#isMean && overflows(total)) {
      this.#isRunningMean = true;
      if (this.#lost !== undefined) this.#lost = divideHistogram(this.#lost, this.#count - 1);
      this.#addToMean(divideHistogram(this.#sum, this.#count - 1), histogram);
      return;
    }
    this.#sum = total;
    this.#lost = this.#lost === undefined ? lost : addHistograms(this.#lost, lost).histogram;
  }

  /** Of at least one histogram. */
  result(): FloatHistogram {
    if (this.#sum === undefined) throw new RangeError('cannot sum up no histograms');
    const total =
      this.#lost === undefined ? this.#sum : addHistograms(this.#sum, this.#lost).histogram;
    if (!this.#isMean || this.#isRunningMean) return total;
    return divideHistogram(total, this.#count);
  }

  #addToMean(mean: FloatHistogram, histogram: FloatHistogram): void {
    const share = (this.#count - 1) / this.#count;
    const scaled = scaleHistogram(mean, share);
    const { total, lost } = this.#add(scaled, divideHistogram(histogram, this.#count));
    this.#sum = total;
    if (this.#lost === undefined) this.#lost = lost;
    else this.#lost = addHistograms(scaleHistogram(this.#lost, share), lost).histogram;
  }

  #add(
    sum: FloatHistogram,
    histogram: FloatHistogram,
  ): { total: FloatHistogram; lost: FloatHistogram } {
    const { histogram: total, boundsReconciled } = addHistograms(sum, histogram);
    if (boundsReconciled) this.boundsReconciled = true;
    const lost = lostParts(sum, histogram, total);
    return { total, lost };
  }
}

/** Knuth's two-sum for each part of the histogram: exact whichever part is larger. */
function lostParts(a: FloatHistogram, b: FloatHistogram, total: FloatHistogram): FloatHistogram {
  const partOfB = subtractHistograms(total, a).histogram;
  const partOfA = subtractHistograms(total, partOfB).histogram;
  const lostOfA = subtractHistograms(a, partOfA).histogram;
  const lostOfB = subtractHistograms(b, partOfB).histogram;
  const lost = addHistograms(lostOfA, lostOfB).histogram;
  return { ...onlyFinite(lost), counterResetHint: total.counterResetHint };
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function isInfinite(value: number): boolean {
  return Math.abs(value) === Infinity;
}

/** Parts that overflowed have lost nothing that could be given back. */
function onlyFinite(lost: FloatHistogram): FloatHistogram {
  return {
    ...lost,
    count: finite(lost.count),
    sum: finite(lost.sum),
    zeroCount: finite(lost.zeroCount),
    positiveBuckets: lost.positiveBuckets.map(finite),
    negativeBuckets: lost.negativeBuckets.map(finite),
  };
}

function overflows(histogram: FloatHistogram): boolean {
  return (
    isInfinite(histogram.count) ||
    isInfinite(histogram.sum) ||
    isInfinite(histogram.zeroCount) ||
    histogram.positiveBuckets.some(isInfinite) ||
    histogram.negativeBuckets.some(isInfinite)
  );
}
