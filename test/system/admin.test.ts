// What is changed by hand over HTTP: deletions hold at once, after kill -9, and for Debian's promtool.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instantQuery } from './api.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { PROMETHEUS, startPrometheus } from './prometheus.ts';
import { remoteWrite } from './remote-write.ts';

const PROMTOOL = '/usr/bin/promtool';
const STEP_MS = 15_000;
const SAMPLE_COUNT = 240;
const START_MS = Math.floor((Date.now() - SAMPLE_COUNT * STEP_MS) / 60_000) * 60_000;
const SERIES = ['0', '1', '2', '3'];
const FLAGS = [
  '--web.enable-admin-api',
  '--web.enable-remote-write-receiver',
  // Several blocks out of an hour.
  '--storage.tsdb.min-block-duration=10m',
];

let dir = '';
let server: NarthexProcess;
/** Times of the samples there are, by series, in steps since START_MS. */
let want = new Map<string, number[]>();

async function start(flags: readonly string[] = FLAGS): Promise<void> {
  server = await startNarthex({ config: () => 'scrape_configs: []\n', dir, flags });
}

async function write(series: readonly string[], step: number): Promise<void> {
  const timestampMs = timeOf(step);
  const samples = series.map((i) => ({
    labels: { __name__: 'kept', i },
    timestampMs,
    value: step + Number(i) / 10,
  }));
  expect(await remoteWrite(server.url, samples)).toBeLessThan(300);
  for (const i of series) want.set(i, [...(want.get(i) ?? []), step]);
}

function timeOf(step: number): number {
  return START_MS + step * STEP_MS;
}

async function admin(
  name: string,
  params: Readonly<Record<string, string>> = {},
  { method = 'POST', url = server.url }: { method?: string; url?: string } = {},
): Promise<{ status: number; body: string }> {
  const query = new URLSearchParams(params).toString();
  const response = await fetch(`${url}/api/v1/admin/tsdb/${name}?${query}`, { method });
  return { status: response.status, body: await response.text() };
}

/** Deletes over HTTP and from what is wanted. Steps are inclusive. */
async function remove(
  series: readonly string[],
  first?: number,
  last?: number,
  url: string = server.url,
): Promise<void> {
  const params = {
    'match[]': `kept{i=~"${series.join('|')}"}`,
    ...(first !== undefined && { start: String(timeOf(first) / 1000) }),
    ...(last !== undefined && { end: String(timeOf(last) / 1000) }),
  };
  const answer = await admin('delete_series', params, { url });
  expect(answer).toEqual({ status: 204, body: '' });
  for (const i of series) {
    const stays = (step: number): boolean => step < (first ?? 0) || step > (last ?? Infinity);
    want.set(i, (want.get(i) ?? []).filter(stays));
  }
}

async function expectQueries(url: string = server.url): Promise<void> {
  // Several times, so that each query thread is asked.
  for (let round = 0; round < 4; round++) {
    const result = await instantQuery(url, 'kept[3h]');
    const found = new Map(
      result.map(({ metric, values }) => [
        metric['i'] ?? '',
        (values ?? []).map(([seconds]) => Math.round((seconds * 1000 - START_MS) / STEP_MS)),
      ]),
    );
    expect(found).toEqual(wanted());
  }
}

function wanted(): Map<string, number[]> {
  return new Map([...want].filter(([, steps]) => steps.length > 0));
}

function expectDump(path: string): void {
  if (!existsSync(PROMTOOL)) {
    if (process.env['CI'] === 'true') throw new Error('promtool is missing');
    console.warn(`skipped: ${PROMTOOL} is not installed (Debian: package prometheus)`);
    return;
  }
  const text = execFileSync(PROMTOOL, ['tsdb', 'dump', path], { encoding: 'utf8' });
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  const expected = [...want].flatMap(([i, steps]) => steps.map((step) => dumpLine(i, step)));
  expect(lines.toSorted()).toEqual(expected.toSorted());
}

function dumpLine(i: string, step: number): string {
  return `{__name__="kept", i="${i}"} ${step + Number(i) / 10} ${timeOf(step)}`;
}

function blocks(path: string): string[] {
  return readdirSync(path).filter((name) => name.length === 26);
}

function oldestBlockEndMs(): number {
  const ends = blocks(join(dir, 'data')).map((ulid) => {
    const meta = readFileSync(join(dir, 'data', ulid, 'meta.json'), 'utf8');
    return (JSON.parse(meta) as { maxTime: number }).maxTime;
  });
  return Math.min(...ends);
}

async function untilBlocks(): Promise<void> {
  for (let tries = 0; blocks(join(dir, 'data')).length < 3; tries++) {
    if (tries > 200) throw new Error(`no blocks were made:\n${server.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-admin-'));
  await start();
  for (let step = 0; step < SAMPLE_COUNT; step++) await write(SERIES, step);
  await server.stop();
  // Begins with a look at what there is to cut.
  await start();
  await untilBlocks();
});

afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('a deletion is seen by the next query, survives kill -9, and promtool knows it', async () => {
  await expectQueries();
  // All of one series; a part of others, in blocks, in the head, and in both.
  await remove(['0']);
  await expectQueries();
  await remove(['1', '2'], 10, 30);
  await remove(['2'], SAMPLE_COUNT - 5, SAMPLE_COUNT - 3);
  await remove(['3'], 100, SAMPLE_COUNT - 10);
  await expectQueries();
  await server.kill();
  expectDump(join(dir, 'data'));
  await start();
  await expectQueries();
  // What comes later counts.
  await write(['0', '1'], SAMPLE_COUNT);
  await expectQueries();
  await server.kill();
  await start();
  await expectQueries();
});

test("Debian's Prometheus knows our deletions, and we know its", async (context) => {
  if (!existsSync(PROMETHEUS)) {
    if (process.env['CI'] === 'true') throw new Error('prometheus is missing');
    context.skip(`${PROMETHEUS} is not installed (Debian: package prometheus)`);
    return;
  }
  await server.stop();
  // On the same directory.
  const path = join(dir, 'data');
  const prometheus = await startPrometheus({ path, flags: ['--web.enable-admin-api'] });
  try {
    await expectQueries(prometheus.url);
    await remove(['1'], 60, 70, prometheus.url);
    await remove(['2'], SAMPLE_COUNT - 12, SAMPLE_COUNT - 11, prometheus.url);
    await expectQueries(prometheus.url);
  } finally {
    await prometheus.kill();
  }
  await start();
  await expectQueries();
});

test('a snapshot holds the same samples for promtool, with and without the head', async () => {
  const { status, body } = await admin('snapshot', {}, { method: 'PUT' });
  expect(status).toBe(200);
  const { name } = (JSON.parse(body) as { data: { name: string } }).data;
  expect(name).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{16}$/);
  const path = join(dir, 'data', 'snapshots', name);
  expectDump(path);
  const shared = blocks(join(dir, 'data')).find((ulid) => blocks(path).includes(ulid)) ?? '';
  const chunks = join('chunks', '000001');
  expect(statSync(join(path, shared, chunks)).ino).toBe(
    statSync(join(dir, 'data', shared, chunks)).ino,
  );
  const short = await admin('snapshot', { skip_head: 'true' });
  const shortName = (JSON.parse(short.body) as { data: { name: string } }).data.name;
  const shortPath = join(dir, 'data', 'snapshots', shortName);
  expect(blocks(shortPath).toSorted()).toEqual(blocks(join(dir, 'data')).toSorted());
  expect(blocks(path).length).toBe(blocks(shortPath).length + 1);
  if (existsSync(PROMTOOL)) {
    const list = execFileSync(PROMTOOL, ['tsdb', 'list', path], { encoding: 'utf8' });
    for (const ulid of blocks(path)) expect(list).toContain(ulid);
  }
  // What is deleted later stays in the snapshot.
  const before = new Map(want);
  await remove(['3'], 50, 60);
  want = before;
  expectDump(path);
  want = new Map([...want, ['3', (want.get('3') ?? []).filter((s) => s < 50 || s > 60)]]);
  await expectQueries();
});

test('cleaning writes blocks anew without what was deleted, and removes those left empty', async () => {
  const before = blocks(join(dir, 'data'));
  // The whole of the oldest block, and a part of the next.
  await remove(SERIES, 0, Math.ceil((oldestBlockEndMs() - START_MS) / STEP_MS) + 2);
  expect(await admin('clean_tombstones')).toEqual({ status: 204, body: '' });
  const after = blocks(join(dir, 'data'));
  expect(after.length).toBeLessThan(before.length);
  expect(after.filter((ulid) => before.includes(ulid)).length).toBeLessThan(after.length);
  for (const ulid of after) {
    // Nothing but its header and checksum.
    expect(statSync(join(dir, 'data', ulid, 'tombstones')).size).toBe(9);
  }
  await expectQueries();
  expectDump(join(dir, 'data'));
  await server.kill();
  await start();
  await expectQueries();
});

test('what is asked wrongly is refused, and everything without the flag', async () => {
  const missing = await admin('delete_series');
  expect(missing.status).toBe(400);
  expect(JSON.parse(missing.body)).toMatchObject({ errorType: 'bad_data' });
  expect((await admin('delete_series', { 'match[]': '{' })).status).toBe(400);
  expect((await admin('snapshot', { skip_head: 'perhaps' })).status).toBe(400);
  await expectQueries();
  await server.stop();
  await start(FLAGS.slice(1));
  for (const name of ['delete_series', 'clean_tombstones', 'snapshot']) {
    const { status, body } = await admin(name, { 'match[]': 'kept' });
    // As Prometheus.
    expect(status).toBe(500);
    expect(body).toContain('admin APIs disabled');
  }
  await expectQueries();
});
