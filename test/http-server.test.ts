import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpServer } from '#http';
import { labelsFromObject } from '#model';
import { createTestServer } from './suites/api/server.ts';
import { openTestStorage } from './suites/api/storage.ts';

const NOW_MS = 1_700_000_000_000;
const PREFIX = '/prom';

/** The whole server without a socket, below a prefix, with a built page of two files. */
let dir = '';
let server: HttpServer;
let ready = true;
let reloads = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-ui-'));
  mkdirSync(join(dir, 'web', 'assets'), { recursive: true });
  writeFileSync(join(dir, 'secret.txt'), 'secret');
  writeFileSync(
    join(dir, 'web', 'index.html'),
    '<!doctype html><html><head><title>Narthex</title></head><body></body></html>',
  );
  writeFileSync(join(dir, 'web', 'assets', 'main-1.js'), `// ${'x'.repeat(5000)}`);
  const { appendable, queryable } = openTestStorage();
  const appender = appendable.appender();
  for (let i = 0; i < 200; i++) {
    const labels = labelsFromObject({ __name__: 'm', i: String(i) });
    appender.append(appender.seriesRef(labels), NOW_MS, i);
  }
  appender.commit();
  server = await createTestServer({
    queryable: () => queryable,
    nowMs: () => NOW_MS,
    isReady: () => ready,
    config: 'global: {evaluation_interval: 30s}\nscrape_config_files: [more.yml]',
    configFiles: { 'more.yml': 'scrape_configs: [{job_name: more, params: {on: ["y"]}}]' },
    lifecycle: {
      reload: async () => {
        reloads++;
        if (reloads > 1) throw new Error('prometheus.yml:3:1: nonsense');
        await Promise.resolve();
      },
      quit: () => {},
    },
    options: {
      routePrefix: PREFIX,
      externalUrl: new URL(`http://mon.example.com${PREFIX}/`),
      enableLifecycle: true,
      pageTitle: 'A <b> & c',
      parser: { experimentalFunctions: true },
      uiDir: join(dir, 'web'),
    },
  });
});
afterAll(async () => {
  await server.close();
  rmSync(dir, { recursive: true });
});

const get = async (url: string, headers: Record<string, string> = {}) =>
  await server.app.inject({ url, headers });

describe('the HTTP server', () => {
  it('redirects to the first page below its prefix', async () => {
    expect((await get('/')).headers.location).toBe(`${PREFIX}/`);
    expect((await get(`${PREFIX}/`)).headers.location).toBe(`${PREFIX}/containers`);
  });

  it('serves the page for each of its paths, with its base, its title and a strict policy', async () => {
    for (const page of [
      'containers',
      'containers/stack_web.2',
      'query',
      'graph',
      'targets',
      'config',
      'flags',
      'status',
      'tsdb-status',
    ]) {
      const { statusCode, body, headers } = await get(`${PREFIX}/${page}?g0.expr=up`);
      expect(statusCode).toBe(200);
      expect(body).toContain(`<head><base href="${PREFIX}/">`);
      expect(body).toContain('<title>A &#60;b&#62; &#38; c</title>');
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("default-src 'self'");
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    expect((await get('/query')).statusCode).toBe(404);
  });

  it('keeps files whose name has their hash for ever, and sends them compressed', async () => {
    const url = `${PREFIX}/assets/main-1.js`;
    const plain = await get(url);
    expect(plain.headers['cache-control']).toContain('immutable');
    const zipped = await get(url, { 'accept-encoding': 'br, gzip' });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.rawPayload).toString()).toBe(plain.body);
    const again = await get(url, { 'if-none-match': String(plain.headers.etag) });
    expect(again.statusCode).toBe(304);
  });

  const outside = [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/%00',
    '/assets/',
    '/assets/..\\..\\secret.txt',
  ];
  it.each(outside)('serves nothing outside its page: %s', async (path) => {
    const { statusCode, body } = await get(`${PREFIX}${path}`);
    expect([400, 404]).toContain(statusCode);
    expect(body).not.toContain('secret\n');
    expect(body).not.toBe('secret');
  });

  it('compresses large answers where the client takes it, and not otherwise', async () => {
    const url = `${PREFIX}/api/v1/query?query=m`;
    const plain = await get(url);
    expect(plain.headers['content-encoding']).toBeUndefined();
    const zipped = await get(url, { 'accept-encoding': 'gzip' });
    expect(gunzipSync(zipped.rawPayload).toString()).toBe(plain.body);
    expect((await get(url, { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding']).toBe(
      undefined,
    );
    const small = await get(`${PREFIX}/api/v1/query?query=1`, { 'accept-encoding': 'gzip' });
    expect(small.headers['content-encoding']).toBeUndefined();
  });

  it('lets pages of other origins read the API alone', async () => {
    const origin = { origin: 'http://grafana' };
    const query = await get(`${PREFIX}/api/v1/query?query=1`, origin);
    expect(query.headers['access-control-allow-origin']).toBe('*');
    const failed = await get(`${PREFIX}/api/v1/query?query=)`, origin);
    expect(failed.statusCode).toBe(400);
    expect(failed.headers['access-control-allow-origin']).toBe('*');
    const preflight = await server.app.inject({
      method: 'OPTIONS',
      url: `${PREFIX}/api/v1/query`,
      headers: { ...origin, 'access-control-request-method': 'POST' },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-methods']).toBe('GET, POST, OPTIONS');
    const page = await get(`${PREFIX}/query`, origin);
    expect(page.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('says 503 while it is not ready, but for what shows how far it is', async () => {
    ready = false;
    expect((await get(`${PREFIX}/-/ready`)).statusCode).toBe(503);
    expect((await get(`${PREFIX}/-/healthy`)).statusCode).toBe(200);
    expect((await get(`${PREFIX}/metrics`)).statusCode).toBe(200);
    expect((await get(`${PREFIX}/query`)).statusCode).toBe(200);
    expect((await get(`${PREFIX}/api/v1/status/walreplay`)).json()).toMatchObject({
      data: { min: 0, max: 0, current: 0 },
    });
    expect((await get(`${PREFIX}/api/v1/query?query=1`)).statusCode).toBe(503);
    expect((await get(`${PREFIX}/federate?match[]=m`)).statusCode).toBe(503);
    ready = true;
    expect((await get(`${PREFIX}/-/ready`)).statusCode).toBe(200);
  });

  it('reloads by POST and PUT alone, not for a page from elsewhere, and says what is wrong', async () => {
    const url = `${PREFIX}/-/reload`;
    expect((await get(url)).statusCode).toBe(405);
    const foreign = { 'sec-fetch-site': 'cross-site' };
    expect((await server.app.inject({ method: 'POST', url, headers: foreign })).statusCode).toBe(
      403,
    );
    expect((await server.app.inject({ method: 'POST', url })).statusCode).toBe(200);
    const failed = await server.app.inject({ method: 'PUT', url });
    expect(failed.statusCode).toBe(500);
    expect(failed.body).toBe('failed to reload config: prometheus.yml:3:1: nonsense\n');
  });

  it('speaks OpenMetrics to who asks for it', async () => {
    const { headers, body } = await get(`${PREFIX}/metrics`, {
      accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5',
    });
    expect(headers['content-type']).toContain('application/openmetrics-text; version=1.0.0');
    expect(body.endsWith('# EOF\n')).toBe(true);
    expect(body).toContain('prometheus_http_requests_total{');
  });

  it('answers unknown paths with 404, and takes label names that are escaped or long', async () => {
    expect((await get(`${PREFIX}/api/v1/nothing`)).statusCode).toBe(404);
    const long = 'l'.repeat(2000);
    expect((await get(`${PREFIX}/api/v1/label/${long}/values`)).json()).toMatchObject({ data: [] });
    const escaped = await get(`${PREFIX}/api/v1/label/U___5f_name__/values`);
    expect(escaped.statusCode).toBe(200);
    const values = await get(`${PREFIX}/api/v1/label/i/values?limit=1`);
    expect(values.json()).toMatchObject({
      data: ['0'],
      warnings: ['results truncated due to limit'],
    });
  });

  it.each([
    ['/nowhere', 'text/html,*/*;q=0.8', 'text/html; charset=utf-8'],
    ['/nowhere', '*/*', 'text/plain; charset=utf-8'],
    ['/api/v1/nowhere', 'text/html', 'text/plain; charset=utf-8'],
    ['/assets/gone.js', 'text/html', 'text/plain; charset=utf-8'],
  ])(
    'tells a person in the page that there is no %s, and a program (%s) in a line',
    async (...to) => {
      const [path, accept, type] = to;
      const answer = await get(`${PREFIX}${path}`, { accept });
      expect(answer.statusCode).toBe(404);
      expect(answer.headers['content-type']).toBe(type);
      expect(answer.headers['vary']).toBe('Accept');
      const page = await get(`${PREFIX}/containers`);
      expect(answer.body).toBe(type.startsWith('text/html') ? page.body : '404 page not found\n');
    },
  );

  it.each([
    ['PUT', 'query?query=1', 405, 'GET, HEAD, OPTIONS, POST'],
    ['POST', 'status/config', 405, 'GET, HEAD, OPTIONS'],
    ['DELETE', 'label/a/values', 405, 'GET, HEAD, OPTIONS'],
    ['POST', 'label//values', 404, undefined],
    ['POST', 'nothing', 404, undefined],
  ] as const)(
    'tells a wrong method from a wrong path: %s %s',
    async (method, path, status, allow) => {
      const answer = await server.app.inject({ method, url: `${PREFIX}/api/v1/${path}` });
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['allow']).toBe(allow);
      expect(answer.body).toBe(status === 405 ? 'Method Not Allowed\n' : '404 page not found\n');
    },
  );

  it('steps subqueries that name no step by the evaluation interval', async () => {
    const answer = await get(`${PREFIX}/api/v1/query?query=count_over_time(vector(1)[10m:])`);
    expect(answer.json()).toMatchObject({
      data: { result: [{ value: [expect.anything(), '20'] }] },
    });
  });

  it('allows 11,000 whole steps, as Prometheus counts them', async () => {
    const url = `${PREFIX}/api/v1/query_range?query=1&step=1&start=0&end=`;
    expect((await get(`${url}11000.9`)).statusCode).toBe(200);
    expect((await get(`${url}11001`)).statusCode).toBe(400);
  });

  it('shows the configuration of a pool of another file as it is written there', async () => {
    const answer = await get(`${PREFIX}/api/v1/scrape_pools/config?scrapePool=more`);
    expect(answer.json<{ data: { yaml: string } }>().data.yaml).toContain('- "y"\n');
  });

  it('finds exemplars by what the language has', async () => {
    const url = `${PREFIX}/api/v1/query_exemplars?query=`;
    expect((await get(`${url}sort_by_label(m,"i")`)).json()).not.toMatchObject({
      errorType: 'bad_data',
    });
    expect((await get(`${url}nonsense(m)`)).statusCode).toBe(400);
  });

  it.each(['query', 'labels', 'targets', 'query_exemplars', 'metadata'])(
    'refuses more parameters than it looks at: %s',
    async (endpoint) => {
      const many = 'match[]=m&'.repeat(10_001);
      const answer = await get(`${PREFIX}/api/v1/${endpoint}?${many}`);
      expect(answer.json()).toMatchObject({ errorType: 'bad_data' });
      expect(answer.statusCode).toBe(400);
    },
  );

  const heavy = encodeURIComponent(`{${'a=~"(x{1000})",'.repeat(2000)}}`);
  const hidden = encodeURIComponent(`{${'a=~"(x\\x7b1000})",'.repeat(2000)}}`);
  it.each([
    `query_exemplars?query=${heavy}`,
    `query_exemplars?query=${hidden}`,
    `targets/metadata?match_target=${heavy}`,
  ])('does not compile heavy expressions in the main thread: %.40s', async (path) => {
    const answer = await get(`${PREFIX}/api/v1/${path}`);
    expect(answer.json()).toMatchObject({ errorType: 'bad_data' });
    expect(answer.body).toContain('regular expressions');
  });

  it('compiles common ones there', async () => {
    const query = encodeURIComponent('m{a=~"[0-9a-f]{1,64}",b!~"(x|y)+"}');
    const answer = await get(`${PREFIX}/api/v1/query_exemplars?query=${query}`);
    expect(answer.body).not.toContain('regular expressions');
    const path = `targets/metadata?match_target=${query}`;
    expect((await get(`${PREFIX}/api/v1/${path}`)).statusCode).toBe(200);
  });
});
