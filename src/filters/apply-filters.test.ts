import { describe, expect, test } from 'vitest';
import { applyFilters } from './apply-filters.ts';

const FILTER = { key: 'env', operator: '=', value: 'prod' };

describe('ad hoc filters', () => {
  test.each([
    ['up', 'up{env="prod"}'],
    ['up{job="a",}', 'up{env="prod",job="a"}'],
    ['rate(x{a="{}"}[5m] offset 1h)', 'rate(x{a="{}",env="prod"}[5m] offset 1h)'],
    [
      'sum by (env) (x) / on (env) group_left () y',
      'sum by (env) (x{env="prod"}) / on (env) group_left () y{env="prod"}',
    ],
    [
      'topk(scalar(n), max_over_time(x[1h:5m]))',
      'topk(scalar(n{env="prod"}), max_over_time(x{env="prod"}[1h:5m]))',
    ],
    ['-(a + 1) > bool 2', '-(a{env="prod"} + 1) > bool 2'],
    [
      'label_replace(up, "env", "$1", "job", "env{}")',
      'label_replace(up{env="prod"}, "env", "$1", "job", "env{}")',
    ],
    ['{env="prod"}', '{env="prod"}'],
    ['1 + vector(2)', '1 + vector(2)'],
    ['', ''],
  ])('are added to %s', (expr, expected) => {
    expect(applyFilters(expr, [FILTER])).toEqual({ ok: true, expr: expected });
  });

  test('several, with all operators, cannot leave their strings', () => {
    const filters = [
      { key: 'a', operator: '!=', value: '"} or up{x="' },
      { key: 'b', operator: '=~', value: 'x.*' },
      { key: 'c', operator: '!~', value: '\\d' },
      { key: 'd', operator: '=|', value: 'a.b', values: ['a.b', 'c|d'] },
      { key: 'e', operator: '!=|', value: 'f' },
    ];
    expect(applyFilters('up', filters)).toEqual({
      ok: true,
      expr: 'up{a!="\\"} or up{x=\\"",b=~"x.*",c!~"\\\\d",d=~"a\\\\.b|c\\\\|d",e!~"f"}',
    });
  });

  test.each([
    ['sum(', FILTER],
    ['up', { ...FILTER, operator: '<' }],
    ['up', { ...FILTER, operator: 'constructor' }],
    ['up', { ...FILTER, operator: '=~', value: '(' }],
  ])('%s with %j is refused with a reason', (expr, filter) => {
    const result = applyFilters(expr, [filter]);
    expect(result.ok ? '' : result.message).toMatch(/^cannot /);
  });

  test('without filters an expression stays as it is', () => {
    expect(applyFilters('sum(  up', [])).toEqual({ ok: true, expr: 'sum(  up' });
  });
});
