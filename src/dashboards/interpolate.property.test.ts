import { array, assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { parseExpr, selectorsOf } from '#promql';
import { interpolate } from './interpolate.ts';
import type { VariableValue } from './variable.ts';

function multi(values: readonly string[]): VariableValue {
  return { isMulti: true, isAll: false, isPattern: false, isLiteral: true, values, texts: values };
}

/** Of characters that mean something to somebody. */
const TEXT = string({
  unit: constantFrom(...Array.from('ab.*+?|()[]{}^$\\"\'`\n\t #/-_:,=~!é😀')),
  minLength: 1,
  maxLength: 12,
});

/** The one matcher of the one selector. */
function matcherOf(expr: string): { readonly value: string; matches: (text: string) => boolean } {
  const parsed = parseExpr(expr);
  if (!parsed.ok) throw new Error(`${expr}: ${parsed.errors[0]?.message}`);
  const [selector, ...more] = selectorsOf(parsed.expr);
  const matcher = selector?.matchers.find(({ name }) => name === 'a');
  if (matcher === undefined || more.length > 0 || selector?.matchers.length !== 2) {
    throw new Error(`${expr}: another query`);
  }
  return matcher;
}

const OPTIONS = { format: 'promql', timeZone: 'utc' } as const;

test.each(['"', "'", '`'])(
  'within %s a pattern of values matches these and nothing else',
  (quote) => {
    assert(
      property(array(TEXT, { minLength: 1, maxLength: 3 }), TEXT, (values, other) => {
        const expr = interpolate(`up{a=~${quote}$v${quote}}`, { v: multi(values) }, {}, OPTIONS);
        const matcher = matcherOf(expr);
        for (const value of values) expect(matcher.matches(value)).toBe(true);
        expect(matcher.matches(other)).toBe(values.includes(other));
      }),
    );
  },
);

test.each(['"', "'", '`'])('within %s a single value beside = is itself', (quote) => {
  assert(
    property(TEXT, (value) => {
      const expr = interpolate(`up{a=${quote}$v${quote}}`, { v: multi([value]) }, {}, OPTIONS);
      const written = quote === '`' ? value.replaceAll('`', '\u02CB') : value;
      expect(matcherOf(expr).value).toBe(written);
    }),
  );
});
