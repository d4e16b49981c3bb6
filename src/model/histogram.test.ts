import { describe, expect, it } from 'vitest';
import type { FloatHistogram } from './histogram.ts';
import {
  addHistograms,
  commonZeroThreshold,
  divideHistogram,
  IncompatibleHistogramsError,
  scaleHistogram,
  subtractHistograms,
} from './histogram-arithmetic.ts';
import {
  allBuckets,
  compactHistogram,
  exponentialBound,
  reducedIndex,
  toSchema,
} from './histogram-buckets.ts';
import { detectReset, histogramsEqual, storedResetHint } from './histogram-compare.ts';
import { formatHistogram } from './histogram-format.ts';

function histogram(parts: Partial<FloatHistogram>): FloatHistogram {
  return {
    counterResetHint: 'unknown',
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 0,
    sum: 0,
    positiveSpans: [],
    negativeSpans: [],
    positiveBuckets: [],
    negativeBuckets: [],
    customValues: [],
    ...parts,
  };
}

function positive(offset: number, buckets: readonly number[], schema = 0): FloatHistogram {
  const count = buckets.reduce((a, b) => a + b, 0);
  return histogram({
    schema,
    count,
    positiveSpans: [{ offset, length: buckets.length }],
    positiveBuckets: buckets,
  });
}

function custom(bounds: readonly number[], buckets: readonly number[]): FloatHistogram {
  return { ...positive(0, buckets, -53), customValues: bounds };
}

describe('bounds of buckets', () => {
  it.each([
    [0, 0, 1],
    [1, 0, 2],
    [-1, 0, 0.5],
    [1, 1, Math.SQRT2],
    [2, -1, 16],
    [1024, 0, Number.MAX_VALUE],
    [1025, 0, Infinity],
  ])('bucket %d of schema %d ends at %d', (index, schema, bound) => {
    expect(exponentialBound(index, schema)).toBeCloseTo(bound, 12);
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [0, 0],
    [-1, 0],
    [-2, -1],
  ])('bucket %d goes to bucket %d of half the resolution', (index, reduced) => {
    expect(reducedIndex(index, 1, 0) + 0).toBe(reduced);
  });
});

describe('arithmetic of histograms', () => {
  it('adds bucket by bucket', () => {
    const sum = addHistograms(positive(0, [1, 2]), positive(1, [3, 4])).histogram;
    expect(formatHistogram(sum)).toBe('{count:10, sum:0, (0.5,1]:1, (1,2]:5, (2,4]:4}');
  });

  it('goes to the lower resolution', () => {
    const sum = addHistograms(positive(1, [1, 1, 1], 1), positive(1, [1], 0)).histogram;
    expect(sum.schema).toBe(0);
    expect(formatHistogram(sum)).toBe('{count:4, sum:0, (1,2]:3, (2,4]:1}');
  });

  it('puts buckets into the wider zero bucket, whole populated ones only', () => {
    const narrow = { ...positive(-2, [4, 1]), zeroThreshold: 0 };
    const wide = histogram({ zeroThreshold: 0.2, zeroCount: 2, count: 2 });
    expect(commonZeroThreshold(narrow, wide)).toBe(0.25);
    const sum = addHistograms(narrow, wide).histogram;
    expect(sum.zeroThreshold).toBe(0.25);
    expect(sum.zeroCount).toBe(6);
    expect(formatHistogram(sum)).toBe('{count:7, sum:0, [-0.25,0.25]:6, (0.25,0.5]:1}');
  });

  it('subtracts, below zero too', () => {
    const difference = subtractHistograms(positive(0, [1]), positive(0, [3])).histogram;
    expect(difference.count).toBe(-2);
    expect(difference.positiveBuckets).toEqual([-2]);
  });

  it('keeps only the custom bounds that both have', () => {
    const { histogram: sum, boundsReconciled } = addHistograms(
      custom([1, 2, 3], [1, 1, 1, 1]),
      custom([2, 4], [1, 1, 1]),
    );
    expect(boundsReconciled).toBe(true);
    expect(sum.customValues).toEqual([2]);
    expect(sum.positiveBuckets).toEqual([3, 4]);
  });

  it('refuses to mix custom and exponential buckets', () => {
    expect(() => addHistograms(custom([1], [1, 1]), positive(0, [1]))).toThrow(
      IncompatibleHistogramsError,
    );
  });

  it.each([
    ['gauge', 'unknown', 'gauge'],
    ['not_reset', 'not_reset', 'not_reset'],
    ['not_reset', 'unknown', 'unknown'],
    ['reset', 'not_reset', 'unknown'],
  ] as const)('makes of %s and %s %s', (a, b, hint) => {
    const one = histogram({ counterResetHint: a });
    const sum = addHistograms(one, histogram({ counterResetHint: b }));
    expect(sum.histogram.counterResetHint).toBe(hint);
    expect(sum.counterResetCollision).toBe(a === 'reset');
  });

  it('scales and divides everything', () => {
    expect(scaleHistogram(positive(0, [2]), 1.5)).toMatchObject({ count: 3, positiveBuckets: [3] });
    expect(scaleHistogram(positive(0, [2]), -1).counterResetHint).toBe('gauge');
    expect(divideHistogram(positive(0, [2]), 0)).toMatchObject({
      count: Infinity,
      positiveBuckets: [],
    });
  });
});

describe('the layout of histograms', () => {
  it('loses empty buckets when compacted', () => {
    const compact = compactHistogram(positive(1, [0, 2, 0, 0, 3, 0]));
    expect(compact.positiveSpans).toEqual([
      { offset: 2, length: 1 },
      { offset: 2, length: 1 },
    ]);
    expect(compact.positiveBuckets).toEqual([2, 3]);
  });

  it('is reduced for a lower resolution', () => {
    expect(toSchema(positive(1, [1, 2, 3, 4], 1), 0).positiveBuckets).toEqual([3, 7]);
  });

  it('runs from the lowest to the highest bucket', () => {
    const both = histogram({
      zeroThreshold: 0.25,
      zeroCount: 1,
      positiveSpans: [{ offset: 0, length: 1 }],
      positiveBuckets: [2],
      negativeSpans: [{ offset: 0, length: 2 }],
      negativeBuckets: [3, 4],
    });
    expect(allBuckets(both).map(({ lower, upper, count }) => [lower, upper, count])).toEqual([
      [-2, -1, 4],
      [-1, -0.5, 3],
      [-0.25, 0.25, 1],
      [0.5, 1, 2],
    ]);
  });

  it('is equal whatever the spans are cut into', () => {
    const whole = positive(0, [1, 2]);
    const cut = {
      ...whole,
      positiveSpans: [
        { offset: 0, length: 1 },
        { offset: 0, length: 1 },
      ],
    };
    expect(histogramsEqual(whole, cut)).toBe(true);
    expect(histogramsEqual(whole, positive(0, [2, 1]))).toBe(false);
  });
});

describe('bounds of buckets', () => {
  it.each([
    [33, 6, 1.4296133383919698],
    [63, 6, 0.9892280131939752 * 2],
    [-1, 8, 0.9972960560854698],
    [-3, 8, 0.9919100824251095],
    [129, 8, 1.4180478843204152],
    [1024, 0, Number.MAX_VALUE],
    [1025, 0, Infinity],
    [64, -4, Number.MAX_VALUE],
    [65, -4, Infinity],
    [1024 * 256 - 1, 8, 0.9972960560854698 * 2 * 2 ** 1023],
    [1024 * 256, 8, Number.MAX_VALUE],
    [1024 * 256 + 1, 8, Infinity],
    [-1074, 0, 5e-324],
  ])('have the last digits that Prometheus gives them: %d of schema %d', (index, schema, bound) => {
    expect(exponentialBound(index, schema)).toBe(bound);
  });
});

describe('resets of counters', () => {
  it.each([
    ['nothing fell', positive(0, [2, 2]), positive(0, [1, 2]), false],
    ['the count fell', positive(0, [1]), positive(0, [2]), true],
    ['a bucket fell', positive(0, [1, 5]), positive(0, [2, 1]), true],
    ['a populated bucket went', positive(1, [5]), positive(0, [1]), true],
    ['an empty bucket went', positive(1, [5]), positive(0, [0, 1]), false],
    ['the resolution rose', positive(0, [5], 1), positive(0, [1], 0), true],
    ['the resolution fell', positive(0, [5], 0), positive(0, [1], 1), false],
    ['custom bounds were added', custom([1, 2], [1, 1, 1]), custom([2], [2, 1]), false],
    ['a common custom bucket fell', custom([1, 2], [1, 0, 9]), custom([2], [2, 1]), true],
  ])('are seen where %s', (_, current, previous, isReset) => {
    expect(detectReset(current, previous)).toBe(isReset);
  });

  it('are what the hint says', () => {
    const more = positive(0, [5]);
    const fewer = positive(0, [1]);
    expect(detectReset({ ...more, counterResetHint: 'reset' }, fewer)).toBe(true);
    expect(detectReset({ ...fewer, counterResetHint: 'not_reset' }, more)).toBe(false);
  });

  it('leave a stored histogram without a hint', () => {
    expect(storedResetHint(undefined, positive(0, [1]))).toBe('unknown');
    expect(storedResetHint(positive(0, [1]), positive(0, [2]))).toBe('not_reset');
    expect(storedResetHint(positive(0, [2]), positive(0, [1]))).toBe('unknown');
    expect(storedResetHint(positive(0, [1], 1), positive(0, [2]))).toBe('unknown');
    const gauge = { ...positive(0, [2]), counterResetHint: 'gauge' as const };
    expect(storedResetHint(gauge, gauge)).toBe('gauge');
    expect(storedResetHint(gauge, positive(0, [3]))).toBe('unknown');
  });
});
