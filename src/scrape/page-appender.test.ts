import { createRelabelRule } from '#model';
import type { ScrapeConfig } from '#config';
import { describe, expect, it } from 'vitest';
import { RecordingStorage } from '../../test/fakes/recording-storage.ts';
import { scrapeConfig } from '../../test/fakes/scrape-config.ts';
import { MetadataCache } from './family-metadata.ts';
import { appendNoPage, appendPage } from './page-appender.ts';
import type { PageOutcome } from './page-appender.ts';
import { SeriesCache } from './series-cache.ts';

const TEXT = 'text/plain; version=0.0.4';
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0';

/** One target whose pages a test writes; a page a second. */
class Target {
  readonly storage = new RecordingStorage();
  readonly cache = new SeriesCache();
  readonly metadata = new MetadataCache();
  config: ScrapeConfig;
  timestampMs = 0;

  constructor(config: Partial<ScrapeConfig> = {}) {
    this.config = scrapeConfig(config);
  }

  scrape(page: string | Uint8Array, contentType = TEXT): PageOutcome {
    this.timestampMs += 1000;
    const { timestampMs, cache, metadata, config } = this;
    const task = {
      cache,
      metadata,
      config,
      timestampMs,
      nowMs: timestampMs,
      targetLabels: [],
      pageOptions: {},
    };
    let appender = this.storage.appender();
    const bytes = typeof page === 'string' ? new TextEncoder().encode(page) : page;
    const outcome = appendPage({ ...task, appender }, bytes, contentType);
    if (outcome.error !== undefined) {
      appender.rollback();
      appender = this.storage.appender();
      appendNoPage({ ...task, appender });
    }
    appender.commit();
    return outcome;
  }
}

describe('pages of one target', () => {
  it('become samples at the time of the scrape', () => {
    const target = new Target();
    target.scrape('a 1\nb{x="1"} 2\n');
    target.scrape('a 3\nb{x="1"} 4\n');
    expect(target.storage.names()).toEqual(['a', 'b{x="1"}']);
    expect(target.storage.series('a')?.samples).toEqual([
      [1000, 1],
      [2000, 3],
    ]);
  });

  it('are looked up once while their lines stay in place', () => {
    const target = new Target();
    for (let i = 0; i < 5; i++) target.scrape(`a ${i}\nb{x="1"} ${i}\nc ${i}\n`);
    expect(target.storage.lookups).toBe(3);
  });

  it.each([
    ['a line comes in between', 'a 1\nb 1\nc 1\n', 'a 2\nnew 2\nb 2\nc 2\n', 1],
    ['a line goes', 'a 1\nb 1\nc 1\n', 'a 2\nc 2\n', 0],
    ['lines change places', 'a 1\nb 1\nc 1\n', 'c 2\nb 2\na 2\n', 0],
    ['a name goes on', 'a 1\nb 1\n', 'ab 2\nb 2\n', 1],
    ['labels follow after blanks', 'a 1\nb 1\n', 'a {x="1"} 2\nb 2\n', 1],
  ])('are looked up only where they differ: %s', (_, first, second, lookups) => {
    const target = new Target();
    target.scrape(first);
    const before = target.storage.lookups;
    target.scrape(second);
    expect(target.storage.lookups - before).toBe(lookups);
  });

  it('end the series that leave them, once', () => {
    const target = new Target();
    for (const page of ['a 1\nb 1\n', 'a 2\n', 'a 3\n', 'a 4\nb 4\n']) target.scrape(page);
    expect(target.storage.values('b')).toEqual([1, 'stale', 4]);
    expect(target.storage.values('a')).toEqual([1, 2, 3, 4]);
  });

  it('do not end a series that is written another way', () => {
    const target = new Target();
    target.scrape('a{x="1",y="2"} 1\n');
    target.scrape('a{y="2",x="1"} 2\n');
    expect(target.storage.values('a{x="1", y="2"}')).toEqual([1, 2]);
  });

  it('all end where a page cannot be read, and the error says where', () => {
    const target = new Target();
    target.scrape('a 1\nb 1\n');
    const outcome = target.scrape('a 2\nb{ 2\n');
    expect(outcome.error).toMatch(/^expected label name.* \(line 2, column \d+\)$/s);
    target.scrape('a 3\nb 3\n');
    expect(target.storage.values('a')).toEqual([1, 'stale', 3]);
    expect(target.storage.values('b')).toEqual([1, 'stale', 3]);
    expect(target.storage.lookups).toBe(2);
  });

  it('are refused without a content type that is known', () => {
    const outcome = new Target().scrape('a 1\n', 'text/html');
    expect(outcome.error).toContain('received unsupported Content-Type "text/html"');
    const target = new Target({ fallbackScrapeProtocol: 'PrometheusText0.0.4' });
    expect(target.scrape('a 1\n', 'text/html').error).toBeUndefined();
    expect(target.storage.names()).toEqual(['a']);
  });

  it('may change their format, with lines that only one of them allows', () => {
    const target = new Target();
    target.scrape('a{ x="1" } 1\n');
    const outcome = target.scrape('a{ x="1" } 1\n# EOF\n', OPENMETRICS);
    expect(outcome.error).toContain('line 1');
  });

  it('may be protobuf', () => {
    const target = new Target();
    const value = new Uint8Array(new Float64Array([7]).buffer);
    const gauge = [0x09, ...value];
    const metric = [0x12, gauge.length, ...gauge];
    const family = [0x0a, 1, 0x61, 0x18, 1, 0x22, metric.length, ...metric];
    const page = Uint8Array.from([family.length, ...family]);
    const type = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily';
    for (let i = 0; i < 2; i++) target.scrape(page, `${type}; encoding=delimited`);
    expect(target.storage.values('a')).toEqual([7, 7]);
    expect(target.storage.lookups).toBe(1);
    expect(target.scrape(page.subarray(0, 9), type).error).not.toContain('line');
    expect(target.storage.values('a').at(-1)).toBe('stale');
  });

  it('count what comes twice and store it once', () => {
    const target = new Target();
    for (let i = 0; i < 3; i++) {
      const outcome = target.scrape('a 1\na 2\nb 3\n');
      expect([outcome.duplicates, outcome.scraped, outcome.afterRelabelling]).toEqual([1, 3, 3]);
    }
    expect(target.storage.values('a')).toEqual([1, 1, 1]);
  });

  it('are looked up again where the storage has forgotten a series', () => {
    const target = new Target();
    target.scrape('a 1\n');
    target.storage.forgetSeries();
    target.scrape('a 2\n');
    target.scrape('a 3\n');
    expect(target.storage.values('a')).toEqual([2, 3]);
  });

  it('lose what metric relabelling drops, without asking again', () => {
    const rule = createRelabelRule({ action: 'drop', sourceLabels: ['__name__'], regex: 'go_.*' });
    const target = new Target({ metricRelabelRules: [rule] });
    const outcomes = [1, 2].map((i) => target.scrape(`go_threads ${i}\na ${i}\n`));
    expect(outcomes.map((outcome) => [outcome.scraped, outcome.afterRelabelling])).toEqual([
      [2, 1],
      [2, 1],
    ]);
    expect(target.storage.names()).toEqual(['a']);
  });

  it('end the series of before when labels come out differently from now on', () => {
    const target = new Target();
    target.scrape('a 1\nb 1\n');
    const rule = createRelabelRule({ targetLabel: 'x', replacement: '1', sourceLabels: [] });
    target.config = scrapeConfig({ metricRelabelRules: [rule] });
    target.cache.forgetLines();
    target.scrape('a 2\n');
    expect(target.storage.values('a')).toEqual([1, 'stale']);
    expect(target.storage.values('b')).toEqual([1, 'stale']);
    expect(target.storage.values('a{x="1"}')).toEqual([2]);
  });
});

describe('timestamps that a target gives', () => {
  it('count, and their series do not end', () => {
    const target = new Target();
    target.scrape('a 1 500\n');
    target.scrape('b 1\n');
    expect(target.storage.series('a')?.samples).toEqual([[500, 1]]);
  });

  it('end with track_timestamps_staleness', () => {
    const target = new Target({ trackTimestampsStaleness: true });
    target.scrape('a 1 500\n');
    target.scrape('b 1\n');
    expect(target.storage.values('a')).toEqual([1, 'stale']);
  });

  it('are ignored without honor_timestamps', () => {
    const target = new Target({ honorTimestamps: false });
    target.scrape('a 1 500\n');
    expect(target.storage.timestamps('a')).toEqual([1000]);
  });

  it('are refused out of order and far ahead, and counted', () => {
    const target = new Target();
    target.scrape('a 1 900\n');
    expect(target.scrape('a 2 800\n').outOfOrder).toBe(1);
    expect(target.scrape(`a 3 ${3000 + 600_001}\n`).outOfBounds).toBe(1);
    expect(target.storage.values('a')).toEqual([1]);
  });
});

describe('limits', () => {
  it('refuse a page with too many samples, after counting them all', () => {
    const target = new Target({ sampleLimit: 2 });
    target.scrape('a 1\nb 1\n');
    const outcome = target.scrape('a 2\nb 2\nc 2\nd 2\n');
    expect(outcome).toMatchObject({
      error: 'sample limit exceeded',
      exceeded: 'samples',
      scraped: 4,
      afterRelabelling: 4,
      seriesAdded: 0,
    });
    expect(target.storage.names()).toEqual(['a', 'b']);
    expect(target.storage.values('a')).toEqual([1, 'stale']);
  });

  it('refuse a page with too many labels', () => {
    const outcome = new Target({ labelLimit: 2 }).scrape('a{x="1",y="2"} 1\n');
    expect(outcome.exceeded).toBe('labels');
    expect(outcome.error).toBe('label_limit exceeded (metric: a, number of labels: 3, limit: 2)');
  });
});

describe('what a page says besides', () => {
  it('metadata go to the storage with new series and when they change', () => {
    const target = new Target();
    target.scrape('# HELP a_total First.\n# TYPE a_total counter\na_total 1\n');
    expect(target.storage.series('a_total')?.metadata).toEqual({
      type: 'counter',
      unit: '',
      help: 'First.',
    });
    target.scrape('# HELP a_total Second.\n# TYPE a_total counter\na_total 1\n');
    expect(target.storage.series('a_total')?.metadata?.help).toBe('Second.');
    expect(target.metadata.list()).toEqual([
      { metric: 'a_total', type: 'counter', unit: '', help: 'Second.' },
    ]);
  });

  it('exemplars go to the storage', () => {
    const target = new Target();
    const page = '# TYPE a counter\na_total 1 # {trace_id="t"} 0.5\n# EOF\n';
    target.scrape(page, OPENMETRICS);
    expect(target.storage.series('a_total')?.exemplars).toMatchObject([
      { labels: ['trace_id', 't'], value: 0.5 },
    ]);
  });
});
