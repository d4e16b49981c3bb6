import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRe2 } from './compile-search.ts';
import type { Search } from './search.ts';
import { simpleSearch } from './simple-search.ts';

function matchesOf(search: Search, text: string): (readonly [number, number, string | null])[] {
  const matcher = search.matcher(text);
  const matches: (readonly [number, number, string | null])[] = [];
  while (matches.length < 50 && matcher.find()) {
    matches.push([matcher.start(), matcher.end(), matcher.group(0)]);
  }
  return matches;
}

const word = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '-', '\\.', '\\/', '\\+'),
  maxLength: 3,
});
const part = fc
  .tuple(
    fc.constantFrom('', '^'),
    fc.constantFrom('', '.*'),
    word,
    fc.constantFrom('', '.*'),
    fc.constantFrom('', '$'),
  )
  .map((pieces) => pieces.join(''));
const pattern = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
  word.map((literal) => `^(?:${literal})$`),
);
const text = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '-', '.', '/', '+', '\n', 'ä'),
  maxLength: 12,
});

describe('patterns that need no automaton', () => {
  it('match what RE2 matches, each match of a text', () => {
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        const simple = simpleSearch(source, '');
        expect(simple).toBeDefined();
        if (simple === undefined) return;
        expect(matchesOf(simple, subject)).toEqual(matchesOf(compileRe2(source, ''), subject));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    'a+',
    'a.b',
    'sda_*',
    '.*Corrupted - *.',
    '(a)',
    '[ab]',
    'a\\d',
    'a\\',
    'a\\|b',
    '.+a',
    '.*?a',
    'a{2}',
    '^^a',
    'a$$',
    '\\Qa',
    'a\nb',
  ])('%s is left to RE2', (source) => {
    expect(simpleSearch(source, '')).toBeUndefined();
  });

  it('flags are left to RE2', () => {
    expect(simpleSearch('a', 'i')).toBeUndefined();
  });
});
