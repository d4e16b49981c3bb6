// Samples out of order go from us to Debian's Prometheus (2.42) and back, in blocks and in the log `wbl`, and are
// the same to the bit. That version has no histograms out of order, so these are floats.
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createMatcher, labelsFromObject } from '#model';
import { AppendStatus } from '#storage';
import { openReadOnly } from '#tsdb';
import type { Database } from '#tsdb';
import { askApi } from './api.ts';
import { startNarthex } from './narthex.ts';
import { PROMETHEUS, type PrometheusProcess, startPrometheus } from './prometheus.ts';
import { readFloats } from './remote-read.ts';
import { remoteWrite } from './remote-write.ts';
import type { WrittenSample } from './remote-write.ts';
import {
  PROMTOOL,
  asDumped,
  bitsOf,
  blocksOf,
  contentOf,
  dumpOf,
  labelText,
} from './tsdb-content.ts';
import { withPrograms } from './installed.ts';
import { openCompacting } from './open-directory.ts';

const HOUR_MS = 3_600_000;
/** Within a block, always at the same place. */
const END_MS = Math.floor(Date.now() / (2 * HOUR_MS)) * 2 * HOUR_MS - 17 * 60_000;
const STEP_MS = 30_000;

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-out-of-order-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function configOf(window: string): string {
  return `storage: {tsdb: {out_of_order_time_window: ${window}}}\nscrape_configs: []\n`;
}

async function start(path: string): Promise<PrometheusProcess> {
  return await startPrometheus({
    path,
    config: configOf('6h'),
    flags: [
      '--web.enable-remote-write-receiver',
      '--web.enable-admin-api',
      '--storage.tsdb.min-block-duration=2h',
      '--storage.tsdb.max-block-duration=2h',
    ],
  });
}

/**
 * Batches between two times, of ten series: half of them in order, of the others every third sample comes up to
 * five hours late, in no order; one is always late. Each time comes once.
 */
function batches(startMs: number, endMs: number): WrittenSample[][] {
  const made: WrittenSample[][] = [];
  const late: { readonly at: number; readonly sample: WrittenSample }[] = [];
  for (let timestampMs = startMs, step = 0; timestampMs < endMs; timestampMs += STEP_MS, step++) {
    const batch: WrittenSample[] = [];
    for (let i = 0; i < 10; i++) {
      const labels = { __name__: 'late', i: String(i) };
      const value = Math.sin(i + timestampMs / 1e6) * (i + 1);
      const sample = { labels, timestampMs: timestampMs + i, value };
      const isLate = i >= 5 && (step % 3 === 0 || i === 9);
      if (!isLate) batch.push(sample);
      else late.push({ at: step + 1 + ((step * 7919 + i * 131) % 600), sample });
    }
    const due = late.filter(({ at }) => at === step).map(({ sample }) => sample);
    made.push([...batch, ...due]);
  }
  const rest = late.filter(({ at }) => at >= made.length).map(({ sample }) => sample);
  return [...made, rest.toReversed()];
}

function linesOf(written: readonly WrittenSample[][]): string[] {
  return written
    .flat()
    .map(({ labels, timestampMs, value }) => {
      const text = labelText(labelsFromObject(labels));
      return `${text} ${bitsOf(value)} ${timestampMs}`;
    })
    .toSorted();
}

function write(database: Database, written: readonly WrittenSample[][]): void {
  for (const batch of written) {
    const appender = database.appender();
    for (const { labels, timestampMs, value } of batch) {
      const ref = appender.seriesRef(labelsFromObject(labels));
      expect(appender.append(ref, timestampMs, value)).toBe(AppendStatus.ok);
    }
    appender.commit();
  }
}

async function send(url: string, written: readonly WrittenSample[][]): Promise<void> {
  for (const batch of written)
    if (batch.length > 0) expect(await remoteWrite(url, batch)).toBe(204);
}

/** Both sorted. */
function expectSame(found: readonly string[], wanted: readonly string[]): void {
  const [has, wants] = [new Set(found), new Set(wanted)];
  const missing = wanted.filter((line) => !has.has(line)).slice(0, 3);
  const invented = found.filter((line) => !wants.has(line)).slice(0, 3);
  const counts = [found.length, wanted.length];
  expect({ missing, invented, counts }).toEqual({
    missing: [],
    invented: [],
    counts: [wanted.length, wanted.length],
  });
}

/** While 2.42 cuts blocks it shows a part. */
async function expectServed(url: string, wanted: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const found = await readFloats(url);
    if (found.length === wanted.length) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expectSame(await readFloats(url), wanted);
}

withPrograms(PROMETHEUS, PROMTOOL)(
  'what we took out of order Prometheus finds, and takes more',
  async () => {
    const path = join(dir, 'ours');
    const first = batches(END_MS - 10 * HOUR_MS, END_MS - HOUR_MS);
    const database = await openCompacting(path, { outOfOrderWindowMs: 6 * HOUR_MS });
    write(database, first.slice(0, -1));
    // The last samples of all come when their time has long been cut.
    await database.compact();
    write(database, first.slice(-1));
    const wanted = linesOf(first);
    expectSame(contentOf(database), wanted);
    expect(blocksOf(path).length).toBeGreaterThan(2);
    expect(readdirSync(join(path, 'wbl')).length).toBeGreaterThan(0);
    // As if it had been killed here.
    const killed = join(dir, 'ours-killed');
    cpSync(path, killed, { recursive: true });
    rmSync(join(killed, 'lock'));
    await database.close();
    expectSame(dumpOf(path), asDumped(wanted));

    const prometheus = await start(killed);
    await expectServed(prometheus.url, wanted);
    const second = batches(END_MS - HOUR_MS, END_MS);
    await send(prometheus.url, second);
    const all = linesOf([...first, ...second]);
    await expectServed(prometheus.url, all);
    await prometheus.kill();
    expect(prometheus.output()).not.toMatch(/corrupt|level=error(?!.*context canceled)/i);

    const again = await openCompacting(killed, { outOfOrderWindowMs: 6 * HOUR_MS });
    expectSame(contentOf(again), all);
    await again.compact();
    expectSame(contentOf(again), all);
    await again.close();
  },
  120_000,
);

withPrograms(PROMETHEUS, PROMTOOL)(
  'what Prometheus took out of order we find, cut into blocks, and give back',
  async () => {
    const path = join(dir, 'theirs');
    const first = batches(END_MS - 5 * HOUR_MS, END_MS - HOUR_MS);
    const prometheus = await start(path);
    await send(prometheus.url, first);
    const wanted = linesOf(first);
    await expectServed(prometheus.url, wanted);
    await prometheus.stop();
    expect(readdirSync(join(path, 'wbl')).length).toBeGreaterThan(0);

    const reading = openReadOnly({ dir: path, startMs: -Infinity, endMs: Infinity });
    const read: string[] = [];
    for (const { labels, samples } of reading.series([[createMatcher('=', '__name__', 'late')]])) {
      for (let row = 0; row < samples.length; row++) {
        const value = bitsOf(samples.values[row] ?? 0);
        read.push(`${labelText(labels)} ${value} ${samples.timestampsMs[row]}`);
      }
    }
    expect(reading.warnings).toEqual([]);
    reading.close();
    expectSame(read.toSorted(), wanted);

    const database = await openCompacting(path, { outOfOrderWindowMs: 6 * HOUR_MS });
    expectSame(contentOf(database), wanted);
    const second = batches(END_MS - HOUR_MS, END_MS);
    write(database, second);
    await database.compact();
    const all = linesOf([...first, ...second]);
    expectSame(contentOf(database), all);
    await database.deleteSeries([createMatcher('=', 'i', '9')], END_MS - HOUR_MS, END_MS + HOUR_MS);
    const left = all.filter((line) => {
      const [, i, time] = /i="(\d)"} \S+ (\d+)$/.exec(line) ?? [];
      return i !== '9' || Number(time) < END_MS - HOUR_MS;
    });
    expectSame(contentOf(database), left);
    await database.close();
    const back = await start(path);
    await expectServed(back.url, left);
    await back.stop();
    expect(back.output()).not.toMatch(/corrupt|level=error(?!.*context canceled)/i);
  },
  120_000,
);

test('a scrape may bring timestamps that go back', async () => {
  let scrapes = 0;
  const target = createServer((_, response) => {
    scrapes++;
    response.setHeader('content-type', 'text/plain');
    response.end(`late ${scrapes} ${END_MS - scrapes * 1000}\n`);
  });
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  const { port } = target.address() as AddressInfo;
  const server = await startNarthex({
    config: () => `storage: {tsdb: {out_of_order_time_window: 6h}}
scrape_configs:
  - job_name: late
    scrape_interval: 200ms
    scrape_timeout: 200ms
    static_configs: [{targets: ['127.0.0.1:${port}']}]
`,
  });
  try {
    await vi.waitFor(() => expect(scrapes).toBeGreaterThan(4), 20_000);
    const parameters = { query: 'late[1h]', time: String(END_MS / 1000) };
    const { data } = await askApi(server.url, 'query', parameters);
    const { result } = data as { result: readonly { readonly values: [number, string][] }[] };
    const values = result[0]?.values ?? [];
    expect(values.length).toBeGreaterThanOrEqual(3);
    for (const [timeS, value] of values) expect(END_MS / 1000 - timeS).toBe(Number(value));
  } finally {
    await server.stop();
    target.close();
  }
});

test('the window follows the configuration, and survives the death of the server', async () => {
  const at = (seconds: number, value: number): WrittenSample => ({
    labels: { __name__: 'late', i: '0' },
    timestampMs: END_MS + seconds * 1000,
    value,
  });
  const home = mkdtempSync(join(dir, 'window-'));
  const flags = ['--web.enable-remote-write-receiver', '--web.enable-lifecycle'];
  const server = await startNarthex({ config: () => configOf('0s'), dir: home, flags });
  expect(await remoteWrite(server.url, [at(0, 1)])).toBe(204);
  expect(await remoteWrite(server.url, [at(-60, 2)])).toBe(400);
  writeFileSync(server.configFile, configOf('10m'));
  expect((await fetch(`${server.url}/-/reload`, { method: 'POST' })).status).toBe(200);
  expect(await remoteWrite(server.url, [at(-60, 3)])).toBe(204);
  expect(await remoteWrite(server.url, [at(-601, 4)])).toBe(400);
  const page = await (await fetch(`${server.url}/metrics`)).text();
  expect(page).toContain(
    'prometheus_tsdb_head_out_of_order_samples_appended_total{type="float"} 1\n',
  );
  expect(page).toContain('prometheus_tsdb_too_old_samples_total{type="float"} 1\n');
  expect(page).toContain('prometheus_tsdb_sample_ooo_delta_bucket{le="600"} 1\n');
  expect(page).toMatch(/^prometheus_tsdb_out_of_order_wbl_storage_size_bytes [1-9]/m);
  await server.kill();
  const again = await startNarthex({ config: () => configOf('0s'), dir: home, flags });
  const { data } = await askApi(again.url, 'query', {
    query: 'late[1h]',
    time: String(END_MS / 1000 + 60),
  });
  const { result } = data as { result: readonly { readonly values: readonly unknown[] }[] };
  expect(result[0]?.values).toEqual([
    [END_MS / 1000 - 60, '3'],
    [END_MS / 1000, '1'],
  ]);
  await again.stop();
});
