import { ProtobufWriter } from '#bytes';
import { formatLabels } from '#model';
import { describe, expect, test } from 'vitest';
import { createPageParser } from './create-parser.ts';
import { EntryKind, type PageOptions, type PageParser } from './page-parser.ts';

function delimited(...families: readonly ProtobufWriter[]): Uint8Array {
  const bytes: number[] = [];
  for (const family of families) {
    const message = family.finish();
    bytes.push((message.length & 0x7f) | 0x80, message.length >>> 7, ...message);
  }
  return Uint8Array.from(bytes);
}

function family(name: string, type: number, ...metrics: readonly ProtobufWriter[]): ProtobufWriter {
  const writer = new ProtobufWriter().field(1, name).uint(3, type);
  for (const metric of metrics) writer.field(4, metric);
  return writer;
}

function describeEntries(parser: PageParser): string[] {
  const lines: string[] = [];
  for (let kind = parser.next(); kind !== EntryKind.end; kind = parser.next()) {
    if (kind === EntryKind.error) return [...lines, `error: ${parser.error?.message}`];
    const labels = formatLabels(parser.labels());
    if (kind === EntryKind.series) lines.push(`${labels} ${parser.value}`);
    if (kind !== EntryKind.histogram) continue;
    const { schema, count, positiveBuckets, customValues } = parser.histogram();
    const buckets = `[${positiveBuckets.join(',')}] (${customValues.join(',')})`;
    lines.push(`${labels} schema ${schema} count ${count} ${buckets}`);
  }
  return lines;
}

const bucket = (count: number, bound: number): ProtobufWriter =>
  new ProtobufWriter().uint(1, count).double(2, bound);

describe('protobuf pages', () => {
  test('a gauge with labels and time', () => {
    const label = new ProtobufWriter().field(1, 'a').field(2, 'b');
    const gauge = new ProtobufWriter().double(1, 2.5);
    const metric = new ProtobufWriter().field(1, label).field(2, gauge).int64(6, 77);
    const parser = createPageParser(delimited(family('up', 1, metric)), 'protobuf');
    expect([parser.next(), parser.next(), parser.next()]).toEqual([
      EntryKind.help,
      EntryKind.type,
      EntryKind.series,
    ]);
    expect([parser.labels(), parser.value, parser.timestampMs]).toEqual([
      ['__name__', 'up', 'a', 'b'],
      2.5,
      77,
    ]);
    const text = parser.bytes.subarray(parser.seriesStart, parser.seriesEnd);
    expect(new TextDecoder().decode(text)).toBe('up{a="b"}');
  });

  const histogram = new ProtobufWriter()
    .uint(1, 4)
    .double(2, 5)
    .field(3, bucket(3, 1))
    .sint(5, 2)
    .field(12, new ProtobufWriter().sint(1, 0).uint(2, 2))
    .sint(13, 1)
    .sint(13, 2);
  const page = delimited(family('h', 4, new ProtobufWriter().field(7, histogram)));
  const native = 'h schema 2 count 4 [1,3] ()';
  const classic = ['h_count 4', 'h_sum 5', 'h_bucket{le="1.0"} 3', 'h_bucket{le="+Inf"} 4'];
  const custom = 'h schema -53 count 4 [3,1] (1)';

  test.each<[string, PageOptions, string[]]>([
    ['classic alone where native is not asked for', {}, classic],
    ['native alone', { scrapeNativeHistograms: true }, [native]],
    [
      'both',
      { scrapeNativeHistograms: true, alwaysScrapeClassicHistograms: true },
      [native, ...classic],
    ],
    ['classic as custom buckets', { convertClassicHistograms: true }, [custom]],
  ])('a histogram: %s', (_, options, expected) => {
    expect(describeEntries(createPageParser(page, 'protobuf', options))).toEqual(expected);
  });

  test.each<[string, Uint8Array]>([
    ['a page that ends early', page.slice(0, -3)],
    ['noise', Uint8Array.from([3, 0xff, 0xff, 0xff])],
    ['a family without name', delimited(family('', 0, new ProtobufWriter()))],
    ['an unknown type', delimited(family('a', 9, new ProtobufWriter()))],
  ])('%s is an error, not a throw', (_, bytes) => {
    expect(describeEntries(createPageParser(bytes, 'protobuf')).at(-1)).toMatch(/^error: ./);
  });

  test('a span that names more buckets than there are reserves nothing', () => {
    const span = new ProtobufWriter().sint(1, 0).uint(2, 4_000_000_000);
    const bomb = new ProtobufWriter().uint(1, 1).field(12, span).sint(13, 1);
    const bytes = delimited(family('h', 4, new ProtobufWriter().field(7, bomb)));
    const parser = createPageParser(bytes, 'protobuf', { scrapeNativeHistograms: true });
    expect(describeEntries(parser).at(-1)).toContain(
      'positive side: spans need 4000000000 buckets',
    );
  });
});

describe('classic histograms of text as custom buckets', () => {
  const text = [
    '# TYPE h histogram',
    'h_bucket{a="1",le="1"} 2',
    'h_bucket{a="1",le="+Inf"} 3',
    'h_sum{a="1"} 7',
    'h_count{a="1"} 3',
    'h_bucket{a="2",le="+Inf"} 1',
    'h_count{a="2"} 2',
    '# TYPE g gauge',
    'g 1',
    '',
  ].join('\n');
  const page = new TextEncoder().encode(text);

  test('one histogram for each set of labels; one that contradicts itself is dropped', () => {
    const parser = createPageParser(page, 'text', { convertClassicHistograms: true });
    expect(describeEntries(parser)).toEqual(['h{a="1"} schema -53 count 3 [2,1] (1)', 'g 1']);
  });

  test('the classic series may be kept', () => {
    const options = { convertClassicHistograms: true, alwaysScrapeClassicHistograms: true };
    const lines = describeEntries(createPageParser(page, 'text', options));
    expect(lines).toHaveLength(8);
    expect(lines[4]).toBe('h{a="1"} schema -53 count 3 [2,1] (1)');
  });

  test('an error comes after what was good', () => {
    const bad = new TextEncoder().encode(`${text}oops\n`);
    const lines = describeEntries(
      createPageParser(bad, 'text', { convertClassicHistograms: true }),
    );
    expect(lines.at(-1)).toMatch(/^error: expected value after metric/);
    expect(lines).toHaveLength(3);
  });
});
