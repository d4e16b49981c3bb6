import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askApi, instantQuery, untilQuery } from './api.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/narthex', import.meta.url));

const config = (port: number, job = 'narthex'): string => `
global:
  scrape_interval: 200ms
scrape_configs:
  - job_name: ${job}
    static_configs:
      - targets: ['127.0.0.1:${port}']
`;

function run(...args: string[]): { status: number | null; output: string } {
  const result = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  return { status: result.status, output: result.stdout + result.stderr };
}

describe('the command', () => {
  it('explains itself', () => {
    expect(run('--help').output).toContain('--storage.tsdb.retention.time=15d');
    expect(run('--version').output).toMatch(/^narthex, version \d/);
  });

  it('names the nearest flag for an unknown one', () => {
    const { status, output } = run('--web.enable-lifecicle');
    expect(status).toBe(2);
    expect(output).toContain('did you mean --web.enable-lifecycle?');
  });

  it('checks a file and says where it is wrong', () => {
    const dir = mkdtempSync(join(tmpdir(), 'narthex-check-'));
    const file = join(dir, 'bad.yml');
    writeFileSync(file, 'global:\n  scrape_intervall: 1s\n');
    const { status, output } = run('check', 'config', file);
    expect(status).toBe(1);
    expect(output).toContain(`${file}:2:`);
    expect(output).toContain('scrape_interval');
    writeFileSync(file, config(9090));
    expect(run('check', 'config', file)).toMatchObject({ status: 0 });
    const started = run(
      `--config.file=${join(dir, 'absent.yml')}`,
      `--storage.tsdb.path=${dir}/data`,
    );
    expect(started.status).toBe(1);
    expect(started.output).toContain('there is no such file');
    rmSync(dir, { recursive: true });
  });
});

/** The status of a form that announces so many bytes and never sends them. */
async function statusOfLength(url: string, bytes: number): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': bytes,
    };
    const form = request(`${url}/api/v1/query`, { method: 'POST', headers }, (response) => {
      resolve(response.statusCode);
      form.destroy();
    });
    form.on('error', reject);
    form.flushHeaders();
  });
}

describe('the server', () => {
  let server: NarthexProcess;

  beforeAll(async () => {
    server = await startNarthex({
      config,
      flags: ['--web.enable-lifecycle', '--query.timeout=60s'],
    });
  });
  afterAll(async () => await server.stop());

  it('scrapes itself and answers what it scraped', async () => {
    await untilQuery(server.url, 'up', (result) => result[0]?.value?.[1] === '1');
    // Five scrapes a second, when the window is full of them.
    await untilQuery(
      server.url,
      'sum(rate(prometheus_http_requests_total{handler="/metrics"}[5s]))',
      (result) => Number(result[0]?.value?.[1] ?? 0) > 2,
    );
  });

  it('keeps the configuration in force when the new one is wrong', async () => {
    writeFileSync(server.configFile, 'scrape_configs:\n  - job_nam: x\n');
    const refused = await fetch(`${server.url}/-/reload`, { method: 'POST' });
    expect(refused.status).toBe(500);
    expect(await refused.text()).toContain(`${server.configFile}:2:`);
    const successful = 'prometheus_config_last_reload_successful';
    await untilQuery(server.url, successful, (result) => result[0]?.value?.[1] === '0');
    expect(await askApi(server.url, 'scrape_pools')).toMatchObject({
      data: { scrapePools: ['narthex'] },
    });
    expect(await askApi(server.url, 'notifications')).toMatchObject({ data: [{ active: true }] });

    writeFileSync(server.configFile, config(server.port, 'other'));
    server.signal('SIGHUP');
    await untilQuery(server.url, 'up{job="other"}', (result) => result.length === 1);
    await untilQuery(server.url, successful, (result) => result[0]?.value?.[1] === '1');
    await untilQuery(server.url, 'up{job="narthex"}', (result) => result.length === 0);
  });

  const heavy =
    'count(absent_over_time(nothing[1m:1ms]) or stddev_over_time(vector(1)[1h:1ms]) or stddev_over_time(vector(2)[3h:1ms]))';

  it('ends a query that takes too long, and goes on', async () => {
    const startMs = Date.now();
    const range = { start: '1700000000', end: '1700010000', step: '1' };
    const params = { query: heavy, ...range, timeout: '2s' };
    const answer = await askApi(server.url, 'query_range', params);
    expect(answer).toMatchObject({ http: 503, errorType: 'timeout' });
    expect(Date.now() - startMs).toBeLessThan(8_000);
    expect(await instantQuery(server.url, '1')).toBeDefined();
  });

  it('stops a query whose client has gone', async () => {
    const params = new URLSearchParams({ query: heavy, start: '0', end: '10000', step: '1' });
    const gone = request(`${server.url}/api/v1/query_range?${params.toString()}`);
    gone.on('error', () => {});
    gone.end();
    const metrics = async (): Promise<string> =>
      await (await fetch(`${server.url}/metrics`)).text();
    const running = async (): Promise<number> =>
      Number(/^prometheus_engine_queries (\d+)$/m.exec(await metrics())?.[1]);
    const refused = async (): Promise<string[]> =>
      (await metrics())
        .split('\n')
        .filter((line) => line.startsWith('narthex_queries_refused_total'));
    const refusedBefore = await refused();
    await expect.poll(running, { timeout: 20_000 }).toBe(1);
    gone.destroy();
    // Long before its time is up, and no limit has ended it.
    await expect.poll(running, { timeout: 20_000 }).toBe(0);
    expect(await refused()).toEqual(refusedBefore);
  });

  it('refuses requests that are too large or not allowed', async () => {
    const long = await fetch(`${server.url}/api/v1/query?query=${'1'.repeat(300_000)}`);
    expect([414, 431]).toContain(long.status);
    expect(await statusOfLength(server.url, 11 << 20)).toBe(413);
    const write = await fetch(`${server.url}/api/v1/write`, { method: 'POST', body: 'x' });
    expect(write.status).toBe(404);
    const foreign = await fetch(`${server.url}/-/quit`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(foreign.status).toBe(403);
  });

  it('stops when asked', async () => {
    const quit = await fetch(`${server.url}/-/quit`, { method: 'PUT' });
    expect(quit.status).toBe(200);
    await expect.poll(() => server.output(), { timeout: 10_000 }).toContain('msg=stopped');
  });
});
