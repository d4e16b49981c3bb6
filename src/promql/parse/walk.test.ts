import { expect, test } from 'vitest';
import type { Expr } from './ast.ts';
import { ALL_PARSER_OPTIONS, parseExpr } from './parse.ts';
import { byteOffsetOf, positionOf } from './position.ts';
import { selectorsOf, valueTypeOf, walkExpr } from './walk.ts';

function parsed(text: string): Expr {
  const result = parseExpr(text, ALL_PARSER_OPTIONS);
  if (!result.ok) throw new Error(result.errors[0]?.message);
  return result.expr;
}

test('all selectors are found, wherever they are', () => {
  const expr = parsed('topk(scalar(a), rate(b[5m])) + -(c offset 1m) > bool max_over_time(d[5m:])');
  expect(selectorsOf(expr).map(({ name }) => name)).toEqual(['b', 'a', 'c', 'd']);
});

test('a visit that gives false leaves out what is below', () => {
  const kinds: string[] = [];
  walkExpr(parsed('sum(a) + b'), (node, path) => {
    kinds.push(`${path.length}:${node.kind}`);
    return node.kind !== 'aggregate';
  });
  expect(kinds).toEqual(['0:binary', '1:aggregate', '1:vectorSelector']);
});

test.each([
  ['1 + 2', 'scalar'],
  ['1 + a', 'vector'],
  ['-(time())', 'scalar'],
  ['"x"', 'string'],
  ['a[5m]', 'matrix'],
  ['a[5m:]', 'matrix'],
  ['vector(1)', 'vector'],
])('%s is a %s', (text, expected) => {
  expect(valueTypeOf(parsed(text))).toBe(expected);
});

test('columns count bytes, lines count newlines', () => {
  const text = 'é\n😀x';
  expect(positionOf(text, 0)).toEqual({ line: 1, column: 1 });
  expect(positionOf(text, 1)).toEqual({ line: 1, column: 3 });
  expect(positionOf(text, 2)).toEqual({ line: 2, column: 1 });
  expect(positionOf(text, 4)).toEqual({ line: 2, column: 5 });
  expect(positionOf(text, 99)).toEqual({ line: 2, column: 6 });
  expect(byteOffsetOf(text, 4)).toBe(7);
});
