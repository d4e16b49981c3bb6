import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_PARSER_OPTIONS, parseExpr, parseMetricSelector } from '../parse/parse.ts';
import { formatParseError } from '../parse/position.ts';
import { parseSeriesDescription } from '../parse/series.ts';
import { prettyPrint } from './pretty.ts';
import { printExpr } from './print.ts';
import { translateTree } from './translate.ts';

const label = fc.constantFrom('a', 'by', 'on', '"x y"', '"é"', 'job', 'offset');
const quoted = fc.string({ unit: 'binary', maxLength: 6 }).map((text) => JSON.stringify(text));
const metric = fc.constantFrom('up', 'a:b', 'sum', 'step', 'and', 'anchored', 'fill', '{"x.y"}');
const duration = fc.constantFrom('5m', '1h30m', '90', '0.5', '1y2w', '500ms');
const grouping = fc.array(label, { maxLength: 3 }).map((labels) => `(${labels.join(',')})`);

function oneOf(...choices: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.oneof(...choices);
}

const durations = fc.letrec<{ duration: string }>((tie) => ({
  duration: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    duration,
    fc.constantFrom('step()', 'range()'),
    fc
      .tuple(tie('duration'), fc.constantFrom('+', '-', '*', '/', '%', '^'), tie('duration'))
      .map((parts) => parts.join('')),
    tie('duration').map((inner) => `(${inner})`),
    tie('duration').map((inner) => `-${inner}`),
    fc.tuple(tie('duration'), tie('duration')).map(([a, b]) => `max_of(${a},${b})`),
  ),
}));

const matcher = fc.tuple(label, fc.constantFrom('=', '!='), quoted).map((parts) => parts.join(''));
const braces = fc.array(matcher, { maxLength: 2 }).map((all) => `{${all.join(',')}}`);
const selector = fc
  .tuple(metric, fc.option(braces, { nil: '' }))
  .map(([name, matchers]) => (name.startsWith('{') ? name : name + matchers));
const modifiers = oneOf(
  fc.constantFrom('', '', ' @ 12.5', ' @ start()', ' anchored', ' smoothed @ end()'),
  duration.map((text) => ` offset -${text}`),
  durations.duration.map((text) => ` @ 3 offset (${text})`),
);
const range = fc
  .tuple(selector, durations.duration, modifiers)
  .map(([name, length, suffix]) => `${name}[${length}]${suffix}`);
const operator = fc.constantFrom('+', '-', '*', '/', '%', '^', 'atan2', '</', '>/', '==', '>');
const matching = oneOf(
  fc.constant(''),
  grouping.map((labels) => ` on ${labels}`),
  grouping.map((labels) => ` ignoring ${labels} group_left`),
  grouping.map((labels) => ` on () group_right ${labels} fill_left(-1) fill_right(NaN)`),
);

const { vector } = fc.letrec<{ vector: string }>((tie) => ({
  vector: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(selector, modifiers).map((parts) => parts.join('')),
    fc
      .tuple(tie('vector'), operator, matching, tie('vector'))
      .map(([left, symbol, modifier, right]) => `${left} ${symbol}${modifier} ${right}`),
    fc
      .tuple(tie('vector'), fc.constantFrom('and', 'or', 'unless'), tie('vector'))
      .map((parts) => parts.join(' ')),
    fc.tuple(tie('vector'), fc.double()).map(([left, number]) => `${left} * ${goNumber(number)}`),
    tie('vector').map((inner) => `(${inner})`),
    tie('vector').map((inner) => `-${inner}`),
    range.map((inner) => `rate(${inner})`),
    tie('vector').map((inner) => `max_over_time((${inner})[1h:5m] offset 1m)`),
    fc
      .tuple(fc.constantFrom('by', 'without'), grouping, tie('vector'))
      .map(([word, labels, inner]) => `sum ${word} ${labels} (${inner})`),
    fc.tuple(quoted, tie('vector')).map(([text, inner]) => `count_values(${text}, ${inner})`),
  ),
}));

function goNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : value > 0 ? 'Inf' : '-Inf';
}

test('what is printed parses, and prints the same again', () => {
  let parsedCount = 0;
  fc.assert(
    fc.property(vector, (text) => {
      const result = parseExpr(text, ALL_PARSER_OPTIONS);
      // Some of the random ones are wrong, as `a[5m/0]` is.
      if (!result.ok) return;
      parsedCount++;
      const printed = printExpr(result.expr);
      const again = parseExpr(printed, ALL_PARSER_OPTIONS);
      expect(again.ok ? printExpr(again.expr) : [printed, again.errors]).toBe(printed);
      const pretty = parseExpr(prettyPrint(result.expr, 20), ALL_PARSER_OPTIONS);
      expect(pretty.ok && printExpr(pretty.expr)).toBe(printed);
      expect(pretty.ok && translateTree(pretty.expr)).toEqual(
        again.ok && translateTree(again.expr),
      );
    }),
    { numRuns: 500 },
  );
  expect(parsedCount).toBeGreaterThan(100);
});

const piece = fc.oneof(
  fc.constantFrom(
    ...'( ) { } [ ] , = : ; _ x {{ }} + - * / % ^ @ == != <= >= =~ !~ < > </ >/ # \n ! ~'.split(
      ' ',
    ),
    ...'sum by without on ignoring group_left bool fill( offset step() range max_of('.split(' '),
    ...'1 0x 5m 1h30 1e 1e5 "a" \'b\' `c` "\\x "\\u12 foo bar: inf stale buckets:[1 count:'.split(
      ' ',
    ),
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const garbage = fc
  .tuple(fc.array(piece, { maxLength: 12 }), fc.constantFrom('', ' '))
  .map(([pieces, separator]) => pieces.join(separator));

test('garbage gives errors with positions inside the text and never throws', () => {
  fc.assert(
    fc.property(garbage, fc.boolean(), (text, isOn) => {
      const options = isOn ? ALL_PARSER_OPTIONS : {};
      const results = [
        parseExpr(text, options),
        parseMetricSelector(text),
        parseSeriesDescription(text),
        parseSeriesDescription(`a ${text}`),
      ];
      for (const result of results) {
        if (result.ok) continue;
        expect(result.errors.length).toBeGreaterThan(0);
        for (const error of result.errors) {
          expect(error.message).not.toBe('');
          expect(error.position.start).toBeGreaterThanOrEqual(0);
          expect(error.position.start).toBeLessThanOrEqual(text.length + 2);
          expect(formatParseError(text, error)).toContain('parse error: ');
        }
      }
    }),
    { numRuns: 2000 },
  );
});
