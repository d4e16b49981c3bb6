import { array, assert, constant, constantFrom, oneof, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPageParser, EntryKind } from '#exposition';
import type { Metadata } from '#model';
import { isPartOfFamily, MetadataCache } from './family-metadata.ts';

describe('whether a metric is of a family', () => {
  it.each([
    ['a', 'a', 'gauge', true],
    ['a_total', 'a', 'counter', true],
    ['a_total', 'a_total', 'counter', true],
    ['a_total', 'a', 'gauge', false],
    ['a_bucket', 'a', 'histogram', true],
    ['a_bucket', 'a', 'summary', false],
    ['a_gcount', 'a', 'gaugehistogram', true],
    ['ab', 'a', 'histogram', false],
    ['b', 'a', 'gauge', false],
  ] as const)('%s of %s (%s): %s', (metric, family, type, expected) => {
    expect(isPartOfFamily(metric, family, type)).toBe(expected);
  });
});

it('metadata stay for ten pages after their family has left', () => {
  const cache = new MetadataCache();
  cache.readHelp({ metricName: 'a', help: 'x' }, 1);
  cache.forgetOld(11);
  expect(cache.get('a')?.help).toBe('x');
  cache.forgetOld(12);
  expect(cache.get('a')).toBeUndefined();
});

/** Texts that look like each other in their bytes or when they are decoded. */
const NAMES = ['a', 'ab', 'b', '"a"', '"é"', '"Ã©"', '"a\\\\n"', '"a\\n"'];
const HELPS = ['', 'x', 'xy', 'é', 'Ã©', 'a\\n', 'a\\\\n', 'a\\\\\\\\n'];
const line = oneof(
  tuple(constant('HELP'), constantFrom(...NAMES), constantFrom(...HELPS)),
  tuple(constant('TYPE'), constantFrom(...NAMES), constantFrom('gauge', 'counter')),
);
const pages = array(array(line, { maxLength: 12 }), { maxLength: 30 });

it('families are described as each page says, whatever stood on the pages before', () => {
  assert(
    property(pages, (all) => {
      const cache = new MetadataCache();
      const want = new Map<string, Metadata>();
      for (const [round, page] of all.entries()) {
        const text = page.map((words) => `# ${words.join(' ')}\n`).join('');
        const parser = createPageParser(new TextEncoder().encode(text), 'text', {});
        cache.startPage();
        for (;;) {
          const kind = parser.next();
          if (kind !== EntryKind.help && kind !== EntryKind.type) break;
          const name = parser.metricName;
          const { type, unit, help } = want.get(name) ?? { type: 'unknown', unit: '', help: '' };
          if (kind === EntryKind.help) {
            cache.readHelp(parser, round);
            want.set(name, { type, unit, help: parser.help });
          } else {
            cache.readType(parser, round);
            want.set(name, { type: parser.metricType, unit, help });
          }
          expect(cache.ofMetric(name)).toEqual(want.get(name));
        }
        expect(parser.error).toBeUndefined();
        cache.forgetOld(round);
        for (const name of want.keys()) if (cache.get(name) === undefined) want.delete(name);
      }
    }),
    { numRuns: 500 },
  );
});

it('a family that comes back after it was forgotten is known again', () => {
  const cache = new MetadataCache();
  const read = (page: string, round: number): void => {
    const parser = createPageParser(new TextEncoder().encode(page), 'text', {});
    cache.startPage();
    while (parser.next() === EntryKind.help) cache.readHelp(parser, round);
    cache.forgetOld(round);
  };
  read('# HELP a x\n# HELP b y\n', 1);
  for (let round = 2; round < 13; round++) read('# HELP a x\n', round);
  expect(cache.get('b')).toBeUndefined();
  read('# HELP a x\n# HELP b y\n', 13);
  expect(cache.get('b')?.help).toBe('y');
});
