import { describe, expect, test } from 'vitest';
import { compileAnchored } from './regexp.ts';

describe('an anchored pattern', () => {
  test.each([
    ['a|b', 'a', true],
    ['a|b', 'ab', false],
    ['ab.*', 'abc', true],
    ['.+c', 'c', false],
    ['a.c', 'a\nc', true],
    ['(a|b)c', 'bc', true],
  ])('%s on %j: %s', (source, text, expected) => {
    expect(compileAnchored(source).test(text)).toBe(expected);
  });

  test.each([
    ['a)b(', 'unexpected ): `a)b(`'],
    ['(', 'missing closing ): `(`'],
    ['[a', 'missing closing ]: `[a`'],
    ['*', 'missing argument to repetition operator: `*`'],
  ])('%s is refused with its own text, not with the anchors', (source, message) => {
    expect(() => compileAnchored(source)).toThrow(`error parsing regexp: ${message}`);
  });
});
