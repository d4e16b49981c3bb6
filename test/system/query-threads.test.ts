import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askApi } from './api.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { remoteWrite } from './remote-write.ts';

const SERIES = 1000;
const STEPS = 40;
const STEP_MS = 30_000;
const START_MS = Math.floor(Date.now() / STEP_MS) * STEP_MS - STEPS * STEP_MS;
const END_MS = START_MS + (STEPS - 1) * STEP_MS;
const NAME = 'wide_total';

/** Wide enough that another thread is worth it. */
const QUERIES = [
  `sum by (part) (rate(${NAME}[5m]))`,
  `avg(${NAME})`,
  `stddev by (part) (increase(${NAME}[2m]))`,
  `topk(5, rate(${NAME}[3m]))`,
];

function valueAt(series: number, step: number): number {
  return step * (series % 17) * 1.37 + Math.sin(series) * 100 + 100;
}

/** Of all series at once; a generation has series of its own. */
async function write(url: string, timestampMs: number, generation = ''): Promise<void> {
  const samples = Array.from({ length: SERIES }, (_, i) => ({
    labels: { __name__: NAME, i: String(i), part: String(i % 11), generation },
    timestampMs,
    value: valueAt(i, (timestampMs - START_MS) / STEP_MS),
  }));
  expect(await remoteWrite(url, samples)).toBe(204);
}

/** Samples that come after all that is asked for, and series that never were. */
async function writeOn(url: string, writing: { isWanted: boolean }): Promise<void> {
  for (let count = 1; writing.isWanted; count++) {
    await write(url, END_MS + count);
    if (count % 4 === 0) await write(url, END_MS + count, String(count));
  }
}

/** Without how long it took. */
async function ask(url: string, query: string): Promise<string> {
  const answer = await askApi(url, 'query_range', {
    query,
    start: String(START_MS / 1000),
    end: String(END_MS / 1000),
    step: '1',
    stats: 'all',
    nocache: '1',
  });
  expect(answer.http).toBe(200);
  const { data, ...rest } = answer;
  const { stats, ...result } = data as { readonly stats: { readonly samples: unknown } };
  return JSON.stringify({ ...rest, result, samples: stats.samples });
}

async function metric(url: string, name: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const line = page.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? NaN);
}

async function helped(url: string): Promise<number> {
  return await metric(url, 'narthex_query_helped_portions_total');
}

/** So that the server has started all of its query threads. */
async function warmUp(url: string): Promise<void> {
  const deadlineMs = Date.now() + 30_000;
  while ((await helped(url)) === 0) {
    if (Date.now() > deadlineMs) throw new Error('no thread helps');
    await ask(url, QUERIES[0] ?? '');
  }
}

describe('a wide query', () => {
  let dir = '';
  let server: NarthexProcess;
  /** What one thread alone says. */
  let expected: readonly string[] = [];

  const start = async (threads: number): Promise<NarthexProcess> =>
    await startNarthex({
      config: () => 'scrape_configs: []\n',
      flags: [
        '--web.enable-remote-write-receiver',
        `--query.max-concurrency=${threads}`,
        '--query.parallel-from=4ms',
        '--log.level=warn',
      ],
      dir,
    });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'narthex-threads-'));
    const alone = await start(1);
    for (let step = 0; step < STEPS; step++) {
      await write(alone.url, START_MS + step * STEP_MS);
    }
    const answers: string[] = [];
    for (const query of QUERIES) answers.push(await ask(alone.url, query));
    expected = answers;
    expect(await helped(alone.url)).toBe(0);
    await alone.stop();
    server = await start(4);
  });
  afterAll(async () => {
    await server?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('has the same answer whether other threads help or not', async () => {
    await warmUp(server.url);
    for (const [i, query] of QUERIES.entries()) {
      const before = await helped(server.url);
      for (let again = 0; again < 2; again++)
        expect(await ask(server.url, query)).toBe(expected[i]);
      expect(await helped(server.url)).toBeGreaterThan(before);
    }
  });

  it('has the same answer while others are asked, and while samples come', async () => {
    const writing = { isWanted: true };
    const writer = writeOn(server.url, writing);
    const before = await helped(server.url);
    expect(await Promise.all(QUERIES.map((query) => ask(server.url, query)))).toEqual(expected);
    for (const [i, query] of QUERIES.slice(0, 3).entries()) {
      expect(await ask(server.url, query)).toBe(expected[i]);
    }
    writing.isWanted = false;
    await writer;
    expect(await helped(server.url)).toBeGreaterThan(before);
  });

  it('leaves no thread at work when who asked has gone', async () => {
    for (let again = 0; again < 5; again++) {
      const gone = AbortSignal.timeout(10 + again * 15);
      const params = new URLSearchParams({
        query: `sum(rate(${NAME}[15m]))`,
        start: String(START_MS / 1000),
        end: String(END_MS / 1000),
        step: '0.2',
        nocache: '1',
      });
      const url = `${server.url}/api/v1/query_range?${params.toString()}`;
      await expect(fetch(url, { signal: gone })).rejects.toThrow();
    }
    const deadlineMs = Date.now() + 10_000;
    while ((await metric(server.url, 'prometheus_engine_queries')) > 0) {
      expect(Date.now()).toBeLessThan(deadlineMs);
    }
    expect(await ask(server.url, QUERIES[0] ?? '')).toBe(expected[0]);
    expect(server.output()).not.toMatch(/does not stop|died|BUG/);
  });
});
