import { describe, expect, test } from 'vitest';
import { createPageParser } from './create-parser.ts';
import { EntryKind, type PageFormat } from './page-parser.ts';

/** Labels of the last series, or the error. */
function readWhole(format: PageFormat, text: string): { labels: readonly string[]; error: string } {
  const parser = createPageParser(new TextEncoder().encode(text), format);
  let labels: readonly string[] = [];
  for (;;) {
    const kind = parser.next();
    if (kind === EntryKind.end) return { labels, error: '' };
    if (kind === EntryKind.error) return { labels, error: parser.error?.message ?? '' };
    if (kind !== EntryKind.series) continue;
    labels = parser.labels();
    parser.exemplars();
  }
}

const COUNT = 100_000;
const many = (text: string): string => text.repeat(COUNT);
const names = Array.from({ length: COUNT }, (_, i) => `l${(i * 7919) % COUNT}`);

const pages: readonly (readonly [string, string])[] = [
  ['a number that is none', `a ${many('1')}x\n`],
  ['a timestamp that is none', `a 1 ${many('1')}x\n`],
  ['a name in the wrong place', `a{b="c" ${many('n')}="x"} 1\n`],
  ['a name that is alone', `{"a" ${many('n')}} 1\n`],
  ['a string that does not end', `a{b="${many('\\"')} 1\n`],
  ['labels in no order', `a{${names.map((name) => `${name}="v"`).join(',')}} 1\n`],
  ['one label again and again', `a{${many('b="c",')}} 1\n`],
  ['an exemplar of many labels', `a_total 1 # {${many('x="y",')}} 1\n`],
  ['braces', many('{')],
];

describe.each(['text', 'openmetrics'] as const)('a page in the format %s', (format) => {
  test.each(pages)('of %s takes no time and says little', (_, page) => {
    expect(readWhole(format, page).error.length).toBeLessThan(20_000);
  });
});

test('many labels are sorted as few are, and of one name in their order', () => {
  const lists = [names.slice(0, 20), names.slice(0, 2000)];
  for (const list of lists) {
    const pairs = [...list, 'same', 'same'].map((name, i) => [name, `v${i}`] as const);
    const line = pairs.map(([name, value]) => `${name}="${value}"`).join(',');
    const { labels } = readWhole('text', `a{${line}} 1\n`);
    const expected = pairs.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    expect(labels).toEqual(['__name__', 'a', ...expected.flat()]);
  }
});
