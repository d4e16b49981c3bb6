// Panels that refresh: the cache of range queries answers as if it were not there, and says what it did.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { remoteWrite } from './remote-write.ts';

const STEP_MS = 15_000;
const NOW_MS = Math.floor(Date.now() / STEP_MS) * STEP_MS;
const STEPS = 120;
const QUERY = 'sum by (part) (increase(pages_total[1m]))';

const CONFIG = `
storage: { tsdb: { out_of_order_time_window: 1h } }
scrape_configs: []
`;

let server: NarthexProcess;

beforeAll(async () => {
  server = await startNarthex({
    config: () => CONFIG,
    flags: ['--web.enable-remote-write-receiver', '--web.enable-admin-api'],
  });
  for (let step = -STEPS; step <= -10; step++) await write(NOW_MS + step * STEP_MS);
});

afterAll(() => server.stop());

async function write(timestampMs: number, parts: readonly number[] = [1, 2, 3]): Promise<void> {
  const samples = parts.map((part) => ({
    labels: { __name__: 'pages_total', part: String(part) },
    timestampMs,
    value: ((timestampMs - NOW_MS) / STEP_MS + STEPS) * part,
  }));
  expect(await remoteWrite(server.url, samples)).toBeLessThan(300);
}

type Params = Readonly<Record<string, string>>;

async function rangeText(endMs: number, more: Params = {}, url = server.url): Promise<string> {
  const params = new URLSearchParams({
    query: QUERY,
    start: String((endMs - 60 * STEP_MS) / 1000),
    end: String(endMs / 1000),
    step: String(STEP_MS / 1000),
    ...more,
  });
  const response = await fetch(`${url}/api/v1/query_range?${params.toString()}`);
  return await response.text();
}

interface CacheCounts {
  readonly hit: number;
  readonly partial: number;
  readonly miss: number;
  readonly unfit: number;
  readonly reused: number;
  readonly computed: number;
  readonly bytes: number;
  readonly entries: number;
}

async function counts(url = server.url): Promise<CacheCounts> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const value = (series: string): number => {
    const line = page.split('\n').find((text) => text.startsWith(`narthex_query_cache_${series} `));
    return Number(line?.split(' ')[1]);
  };
  return {
    hit: value('requests_total{result="hit"}'),
    partial: value('requests_total{result="partial"}'),
    miss: value('requests_total{result="miss"}'),
    unfit: value('requests_total{result="unfit"}'),
    reused: value('steps_total{source="cache"}'),
    computed: value('steps_total{source="computed"}'),
    bytes: value('bytes'),
    entries: value('entries'),
  };
}

/** Asks with the cache and without; expects one answer, and says what the cache did. */
async function refresh(endMs: number, more: Params = {}): Promise<CacheCounts> {
  const before = await counts();
  const [cached, plain] = [
    await rangeText(endMs, more),
    await rangeText(endMs, { ...more, nocache: '1' }),
  ];
  expect(cached).toBe(plain);
  expect(cached).toContain('"status":"success"');
  const after = await counts();
  const differences = Object.entries(after).map(([name, count]) => [
    name,
    name === 'bytes' || name === 'entries' ? count : count - before[name as keyof CacheCounts],
  ]);
  return Object.fromEntries(differences) as CacheCounts;
}

test('a panel that refreshes computes its new steps alone', async () => {
  const endMs = NOW_MS - 12 * STEP_MS;
  expect(await refresh(endMs)).toMatchObject({ miss: 1, computed: 61, entries: 1 });
  expect(await refresh(endMs)).toMatchObject({ hit: 1, reused: 61, computed: 0 });
  expect(await refresh(endMs + STEP_MS)).toMatchObject({ partial: 1, reused: 60, computed: 1 });
  await write(NOW_MS - 9 * STEP_MS);
  await write(NOW_MS - 8 * STEP_MS);
  expect(await refresh(endMs + 3 * STEP_MS)).toMatchObject({ partial: 1, reused: 59, computed: 2 });
  const { bytes } = await refresh(endMs + 3 * STEP_MS, { query: 'vector(1)' });
  expect(bytes).toBeGreaterThan(3 * 61 * 8);
});

test('what is written out of order is in the next answer', async () => {
  const endMs = NOW_MS - 8 * STEP_MS;
  const gapMs = NOW_MS - 30 * STEP_MS + 5000;
  const before = await rangeText(endMs);
  await write(gapMs, [2]);
  // The steps before it still hold.
  expect(await refresh(endMs)).toMatchObject({ partial: 1, reused: 39, computed: 22 });
  const samples = [
    { labels: { __name__: 'pages_total', part: '9' }, timestampMs: gapMs, value: 7 },
  ];
  await remoteWrite(server.url, samples);
  await refresh(endMs);
  expect(await rangeText(endMs)).not.toBe(before);
});

test('what is deleted is in no answer', async () => {
  const endMs = NOW_MS - 8 * STEP_MS;
  expect(await refresh(endMs)).toMatchObject({ hit: 1 });
  const before = await rangeText(endMs);
  const params = new URLSearchParams({ 'match[]': 'pages_total{part="3"}' });
  const url = `${server.url}/api/v1/admin/tsdb/delete_series?${params.toString()}`;
  expect((await fetch(url, { method: 'POST' })).status).toBe(204);
  expect(await refresh(endMs)).toMatchObject({ miss: 1, reused: 0 });
  expect(await rangeText(endMs)).not.toBe(before);
});

test('what depends on the range as a whole is computed each time', async () => {
  const endMs = NOW_MS - 20 * STEP_MS;
  const renamed = 'label_replace(pages_total, "page", "$1", "part", "(.*)")';
  for (const query of [renamed, 'pages_total @ end()', '{part="1"}']) {
    expect(await refresh(endMs, { query })).toMatchObject({ unfit: 1, computed: 61 });
    expect(await refresh(endMs, { query })).toMatchObject({ unfit: 1, reused: 0 });
  }
});

test('the cache keeps to its size, and 0 switches it off', async () => {
  const [small, none] = await Promise.all(
    ['8KB', '0'].map((size) =>
      startNarthex({ config: () => CONFIG, flags: [`--query.cache-size=${size}`] }),
    ),
  );
  try {
    for (let i = 0; i < 10; i++) await rangeText(NOW_MS, { query: `vector(${i})` }, small?.url);
    const { entries, bytes } = await counts(small?.url);
    expect(bytes).toBeLessThanOrEqual(8192);
    expect(entries).toBeGreaterThan(1);
    expect(entries).toBeLessThan(10);
    const page = await (await fetch(`${small?.url}/metrics`)).text();
    expect(page).toMatch(/^narthex_query_cache_evictions_total [1-9]/m);
    expect(await rangeText(NOW_MS, { query: 'vector(1)' }, none?.url)).toContain('success');
    expect(await (await fetch(`${none?.url}/metrics`)).text()).not.toContain('query_cache');
  } finally {
    await Promise.all([small?.stop(), none?.stop()]);
  }
});
