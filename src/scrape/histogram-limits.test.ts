import { ProtobufWriter } from '#bytes';
import { CUSTOM_BUCKETS_SCHEMA, STALE_HISTOGRAM, createMatcher, isStaleHistogram } from '#model';
import type { FloatHistogram } from '#model';
import type { ScrapeConfig } from '#config';
import { SampleColumns, createMemoryStorage } from '#storage';
import { describe, expect, it } from 'vitest';
import { scrapeConfig } from '../../test/fakes/scrape-config.ts';
import { MetadataCache } from './family-metadata.ts';
import { fitHistogram, maxSchema } from './histogram-limits.ts';
import { appendPage } from './page-appender.ts';
import type { PageOutcome } from './page-appender.ts';
import { SeriesCache } from './series-cache.ts';

const PROTOBUF =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

const eight: FloatHistogram = {
  ...STALE_HISTOGRAM,
  schema: 2,
  count: 8,
  sum: 1,
  positiveSpans: [{ offset: 1, length: 4 }],
  positiveBuckets: [1, 1, 1, 1],
  negativeSpans: [{ offset: 1, length: 4 }],
  negativeBuckets: [1, 1, 1, 1],
};

describe('the resolution of native histograms', () => {
  it.each([
    [0, 8],
    [1, 8],
    [1.001, 8],
    [1.1, 2],
    [1.2, 1],
    [2, 0],
    [4, -1],
    [1e9, -4],
  ])('keeps buckets that grow by a factor of at least %d', (factor, schema) => {
    expect(maxSchema(factor)).toBe(schema);
  });

  it.each([
    ['no limit', [8, 0], 2, 8],
    ['as fine as it may be', [2, 8], 2, 8],
    ['a coarser schema', [0, 0], 0, 2],
    ['fewer buckets', [8, 7], 1, 4],
    ['two buckets', [8, 2], 0, 2],
  ])('is lowered until it fits: %s', (_, limits, schema, buckets) => {
    const [schemaMax = 0, bucketsMax = 0] = limits;
    const fitted = fitHistogram(eight, { schemaMax, bucketsMax });
    expect(fitted?.schema).toBe(schema);
    expect(fitted?.count).toBe(8);
    const counts = [...(fitted?.positiveBuckets ?? []), ...(fitted?.negativeBuckets ?? [])];
    expect(counts.length).toBe(buckets);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(8);
  });

  it('ends where even the coarsest has too many buckets, and where bounds are given one by one', () => {
    expect(fitHistogram(eight, { schemaMax: 8, bucketsMax: 1 })).toBeUndefined();
    const custom = { ...eight, schema: CUSTOM_BUCKETS_SCHEMA, customValues: [1, 2, 3, 4, 5] };
    expect(fitHistogram(custom, { schemaMax: 0, bucketsMax: 7 })).toBeUndefined();
    expect(fitHistogram(custom, { schemaMax: 0, bucketsMax: 8 })).toBe(custom);
  });
});

/** A family with one native histogram of three buckets above zero and as many below it. */
function page(count: number): Uint8Array {
  const histogram = new ProtobufWriter()
    .uint(1, count)
    .double(2, 3.5)
    .sint(5, 3)
    .field(9, new ProtobufWriter().sint(1, 1).uint(2, 3))
    .field(12, new ProtobufWriter().sint(1, 1).uint(2, 3));
  for (const delta of [1, 1, 1]) histogram.sint(10, delta).sint(13, delta);
  const family = new ProtobufWriter()
    .field(1, 'h')
    .uint(3, 4)
    .field(4, new ProtobufWriter().field(7, histogram));
  const message = family.finish();
  return Uint8Array.from([message.length, ...message]);
}

function scrape(
  config: Partial<ScrapeConfig>,
  count = 12,
): {
  outcome: PageOutcome;
  stored: (FloatHistogram | undefined)[];
} {
  const storage = createMemoryStorage();
  const appender = storage.appender();
  const task = {
    appender,
    cache: new SeriesCache(),
    metadata: new MetadataCache(),
    config: scrapeConfig(config),
    timestampMs: 1000,
    nowMs: 1000,
    targetLabels: [],
    pageOptions: { scrapeNativeHistograms: true },
  };
  const outcome = appendPage(task, page(count), PROTOBUF);
  appender.commit();
  const columns = new SampleColumns();
  const all = [createMatcher('=', '__name__', 'h')];
  const set = storage.querier(0, 2000).select(all, { startMs: 0, endMs: 2000 });
  for (let i = 0; i < set.count; i++) set.read(i, 0, 2000, columns);
  return { outcome, stored: columns.histograms };
}

describe('a page with a native histogram', () => {
  it('is stored as it is', () => {
    const { outcome, stored } = scrape({});
    expect(outcome).toMatchObject({ scraped: 1, seriesAdded: 1, error: undefined });
    expect(stored).toMatchObject([
      { schema: 3, count: 12, sum: 3.5, positiveBuckets: [1, 2, 3], counterResetHint: 'unknown' },
    ]);
    expect(stored.some((histogram) => histogram === undefined || isStaleHistogram(histogram))).toBe(
      false,
    );
  });

  it('is stored as coarse as the config wants it', () => {
    const { stored } = scrape({ nativeHistogramMinBucketFactor: 2 });
    expect(stored).toMatchObject([{ schema: 0, count: 12, positiveBuckets: [6] }]);
  });

  it('is refused as a whole where its counts do not add up', () => {
    const { outcome } = scrape({}, 13);
    expect(outcome.error).toMatch(/^12 observations found in buckets, but the Count field is 13: /);
  });

  it('is refused as a whole where the limit of buckets cannot be kept', () => {
    const { outcome } = scrape({ nativeHistogramBucketLimit: 1 });
    expect(outcome).toMatchObject({
      error: 'histogram bucket limit exceeded',
      exceeded: 'buckets',
    });
    const { stored } = scrape({ nativeHistogramBucketLimit: 2 });
    expect(stored).toMatchObject([{ schema: 1, positiveBuckets: [6], negativeBuckets: [6] }]);
  });
});
