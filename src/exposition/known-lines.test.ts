import { describe, expect, it } from 'vitest';
import { createPageParser } from './create-parser.ts';
import { EntryKind, KNOWN_LINES_MAX, KnownLines } from './page-parser.ts';
import type { KnownSeries, PageFormat, PageParser } from './page-parser.ts';

const LINES = ['a 1', 'a_b{x="1"} 2.5', '{"q.r",x="é"} -3e2', 'a{x="1"} +4'];

function parserOf(lines: readonly string[], format: PageFormat): PageParser {
  const end = format === 'openmetrics' ? '# EOF\n' : '';
  const text = lines.map((line) => `${line}\n`).join('') + end;
  return createPageParser(new TextEncoder().encode(text), format);
}

/** The series of a page, as a scraper remembers them. */
function known(parser: PageParser): KnownSeries {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let kind = parser.next(); kind !== EntryKind.end; kind = parser.next()) {
    expect(kind).toBe(EntryKind.series);
    starts.push(parser.seriesStart);
    ends.push(parser.seriesEnd);
  }
  const { buffer, byteOffset, byteLength } = parser.bytes;
  return {
    view: new DataView(buffer, byteOffset, byteLength),
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
    count: starts.length,
  };
}

const text = ({ bytes }: PageParser, start: number, end: number): string =>
  new TextDecoder().decode(bytes.subarray(start, end));

describe.each(['text', 'openmetrics'] as const)('known lines of a page in %s', (format) => {
  it('are read in one go, from any row on', () => {
    const before = known(parserOf(LINES, format));
    for (let from = 0; from < LINES.length; from++) {
      const parser = parserOf(
        LINES.slice(from).map((line) => line.replace(/\S+$/, `${from}.25`)),
        format,
      );
      const into = new KnownLines();
      const count = parser.readKnown?.(before, from, into) ?? 0;
      expect(count).toBe(LINES.length - from);
      for (let i = 0; i < count; i++) {
        expect(into.values[i]).toBe(from + 0.25);
        const series = text(parser, into.starts[i] ?? 0, into.ends[i] ?? 0);
        expect(`${series} `).toBe(LINES[from + i]?.replace(/\S+$/, ''));
      }
      expect(parser.next()).toBe(EntryKind.end);
    }
  });

  it.each([
    ['another series', 'a_b{x="2"} 2'],
    ['a longer name', 'a_bc 2'],
    ['a longer series', 'a_b{x="1",y="2"} 2'],
    ['a timestamp', 'a_b{x="1"} 2 1000'],
    ['a number of another kind', 'a_b{x="1"} NaN'],
    ['a number that needs care', 'a_b{x="1"} 12345678901234567890'],
    ['an explanation', '# TYPE a_b counter'],
  ])('end at %s, which is read as any line', (_, line) => {
    const before = known(parserOf(LINES, format));
    const lines = [LINES[0] ?? '', line, ...LINES.slice(2)];
    const parser = parserOf(lines, format);
    const into = new KnownLines();
    expect(parser.readKnown?.(before, 0, into)).toBe(1);
    const alone = parserOf([line], format);
    expect(parser.next()).toBe(alone.next());
    expect(text(parser, parser.seriesStart, parser.seriesEnd)).toBe(
      text(alone, alone.seriesStart, alone.seriesEnd),
    );
    expect(parser.value).toBe(alone.value);
    expect(parser.readKnown?.(before, 2, into)).toBe(LINES.length - 2);
  });

  it('may be looked into once more', () => {
    const before = known(parserOf(LINES, format));
    const parser = parserOf(LINES, format);
    const into = new KnownLines();
    parser.readKnown?.(before, 0, into);
    parser.recall?.(into, 1);
    expect(parser.labels()).toEqual(['__name__', 'a_b', 'x', '1']);
    expect(parser.value).toBe(2.5);
    expect(parser.next()).toBe(EntryKind.end);
  });

  it('come in portions', () => {
    const many = Array.from({ length: KNOWN_LINES_MAX + 10 }, (_, i) => `m${i} ${i}`);
    const before = known(parserOf(many, format));
    const parser = parserOf(many, format);
    const into = new KnownLines();
    expect(parser.readKnown?.(before, 0, into)).toBe(KNOWN_LINES_MAX);
    expect(parser.readKnown?.(before, KNOWN_LINES_MAX, into)).toBe(10);
    expect(into.values[9]).toBe(KNOWN_LINES_MAX + 9);
  });

  it('end with the page, even where the last lacks its line end', () => {
    const before = known(parserOf(LINES, format));
    const parser = createPageParser(new TextEncoder().encode('a 1\na_b{x="1"} 2'), format);
    const into = new KnownLines();
    const count = parser.readKnown?.(before, 0, into) ?? 0;
    // OpenMetrics wants its end, and says so.
    expect(count + (parser.next() === EntryKind.series ? 1 : 0)).toBe(format === 'text' ? 2 : 1);
  });
});
