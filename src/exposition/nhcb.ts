import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram, type Span } from '#model';

/**
 * Gathers the samples of a classic histogram and makes them one native histogram with custom buckets
 * (Prometheus: util/convertnhcb).
 */
export class ClassicCollector {
  private readonly buckets: { upperBound: number; count: number }[] = [];
  private count: number | undefined = undefined;
  private sum = 0;
  private isWrong = false;

  setBucket(upperBound: number, count: number): void {
    if (Number.isNaN(upperBound) || !(count >= 0)) {
      this.isWrong = true;
      return;
    }
    const { buckets } = this;
    let at = buckets.length;
    while (at > 0 && (buckets[at - 1]?.upperBound ?? 0) >= upperBound) at--;
    if (buckets[at]?.upperBound === upperBound) return;
    buckets.splice(at, 0, { upperBound, count });
  }

  setCount(count: number): void {
    if (!(count >= 0)) this.isWrong = true;
    this.count = count;
  }

  setSum(sum: number): void {
    this.sum = sum;
  }

  /** Undefined where the samples contradict each other. */
  convert(): { histogram: FloatHistogram; isInteger: boolean } | undefined {
    const buckets = [...this.buckets];
    const count = this.count ?? buckets.at(-1)?.count;
    if (this.isWrong || count === undefined) return undefined;
    if (buckets.at(-1)?.upperBound !== Infinity) buckets.push({ upperBound: Infinity, count });
    const counts: number[] = [];
    let before = 0;
    for (const bucket of buckets) {
      if (bucket.count < before) return undefined;
      counts.push(bucket.count - before);
      before = bucket.count;
    }
    if (before !== count) return undefined;
    const isInteger =
      Number.isInteger(count) && buckets.every((one) => Number.isInteger(one.count));
    // Integer histograms keep short gaps, which cost less than another span.
    const { spans, kept } = cutEmpty(counts, isInteger ? 2 : 0);
    const histogram: FloatHistogram = {
      counterResetHint: 'unknown',
      schema: CUSTOM_BUCKETS_SCHEMA,
      zeroThreshold: 0,
      zeroCount: 0,
      count,
      sum: this.sum,
      positiveSpans: spans,
      negativeSpans: [],
      positiveBuckets: kept,
      negativeBuckets: [],
      customValues: buckets.slice(0, -1).map((bucket) => bucket.upperBound),
    };
    return { histogram, isInteger };
  }
}

/** Spans over the buckets that are not empty; gaps of up to `gapMax` empty ones stay inside a span. */
function cutEmpty(counts: readonly number[], gapMax: number): { spans: Span[]; kept: number[] } {
  const spans: { offset: number; length: number }[] = [];
  const kept: number[] = [];
  let end = 0;
  for (const [i, count] of counts.entries()) {
    if (count === 0) continue;
    const last = spans.at(-1);
    const gap = i - end;
    if (last !== undefined && gap <= gapMax) {
      for (let j = 0; j < gap; j++) kept.push(0);
      last.length += gap + 1;
    } else {
      spans.push({ offset: gap, length: 1 });
    }
    kept.push(count);
    end = i + 1;
  }
  return { spans, kept };
}
