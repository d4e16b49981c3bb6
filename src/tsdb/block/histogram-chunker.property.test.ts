import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CUSTOM_BUCKETS_SCHEMA,
  STALE_HISTOGRAM,
  isIntegerHistogram,
  isStaleHistogram,
} from '#model';
import type { CounterResetHint, FloatHistogram } from '#model';
import { SampleColumns } from '#storage';
import { BlockSeries } from './block-series.ts';
import { decodeBlockChunk } from './chunk-values.ts';
import { encodeHistograms } from './histogram-chunker.ts';
import { ChunkKind } from './layout.ts';

const count = fc.oneof(
  fc.integer({ min: 0, max: 20 }),
  fc.integer({ min: 0, max: 2 ** 50 - 1 }),
  fc.double({ noNaN: true }),
);

const layout = fc.constantFrom(
  { schema: 0, zeroThreshold: 2 ** -128, positive: [[0, 2]], negative: [], customValues: [] },
  {
    schema: -4,
    zeroThreshold: 0,
    positive: [
      [-7, 1],
      [3, 2],
    ],
    negative: [[1, 1]],
    customValues: [],
  },
  {
    schema: 8,
    zeroThreshold: 0.001,
    positive: [[300, 1]],
    negative: [
      [-5000, 2],
      [0, 0],
    ],
    customValues: [],
  },
  { schema: 3, zeroThreshold: 2 ** 10, positive: [], negative: [], customValues: [] },
  {
    schema: CUSTOM_BUCKETS_SCHEMA,
    zeroThreshold: 0,
    positive: [[0, 3]],
    negative: [],
    customValues: [0.1, 1 / 3, 2, 1e9, -1],
  },
);

function spansOf(given: readonly (readonly number[])[]): { offset: number; length: number }[] {
  return given.map(([offset = 0, length = 0]) => ({ offset, length }));
}

function bucketsOf(given: readonly (readonly number[])[], counts: readonly number[]): number[] {
  const length = given.reduce((sum, [, length = 0]) => sum + length, 0);
  return Array.from({ length }, (_, i) => counts[i % counts.length] ?? 0);
}

function staleOf(counterResetHint: CounterResetHint): FloatHistogram {
  return { ...STALE_HISTOGRAM, counterResetHint };
}

const histogram = fc
  .tuple(
    layout,
    fc.array(count, { minLength: 3, maxLength: 6 }),
    fc.double(),
    fc.constantFrom<CounterResetHint>('unknown', 'not_reset', 'not_reset', 'not_reset', 'gauge'),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(([given, counts, sum, counterResetHint, dice]): FloatHistogram => {
    if (dice === 0) return staleOf(counterResetHint);
    return {
      counterResetHint,
      schema: given.schema,
      zeroThreshold: given.zeroThreshold,
      zeroCount: counts[0] ?? 0,
      count: counts[1] ?? 0,
      sum,
      positiveSpans: spansOf(given.positive),
      negativeSpans: spansOf(given.negative),
      positiveBuckets: bucketsOf(given.positive, counts),
      negativeBuckets: bucketsOf(given.negative, counts),
      customValues: given.customValues,
    };
  });

/** What must be equal: all but the hint, and of a stale marker only that it is one. */
function shown(histogram: FloatHistogram | undefined): unknown {
  if (histogram === undefined) return undefined;
  return isStaleHistogram(histogram) ? 'stale' : { ...histogram, counterResetHint: '' };
}

function decodeAll(series: BlockSeries): SampleColumns {
  const columns = new SampleColumns();
  const { chunks } = series;
  for (let i = 0; i < chunks.count; i++) {
    const start = chunks.starts[i] ?? 0;
    const data = chunks.bytes.buffer.subarray(start, start + (chunks.lengths[i] ?? 0));
    const all = { startMs: -Infinity, endMs: Infinity };
    decodeBlockChunk({ kind: chunks.kinds[i] ?? 0, data }, all, columns);
  }
  return columns;
}

describe('chunks of native histograms', () => {
  test('give back what was encoded', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 1, max: 1e6 }), histogram), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(rows, (given) => {
        const columns = new SampleColumns(1);
        let timeMs = -1000;
        for (const [stepMs, item] of given) columns.pushHistogram((timeMs += stepMs), item);
        const series = new BlockSeries();
        encodeHistograms(columns, 0, columns.length, series.chunks);
        const found = decodeAll(series);
        const { length } = columns;
        expect(found.length).toBe(length);
        expect(found.timestampsMs.slice(0, length)).toEqual(columns.timestampsMs.slice(0, length));
        expect(found.histograms.map(shown)).toEqual(columns.histograms.map(shown));
        for (const [row, item] of found.histograms.entries()) {
          const hint = columns.histograms[row]?.counterResetHint;
          const isGauge = item?.counterResetHint === 'gauge';
          expect(isGauge).toBe(hint === 'gauge');
        }
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ['whole counts', 3, ChunkKind.histogram],
    ['counts with fractions', 3.5, ChunkKind.floatHistogram],
  ])('are of the kind for %s, one chunk for one layout', (_, base, kind) => {
    const columns = new SampleColumns();
    for (let i = 0; i < 120; i++) {
      columns.pushHistogram(i * 15_000, {
        counterResetHint: i === 0 ? 'unknown' : 'not_reset',
        schema: 3,
        zeroThreshold: 2 ** -128,
        zeroCount: base,
        count: base * 3 + i,
        sum: i * 1.5,
        positiveSpans: [{ offset: 0, length: 2 }],
        negativeSpans: [],
        positiveBuckets: [base, base + i],
        negativeBuckets: [],
        customValues: [],
      });
    }
    expect(isIntegerHistogram(columns.histograms[7] ?? STALE_HISTOGRAM)).toBe(base === 3);
    const series = new BlockSeries();
    encodeHistograms(columns, 0, columns.length, series.chunks);
    expect(series.chunks.count).toBe(1);
    expect(series.chunks.kinds[0]).toBe(kind);
  });
});
