import { describe, expect, test } from 'vitest';
import { printExpr } from '../print/print.ts';
import type { Expr, ParserOptions } from './ast.ts';
import {
  ALL_PARSER_OPTIONS,
  EXPRESSION_LENGTH_MAX,
  parseExpr,
  parseMetricSelector,
} from './parse.ts';
import { formatParseError } from './position.ts';
import { EXPRESSION_DEPTH_MAX, NESTING_MAX } from './token-stream.ts';

function parsed(text: string, options: Partial<ParserOptions> = ALL_PARSER_OPTIONS): Expr {
  const result = parseExpr(text, options);
  if (!result.ok) throw new Error(formatParseError(text, firstOf(result.errors)));
  return result.expr;
}

function firstOf<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined) throw new Error('none');
  return first;
}

/** What a user sees; '' where there is no error. */
function errorOf(text: string, options: Partial<ParserOptions> = ALL_PARSER_OPTIONS): string {
  const result = parseExpr(text, options);
  return result.ok ? '' : formatParseError(text, firstOf(result.errors));
}

/** With a parenthesis around each operation, so that precedence can be seen. */
function grouped(expr: Expr): string {
  if (expr.kind === 'binary') {
    return `(${grouped(expr.left)} ${expr.operator} ${grouped(expr.right)})`;
  }
  if (expr.kind === 'unary') return `(${expr.operator}${grouped(expr.expr)})`;
  return expr.kind === 'paren' ? grouped(expr.expr) : printExpr(expr);
}

describe('precedence', () => {
  test.each([
    ['a + b * c ^ d', '(a + (b * (c ^ d)))'],
    ['a - b - c', '((a - b) - c)'],
    ['a ^ b ^ c', '(a ^ (b ^ c))'],
    ['a or b and c unless d', '(a or ((b and c) unless d))'],
    ['a == b + c or d', '((a == (b + c)) or d)'],
    ['a % b atan2 c', '((a % b) atan2 c)'],
    ['-a ^ b', '(-(a ^ b))'],
    ['-a * b', '((-a) * b)'],
    ['a ^ -b * c', '((a ^ (-b)) * c)'],
    ['a </ 1 + 2 >/ b', '((a </ (1 + 2)) >/ b)'],
    ['a + b offset 5m', '(a + b offset 5m)'],
    ['a offset 100 + 2', '(a offset 1m40s + 2)'],
    ['a offset -2 ^ 2', '(a offset -2s ^ 2)'],
    ['a offset (2) * 2', 'a offset (2) * 2'],
    ['a offset - -2 + 2', 'a offset 2 + 2'],
    ['a offset -(5) + 2', '(a offset -(5) + 2)'],
    ['a offset step() ^ 0', '(a offset step() ^ 0)'],
  ])('%s is %s', (text, expected) => {
    expect(grouped(parsed(text))).toBe(expected);
  });

  test('a range binds tighter than a sign', () => {
    expect(errorOf('-a[5m:1m]')).toContain('unary expression only allowed');
  });
});

describe('numbers', () => {
  test.each([
    ['0x1F', 31],
    ['017', 15],
    ['019', 19],
    ['1_000', 1000],
    ['1_0.5e1_0', 105_000_000_000],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['-1e-3', -0.001],
    ['Inf', Infinity],
    ['-inF', -Infinity],
    ['nAn', NaN],
    ['1h30m', 5400],
    ['5ms', 0.005],
    ['- -3', 3],
    ['9007199254740993', 9007199254740992],
    ['18446744073709551616', 18446744073709552000],
  ])('%s is %d', (text, value) => {
    expect(parsed(text)).toMatchObject({ kind: 'number', value });
  });
});

describe('strings', () => {
  test.each([
    [`"a\\tb"`, 'a\tb'],
    [`'it\\'s'`, "it's"],
    ['`raw \\n`', 'raw \\n'],
    [`"\\xe2\\x82\\xac \\u20ac \\342\\202\\254"`, '€ € €'],
    [`"\\xff"`, '\ufffd'],
    [`"\\U0001F600"`, '😀'],
  ])('%s', (text, value) => {
    expect(parsed(text)).toMatchObject({ kind: 'string', value });
  });
});

describe('names', () => {
  test.each([
    'sum',
    'by{by="on"}',
    'and + or',
    'start',
    'step{range="1"}',
    'offset offset 5m',
    'fill + fill',
    'Sum{a="b"}',
    'a:b:c',
    '{"utf-8 name","a label"="x"}',
    'max_of - min_of',
    'sum by (bool, offset, atan2, fill) (x)',
    'a + on (on, group_left) group_left (by, "x y") b',
  ])('%s is a query', (text) => {
    expect(errorOf(text)).toBe('');
  });
});

describe('selectors', () => {
  test('keep the metric name as the last matcher', () => {
    const expr = parsed('up{job=~"a.*",x!="y",}');
    expect(expr).toMatchObject({
      name: 'up',
      matchers: [
        { name: 'job', type: '=~', value: 'a.*' },
        { name: 'x', type: '!=', value: 'y' },
        { name: '__name__', type: '=', value: 'up' },
      ],
    });
  });

  test('a quoted name is a matcher only', () => {
    expect(parsed('{"my.metric"}')).toMatchObject({
      name: '',
      matchers: [{ name: '__name__', type: '=', value: 'my.metric' }],
    });
  });

  test.each([
    ['a @ 1.2345', { at: { kind: 'timestamp', timestampMs: 1235 } }],
    ['a @ -0.0005', { at: { kind: 'timestamp', timestampMs: -1 } }],
    ['a @ end() offset -1m', { at: { kind: 'end' }, offsetMs: -60_000 }],
    ['a anchored', { anchored: true, smoothed: false }],
  ])('%s', (text, expected) => {
    expect(parsed(text)).toMatchObject({ kind: 'vectorSelector', ...expected });
  });

  test('modifiers of a range are those of its selector', () => {
    expect(parsed('a[1.5] @ start() offset 2m smoothed')).toMatchObject({
      kind: 'matrixSelector',
      rangeMs: 1500,
      selector: { at: { kind: 'start' }, offsetMs: 120_000, smoothed: true },
    });
  });

  test('a subquery has modifiers of its own', () => {
    expect(parsed('a offset 1m [5m:] offset 2m @ 3')).toMatchObject({
      kind: 'subquery',
      rangeMs: 300_000,
      stepMs: 0,
      offsetMs: 120_000,
      at: { kind: 'timestamp', timestampMs: 3000 },
      expr: { offsetMs: 60_000 },
    });
  });
});

describe('matching', () => {
  test('set operations are many-to-many', () => {
    expect(parsed('a and on(x) b')).toMatchObject({
      matching: { card: 'many-to-many', labels: ['x'], on: true },
    });
  });

  test('with a scalar there is none', () => {
    expect(parsed('a + 1')).not.toHaveProperty('matching');
  });

  test('fill sets the sides that it names', () => {
    expect(parsed('a + fill_right(-1) fill_left(Inf) b')).toMatchObject({
      matching: { fillLeft: Infinity, fillRight: -1 },
    });
  });
});

describe('functions', () => {
  test('holt_winters is the old name of double_exponential_smoothing', () => {
    expect(parsed('holt_winters(a[5m], 0.5, 0.5)')).toMatchObject({
      func: 'double_exponential_smoothing',
    });
  });

  test.each([
    ['round(a, 1, 2)', 'expected at most 2 argument(s) in call to "round", got 3'],
    ['label_join(a, "b")', 'expected at least 3 argument(s) in call to "label_join", got 2'],
    ['rate(a)', 'expected type range vector in call to function "rate", got instant vector'],
    ['START()', 'unknown function with name "START"'],
    ['info(a, sum(b))', 'expected label selectors only'],
  ])('%s: %s', (text, message) => {
    expect(errorOf(text)).toContain(`parse error: ${message}`);
  });
});

describe('options', () => {
  test.each([
    ['mad_over_time(a[5m])', 'function "mad_over_time" is not enabled'],
    ['a + fill(0) b', 'binop fill modifiers are experimental and not enabled'],
    ['a anchored', 'anchored modifier is experimental and not enabled'],
    ['a[5m] smoothed', 'smoothed modifier is experimental and not enabled'],
    [
      'limitk(1, a)',
      'limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions',
    ],
  ])('%s needs its option', (text, message) => {
    expect(errorOf(text, {})).toContain(message);
    expect(errorOf(text)).toBe('');
  });

  test('duration expressions can be switched off', () => {
    expect(errorOf('a[5m+1m]', { durationExpressions: false })).toBe(
      '1:3: parse error: experimental duration expression is not enabled',
    );
    expect(errorOf('a[5m+1m]', {})).toBe('');
  });
});

describe('errors', () => {
  test.each([
    ['', 'unknown position: parse error: no expression found in input'],
    ['a +', '1:4: parse error: unexpected end of input'],
    ['a b', '1:3: parse error: unexpected identifier "b"'],
    ['sum(a b)', '1:7: parse error: unexpected identifier "b" in aggregation'],
    ['a)', `1:3: parse error: unexpected right parenthesis ')'`],
    ['a\n+ é', `2:3: parse error: unexpected character: 'é'`],
    ['{a="é"} + )', `1:13: parse error: unexpected right parenthesis ')'`],
    [
      'a offset b',
      '1:10: parse error: unexpected identifier "b" in offset, expected number, duration, step(), or range()',
    ],
    ['a @ b', '1:5: parse error: unexpected identifier "b" in @, expected timestamp'],
    [
      'a[5m 6m]',
      '1:6: parse error: unexpected duration "6m" in subquery or range, expected ":" or "]"',
    ],
    [
      'a[5m:6m 7m]',
      '1:9: parse error: unexpected duration "7m" in subquery selector, expected "]"',
    ],
    ['sum by a (b)', '1:8: parse error: unexpected identifier "a" in grouping opts, expected "("'],
    ['a{b=~"("}', '1:3: parse error: error parsing regexp: missing closing ): `(`'],
    ['a[0]', '1:3: parse error: duration must be greater than 0'],
    ['"\\400"', '1:1: parse error: escape sequence is an invalid Unicode code point'],
    [
      'a == fill(1) 2',
      '1:1: parse error: filling in missing series only allowed between instant vectors',
    ],
    ['a @ 1 @ 2', '1:1: parse error: @ <timestamp> may not be set multiple times'],
    ['1 !', `1:3: parse error: unexpected character after '!': '\ufffd'`],
  ])('%j: %s', (text, expected) => {
    expect(errorOf(text)).toBe(expected);
  });
});

function nest(count: number): string {
  return '('.repeat(count) + 'a' + ')'.repeat(count);
}

function row(count: number): string {
  return Array.from({ length: count }, () => 'a').join('+');
}

describe('limits', () => {
  test('deep parentheses are an error, not an overflow', () => {
    expect(errorOf(nest(NESTING_MAX - 1))).toBe('');
    expect(errorOf(nest(100_000))).toContain('nested too deeply');
    expect(errorOf('-'.repeat(100_000) + 'a')).toContain('nested too deeply');
    expect(errorOf(`a[${'('.repeat(20_000)}`)).toContain('nested too deeply');
  });

  test('a long row of operators is an error where its tree is too deep', () => {
    expect(errorOf(row(EXPRESSION_DEPTH_MAX))).toBe('');
    expect(errorOf(row(EXPRESSION_DEPTH_MAX + 1))).toContain('nested too deeply');
    expect(errorOf(row(20_000))).toContain('nested too deeply');
    expect(errorOf(`a${'[5m:]'.repeat(20_000)}`)).toContain('nested too deeply');
    expect(errorOf(`a[${'1+'.repeat(20_000)}1]`)).toContain('nested too deeply');
  });

  test('a text that is too long is refused unread', () => {
    expect(errorOf(`a${' '.repeat(EXPRESSION_LENGTH_MAX)}`)).toContain('expression is too long');
  });
});

describe('a selector of the HTTP API', () => {
  test.each([
    ['up', ['__name__=up']],
    ['{}', []],
    ['{a="b"}', ['a=b']],
  ])('%s', (text, expected) => {
    const result = parseMetricSelector(text);
    expect(result.ok && result.matchers.map((m) => m.name + m.type + m.value)).toEqual(expected);
  });

  test.each(['', 'up[5m]', 'up offset 5m', 'sum(up)', '1', 'up{'])('%j is refused', (text) => {
    expect(parseMetricSelector(text).ok).toBe(false);
  });
});
