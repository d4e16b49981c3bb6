import { describe, expect, it } from 'vitest';
import type { MatrixSeries } from '#contract';
import { columnsOfSeries } from '#dashboards';
import {
  type Columns,
  findLonePoints,
  lastValue,
  stackColumns,
  toColumns as drawn,
} from './columns.ts';

const toColumns = (series: readonly MatrixSeries[], steps: typeof grid): Columns =>
  drawn(columnsOfSeries(series), steps);

const grid = { startMs: 0, endMs: 4000, stepMs: 1000 };

describe('columns of a graph', () => {
  it('puts samples at their steps and leaves gaps where there are none', () => {
    const columns = toColumns(
      [
        {
          metric: {},
          values: [
            [0, '1'],
            [2, '2.5'],
            [4, '3'],
          ],
        },
      ],
      grid,
    );
    expect(columns.times).toEqual([0, 1, 2, 3, 4]);
    expect(columns.values).toEqual([[1, null, 2.5, null, 3]]);
  });

  it.each(['NaN', '+Inf', '-Inf'])('draws %s as a gap', (text) => {
    expect(toColumns([{ metric: {}, values: [[1, text]] }], grid).values).toEqual([
      [null, null, null, null, null],
    ]);
  });

  it('draws histograms by their average, and counts them', () => {
    const histograms = [[1, { count: '4', sum: '10' }]] as const;
    const columns = toColumns([{ metric: {}, histograms }], grid);
    expect(columns).toMatchObject({ values: [[null, 2.5, null, null, null]], histogramCount: 1 });
  });

  it('leaves out samples that are not in the range', () => {
    expect(
      toColumns(
        [
          {
            metric: {},
            values: [
              [-1, '1'],
              [9, '1'],
            ],
          },
        ],
        grid,
      ).values[0],
    ).toEqual([null, null, null, null, null]);
  });

  it('never makes more steps than a server gives', () => {
    expect(toColumns([], { startMs: 0, endMs: 1e12, stepMs: 1 }).times).toHaveLength(11_001);
  });

  it('stands each on those below, over gaps too', () => {
    expect(
      stackColumns([
        [1, 2, null],
        [10, null, 30],
        [100, 100, 100],
      ]),
    ).toEqual([
      [1, 2, null],
      [11, null, 30],
      [111, 102, 130],
    ]);
  });

  it.each([
    [
      [1, null, 2, null, 3],
      [0, 2, 4],
    ],
    [[1, 2, null, 3, 4], []],
    [[null, 1, null], [1]],
    [[null, null], []],
  ])('finds the lone points of %j', (column, expected) => {
    expect(findLonePoints(column, 0, column.length - 1)).toEqual(expected);
  });

  it.each([
    [[1, 2, null], 2],
    [[null], undefined],
    [undefined, undefined],
  ])('the last value of %j is %j', (column, expected) => {
    expect(lastValue(column)).toBe(expected);
  });
});
