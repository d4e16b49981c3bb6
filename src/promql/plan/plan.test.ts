import { createMemoryStorage, type Queryable, type SelectHints } from '#storage';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../engine.ts';
import type { PlanNode } from './explain.ts';
import { ALL_PARSER_OPTIONS } from '../parse/parse.ts';
import { QueryError } from '../result.ts';

const RANGE = { startMs: 600_000, endMs: 1_200_000, stepMs: 60_000 };
const engine = createEngine({ parser: ALL_PARSER_OPTIONS });

function planOf(query: string): PlanNode {
  return engine.explainRange(query, RANGE);
}

/** One operator a line: its id, what it is, and what is special about it. */
function sketch(node: PlanNode, indent = ''): string[] {
  const notes = [
    ...(node.isReused ? ['again'] : []),
    ...(node.isOnce ? ['once'] : []),
    ...(node.isFolded === true ? ['folds'] : []),
    ...(node.isStreamed ? ['streamed'] : []),
    ...(node.uses === undefined ? [] : [`kept for ${node.uses}`]),
    ...(node.fedTogether === undefined ? [] : [`feeds ${node.fedTogether.join(' and ')}`]),
    ...(node.constant === undefined ? [] : [`= ${node.constant}`]),
  ];
  const line = [`${indent}${node.id}`, node.name, ...notes].join(' ');
  return [line, ...node.inputs.flatMap((input) => sketch(input, `${indent}  `))];
}

const PLANS: readonly (readonly [query: string, plan: readonly string[]])[] = [
  ['m', ['1 m']],
  ['(((m)))', ['1 m']],
  ['sum(rate(m[5m]))', ['1 sum folds', '  2 rate streamed', '    3 m[5m]']],
  ['topk(2, m)', ['1 topk', '  2 m', '  3 2 = 2']],
  [
    'sum(rate(m[5m])) / sum(rate(m[5m]))',
    [
      '1 /',
      '  2 sum folds kept for 2',
      '    3 rate streamed',
      '      4 m[5m]',
      '  2 sum again folds kept for 2',
    ],
  ],
  [
    'sum(rate(m[5m])) / count(rate(m[ 300s ]))',
    [
      '1 /',
      '  2 sum folds',
      '    3 rate streamed feeds 2 and 5',
      '      4 m[5m]',
      '  5 count folds',
      '    3 rate again streamed feeds 2 and 5',
    ],
  ],
  ['a / (a + b)', ['1 /', '  2 a kept for 2', '  3 +', '    2 a again kept for 2', '    4 b']],
  [
    '(a + b) * (a + b)',
    ['1 *', '  2 + kept for 2', '    3 a', '    4 b', '  2 + again kept for 2'],
  ],
  ['m - avg(m)', ['1 -', '  2 m kept for 2', '  3 avg folds', '    2 m again kept for 2']],
  [
    'sum(a * b) / max(a * b)',
    [
      '1 /',
      '  2 sum folds',
      '    3 * feeds 2 and 6',
      '      4 a',
      '      5 b',
      '  6 max folds',
      '    3 * again feeds 2 and 6',
    ],
  ],
  [
    'max_over_time(rate(m[1m])[5m:1m]) - min_over_time(rate(m[1m])[5m:1m])',
    [
      '1 -',
      '  2 max_over_time',
      '    3 [5m:1m]',
      '      4 rate kept for 2',
      '        5 m[1m]',
      '  6 min_over_time',
      '    3 [5m:1m]',
      '      4 rate again kept for 2',
    ],
  ],
  // Read twice: keeping the samples of all windows would take more than reading them again.
  [
    'rate(m[5m]) / increase(m[5m])',
    ['1 /', '  2 rate', '    3 m[5m]', '  4 increase', '    3 m[5m]'],
  ],
  ['a + a offset 1m', ['1 +', '  2 a', '  3 a offset 1m']],
  ['a + a offset 0s', ['1 +', '  2 a kept for 2', '  2 a again kept for 2']],
  [
    'a @ 60 + a @ 60.0',
    ['1 + once', '  2 a @ 60.000 kept for 2', '  2 a @ 60.000 again kept for 2'],
  ],
  ['a + a @ end()', ['1 +', '  2 a', '  3 a @ end() once']],
  ['a{x="1",y="2"} + a{y="2",x="1"}', ['1 +', '  2 a{x="1",y="2"}', '  3 a{x="1",y="2"}']],
  ['timestamp(a) - a', ['1 -', '  2 timestamp', '    3 a', '  4 a']],
  [
    'a > 1 and a > bool 1',
    [
      '1 and',
      '  2 >',
      '    3 a kept for 2',
      '    4 1 = 1',
      '  5 > bool',
      '    3 a again kept for 2',
      '    4 1 = 1',
    ],
  ],
  ['histogram_count(h) + h', ['1 +', '  2 histogram_count', '    3 h', '  4 h']],
  ['time() - time()', ['1 -', '  2 time', '  2 time']],
  ['m * (60 * 60)', ['1 *', '  2 m', '  3 60 * 60 = 3600']],
  ['-(2 ^ 3) % 5', ['1 -(2 ^ 3) % 5 = -3']],
  ['1 > bool 2', ['1 1 > bool 2 = 0']],
  ['0 / 0', ['1 0 / 0 = NaN']],
  ['m * vector(1 + 1)', ['1 *', '  2 m', '  3 vector once', '    4 1 + 1 = 2']],
  ['info(m)', ['1 info', '  2 m', '  3 {__name__="target_info"}']],
];

describe('the plan of a range query', () => {
  it.each(PLANS)('of %s shares and folds what it can', (query, plan) => {
    expect(sketch(planOf(query))).toEqual(plan);
  });

  it('shows each operator as it stands in the query, with its matchers and grid', () => {
    const [windows] = planOf('rate( m{a = "b"} [1m*5] )').inputs;
    expect(windows).toMatchObject({
      text: 'm{a="b"}[1m * 5]',
      position: { start: 6, end: 23 },
      rangeMs: 300_000,
      grid: { startMs: 600_000, stepMs: 60_000, steps: 11 },
    });
    expect(windows.matchers?.map(({ name, type, value }) => name + type + value)).toEqual([
      'a=b',
      '__name__=m',
    ]);
  });

  it('keeps a number that no operator is defined for to the evaluation', () => {
    expect(() => engine.range(createMemoryStorage(), '1 </ 2', RANGE)).toThrow(QueryError);
  });

  it('refuses what a range query refuses', () => {
    expect(() => planOf('m[5m]')).toThrow('invalid expression type "range vector"');
    expect(engine.explainInstant('m[5m]', { timeMs: 0 }).type).toBe('matrix');
  });
});

/** A storage that notes how it is opened and what is selected. */
function noting(notes: { opened?: [number, number]; hints: SelectHints[] }): Queryable {
  const storage = createMemoryStorage();
  const samples = [600_000, 630_000].map((timestampMs) => ({ timestampMs, value: 1 }));
  storage.store(['__name__', 'm', 'instance', 'i', 'job', 'j'], samples);
  return {
    querier: (startMs, endMs) => {
      notes.opened = [startMs, endMs];
      const querier = storage.querier(startMs, endMs);
      return {
        select: (matchers, hint) => {
          notes.hints.push(hint);
          return querier.select(matchers, hint);
        },
        labelNames: (matchers, limit) => querier.labelNames(matchers, limit),
        labelValues: (name, matchers, limit) => querier.labelValues(name, matchers, limit),
        close: () => querier.close(),
      };
    },
  };
}

function readsOf(node: PlanNode): [number, number][] {
  const own: [number, number][] =
    node.reads === undefined || node.isReused ? [] : [[node.reads.startMs, node.reads.endMs]];
  return [...own, ...node.inputs.flatMap(readsOf)];
}

describe('the times that a plan reads', () => {
  it.each([
    'm',
    'm offset 5m',
    'm @ 30',
    'm smoothed',
    'rate(m[2m])',
    'rate(m[2m] offset -1m)',
    'rate(m[2m] anchored)',
    'rate(m[2m] smoothed)',
    'timestamp(m)',
    'info(m offset 1m)',
    'info(rate(m[2m]))',
    'max_over_time(m[10m:1m])',
    'max_over_time(rate(m[1m])[10m:77s] offset 5m) + m',
    'sum_over_time((m @ 100)[5m:])',
    'sum(m) / count(m)',
  ])('are those that the storage is asked for, and opened for: %s', (query) => {
    const notes: { opened?: [number, number]; hints: SelectHints[] } = { hints: [] };
    engine.range(noting(notes), query, RANGE);
    const asked = notes.hints.map(({ startMs, endMs }) => [startMs, endMs]);
    const planned = readsOf(planOf(query));
    expect(planned.map(String).toSorted()).toEqual(asked.map(String).toSorted());
    const starts = planned.map(([startMs]) => startMs);
    const ends = planned.map(([, endMs]) => endMs);
    expect(notes.opened).toEqual([Math.min(...starts), Math.max(...ends)]);
  });

  it('a selector that is read for two tells the storage what both have in common', () => {
    const notes: { hints: SelectHints[] } = { hints: [] };
    engine.range(noting(notes), 'sum by (a) (rate(m[1m])) / count by (a) (rate(m[1m]))', RANGE);
    engine.range(noting(notes), 'sum by (a) (m) / count by (a) (m)', RANGE);
    expect(notes.hints.map(({ func, grouping, by }) => [func, grouping, by])).toEqual([
      ['rate', undefined, undefined],
      [undefined, ['a'], true],
    ]);
  });
});
