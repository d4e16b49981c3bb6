import { assert as check, double, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatLabels } from '#model';
import { chooseFormat } from './content-type.ts';
import { createPageParser } from './create-parser.ts';
import { scanFloat, scanned } from './float-scan.ts';
import { quoteBytes } from './go-text.ts';
import { EntryKind, type PageFormat, type PageOptions, type PageParser } from './page-parser.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function parserOf(format: PageFormat, text: string, options?: PageOptions): PageParser {
  return createPageParser(encode(text), format, options);
}

/** Each series as `labels value timestamp`, then the error. */
function read(format: PageFormat, text: string, options?: PageOptions): string[] {
  const parser = parserOf(format, text, options);
  const lines: string[] = [];
  for (let kind = parser.next(); kind !== EntryKind.end; kind = parser.next()) {
    if (kind === EntryKind.error) {
      lines.push(`error: ${parser.error?.message}`);
      break;
    }
    if (kind !== EntryKind.series) continue;
    const timestamp = parser.timestampMs === undefined ? '' : ` @${parser.timestampMs}`;
    lines.push(`${formatLabels(parser.labels())} ${parser.value}${timestamp}`);
  }
  return lines;
}

describe('the text format', () => {
  test.each<[string, string, string[]]>([
    ['a plain sample', 'up 1\n', ['up 1']],
    ['no line end at the end', 'up 1', ['up 1']],
    ['blanks wherever they may stand', '  up { a = "b" , } \t 1  5 \n', ['up{a="b"} 1 @5']],
    ['labels come sorted', 'up{b="1",a="2"} 3\n', ['up{a="2", b="1"} 3']],
    ['an empty label is no label', 'up{a=""} 1\n', ['up 1']],
    ['escapes', 'up{a="x\\"y\\\\z\\n\\t"} 1\n', ['up{a="x\\"y\\\\z\\n\\\\t"} 1']],
    ['a brace and a hash inside a value', 'up{a="} # {"} 1\n', ['up{a="} # {"} 1']],
    ['special values', 'a NaN\nb +Inf\nc -inf\n', ['a NaN', 'b Infinity', 'c -Infinity']],
    ['a quoted name', '{"my.up",a="b"} 1\n', ['{"my.up", a="b"} 1']],
    ['a quoted label name', 'up{"my.a"="b"} 1\n', ['up{"my.a"="b"} 1']],
    ['bounds as floats', '# TYPE h histogram\nh_bucket{le="1"} 1\n', ['h_bucket{le="1.0"} 1']],
    ['bounds of other types stay', 'h_bucket{le="1"} 1\n', ['h_bucket{le="1"} 1']],
    ['an empty page', '', []],
    ['comments and blank lines', '#\n\n# hello\n  # HELPING\nup 1\n', ['up 1']],
    [
      'a negative timestamp is refused',
      'up 1 -5\n',
      ['error: expected timestamp or new record, got "-" ("INVALID") while parsing: "up 1 -"'],
    ],
    [
      'a label without value',
      'up{a} 1\n',
      ['error: expected equal, got "} " ("BCLOSE") while parsing: "up{a} "'],
    ],
    [
      'a name given twice',
      'up{"down"} 1\n',
      ['error: metric name already set while parsing: "up{\\"down\\"}"'],
    ],
    [
      'a huge number',
      'up 1e999\n',
      ['error: strconv.ParseFloat: parsing "1e999": value out of range while parsing: "up 1e999"'],
    ],
    [
      'what came before an error',
      'a 1\nb x\n',
      ['a 1', 'error: strconv.ParseFloat: parsing "x": invalid syntax while parsing: "b x"'],
    ],
  ])('%s', (_, text, expected) => {
    expect(read('text', text)).toEqual(expected);
  });

  test('an error names line and column, and stays', () => {
    const parser = parserOf('text', 'a 1\n\nb{c="d"} x\n');
    expect([parser.next(), parser.next(), parser.next()]).toEqual([
      EntryKind.series,
      EntryKind.error,
      EntryKind.error,
    ]);
    expect(parser.error).toMatchObject({ offset: 14, line: 3, column: 10 });
  });

  test('the bytes of a series are those of the page', () => {
    const parser = parserOf('text', 'x 1\nup{a="b"} 2\n');
    parser.next();
    parser.next();
    const series = parser.bytes.subarray(parser.seriesStart, parser.seriesEnd);
    expect(new TextDecoder().decode(series)).toBe('up{a="b"}');
  });

  test('metadata', () => {
    const parser = parserOf('text', '# HELP a two\\nlines \\"\n# TYPE "b.c" counter\n');
    expect(parser.next()).toBe(EntryKind.help);
    expect([parser.metricName, parser.help]).toEqual(['a', 'two\nlines \\"']);
    expect(parser.next()).toBe(EntryKind.type);
    expect([parser.metricName, parser.metricType]).toEqual(['b.c', 'counter']);
  });

  test('metadata can become labels', () => {
    const text = '# TYPE up gauge\nup{__type__="x"} 1\n';
    expect(read('text', text, { typeAndUnitLabels: true })).toEqual(['up{__type__="gauge"} 1']);
  });

  test('bytes that are not UTF-8 are refused', () => {
    const page = Uint8Array.from([...encode('up{a="'), 0xff, ...encode('"} 1\n')]);
    const parser = createPageParser(page, 'text');
    expect(parser.next()).toBe(EntryKind.error);
    expect(parser.error?.message).toBe('invalid UTF-8 label value: "\\"\\xff\\""');
  });
});

describe('OpenMetrics', () => {
  test.each<[string, string, string[]]>([
    ['timestamps in seconds', 'up 1 1.5\n# EOF\n', ['up 1 @1500']],
    ['no line end after # EOF', 'up 1\n# EOF', ['up 1']],
    ['a missing # EOF', 'up 1\n', ['up 1', 'error: data does not end with # EOF']],
    ['text after # EOF', '# EOF\nup 1\n', ['error: unexpected data after # EOF']],
    [
      'two blanks',
      'up  1\n# EOF\n',
      ['error: expected value after metric, got "  " ("INVALID") while parsing: "up  "'],
    ],
    [
      'a cut line',
      'up{a="b',
      ['error: expected label value, got "\\"b" ("INVALID") while parsing: "up{a=\\"b"'],
    ],
  ])('%s', (_, text, expected) => {
    expect(read('openmetrics', text)).toEqual(expected);
  });

  test('an exemplar with labels, value and time', () => {
    const parser = parserOf('openmetrics', 'a_total 1 # {id="x",b="y"} 0.5 2\n# EOF\n');
    parser.next();
    expect(parser.exemplars()).toEqual([
      { labels: ['b', 'y', 'id', 'x'], value: 0.5, timestampMs: 2000 },
    ]);
  });

  test('_created lines become start timestamps', () => {
    const family = ['# TYPE a counter', 'a_total{x="1"} 5', 'a_total{x="2"} 6'];
    const created = ['a_created{x="2"} 1.25', 'a_created{x="1"} 3', '# EOF', ''];
    const page = [...family, ...created].join('\n');
    const parser = parserOf('openmetrics', page, { skipCreatedSeries: true });
    const starts: (number | undefined)[] = [];
    for (let kind = parser.next(); kind !== EntryKind.end; kind = parser.next()) {
      if (kind === EntryKind.series) starts.push(parser.startTimestampMs());
    }
    expect(starts).toEqual([3000, 1250]);
  });

  test('a unit must end the name', () => {
    const parser = parserOf('openmetrics', '# UNIT a_seconds seconds\n# UNIT b seconds\n# EOF\n');
    expect([parser.next(), parser.unit]).toEqual([EntryKind.unit, 'seconds']);
    expect(parser.next()).toBe(EntryKind.error);
    expect(parser.error?.message).toBe('unit "seconds" not a suffix of metric "b"');
  });
});

test('no page, however broken, makes a parser throw or go on for ever', () => {
  const good =
    '# HELP a b\n# TYPE a histogram\na_bucket{le="1",x="\\"y"} 1 # {i="d"} 2 3\n{"q.r"} -1e-5 7\n# EOF\n';
  let seed = 1;
  const random = (below: number): number => {
    seed = Math.imul(seed, 1664525) + 1013904223;
    return (seed >>> 8) % below;
  };
  const bytes = encode('\\"{}=,# \n\0\xffa1.');
  for (let round = 0; round < 3000; round++) {
    const page = encode(good).slice(0, 1 + random(good.length));
    for (let i = 0; i < 3; i++) page[random(page.length)] = bytes[random(bytes.length)] ?? 0;
    for (const format of ['text', 'openmetrics'] as const) {
      const parser = createPageParser(page, format);
      let entries = 0;
      for (let kind = parser.next(); kind !== EntryKind.end; kind = parser.next()) {
        if (kind === EntryKind.error) break;
        if (kind === EntryKind.series) parser.labels();
        expect(entries++).toBeLessThan(200);
      }
    }
  }
});

test('every float that JavaScript writes is read as itself', () => {
  check(
    property(double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = `${value} `;
      if (!scanFloat(encode(text), 0)) return;
      expect(scanned.value).toBe(Number(text));
      expect(scanned.end).toBe(text.length - 1);
    }),
  );
});

test.each([
  ['0', 0],
  ['-3.5e-2', -0.035],
  ['007', 7],
  ['.5', 0.5],
  ['5.', 5],
])('%s is a plain decimal', (text, value) => {
  expect([scanFloat(encode(`${text}\n`), 0), scanned.value]).toEqual([true, value]);
});

test('bytes are quoted as Go does', () => {
  const bytes = Uint8Array.from([0x61, 0, 0x0a, 0x22, 0xff, 0xc3, 0xa4]);
  expect(quoteBytes(bytes)).toBe('"a\\x00\\n\\"\\xffä"');
});

describe('the format of a page', () => {
  test.each<[string, string | undefined, string | undefined]>([
    ['text/plain; version=0.0.4', undefined, 'text'],
    ['application/openmetrics-text; version=1.0.0', undefined, 'openmetrics'],
    ['text/html', undefined, undefined],
    ['text/html', 'PrometheusText0.0.4', 'text'],
    ['', undefined, undefined],
  ])('%s with fallback %s', (contentType, fallback, format) => {
    expect(chooseFormat(contentType, fallback).format).toBe(format);
  });
});
