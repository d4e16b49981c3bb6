import { describe, expect, test } from 'vitest';
import { escapeName, type MetricFamily, unescapeName } from '#model';
import { checkOpenMetrics } from './check-openmetrics.ts';
import { escapeFamilies } from './escape-families.ts';
import { negotiate } from './negotiate.ts';
import { parseFamilies } from './parse-families.ts';
import { writeOpenMetrics } from './write-openmetrics.ts';
import { FamilyError, writeText } from './write-text.ts';

const families: readonly MetricFamily[] = [
  {
    name: 'requests_total',
    help: 'All requests,\n"good" or bad.',
    type: 'counter',
    metrics: [{ labels: [['path', 'a\\b"c']], value: 3, createdMs: 1500 }],
  },
  {
    name: 'latency_seconds',
    help: '',
    type: 'histogram',
    metrics: [
      {
        labels: [],
        histogram: { count: 3, sum: 1.5, buckets: [{ upperBound: 1, cumulativeCount: 2 }] },
      },
    ],
  },
  { name: 'my.gauge', help: 'x', type: 'gauge', metrics: [{ labels: [], value: 1_500_000 }] },
];

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe('writing', () => {
  test('the text format', () => {
    expect(writeText(families)).toBe(
      [
        '# HELP requests_total All requests,\\n"good" or bad.',
        '# TYPE requests_total counter',
        'requests_total{path="a\\\\b\\"c"} 3',
        '# TYPE latency_seconds histogram',
        'latency_seconds_bucket{le="1"} 2',
        'latency_seconds_bucket{le="+Inf"} 3',
        'latency_seconds_sum 1.5',
        'latency_seconds_count 3',
        '# HELP "my.gauge" x',
        '# TYPE "my.gauge" gauge',
        '{"my.gauge"} 1.5e+06',
        '',
      ].join('\n'),
    );
  });

  test('OpenMetrics that our strict check takes', () => {
    const page = writeOpenMetrics(families, { createdLines: true });
    expect(page).toContain('requests_total{path="a\\\\b\\"c"} 3.0\nrequests_created{');
    expect(page.endsWith('# EOF\n')).toBe(true);
    expect(checkOpenMetrics(text(page))).toBeUndefined();
  });

  test('the text format is read back as it was', () => {
    const { families: read, error } = parseFamilies(text(writeText(families)));
    expect(error).toBeUndefined();
    expect(writeText(read)).toBe(writeText(families));
  });

  test('a family without a name is refused', () => {
    const nameless: MetricFamily = { name: '', help: '', type: 'gauge', metrics: [] };
    expect(() => writeText([nameless])).toThrow(FamilyError);
    expect(() => writeOpenMetrics([nameless])).toThrow(FamilyError);
  });

  test('names are escaped for readers that know plain ones only', () => {
    expect(escapeFamilies(families, 'underscores').map(({ name }) => name)).toEqual([
      'requests_total',
      'latency_seconds',
      'my_gauge',
    ]);
    expect(unescapeName(escapeName('höhe.m_2', 'values'), 'values')).toBe('höhe.m_2');
  });
});

describe('negotiation', () => {
  const offers = { openMetrics: true, protobuf: false, defaultEscaping: 'underscores' } as const;
  test.each([
    ['', 'text'],
    ['text/html', 'text'],
    ['application/openmetrics-text;version=1.0.0,text/plain;q=0.5', 'openmetrics'],
    ['application/openmetrics-text;q=0.3,text/plain;version=0.0.4;q=0.4', 'text'],
    ['application/openmetrics-text;version=2.0.0', 'text'],
  ])('%s leads to %s', (accept, format) => {
    expect(negotiate(accept, offers).format).toBe(format);
  });
});

describe('the strict check', () => {
  test.each([
    ['a counter that falls below zero', '# TYPE a counter\na_total -1\n# EOF\n', 2],
    ['a family torn apart', 'a 1\nb 1\na{x="y"} 1\n# EOF\n', 3],
    ['a histogram without +Inf', '# TYPE a histogram\na_bucket{le="1"} 1\n# EOF\n', 3],
    ['an exemplar on a gauge', '# TYPE a gauge\na 1 # {x="y"} 1\n# EOF\n', 2],
  ])('%s is found', (_, page, line) => {
    expect(checkOpenMetrics(text(page))?.line).toBe(line);
  });
});

test('a strict reader tells the line', () => {
  expect(parseFamilies(text('a 1\nb{c=d} 1\n')).error).toEqual({
    line: 2,
    message:
      'text format parsing error in line 2: expected \'"\' at start of label value, found "d"',
  });
});
