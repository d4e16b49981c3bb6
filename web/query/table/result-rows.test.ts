import { describe, expect, it } from 'vitest';
import { toRows } from './result-rows.ts';

const histogram = { count: '2', sum: '3' };

describe('rows of a result', () => {
  it.each([
    [
      'a scalar',
      { resultType: 'scalar', result: [1.5, '2'] },
      [{ metric: 'scalar', points: [{ timeMs: 1500, value: '2' }], isRange: false }],
    ],
    [
      'a string',
      { resultType: 'string', result: [1, 'a'] },
      [{ metric: 'string', points: [{ timeMs: 1000, value: 'a' }], isRange: false }],
    ],
    [
      'a vector of numbers and histograms',
      {
        resultType: 'vector',
        result: [
          { metric: { a: '1' }, value: [1, '2'] },
          { metric: { a: '2' }, histogram: [1, histogram] },
        ],
      },
      [
        { metric: { a: '1' }, points: [{ timeMs: 1000, value: '2' }], isRange: false },
        { metric: { a: '2' }, points: [{ timeMs: 1000, value: histogram }], isRange: false },
      ],
    ],
    [
      'a matrix, in the order of time',
      {
        resultType: 'matrix',
        result: [
          {
            metric: {},
            values: [
              [1, '1'],
              [3, '3'],
            ],
            histograms: [[2, histogram]],
          },
        ],
      },
      [
        {
          metric: {},
          points: [
            { timeMs: 1000, value: '1' },
            { timeMs: 2000, value: histogram },
            { timeMs: 3000, value: '3' },
          ],
          isRange: true,
        },
      ],
    ],
  ])('%s', (_what, data, expected) => {
    expect(toRows(data as Parameters<typeof toRows>[0])).toEqual(expected);
  });
});
