import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askApi, instantQuery, untilQuery } from './api.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';

const TARGET_COUNT = 100;
const SERIES_COUNT = 1000;
const WATCH_SECONDS = 20;
/** More than there are query threads, each as heavy as the server lets it be. */
const QUERIES_AT_ONCE = 3;
const HEAVY = 'sum_over_time(vector(1)[1h:1ms]) + sum(rate(page_requests_total[1m]))';

describe('a heavy query', () => {
  let pages: ChildProcess;
  let server: NarthexProcess;

  beforeAll(async () => {
    const script = fileURLToPath(new URL('./pages.mjs', import.meta.url));
    pages = spawn(process.execPath, [script, String(SERIES_COUNT)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(pages.stdout ?? pages, 'data')) as [Buffer];
    server = await startNarthex({
      config: () => configOf(Number(line.toString())),
      flags: ['--query.timeout=10s'],
    });
    // Making 100,000 series takes a while; what counts is how it goes on.
    const isSettled = `count(sum_over_time(up[5s]) >= 5)`;
    await untilQuery(server.url, isSettled, (r) => r[0]?.value?.[1] === `${TARGET_COUNT}`, 60_000);
  });
  afterAll(async () => {
    await server?.stop();
    pages?.kill('SIGKILL');
  });

  it(
    `makes no scrape of ${TARGET_COUNT} targets with ${SERIES_COUNT} series at 1 s late`,
    { timeout: 120_000 },
    async () => {
      const before = await latenessOf(server.url);
      const startMs = Date.now();
      const endMs = startMs + WATCH_SECONDS * 1000;
      const answers = await Promise.all(
        Array.from({ length: QUERIES_AT_ONCE }, async () => await askUntil(server.url, endMs)),
      );
      expect(answers.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(QUERIES_AT_ONCE);

      const window = `[${WATCH_SECONDS}s] @ ${endMs / 1000}`;
      const scrapes = await instantQuery(server.url, `sum_over_time(up${window})`);
      const counts = scrapes.map(({ value }) => Number(value?.[1]));
      expect(counts).toHaveLength(TARGET_COUNT);
      // The window's ends may cut one off.
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(WATCH_SECONDS - 1);

      const after = await latenessOf(server.url);
      expect(after.missed - before.missed).toBe(0);
      // What came more than a second late would have run into the next one.
      const [late, all] = [after.withinSecond - before.withinSecond, after.all - before.all];
      console.log(`${all} scrapes, mean lateness ${(after.sum - before.sum) / all} s`);
      expect(late).toBe(all);
    },
  );
});

/** How many range queries were answered, if only with a timeout. */
async function askUntil(url: string, endMs: number): Promise<number> {
  let count = 0;
  while (Date.now() < endMs) {
    const now = Math.floor(Date.now() / 1000);
    const range = { start: String(now - 5000), end: String(now), step: '1' };
    const { http } = await askApi(url, 'query_range', { query: HEAVY, ...range });
    expect([200, 503]).toContain(http);
    count++;
  }
  return count;
}

interface Lateness {
  readonly missed: number;
  readonly all: number;
  readonly withinSecond: number;
  readonly sum: number;
}

async function latenessOf(url: string): Promise<Lateness> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const lateness = 'narthex_scrape_lateness_seconds';
  return {
    missed: valueOf(page, 'narthex_scrapes_missed_total'),
    all: valueOf(page, `${lateness}_count`),
    withinSecond: valueOf(page, `${lateness}_bucket{le="1"}`),
    sum: valueOf(page, `${lateness}_sum`),
  };
}

function valueOf(page: string, series: string): number {
  const line = page.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? NaN);
}

function configOf(port: number): string {
  const groups = Array.from(
    { length: TARGET_COUNT },
    (_, i) =>
      `      - { targets: ['127.0.0.1:${port}'], labels: { __metrics_path__: '/${i}', part: '${i}' } }`,
  );
  return `
scrape_configs:
  - job_name: pages
    scrape_interval: 1s
    scrape_timeout: 1s
    static_configs:
${groups.join('\n')}
`;
}
