import type { ScrapeConfig, TargetGroup } from '#config';
import { Registry } from '#instrument';
import { createRelabelRule, labelsFromObject } from '#model';
import { HttpClientError, silentLog } from '#platform';
import type { Appendable } from '#storage';
import type { HttpRequest } from '#platform';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/clock.ts';
import { RecordingStorage } from '../../test/fakes/recording-storage.ts';
import { fakeHttpClient, plainHttpClient, scrapeConfig } from '../../test/fakes/scrape-config.ts';
import type { Answer } from '../../test/fakes/scrape-config.ts';
import { createScraper } from './scraper.ts';
import type { Scraper } from './scraper.ts';

let clock: FakeClock;
let storage: RecordingStorage;
let registry: Registry;
let scraper: Scraper;
let requests: HttpRequest[];
let clients = 0;
let answer: (request: HttpRequest) => Answer | Error | Promise<Answer | Error>;

beforeEach(() => {
  clock = new FakeClock();
  storage = new RecordingStorage();
  registry = new Registry();
  requests = [];
  clients = 0;
  answer = () => ({ body: 'a 1\n' });
  scraper = createScraper({
    appendable: storage,
    clock,
    log: silentLog,
    registry,
    userAgent: 'Narthex/test',
    server: 'server',
    nextTurn: (fn) => void clock.setTimer(0, fn),
    openHttpClient: () => {
      clients++;
      return fakeHttpClient((request) => {
        requests.push(request);
        return answer(request);
      });
    },
  });
});

function groupOf(...addresses: string[]): TargetGroup {
  const targets = addresses.map((__address__) => labelsFromObject({ __address__ }));
  return { source: '0', targets, labels: [] };
}

function start(settings: Partial<ScrapeConfig> = {}, ...addresses: string[]): void {
  const config = scrapeConfig({ scrapeIntervalMs: 1000, scrapeTimeoutMs: 500, ...settings });
  scraper.apply([config], []);
  scraper.sync('job', [groupOf(...(addresses.length === 0 ? ['h:1'] : addresses))]);
}

const on = (name: string, host = 'h:1'): string => `${name}{instance="${host}", job="job"}`;

function fail(): never {
  throw new Error('nobody waits');
}

function metric(name: string, ...labelValues: string[]): number | undefined {
  const family = registry.gather().find((found) => found.name === name);
  const row = family?.metrics.find(
    ({ labels }) => labels.map(([, value]) => value).join() === labelValues.join(),
  );
  return row?.value;
}

describe('scraping', () => {
  it('goes on at the interval, with timestamps on a grid', async () => {
    start();
    await clock.advance(5000);
    expect(storage.values(on('a'))).toEqual([1, 1, 1, 1, 1]);
    const times = storage.timestamps(on('a'));
    expect(new Set(times.map((timeMs) => timeMs % 1000)).size).toBe(1);
    expect(storage.timestamps(on('up'))).toEqual(times);
  });

  it('asks as Prometheus does', async () => {
    start({ enableCompression: false, bodySizeLimitBytes: 77 });
    await clock.advance(1000);
    expect(requests[0]).toMatchObject({
      url: 'http://h:1/metrics',
      timeoutMs: 500,
      bodyBytesMax: 77,
      headers: {
        Accept:
          'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.3',
        'Accept-Encoding': 'identity',
        'User-Agent': 'Narthex/test',
        'X-Prometheus-Scrape-Timeout-Seconds': '0.5',
      },
    });
  });

  it('says how it went', async () => {
    answer = () => ({ body: 'a 1\nb 2\n' });
    const drop = createRelabelRule({ action: 'drop', sourceLabels: ['__name__'], regex: 'b' });
    start({ metricRelabelRules: [drop], extraScrapeMetrics: true, sampleLimit: 9 });
    await clock.advance(2000);
    expect(storage.values(on('up'))).toEqual([1, 1]);
    expect(storage.values(on('scrape_samples_scraped'))).toEqual([2, 2]);
    expect(storage.values(on('scrape_samples_post_metric_relabeling'))).toEqual([1, 1]);
    expect(storage.values(on('scrape_series_added'))).toEqual([1, 0]);
    expect(storage.values(on('scrape_timeout_seconds'))).toEqual([0.5, 0.5]);
    expect(storage.values(on('scrape_sample_limit'))).toEqual([9, 9]);
    expect(storage.values(on('scrape_body_size_bytes'))).toEqual([8, 8]);
    expect(storage.series(on('up'))?.metadata?.type).toBe('gauge');
  });

  it('writes no more than five series about itself without extra metrics', async () => {
    start();
    await clock.advance(1000);
    expect(storage.values(on('scrape_timeout_seconds'))).toEqual([]);
  });

  it.each([
    [{ status: 503, statusText: '503 Service Unavailable', body: 'a 9\n' }, 0],
    [new HttpClientError('timeout', 'Get "http://h:1/metrics": context deadline exceeded'), 0],
    [new HttpClientError('body-size-limit', 'body size limit exceeded'), -1],
  ])('of %o fails, ends the series and shows why', async (failure, bodyBytes) => {
    start({ extraScrapeMetrics: true });
    await clock.advance(1000);
    answer = () => failure;
    await clock.advance(1000);
    answer = () => ({ body: 'a 3\n' });
    const [target] = scraper.activeTargets();
    expect(target?.health).toBe('down');
    expect(target?.lastError).toBe(
      failure instanceof Error
        ? failure.message
        : 'server returned HTTP status 503 Service Unavailable',
    );
    await clock.advance(1000);
    expect(storage.values(on('a'))).toEqual([1, 'stale', 3]);
    expect(storage.values(on('up'))).toEqual([1, 0, 1]);
    expect(storage.values(on('scrape_body_size_bytes'))).toEqual([4, bodyBytes, 4]);
    expect(scraper.activeTargets()[0]).toMatchObject({ health: 'up', lastError: '' });
  });

  it('tells series apart, whatever the page before was', async () => {
    const pages: (string | Error)[] = ['a 1\nb 2\n', 'b 4\na 3\n', 'b 6\na {', 'b 8\na 7\n'];
    pages.push(new Error('down'), 'a 9\nb 10\n', 'c 11\na 12\nb 13', 'b 14\nc 15\na 16\n');
    answer = () => {
      const page = pages[requests.length - 1] ?? '';
      return page instanceof Error ? page : { body: page };
    };
    start();
    await clock.advance(pages.length * 1000);
    expect(storage.values(on('a'))).toEqual([1, 3, 'stale', 7, 'stale', 9, 12, 16]);
    expect(storage.values(on('b'))).toEqual([2, 4, 'stale', 8, 'stale', 10, 13, 14]);
    expect(storage.values(on('c'))).toEqual([11, 15]);
  });

  it('of one target does not suffer from another', async () => {
    answer = ({ url }) => (url.includes('bad') ? { body: 'a{ 1\n' } : { body: 'a 1\n' });
    start({}, 'bad:1', 'good:1');
    await clock.advance(3000);
    expect(storage.values(on('a', 'good:1'))).toEqual([1, 1, 1]);
    expect(storage.values(on('up', 'bad:1'))).toEqual([0, 0, 0]);
  });

  it('knows until when all is stored: while a target is slow, no further than its scrape', async () => {
    expect(scraper.storedUntilMs()).toBe(Infinity);
    let finish: (found: Answer) => void = fail;
    const slow = new Promise<Answer>((resolve) => (finish = resolve));
    answer = ({ url }) => (url.includes('slow') ? slow : { body: 'a 1\n' });
    start({}, 'h:1', 'slow:1');
    await clock.advance(3000);
    const startedMs = scraper.storedUntilMs();
    expect(startedMs).toBeLessThanOrEqual(clock.nowMs() - 1000);
    finish({ body: 'a 1\n' });
    await clock.advance(0);
    expect(storage.timestamps(on('a', 'slow:1'))[0]).toBe(startedMs);
    expect(scraper.storedUntilMs()).toBeGreaterThan(startedMs);
    await clock.advance(3000);
    expect(scraper.storedUntilMs()).toBeGreaterThan(clock.nowMs());
  });

  it('leaves out what it has no time for, and keeps to the grid', async () => {
    const overrun = (): Answer => {
      clock.set(clock.nowMs() + 3400);
      return { body: 'a 1\n' };
    };
    answer = () => (requests.length === 1 ? overrun() : { body: 'a 1\n' });
    start();
    await clock.advance(7000);
    const [first = 0, ...later] = storage.timestamps(on('a'));
    expect(later.map((timeMs) => timeMs - first)).toEqual([3400, 4000, 5000, 6000]);
    expect(metric('narthex_scrapes_missed_total')).toBe(2);
  });

  it('begins its grid anew where the clock is set back', async () => {
    answer = () => {
      if (requests.length === 1) clock.set(clock.nowMs() - 3_600_500);
      return { body: 'a 1\n' };
    };
    start();
    await clock.advance(3000);
    expect(requests.length).toBeGreaterThanOrEqual(2);
  });
});

describe('a target that goes', () => {
  it('ends its series a little later, at the time of its next scrape', async () => {
    start();
    await clock.advance(2000);
    scraper.sync('job', []);
    expect(scraper.activeTargets()).toEqual([]);
    await clock.advance(1000);
    expect(storage.values(on('a'))).toEqual([1, 1]);
    await clock.advance(2000);
    expect(storage.values(on('a'))).toEqual([1, 1, 'stale']);
    expect(storage.values(on('up'))).toEqual([1, 1, 'stale']);
    const [first = 0, second = 0, third = 0] = storage.timestamps(on('a'));
    expect(third - second).toBe(second - first);
  });

  it('and comes back does not end them', async () => {
    start();
    await clock.advance(2000);
    scraper.sync('job', []);
    await clock.advance(500);
    scraper.sync('job', [groupOf('h:1')]);
    await clock.advance(5000);
    expect(storage.values(on('a'))).not.toContain('stale');
    expect(storage.values(on('up'))).not.toContain('stale');
  });

  it('and merely moves to another address does not end them', async () => {
    const rule = createRelabelRule({ targetLabel: 'instance', replacement: 'same' });
    start({ relabelRules: [rule] });
    await clock.advance(2000);
    scraper.sync('job', [groupOf('other:1')]);
    await clock.advance(5000);
    expect(storage.values(on('a', 'same'))).not.toContain('stale');
    expect(storage.values(on('a', 'same')).length).toBeGreaterThan(5);
  });

  it('with its job ends them too', async () => {
    start();
    await clock.advance(2000);
    scraper.apply([], []);
    expect(scraper.poolNames()).toEqual([]);
    await clock.advance(4000);
    expect(storage.values(on('a'))).toEqual([1, 1, 'stale']);
  });

  it('with the server does not', async () => {
    start();
    await clock.advance(2000);
    scraper.stop();
    await clock.advance(10_000);
    expect(storage.values(on('a'))).toEqual([1, 1]);
    expect(clock.pendingCount).toBe(0);
  });

  it('during a scrape leaves nothing of it', async () => {
    const pending: ((given: Answer) => void)[] = [];
    answer = () => new Promise((resolve) => pending.push(resolve));
    start();
    await clock.advance(1000);
    expect(requests).toHaveLength(1);
    scraper.sync('job', []);
    for (const finish of pending) finish({ body: 'a 1\n' });
    await clock.advance(10_000);
    expect(storage.values(on('a'))).toEqual([]);
  });
});

describe('a new configuration', () => {
  it('that is the same changes nothing', async () => {
    start();
    await clock.advance(2500);
    const lookups = storage.lookups;
    start();
    await clock.advance(3000);
    expect(storage.lookups).toBe(lookups);
    expect(clients).toBe(1);
    expect(storage.values(on('a')).length).toBeGreaterThanOrEqual(5);
  });

  it('takes effect without losing a scrape', async () => {
    start();
    await clock.advance(3000);
    start({ bodySizeLimitBytes: 5, httpClient: { ...plainHttpClient, followRedirects: false } });
    await clock.advance(3000);
    expect(requests.at(-1)?.bodyBytesMax).toBe(5);
    expect(clients).toBe(2);
    expect(storage.values(on('a'))).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('that relabels samples ends the series of before', async () => {
    start();
    await clock.advance(2000);
    start({ metricRelabelRules: [createRelabelRule({ targetLabel: 'x', replacement: '1' })] });
    await clock.advance(2000);
    expect(storage.values(on('a'))).toEqual([1, 1, 'stale']);
    expect(storage.values('a{instance="h:1", job="job", x="1"}')).toEqual([1, 1]);
  });

  it('that relabels targets applies to those there are', async () => {
    start();
    await clock.advance(1000);
    start({ relabelRules: [createRelabelRule({ action: 'drop', sourceLabels: ['job'] })] });
    expect(scraper.activeTargets()).toEqual([]);
    expect(scraper.droppedTargets()).toHaveLength(1);
  });
});

describe('limits of a pool', () => {
  it('fail every scrape of it while there are too many targets', async () => {
    start({ targetLimit: 1 }, 'a:1', 'b:1');
    await clock.advance(1000);
    expect(requests).toEqual([]);
    expect(scraper.activeTargets()[0]?.lastError).toBe(
      'target_limit exceeded (number of targets: 2, limit: 1)',
    );
    expect(metric('prometheus_target_scrape_pool_exceeded_target_limit_total')).toBe(1);
    scraper.sync('job', [groupOf('a:1')]);
    await clock.advance(1000);
    expect(scraper.activeTargets()[0]?.health).toBe('up');
  });

  it('keep as many dropped targets as they say, and count all', () => {
    const rule = createRelabelRule({ action: 'drop', sourceLabels: ['job'] });
    start({ relabelRules: [rule], keepDroppedTargets: 1 }, 'a:1', 'b:1', 'c:1');
    expect(scraper.droppedTargets()).toHaveLength(1);
    expect(scraper.droppedTargetCounts()).toEqual({ job: 3 });
  });
});

describe('views', () => {
  it('show a target before and after its first scrape', async () => {
    answer = () => ({ body: '# HELP a Help.\n# TYPE a gauge\na 1\n' });
    start();
    expect(scraper.activeTargets('job')).toMatchObject([
      {
        scrapePool: 'job',
        scrapeUrl: 'http://h:1/metrics',
        labels: { instance: 'h:1', job: 'job' },
        discoveredLabels: { __address__: 'h:1', __scheme__: 'http', job: 'job' },
        health: 'unknown',
        lastScrapeMs: 0,
        scrapeInterval: '1s',
        scrapeTimeout: '500ms',
      },
    ]);
    await clock.advance(1000);
    expect(scraper.activeTargets('job')[0]).toMatchObject({ health: 'up', lastError: '' });
    expect(scraper.activeTargets('other')).toEqual([]);
    expect(scraper.targetMetadata()[0]?.metadata).toEqual([
      { metric: 'a', type: 'gauge', unit: '', help: 'Help.' },
    ]);
    expect(metric('prometheus_target_metadata_cache_entries', 'job')).toBe(1);
    expect(metric('prometheus_target_scrape_pool_targets', 'job')).toBe(1);
  });

  it('show what each relabel rule does', () => {
    const drop = createRelabelRule({ action: 'drop', sourceLabels: ['x'], regex: '1' });
    start({ relabelRules: [createRelabelRule({ targetLabel: 'x', replacement: '1' }), drop] });
    const steps = scraper.relabelSteps('job', labelsFromObject({ a: 'b' }));
    expect(steps?.map(({ labels }) => labels)).toEqual([['a', 'b', 'x', '1'], undefined]);
    expect(scraper.relabelSteps('none', [])).toBeUndefined();
  });

  it('drops as many targets of one group as discovery may find', () => {
    const relabelRules = [
      createRelabelRule({ action: 'drop', sourceLabels: ['job'], regex: 'job' }),
    ];
    scraper.apply([scrapeConfig({ relabelRules })], []);
    const targets = Array.from({ length: 200_000 }, (_, i) => ['__address__', `h:${i}`]);
    scraper.sync('job', [{ source: '0', targets, labels: [] }]);
    expect(scraper.droppedTargetCounts()).toEqual({ job: 200_000 });
  });

  it('make types and units labels where that is switched on', async () => {
    const typed = createScraper({
      appendable: storage,
      clock,
      log: silentLog,
      registry: new Registry(),
      userAgent: 'Narthex/test',
      server: 'server',
      typeAndUnitLabels: true,
      openHttpClient: () => fakeHttpClient(() => ({ body: '# TYPE a gauge\na 1\n' })),
    });
    typed.apply([scrapeConfig()], []);
    typed.sync('job', [groupOf('h:1')]);
    await clock.advance(1000);
    expect(storage.values('a{__type__="gauge", instance="h:1", job="job"}')).toEqual([1]);
    typed.stop();
  });

  it('leave no batch open where the storage fails', async () => {
    let open = 0;
    const failing: Appendable = {
      appender: () => {
        open++;
        return {
          ...storage.appender(),
          seriesRef: () => {
            throw new Error('no room for a series');
          },
          commit: () => void open--,
          rollback: () => void open--,
        };
      },
    };
    const unlucky = createScraper({
      appendable: failing,
      clock,
      log: silentLog,
      registry: new Registry(),
      userAgent: 'Narthex/test',
      server: 'server',
      openHttpClient: () => fakeHttpClient(() => ({ body: 'a 1\n' })),
    });
    unlucky.apply([scrapeConfig()], []);
    unlucky.sync('job', [groupOf('h:1')]);
    await clock.advance(3000);
    expect(unlucky.activeTargets()[0]?.lastError).toContain('no room for a series');
    unlucky.sync('job', []);
    await clock.advance(5000);
    expect(open).toBe(0);
    unlucky.stop();
  });
});
