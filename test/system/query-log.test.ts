import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askApi, instantQuery } from './api.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';

const HEAVY = 'sum_over_time((vector(1) * time() % 7)[1h:1ms])';

describe('the record of queries', () => {
  const dir = mkdtempSync(join(tmpdir(), 'narthex-query-log-'));
  const log = join(dir, 'queries.log');
  let server: NarthexProcess;
  const start = async (): Promise<NarthexProcess> =>
    await startNarthex({
      dir,
      config: () => `global: { query_log_file: queries.log }`,
      flags: ['--web.enable-lifecycle', '--query.timeout=60s'],
    });
  const lines = (): Record<string, unknown>[] =>
    readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  beforeAll(async () => (server = await start()));
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('has a line for each query, and none for what is wrong or no query', async () => {
    await instantQuery(server.url, '1 + 1');
    const range = { query: 'vector(2)', start: '100', end: '160', step: '15' };
    await askApi(server.url, 'query_range', range);
    await askApi(server.url, 'query', { query: '1 +' });
    await askApi(server.url, 'labels');
    await askApi(server.url, 'query', { query: 'sum_over_time(vector(1)[1y:1ms])' });
    expect(lines()).toMatchObject([
      {
        msg: 'promql query logged',
        params: { query: '1 + 1', step: 0 },
        stats: { samples: { totalQueryableSamples: 0 } },
        httpRequest: { clientIP: '127.0.0.1', method: 'GET', path: '/api/v1/query' },
      },
      {
        params: {
          query: 'vector(2)',
          start: '1970-01-01T00:01:40.000Z',
          end: '1970-01-01T00:02:40.000Z',
          step: 15,
        },
        httpRequest: { path: '/api/v1/query_range' },
      },
      { error: expect.stringContaining('bytes of memory') as string },
    ]);
    const page = await (await fetch(`${server.url}/metrics`)).text();
    expect(page).toContain('prometheus_engine_query_log_enabled 1');
  });

  it('goes on in a new file after the old one was moved away and the server told', async () => {
    renameSync(log, `${log}.1`);
    await instantQuery(server.url, '3');
    expect((await fetch(`${server.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    await instantQuery(server.url, '4');
    expect(lines()).toMatchObject([{ params: { query: '4' } }]);
  });

  it('tells after a crash what was running', async () => {
    const active = join(dir, 'data', 'queries.active');
    void askApi(server.url, 'query', { query: HEAVY }).catch(() => undefined);
    const running = (): string => readFileSync(active, 'utf8').replaceAll('\0', '');
    await expect.poll(running, { timeout: 10_000, interval: 10 }).toContain(`"query":"${HEAVY}"`);
    await server.kill();
    server = await start();
    expect(server.output()).toContain('a query was running when the process ended the last time');
    expect(server.output()).toContain(HEAVY);
    expect(running()).toBe('[');
  });

  it('tells nothing after a clean end', async () => {
    void askApi(server.url, 'query', { query: HEAVY }).catch(() => undefined);
    await server.stop();
    server = await start();
    expect(server.output()).not.toContain('a query was running');
  });
});
