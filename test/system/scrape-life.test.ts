import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { DiscoveryConfig, ScrapeConfig } from '#config';
import {
  createDiscoveryMetrics,
  createDnsLookup,
  createJobGroups,
  systemGroupFiles,
} from '#discovery';
import { Registry } from '#instrument';
import { createRelabelRule, labelsFromObject } from '#model';
import { createHttpClient, silentLog, systemClock } from '#platform';
import { createScraper } from '#scrape';
import type { Scraper } from '#scrape';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingStorage } from '../fakes/recording-storage.ts';
import { plainHttpClient, scrapeConfig } from '../fakes/scrape-config.ts';
import { closeServers, eventually, serve } from './scrape-servers.ts';

let folder: string;
let storage: RecordingStorage;
let scraper: Scraper;
let stop: () => void;
let apply: (...configs: readonly ScrapeConfig[]) => void;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'narthex-scrape-'));
  storage = new RecordingStorage();
  const registry = new Registry();
  const common = {
    clock: systemClock,
    log: silentLog,
    openHttpClient: createHttpClient,
    userAgent: 'Narthex/test',
  };
  scraper = createScraper({ ...common, appendable: storage, registry });
  const groups = createJobGroups({
    surroundings: {
      ...common,
      metrics: createDiscoveryMetrics(registry),
      files: systemGroupFiles,
      lookup: createDnsLookup(),
      environment: {},
    },
    onGroups: (job, found) => scraper.sync(job, found),
  });
  apply = (...configs) => {
    scraper.apply(configs, []);
    groups.apply(configs);
  };
  stop = () => {
    groups.stop();
    scraper.stop();
  };
});

afterEach(async () => {
  stop();
  await closeServers();
  rmSync(folder, { recursive: true, force: true });
});

const INTERVAL_MS = 200;

/** A job whose samples are all of instance `i`, so that series have names that tests know. */
function job(
  discovery: readonly DiscoveryConfig[],
  settings: Partial<ScrapeConfig> = {},
): ScrapeConfig {
  const instance = createRelabelRule({ targetLabel: 'instance', replacement: 'i' });
  return scrapeConfig({
    scrapeIntervalMs: INTERVAL_MS,
    scrapeTimeoutMs: INTERVAL_MS,
    relabelRules: [instance],
    discovery,
    ...settings,
  });
}

function fixed(address: string): DiscoveryConfig {
  const targets = [labelsFromObject({ __address__: address })];
  return { kind: 'static', groups: [{ source: '0', targets, labels: [] }] };
}

const on = (name: string): string => `${name}{instance="i", job="job"}`;

/** Serves what `page` gives at the time, as text. */
function servePage(page: () => string | undefined): ReturnType<typeof serve> {
  const handle: RequestListener = (request, response) => {
    const body = page();
    if (body === undefined) return;
    response.setHeader('Content-Type', 'text/plain; version=0.0.4');
    if (request.headers['accept-encoding'] === 'gzip') {
      response.setHeader('Content-Encoding', 'gzip');
      response.end(gzipSync(body));
    } else response.end(body);
  };
  return serve(handle);
}

describe('a target over real connections', () => {
  it('is scraped, fails alone, and its series end and come back', async () => {
    let page: string | undefined = 'a 1\nb 1\n';
    const bad = await servePage(() => page);
    const good = await servePage(() => 'c 1\n');
    apply(job([fixed(bad.address)]), job([fixed(good.address)], { jobName: 'good' }));
    await eventually(() => storage.values(on('b')).length > 1, 'samples of b');
    page = 'a 2\n';
    await eventually(() => storage.values(on('b')).at(-1) === 'stale', 'b ends');
    expect(storage.values(on('a'))).not.toContain('stale');
    page = 'a 3\nb {\n';
    await eventually(() => storage.values(on('a')).at(-1) === 'stale', 'a ends');
    const [target] = scraper.activeTargets('job');
    expect(target?.lastError).toMatch(/\(line 2, column \d+\)$/);
    page = 'a 4\n';
    await eventually(() => storage.values(on('a')).at(-1) === 4, 'a comes back');
    const others = storage.values('c{instance="i", job="good"}');
    expect(others.length).toBeGreaterThan(2);
    expect(others).not.toContain('stale');
  });

  it('that does not answer in time is down', async () => {
    const server = await servePage(() => undefined);
    apply(job([fixed(server.address)], { scrapeTimeoutMs: 50 }));
    await eventually(() => storage.values(on('up')).length > 1, 'up is written');
    expect(storage.values(on('up'))).not.toContain(1);
    expect(scraper.activeTargets()[0]?.lastError).toBe(
      `Get "${server.url}/metrics": context deadline exceeded`,
    );
  });

  it('that goes ends its series, at the time of its next scrape', async () => {
    const server = await servePage(() => 'a 1\n');
    apply(job([fixed(server.address)]));
    await eventually(() => storage.values(on('a')).length > 2, 'samples');
    apply(job([]));
    await eventually(() => storage.values(on('a')).at(-1) === 'stale', 'a ends');
    expect(storage.values(on('up')).at(-1)).toBe('stale');
  });

  it('keeps its series over a reload', async () => {
    const server = await servePage(() => 'a 1\n');
    apply(job([fixed(server.address)]));
    await eventually(() => storage.values(on('a')).length > 2, 'samples');
    const before = storage.values(on('a')).length;
    apply(job([fixed(server.address)], { sampleLimit: 10 }));
    await eventually(() => storage.values(on('a')).length > before + 4, 'samples after');
    expect(storage.values(on('a'))).not.toContain('stale');
    expect(storage.values(on('up'))).not.toContain('stale');
    const times = storage.timestamps(on('a'));
    const gaps = times.slice(1).map((timeMs, i) => timeMs - (times[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(INTERVAL_MS * 2);
  });

  it('honours limits of the body and of samples', async () => {
    const server = await servePage(() => 'a 1\nb 1\n');
    apply(
      job([fixed(server.address)], { bodySizeLimitBytes: 5, extraScrapeMetrics: true }),
      job([fixed(server.address)], { jobName: 'samples', sampleLimit: 1 }),
    );
    await eventually(
      () => scraper.activeTargets().every(({ health }) => health === 'down'),
      'both are down',
    );
    expect(scraper.activeTargets().map(({ lastError }) => lastError)).toEqual([
      'body size limit exceeded',
      'sample limit exceeded',
    ]);
    expect(storage.values(on('scrape_body_size_bytes'))[0]).toBe(-1);
    expect(storage.names()).toEqual([]);
  });
});

describe('targets from outside', () => {
  it('follow a file, also when it is replaced', async () => {
    const one = await servePage(() => 'a 1\n');
    const two = await servePage(() => 'b 1\n');
    const path = join(folder, 'targets.json');
    const write = (...addresses: string[]): void => {
      writeFileSync(`${path}.new`, JSON.stringify([{ targets: addresses }]));
      renameSync(`${path}.new`, path);
    };
    write(one.address);
    apply(job([{ kind: 'file', files: [join(folder, '*.json')], refreshIntervalMs: 300_000 }]));
    await eventually(() => storage.values(on('a')).length > 0, 'a is scraped');
    write(one.address, two.address);
    await eventually(() => storage.values(on('b')).length > 0, 'b is scraped');
    writeFileSync(path, '[{');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(scraper.activeTargets()).toHaveLength(2);
    rmSync(path);
    await eventually(() => scraper.activeTargets().length === 0, 'nothing is left');
  });

  it('follow a server that lists them, and stay while it fails', async () => {
    const page = await servePage(() => 'a 1\n');
    let status = 200;
    let asked = 0;
    let targets = [page.address];
    const list = await serve((request, response) => {
      asked++;
      expect(request.headers['x-prometheus-refresh-interval-seconds']).toBe('0.1');
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify([{ targets, labels: { env: 'test' } }]));
    });
    const { url } = list;
    apply(job([{ kind: 'http', url, refreshIntervalMs: 100, httpClient: plainHttpClient }]));
    await eventually(() => scraper.activeTargets()[0]?.health === 'up', 'it is up');
    expect(scraper.activeTargets()[0]?.labels['env']).toBe('test');
    status = 500;
    const before = asked;
    await eventually(() => asked > before + 2, 'it was asked again');
    expect(scraper.activeTargets()).toHaveLength(1);
    [status, targets] = [200, []];
    await eventually(() => scraper.activeTargets().length === 0, 'nothing is left');
  });

  it('are found by a bare name of the hosts file', async () => {
    const server = await servePage(() => 'a 1\n');
    const port = Number(server.address.split(':')[1]);
    const names = ['localhost'];
    apply(job([{ kind: 'dns', names, type: 'A', port, refreshIntervalMs: 1000 }]));
    await eventually(() => storage.values(on('a')).length > 0, 'a is scraped');
    expect(scraper.activeTargets()[0]?.discoveredLabels['__meta_dns_name']).toBe('localhost');
  });
});
