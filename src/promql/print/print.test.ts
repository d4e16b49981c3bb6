import { describe, expect, test } from 'vitest';
import type { Expr } from '../parse/ast.ts';
import { ALL_PARSER_OPTIONS, parseExpr } from '../parse/parse.ts';
import { prettyPrint } from './pretty.ts';
import { printExpr } from './print.ts';
import { translateTree } from './translate.ts';

function parsed(text: string): Expr {
  const result = parseExpr(text, ALL_PARSER_OPTIONS);
  if (!result.ok) throw new Error(result.errors[0]?.message);
  return result.expr;
}

describe('one line', () => {
  test.each([
    ['sum(a)by(b)', 'sum by (b) (a)'],
    ['sum without()(a)', 'sum without () (a)'],
    ['topk by("x y")(3,a)', 'topk by ("x y") (3, a)'],
    ['a{z="1",b!~`x\\d`}', 'a{b!~"x\\\\d",z="1"}'],
    ['{"a.b",c="d"}', '{__name__="a.b",c="d"}'],
    ['a[90s]', 'a[1m30s]'],
    ['a[1h:30]offset-1m@10', 'a[1h:30s] @ 10.000 offset -1m'],
    ['a @ -1.5 offset 1w', 'a @ -1.500 offset 1w'],
    ['a==bool on()group_right(b)c', 'a == bool on () group_right (b) c'],
    ['a + fill(NaN) b', 'a + fill (NaN) b'],
    ['a + fill_left(1e21) fill_right(0.00001) b', 'a + fill_left (1e+21) fill_right (1e-05) b'],
    ['-(1)', '-(1)'],
    ['- 1', '-1'],
    ['1e3', '1000'],
    ['1h', '1h'],
    ['-1.5', '-1.5'],
    ['1e-7', '0.0000001'],
    ["'a\"\\n'", '"a\\"\\n"'],
    ['label_replace(a,"b","é$1","c","")', 'label_replace(a, "b", "é$1", "c", "")'],
    ['info(a,{})', 'info(a, {})'],
    ['holt_winters(a[1m],1,1)', 'double_exponential_smoothing(a[1m], 1, 1)'],
    ['a[ step( )+ -(5m) :max_of( 1s,range() ) ]', 'a[step() + -(5m):max_of(1s, range())]'],
    ['START{a="b"}', 'START{a="b"}'],
  ])('%s', (text, expected) => {
    expect(printExpr(parsed(text))).toBe(expected);
  });
});

describe('several lines', () => {
  test('what fits stays on its line', () => {
    expect(prettyPrint(parsed('sum by(x)(rate(a[5m]))/2'))).toBe('sum by (x) (rate(a[5m])) / 2');
  });

  test('what does not fit is split from the outside', () => {
    expect(prettyPrint(parsed('-sum by(x)(rate(a[5m]))/2'), 10)).toBe(
      ['  -sum by (x) (', '    rate(', '      a[5m]', '    )', '  )', '/', '  2'].join('\n'),
    );
  });

  test('width counts bytes', () => {
    expect(prettyPrint(parsed('("ééé")'), 9)).toBe('(\n  "ééé"\n)');
    expect(prettyPrint(parsed('("ééé")'), 10)).toBe('("ééé")');
  });

  test('a thousand levels take no time', () => {
    const text = Array.from({ length: 900 }, (_, i) => `metric_number_${i}`).join(' + ');
    const lines = prettyPrint(parsed(text)).split('\n');
    expect(lines.length).toBeGreaterThan(1700);
  });
});

describe('the tree of the API', () => {
  test('a binary operation with its matching', () => {
    expect(translateTree(parsed('a{b="c"} / on(x) group_left(y) fill_left(1) d'))).toEqual({
      type: 'binaryExpr',
      op: '/',
      lhs: {
        type: 'vectorSelector',
        name: 'a',
        matchers: [
          { name: 'b', type: '=', value: 'c' },
          { name: '__name__', type: '=', value: 'a' },
        ],
        offset: 0,
        offsetExpr: null,
        timestamp: null,
        startOrEnd: null,
        anchored: false,
        smoothed: false,
      },
      rhs: expect.objectContaining({ name: 'd' }) as unknown,
      matching: {
        card: 'many-to-one',
        labels: ['x'],
        on: true,
        include: ['y'],
        fillValues: { lhs: 1, rhs: null },
      },
      bool: false,
    });
  });

  test('an aggregation of a call', () => {
    expect(translateTree(parsed('topk without(l) (2, rate(a[5m] @ end()))'))).toMatchObject({
      type: 'aggregation',
      op: 'topk',
      param: { type: 'numberLiteral', val: '2' },
      grouping: ['l'],
      without: true,
      expr: {
        type: 'call',
        func: { name: 'rate', argTypes: ['matrix'], variadic: 0, returnType: 'vector' },
        args: [{ type: 'matrixSelector', range: 300_000, startOrEnd: 'end' }],
      },
    });
  });

  test('the rest', () => {
    expect(translateTree(parsed('max_over_time(a[5m:1m] @ 1.5)'))).toMatchObject({
      args: [{ type: 'subquery', range: 300_000, step: 60_000, timestamp: 1500 }],
    });
    expect(translateTree(parsed('-(a > 1)'))).toMatchObject({
      type: 'unaryExpr',
      op: '-',
      expr: { type: 'parenExpr', expr: { rhs: { type: 'numberLiteral' } } },
    });
    expect(translateTree(parsed('"x"'))).toEqual({ type: 'stringLiteral', val: 'x' });
  });
});
