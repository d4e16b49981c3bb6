import { createPageParser, EntryKind } from '#exposition';
import type { PageFormat } from '#exposition';
import { createRelabelRule, labelsFromObject } from '#model';
import { array, assert, constantFrom, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrapeConfig } from '../../test/fakes/scrape-config.ts';
import { sampleLabels } from './sample-labels.ts';
import { SeriesSpans, storesAsGiven } from './series-spans.ts';

const TARGETS = [
  {},
  { instance: 'h:1', job: 'job' },
  { instance: 'h:1', job: 'jöb', empty: '', zone: 'ü', A: '1' },
].map((pairs) => labelsFromObject(pairs));

/** Whether they are taken without strings. */
const LINES: readonly (readonly [line: string, type: string, isPlain: boolean])[] = [
  ['a', 'counter', true],
  ['a:b_c9{}', 'counter', true],
  ['a{z="1",b="2",_c="é"}', 'counter', true],
  ['a{b="x y{}=,#"}', 'gauge', true],
  ['a{b="1",}', 'gauge', true],
  ['a_bucket{le="0.5"}', 'histogram', true],
  ['a_bucket{le="+Inf"}', 'histogram', true],
  ['a_bucket{le="1"}', 'histogram', false],
  ['a_bucket{le="1"}', 'counter', true],
  ['a_bucket{le="none"}', 'histogram', true],
  ['a_bucket{le="10.0"}', 'histogram', true],
  ['a_bucket{le="0.0001"}', 'histogram', true],
  ['a_bucket{le="0.00001"}', 'histogram', false],
  ['a_bucket{le="1e-05"}', 'histogram', true],
  ['a_bucket{le="0.50"}', 'histogram', false],
  ['a_bucket{le="00.5"}', 'histogram', false],
  ['a_bucket{le="0.1234567890123456789"}', 'histogram', false],
  ['a_bucket{le="123456.5"}', 'histogram', true],
  ['a_bucket{le="1234567.5"}', 'histogram', false],
  ['a_bucket{le="1.2345675e+06"}', 'histogram', true],
  ['a_bucket{le=".5"}', 'histogram', false],
  ['a_bucket{le="5."}', 'histogram', false],
  ['a{quantile="1"}', 'summary', false],
  ['a{quantile="0.99",len="1"}', 'summary', true],
  ['a{b="x\\ny"}', 'counter', false],
  ['a{b=""}', 'counter', false],
  ['a{b="1",b="2"}', 'counter', false],
  ['a{__name__="b"}', 'counter', false],
  ['{"a.b",c="1"}', 'counter', false],
  ['a{"b.c"="1"}', 'counter', false],
  [`a{b="${'x'.repeat(3000)}"}`, 'counter', false],
  [`a{${Array.from({ length: 70 }, (_, i) => `l${i}="1"`).join(',')}}`, 'counter', false],
];

describe.each(['text', 'openmetrics'] as const)('labels without strings, from %s', (format) => {
  it.each(LINES)('%s of a %s', (line, type, isPlain) => {
    for (const target of TARGETS) {
      const parser = parserAt(line, type, format);
      const spans = new SeriesSpans(target).read(parser);
      expect(spans !== undefined).toBe(isPlain);
      const expected = sampleLabels(parser.labels(), target, scrapeConfig());
      if (spans !== undefined) expect(spans.labels()).toEqual(expected);
    }
  });
});

function parserAt(
  line: string,
  type: string,
  format: PageFormat,
): ReturnType<typeof createPageParser> {
  const name = line.replace(/\{.*/, '').replace(/_bucket$/, '') || 'x';
  const text = `# TYPE ${name} ${type}\n${line} 1\n# EOF\n`;
  const parser = createPageParser(new TextEncoder().encode(text), format);
  let kind = parser.next();
  while (kind === EntryKind.type) kind = parser.next();
  expect(kind).toBe(EntryKind.series);
  return parser;
}

it('a label that line and target both have is looked at', () => {
  const spans = new SeriesSpans(labelsFromObject({ job: 'mine' }));
  expect(spans.read(parserAt('a{job="theirs"}', 'gauge', 'text'))).toBeUndefined();
  // What came before does no harm to what comes after.
  expect(spans.read(parserAt('a{b="c"}', 'gauge', 'text'))?.labels()).toEqual(
    labelsFromObject({ __name__: 'a', b: 'c', job: 'mine' }),
  );
  expect(spans.metric).toBe('a');
});

it('labels do not depend on the lines that came before', () => {
  const names = constantFrom('a', 'b', 'le', 'job', 'zz', 'instance');
  const pair = tuple(names, constantFrom('1', '0.5', 'x y', ''));
  const line = tuple(constantFrom('m', 'm_bucket', 'other'), array(pair, { maxLength: 4 })).map(
    ([metric, pairs]) => `${metric}{${pairs.map(([name, value]) => `${name}="${value}"`).join()}}`,
  );
  assert(
    property(array(line, { minLength: 2, maxLength: 12 }), (lines) => {
      const target = labelsFromObject({ instance: 'h:1', job: 'job' });
      const used = new SeriesSpans(target);
      const page = new TextEncoder().encode(
        `# TYPE m histogram\n${lines.map((text) => `${text} 1\n`).join('')}`,
      );
      const parser = createPageParser(page, 'text');
      for (let kind = parser.next(); kind !== EntryKind.end; kind = parser.next()) {
        if (kind !== EntryKind.series) continue;
        const fresh = new SeriesSpans(target);
        const expected = fresh.read(parser)?.labels();
        expect(used.read(parser)?.labels()).toEqual(expected);
        if (expected !== undefined) expect(used.metric).toBe(fresh.metric);
      }
    }),
  );
});

it.each([
  [{}, true],
  [{ metricRelabelRules: [createRelabelRule({ targetLabel: 'x', replacement: '1' })] }, false],
  [{ labelLimit: 1 }, false],
  [{ labelNameLengthLimit: 1 }, false],
  [{ labelValueLengthLimit: 1 }, false],
  [{ metricNameValidationScheme: 'legacy' as const }, false],
])('with %o series are stored as given: %s', (settings, expected) => {
  expect(storesAsGiven(scrapeConfig(settings))).toBe(expected);
});
