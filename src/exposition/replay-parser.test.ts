import { expect, it } from 'vitest';
import { createPageParser } from './create-parser.ts';
import { EntryKind } from './page-parser.ts';
import type { PageParser } from './page-parser.ts';

const LINES = Array.from({ length: 200 }, (_, i) => `m${i}{x="é"} ${i}\n`);

/** Of a format whose series are made into one text first. */
function parserOf(lines: readonly string[]): PageParser {
  const page = new TextEncoder().encode(lines.join(''));
  return createPageParser(page, 'text', { convertClassicHistograms: true });
}

function seriesOf(parser: PageParser): string[] {
  const found: string[] = [];
  for (;;) {
    const kind = parser.next();
    if (kind === EntryKind.end) return found;
    if (kind === EntryKind.error) return [...found, `error: ${parser.error?.message}`];
    const text = new TextDecoder().decode(
      parser.bytes.subarray(parser.seriesStart, parser.seriesEnd),
    );
    found.push(`${text} ${parser.value}`);
  }
}

it.each([
  ['a good page', LINES],
  ['a page that is wrong later', [...LINES, '{{\n', 'a 1\n']],
])('%s that is read ahead in pieces says the same as in one go', (_, lines) => {
  const parser = parserOf(lines);
  let pauses = 0;
  while (parser.readAhead?.(() => true) === false) pauses++;
  expect(pauses).toBeGreaterThan(3);
  const expected = seriesOf(parserOf(lines));
  expect(expected.length).toBeGreaterThanOrEqual(LINES.length);
  expect(seriesOf(parser)).toEqual(expected);
});
