import { describe, expect, it } from 'vitest';
import type { QueryData } from '#contract';
import { columnsOfData } from './answered-columns.ts';
import {
  type AnsweredPart,
  framesOfAnswers as framesOfColumns,
  type FramesOfAnswer,
} from './frames.ts';
import { fieldNames } from './legend.ts';

const range = { fromMs: 0, toMs: 4000, stepMs: 1000 };
const series = (legend: string) => ({ refId: 'A', format: 'time_series' as const, legend });

type Part = Omit<AnsweredPart, 'data'> & { readonly data: QueryData };

/** As the API answers. */
function framesOfAnswers(parts: readonly Part[]): FramesOfAnswer {
  return framesOfColumns(parts.map((one) => ({ ...one, data: columnsOfData(one.data) })));
}

function numbers(values: Float64Array | readonly unknown[] | undefined): unknown[] {
  return Array.from((values ?? []) as ArrayLike<unknown>);
}

const part = (refId: string, value: string) => ({
  query: { refId, format: 'table' as const, legend: '' },
  range: undefined,
  data: {
    resultType: 'vector' as const,
    result: [{ metric: { __name__: 'up', job: 'a' }, value: [5, value] as const }],
  },
});

const bucket = (le: string, value: string) => ({
  metric: { le },
  values: [[0, value] as const],
});

const boundSeries = (le: string, ...values: [number, string][]): object => ({
  metric: { le },
  values,
});

describe('frames of answers', () => {
  it('has one column of times, and gaps that are not NaN values', () => {
    const { frames } = framesOfAnswers([
      {
        query: series('{{job}}'),
        range,
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: { job: 'a' },
              values: [
                [0, '1'],
                [2, 'NaN'],
                [4, '+Inf'],
              ],
            },
            { metric: { job: 'b' }, values: [[1, '5']] },
          ],
        },
      },
    ]);
    expect(frames).toHaveLength(1);
    const [time, a] = frames[0]?.fields ?? [];
    expect(numbers(time?.values)).toEqual([0, 1000, 2000, 3000, 4000]);
    expect(numbers(a?.values)).toEqual([1, NaN, NaN, NaN, Infinity]);
    expect(a?.type === 'number' && numbers(a.isNull as never)).toEqual([0, 1, 0, 1, 0]);
    expect(fieldNames(frames)).toEqual([['Time', 'a', 'b']]);
  });

  it('takes the instants that occur where they are not on the steps', () => {
    const { frames } = framesOfAnswers([
      {
        query: series(''),
        range,
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: {},
              values: [
                [0.5, '1'],
                [7, '2'],
              ],
            },
          ],
        },
      },
    ]);
    expect(numbers(frames[0]?.fields[0]?.values)).toEqual([500, 7000]);
  });

  it('makes labels columns of a table, and names values by their query where there are several', () => {
    const { frames } = framesOfAnswers([part('A', '1'), part('B', '2')]);
    expect(frames.map(({ fields }) => fields.map(({ name }) => name))).toEqual([
      ['Time', '__name__', 'job', 'Value #A'],
      ['Time', '__name__', 'job', 'Value #B'],
    ]);
    const alone = framesOfAnswers([part('A', '1')]).frames[0];
    expect(alone?.fields.at(-1)?.name).toBe('Value');
    expect(numbers(alone?.fields[0]?.values)).toEqual([5000]);
  });

  it('takes counts up to le apart into counts between bounds', () => {
    const { frames } = framesOfAnswers([
      {
        query: { refId: 'A', format: 'heatmap', legend: '{{le}}' },
        range: { fromMs: 0, toMs: 0, stepMs: 1000 },
        data: {
          resultType: 'matrix',
          result: [bucket('+Inf', '10'), bucket('0.5', '4'), bucket('10', '9'), bucket('2', '7')],
        },
      },
    ]);
    const buckets = frames[0]?.fields.slice(1) ?? [];
    expect(buckets.map(({ name, values }) => [name, values[0]])).toEqual([
      ['0.5', 4],
      ['2', 3],
      ['10', 2],
      ['+Inf', 1],
    ]);
    expect(buckets[1]?.labels).toEqual({ ge: '0.5', le: '2' });
  });

  it('counts what lies below a bound without a value once', () => {
    const { frames } = framesOfAnswers([
      {
        query: { refId: 'A', format: 'heatmap', legend: '' },
        range: { fromMs: 0, toMs: 1000, stepMs: 1000 },
        data: {
          resultType: 'matrix',
          result: [
            boundSeries('1', [0, '2'], [1, '2']),
            boundSeries('2', [0, '5']),
            boundSeries('+Inf', [0, '9'], [1, '9']),
          ] as never,
        },
      },
    ]);
    const buckets = frames[0]?.fields.slice(1) ?? [];
    expect(buckets.map(({ name, values }) => [name, numbers(values)])).toEqual([
      ['1', [2, 2]],
      ['2', [3, NaN]],
      ['+Inf', [4, 7]],
    ]);
  });

  it('lays the buckets of native histograms beside each other', () => {
    const { frames } = framesOfAnswers([
      {
        query: series(''),
        range: { fromMs: 0, toMs: 1000, stepMs: 1000 },
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: {},
              histograms: [
                [0, { count: '3', sum: '4', buckets: [[0, '1', '2', '3']] }],
                [1, { count: '2', sum: '1', buckets: [[0, '0.5', '1', '2']] }],
              ],
            },
          ],
        },
      },
    ]);
    expect(frames[0]?.kind).toBe('heatmap');
    const buckets = frames[0]?.fields.slice(1) ?? [];
    expect(buckets.map(({ name, values }) => [name, numbers(values)])).toEqual([
      ['1', [0, 2]],
      ['2', [3, 0]],
    ]);
  });

  it('cuts an answer of more series than a page can hold, and says so', () => {
    const result = Array.from({ length: 10_001 }, (_, i) => {
      return { metric: { i: String(i) }, value: [0, '1'] as const };
    });
    const answer = framesOfAnswers([
      { query: series(''), range: undefined, data: { resultType: 'vector', result } },
    ]);
    expect(answer.frames[0]?.fields).toHaveLength(10_001);
    expect(answer.problems).toEqual(['query A: only the first 10000 of 10001 series']);
  });

  it.each([
    ['{{job}} of {{ none }}!', { job: 'a' }, 'a of !'],
    ['', { __name__: 'up', job: 'a' }, 'up{job="a"}'],
    ['', {}, 'vector(1)'],
    ['__auto', {}, 'vector(1)'],
    ['__auto', { job: 'a' }, 'a'],
    ['__auto', { __name__: 'up', job: 'a' }, 'up{job="a"}'],
  ])('names by the legend %j the series %j as %s', (legend, metric, name) => {
    const { frames } = framesOfAnswers([
      {
        query: { ...series(legend), expr: 'vector(1)' },
        range: undefined,
        data: { resultType: 'vector', result: [{ metric, value: [0, '1'] }] },
      },
    ]);
    expect(fieldNames(frames)[0]?.[1]).toBe(name);
  });
});
