import { expect, it } from 'vitest';
import { type FloatHistogram, labelsFromObject, STALE_HISTOGRAM } from '#model';
import { createMemoryStorage } from '#storage';
import { createEngine } from '../engine.ts';

/** With buckets up to 1 and above. */
function custom(count: number): FloatHistogram {
  return {
    ...STALE_HISTOGRAM,
    schema: -53,
    count,
    sum: count,
    positiveSpans: [{ offset: 0, length: 2 }],
    positiveBuckets: [count - 1, 1],
    customValues: [1],
  };
}

it('a stale marker between histograms is no reset of their counts', () => {
  const storage = createMemoryStorage();
  const histograms = [custom(4), custom(6), STALE_HISTOGRAM, custom(8)];
  const samples = histograms.map((histogram, i) => ({
    timestampMs: (i + 1) * 60_000,
    value: 0,
    histogram,
  }));
  storage.store(labelsFromObject({ __name__: 'h' }), samples);
  const engine = createEngine();
  const count = (query: string): unknown =>
    engine.instant(storage, query, { timeMs: 240_000 }).value;
  expect(count('histogram_count(delta(h[4m]))')).toEqual(count('histogram_count(increase(h[4m]))'));
});
