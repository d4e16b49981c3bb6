import { describe, expect, test } from 'vitest';
import { variableOf } from '../../test/fakes/variables.ts';
import type { Variable } from './variable.ts';
import { orderVariables, VARIABLES_MAX } from './variable-order.ts';

function variable(name: string, query: string, change: Partial<Variable> = {}): Variable {
  return variableOf({ name, query, ...change });
}

const CHAIN = orderVariables([
  variable('node', 'label_values(up{job="$job",dc="[[dc]]"}, instance)'),
  variable('job', 'label_values(up{dc=~"${dc:regex}"}, job)'),
  variable('dc', 'label_values(dc)', { refresh: 'time' }),
  variable('other', 'label_values(other)'),
  variable('busy', 'query_result(topk(5, avg_over_time(x[${__range_s}s])))'),
  variable('step', '1m,5m', { kind: 'interval', auto: { count: 30, min: '10s' } }),
]);

describe('variables that name others', () => {
  test('come after them', () => {
    expect(CHAIN.order.map(({ name }) => name)).toEqual([
      'dc',
      'job',
      'node',
      'other',
      'busy',
      'step',
    ]);
    expect(CHAIN.problems).toEqual([]);
  });

  test.each<[string, Partial<Variable>]>([
    ['in the pattern', { regex: '/$a(.*)/' }],
    ['in the value of all', { allValue: '${a}.*' }],
    ['in the data source', { datasource: { uid: '$a', type: '' } }],
  ])('do so %s too', (_where, change) => {
    const order = orderVariables([variable('b', 'x', change), variable('a', 'y')]);
    expect(order.order.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

describe('variables in a circle', () => {
  test('are told and keep an order', () => {
    const order = orderVariables([
      variable('x', 'label_values(up{a="$a"}, x)'),
      variable('a', 'label_values(up{b="$b"}, a)'),
      variable('b', 'label_values(up{a="$a"}, b)'),
    ]);
    expect(order.order.map(({ name }) => name)).toEqual(['a', 'x', 'b']);
    expect(order.problems).toEqual([
      { path: 'templating.list[1]', message: 'variables depend on one another: a → b → a' },
    ]);
  });

  test('one that names itself is none', () => {
    expect(orderVariables([variable('a', 'label_values(up{a="$a"}, a)')]).problems).toEqual([]);
  });

  test('of hundreds are told once', () => {
    const many = Array.from({ length: 400 }, (_, i) => variable(`v${i}`, `$v${(i + 1) % 400}`));
    const order = orderVariables(many);
    expect(order.order).toHaveLength(400);
    expect(order.problems).toHaveLength(1);
  });
});

test('more than a page can ask are left out and told', () => {
  const order = orderVariables(Array.from({ length: 20_000 }, (_, i) => variable(`v${i}`, 'up')));
  expect(order.order).toHaveLength(VARIABLES_MAX);
  expect(order.problems[0]?.message).toMatch(/^20000 variables/);
});

test('the second of two with one name is left out', () => {
  const order = orderVariables([variable('a', 'up'), variable('a', 'down')]);
  expect(order.order.map(({ query }) => query)).toEqual(['up']);
  expect(order.problems[0]?.path).toBe('templating.list[1]');
});
