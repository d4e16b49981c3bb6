import { describe, expect, test } from 'vitest';
import { createMatcher, isStaleNaN, labelsFromObject, STALE_NAN } from '#model';
import { SampleColumns } from './columns.ts';
import { createMemoryStorage } from './memory.ts';
import { mergeQueriers } from './merge.ts';
import type { Querier } from './querier.ts';

const ALL = { startMs: -Infinity, endMs: Infinity };

/** A storage with series named by letters: samples as [time, value] pairs. */
function storage(content: Record<string, readonly (readonly [number, number])[]>): Querier {
  const memory = createMemoryStorage();
  for (const [name, samples] of Object.entries(content)) {
    memory.store(
      labelsFromObject({ __name__: name }),
      samples.map(([timestampMs, value]) => ({ timestampMs, value })),
    );
  }
  return memory.querier(-Infinity, Infinity);
}

function readAll(querier: Querier): Record<string, (readonly [number, number])[]> {
  const set = querier.select([createMatcher('!=', '__name__', '')], ALL);
  const found: Record<string, (readonly [number, number])[]> = {};
  for (let i = 0; i < set.count; i++) {
    const columns = new SampleColumns(1);
    columns.push(-7, 7);
    set.read(i, -Infinity, Infinity, columns);
    expect([columns.timestampsMs[0], columns.values[0]]).toEqual([-7, 7]);
    found[set.labels(i)[1] ?? ''] = Array.from({ length: columns.length - 1 }, (_, row) => [
      columns.timestampsMs[row + 1] ?? 0,
      columns.values[row + 1] ?? 0,
    ]);
  }
  return found;
}

describe('merged queriers', () => {
  test.each([
    {
      title: 'put parts of a series one after the other',
      parts: [{ a: [[1, 1]] }, { a: [[2, 2]] }],
      want: {
        a: [
          [1, 1],
          [2, 2],
        ],
      },
    },
    {
      title: 'keep series apart that only one of them has',
      parts: [{ a: [[1, 1]] }, { b: [[1, 2]] }],
      want: { a: [[1, 1]], b: [[1, 2]] },
    },
    {
      title: 'interleave parts by time',
      parts: [
        {
          a: [
            [1, 1],
            [4, 4],
          ],
        },
        {
          a: [
            [2, 2],
            [5, 5],
          ],
        },
        { a: [[3, 3]] },
      ],
      want: {
        a: [
          [1, 1],
          [2, 2],
          [3, 3],
          [4, 4],
          [5, 5],
        ],
      },
    },
    {
      title: 'give a sample once where both have it, the value of the first',
      parts: [
        {
          a: [
            [1, 1],
            [2, 2],
          ],
        },
        {
          a: [
            [2, 20],
            [3, 3],
          ],
        },
      ],
      want: {
        a: [
          [1, 1],
          [2, 2],
          [3, 3],
        ],
      },
    },
    {
      title: 'take an older part that comes last',
      parts: [
        { a: [[5, 5]] },
        {
          a: [
            [1, 1],
            [2, 2],
          ],
        },
      ],
      want: {
        a: [
          [1, 1],
          [2, 2],
          [5, 5],
        ],
      },
    },
  ] as const)('$title', ({ parts, want }) => {
    const querier = mergeQueriers(parts.map((part) => storage(part)));
    expect(readAll(querier)).toEqual(want);
  });

  test('keep the bits of a stale marker and the histograms beside their times', () => {
    const histogram = {
      counterResetHint: 'unknown',
      schema: 0,
      zeroThreshold: 0,
      zeroCount: 0,
      count: 1,
      sum: 2,
      positiveSpans: [],
      negativeSpans: [],
      positiveBuckets: [],
      negativeBuckets: [],
      customValues: [],
    } as const;
    const labels = labelsFromObject({ __name__: 'a' });
    const first = createMemoryStorage();
    first.store(labels, [
      { timestampMs: 1, value: STALE_NAN },
      { timestampMs: 3, value: 3 },
    ]);
    const second = createMemoryStorage();
    second.store(labels, [{ timestampMs: 2, value: 0, histogram }]);
    const querier = mergeQueriers([first.querier(0, 9), second.querier(0, 9)]);
    const set = querier.select([createMatcher('=', '__name__', 'a')], ALL);
    const columns = new SampleColumns(1);
    set.read(0, 0, 9, columns);
    expect([...columns.timestampsMs.subarray(0, columns.length)]).toEqual([1, 2, 3]);
    expect(isStaleNaN(columns.values[0] ?? 0)).toBe(true);
    expect(columns.histograms.map((item) => item?.sum)).toEqual([undefined, 2, undefined]);
  });

  test('unite names and values, sorted, each once, and limited', () => {
    const querier = mergeQueriers([
      storage({ b: [[1, 1]], a: [[1, 1]] }),
      storage({ a: [[2, 2]], ä: [[2, 2]] }),
    ]);
    expect(querier.labelValues('__name__', []).names).toEqual(['a', 'b', 'ä']);
    expect(querier.labelNames([]).names).toEqual(['__name__']);
    const limited = querier.labelValues('__name__', [], 2);
    expect(limited).toEqual({ names: ['a', 'b'], warnings: ['results truncated due to limit'] });
  });

  test('stop at the limit of series', () => {
    const querier = mergeQueriers([
      storage({ a: [[1, 1]] }),
      storage({ b: [[2, 2]], c: [[2, 2]] }),
    ]);
    const set = querier.select([createMatcher('!=', '__name__', '')], { ...ALL, limit: 2 });
    expect(set.count).toBe(2);
  });
});
