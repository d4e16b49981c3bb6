import { CUSTOM_BUCKETS_SCHEMA, bucketColumns, isStaleNaN } from '#model';
import type { FloatHistogram, Span } from '#model';
import type { Random } from './random.ts';

/** What of a histogram must come back: its populated buckets, whatever spans name them; no hint. */
export function histogramKey(histogram: FloatHistogram): string {
  if (isStaleNaN(histogram.sum)) return 'stale';
  const { schema, zeroThreshold, zeroCount, count, sum, customValues } = histogram;
  const positive = populated(histogram.positiveSpans, histogram.positiveBuckets);
  const negative = populated(histogram.negativeSpans, histogram.negativeBuckets);
  const kind = histogram.counterResetHint === 'gauge' ? 'gauge' : 'counter';
  const parts = [kind, schema, zeroThreshold, zeroCount, count, sum, customValues.join(' ')];
  return [...parts, positive, negative].join('|');
}

function populated(spans: readonly Span[], buckets: readonly number[]): string {
  const { indexes, counts } = bucketColumns(spans, buckets);
  return indexes.flatMap((index, i) => (counts[i] === 0 ? [] : `${index}:${counts[i]}`)).join(' ');
}

/** Histograms of one series: counts grow, and now and then begin anew or get another layout. */
export class RandomHistograms {
  readonly #random: Random;
  readonly #last = new Map<string, FloatHistogram>();

  constructor(random: Random) {
    this.#random = random;
  }

  next(series: string): FloatHistogram {
    const random = this.#random;
    const last = this.#last.get(series);
    const isFresh = last === undefined || random.chance(0.1);
    const next = isFresh ? this.#fresh() : this.#grown(last);
    this.#last.set(series, next);
    return next;
  }

  #fresh(): FloatHistogram {
    const random = this.#random;
    const isCustom = random.chance(0.3);
    const isFloat = random.chance(0.3);
    const positiveSpans = isCustom ? [{ offset: 0, length: 4 }] : this.#spans();
    const negativeSpans = isCustom || random.chance(0.6) ? [] : this.#spans();
    return withCount({
      counterResetHint: random.chance(0.2) ? 'gauge' : 'unknown',
      schema: isCustom ? CUSTOM_BUCKETS_SCHEMA : random.between(-4, 8),
      zeroThreshold: isCustom ? 0 : random.pick([0, 2 ** -128, 0.001]),
      zeroCount: isCustom ? 0 : random.between(0, 5) + (isFloat ? 0.5 : 0),
      count: 0,
      sum: random.pick([0, -1.5, 1e9, random.next()]),
      positiveSpans,
      negativeSpans,
      positiveBuckets: this.#counts(positiveSpans, isFloat),
      negativeBuckets: this.#counts(negativeSpans, isFloat),
      customValues: isCustom
        ? random.pick([
            [1, 2, 3],
            [0.5, 10, 1e6],
          ])
        : [],
    });
  }

  #grown(last: FloatHistogram): FloatHistogram {
    const random = this.#random;
    const grow = (count: number): number => count + random.pick([0, 0, 1, random.between(0, 1e6)]);
    return withCount({
      ...last,
      sum: last.sum + random.between(0, 100),
      zeroCount: last.schema === CUSTOM_BUCKETS_SCHEMA ? 0 : grow(last.zeroCount),
      positiveBuckets: last.positiveBuckets.map(grow),
      negativeBuckets: last.negativeBuckets.map(grow),
    });
  }

  #spans(): Span[] {
    const random = this.#random;
    return Array.from({ length: random.between(0, 3) }, (_, i) => ({
      offset: i === 0 ? random.between(-20, 20) : random.between(1, 5),
      length: random.between(1, 6),
    }));
  }

  #counts(spans: readonly Span[], isFloat: boolean): number[] {
    const length = spans.reduce((sum, span) => sum + span.length, 0);
    return Array.from(
      { length },
      () => this.#random.pick([0, 1, this.#random.between(0, 1e5)]) + (isFloat ? 0.25 : 0),
    );
  }
}

function withCount(histogram: FloatHistogram): FloatHistogram {
  const all = [...histogram.positiveBuckets, ...histogram.negativeBuckets];
  return { ...histogram, count: all.reduce((sum, n) => sum + n, histogram.zeroCount) };
}
