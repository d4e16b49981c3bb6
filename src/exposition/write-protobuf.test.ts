import { formatLabels, STALE_HISTOGRAM } from '#model';
import type { FamilyMetric, FloatHistogram, MetricFamily, MetricType } from '#model';
import { describe, expect, it } from 'vitest';
import { createPageParser } from './create-parser.ts';
import { EntryKind } from './page-parser.ts';
import { writeProtobufFamily } from './write-protobuf.ts';
import { FamilyError } from './write-text.ts';

function family(type: MetricType, metric: Omit<FamilyMetric, 'labels'>): MetricFamily {
  return { name: 'm', help: 'H.', type, metrics: [{ labels: [['a', 'ü']], ...metric }] };
}

/** What a scraper reads on the page. */
function readBack(written: MetricFamily): unknown[] {
  const options = { scrapeNativeHistograms: true };
  const parser = createPageParser(writeProtobufFamily(written), 'protobuf', options);
  const found: unknown[] = [];
  for (let kind = parser.next(); kind !== EntryKind.end; kind = parser.next()) {
    if (kind === EntryKind.error) throw new Error(parser.error?.message);
    if (kind === EntryKind.type) found.push(parser.metricType);
    if (kind === EntryKind.series) found.push(`${formatLabels(parser.labels())} ${parser.value}`);
    if (kind === EntryKind.histogram) found.push(parser.histogram(), parser.timestampMs);
  }
  return found;
}

const native: FloatHistogram = {
  ...STALE_HISTOGRAM,
  schema: -1,
  zeroThreshold: 0.5,
  zeroCount: 1.5,
  count: 300.5,
  sum: -4,
  positiveSpans: [
    { offset: -300, length: 2 },
    { offset: 7, length: 1 },
  ],
  positiveBuckets: [1, 2.25, 3],
  negativeSpans: [{ offset: 0, length: 1 }],
  negativeBuckets: [292.75],
};

describe('families as protobuf', () => {
  it.each([
    ['counter', { value: 2.5 }, ['counter', 'm{a="ü"} 2.5']],
    ['unknown', { value: -1 }, ['unknown', 'm{a="ü"} -1']],
    [
      'summary',
      { summary: { count: 300, sum: 2, quantiles: [{ quantile: 0.5, value: 1 }] } },
      ['summary', 'm_count{a="ü"} 300', 'm_sum{a="ü"} 2', 'm{a="ü", quantile="0.5"} 1'],
    ],
    [
      'histogram',
      { histogram: { count: 3, sum: 2, buckets: [{ upperBound: 1, cumulativeCount: 2 }] } },
      [
        'histogram',
        'm_count{a="ü"} 3',
        'm_sum{a="ü"} 2',
        'm_bucket{a="ü", le="1.0"} 2',
        'm_bucket{a="ü", le="+Inf"} 3',
      ],
    ],
  ] as const)('are read again: %s', (type, metric, entries) => {
    expect(readBack(family(type, metric))).toEqual(entries);
  });

  it('hold native histograms, also of gauges', () => {
    const counter = family('histogram', { nativeHistogram: native, timestampMs: 77 });
    expect(readBack(counter)).toEqual(['histogram', native, 77]);
    const gauge = family('gaugehistogram', { nativeHistogram: native });
    expect(readBack(gauge)).toMatchObject([
      'gaugehistogram',
      { counterResetHint: 'gauge' },
      undefined,
    ]);
  });

  it('hold native histograms that have nothing but a zero bucket', () => {
    const zero = { ...STALE_HISTOGRAM, sum: 0, count: 2, zeroCount: 2 };
    const [, read] = readBack(family('histogram', { nativeHistogram: zero }));
    expect(read).toMatchObject({ count: 2, zeroCount: 2, positiveBuckets: [] });
  });

  it('hold native histograms that have counted nothing yet', () => {
    const empty = {
      ...STALE_HISTOGRAM,
      sum: 0,
      positiveSpans: [{ offset: 3, length: 1 }],
      positiveBuckets: [0],
    };
    const [, read] = readBack(family('histogram', { nativeHistogram: empty }));
    expect(read).toMatchObject({ count: 0, positiveBuckets: [] });
  });

  it('do not hold custom buckets', () => {
    const custom = { ...native, schema: -53, customValues: [1] };
    expect(() => writeProtobufFamily(family('histogram', { nativeHistogram: custom }))).toThrow(
      FamilyError,
    );
  });
});
