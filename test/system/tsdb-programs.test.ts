// Debian's promtool and Prometheus read what we wrote; we read what they wrote.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { STALE_NAN, createMatcher, labelsFromObject } from '#model';
import { SampleColumns } from '#storage';
import type { Database } from '#tsdb';
import { PROMETHEUS, startPrometheus } from './prometheus.ts';
import { withPrograms } from './installed.ts';
import { PROMTOOL } from './tsdb-content.ts';
import { openDirectory } from './open-directory.ts';

/** Debian's does not lock its directory unless it is told to. */
const LOCKED = ['--storage.tsdb.use-lockfile'];

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-tsdb-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const NOW_MS = Math.floor(Date.now() / 1000) * 1000;

/** Ten minutes of twelve series, one of which ends, in several batches and segments. */
function fill(database: Database): Map<string, number> {
  const counts = new Map<string, number>();
  for (let step = 0; step < 120; step++) {
    const appender = database.appender();
    for (let i = 0; i < 12; i++) {
      const labels = { __name__: 'narthex_test', i: String(i), text: 'grün "\\' };
      const ref = appender.seriesRef(labelsFromObject(labels));
      const value = i === 3 && step === 119 ? STALE_NAN : step * i + 0.1;
      appender.append(ref, NOW_MS - 600_000 + step * 5000, value);
      counts.set(String(i), (counts.get(String(i)) ?? 0) + 1);
      if (step === 0) appender.setMetadata(ref, { type: 'gauge', unit: '', help: 'A test.' });
    }
    appender.commit();
  }
  return counts;
}

function dump(path: string): string[] {
  const text = execFileSync(PROMTOOL, ['tsdb', 'dump', path], { encoding: 'utf8' });
  return text.split('\n').filter((line) => line.startsWith('{'));
}

withPrograms(PROMTOOL)('promtool dumps every sample of our directory', async () => {
  const path = join(dir, 'ours');
  const database = await openDirectory(path, { walSegmentBytes: 65_536 });
  fill(database);
  const before = dump(path);
  await database.close();
  const lines = dump(path);
  expect(lines).toEqual(before);
  expect(lines.length).toBe(120 * 12);
  expect(lines[0]).toContain('__name__="narthex_test"');
  expect(lines[0]).toContain('text="grün \\"\\\\"');
  const last = lines.findLast((line) => line.includes('i="5"'));
  expect(last).toMatch(new RegExp(` ${119 * 5 + 0.1} ${NOW_MS - 5000}$`));
});

withPrograms(PROMTOOL)(
  'promtool reads a directory that was trimmed and has a checkpoint',
  async () => {
    const path = join(dir, 'trimmed');
    const database = await openDirectory(path, {
      retentionMs: 300_000,
      walSegmentBytes: 65_536,
      walCompression: 'none',
    });
    for (let step = 0; step < 200; step++) {
      const appender = database.appender();
      for (let i = 0; i < 100; i++) {
        const labels = labelsFromObject({ __name__: 'more', i: String(i) });
        const timeMs = step < 100 ? NOW_MS - 600_000 + step : NOW_MS + step;
        appender.append(appender.seriesRef(labels), timeMs, i);
      }
      appender.commit();
    }
    database.trim();
    await database.close();
    expect(existsSync(join(path, 'wal', '00000000'))).toBe(false);
    expect(existsSync(join(path, 'wal', 'checkpoint.00000000'))).toBe(true);
    const times = dump(path).map((line) => Number(line.split(' ').at(-1)));
    expect(times.filter((timeMs) => timeMs >= NOW_MS).length).toBe(100 * 100);
    // The series' records came from the checkpoint: without it there would be no sample at all.
    expect(times.length).toBeLessThan(200 * 100);
  },
);

async function query(
  url: string,
  expression: string,
  timeMs = NOW_MS,
): Promise<{ value: [number, string] }[]> {
  const parameters = new URLSearchParams({ query: expression, time: String(timeMs / 1000) });
  const answer = await fetch(`${url}/api/v1/query?${parameters.toString()}`);
  const body = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  return body.data.result;
}

withPrograms(PROMETHEUS)('Prometheus starts on our directory and answers from it', async () => {
  const path = join(dir, 'handed-over');
  const database = await openDirectory(path);
  fill(database);
  await database.close();
  const prometheus = await startPrometheus({ path, flags: LOCKED });
  try {
    const counted = await query(prometheus.url, 'count_over_time(narthex_test{i="5"}[11m])');
    expect(counted.map(({ value }) => value[1])).toEqual(['120']);
    // The stale marker ends series 3.
    const series = await query(prometheus.url, 'count(narthex_test)');
    expect(series.map(({ value }) => value[1])).toEqual(['11']);
    expect(prometheus.output()).not.toMatch(/corrupt|level=error/i);
  } finally {
    await prometheus.stop();
  }
});

withPrograms(PROMETHEUS)('we start on a directory that Prometheus wrote', async () => {
  const path = join(dir, 'theirs');
  const page = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end('# TYPE their_metric gauge\ntheir_metric{text="a b"} 42.5\nother_metric 1\n');
  }).listen(0, '127.0.0.1');
  await once(page, 'listening');
  const { port } = page.address() as AddressInfo;
  const config = `
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: theirs
    static_configs: [{targets: ['127.0.0.1:${port}']}]
`;
  const prometheus = await startPrometheus({ path, config, flags: LOCKED });
  for (let tries = 0; tries < 300; tries++) {
    const counted = await query(prometheus.url, 'count_over_time(their_metric[1m])', Date.now());
    if (Number(counted[0]?.value[1]) >= 3) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await prometheus.stop();
  page.close();
  const want = dump(path).filter((line) => line.includes('their_metric'));
  expect(want.length).toBeGreaterThan(2);

  const database = await openDirectory(path);
  const querier = database.reader.queryable.querier(-Infinity, Infinity);
  const all = { startMs: -Infinity, endMs: Infinity };
  const set = querier.select([createMatcher('=', '__name__', 'their_metric')], all);
  expect(set.count).toBe(1);
  const columns = new SampleColumns();
  set.read(0, -Infinity, Infinity, columns);
  const times = want.map((line) => Number(line.split(' ').at(-1)));
  expect([...columns.timestampsMs.subarray(0, columns.length)]).toEqual(times);
  expect(columns.values[0]).toBe(42.5);
  expect(set.labels(0)).toEqual(
    labelsFromObject({
      __name__: 'their_metric',
      instance: `127.0.0.1:${port}`,
      job: 'theirs',
      text: 'a b',
    }),
  );
  querier.close();
  // And on with the same directory: our samples join theirs.
  const appender = database.appender();
  appender.append(appender.seriesRef(set.labels(0)), Date.now() + 1000, 7);
  appender.commit();
  await database.close();
  expect(dump(path).filter((line) => line.includes('their_metric')).length).toBe(want.length + 1);
});

withPrograms(PROMETHEUS)('a directory that Prometheus has open is refused', async () => {
  const path = join(dir, 'busy');
  const prometheus = await startPrometheus({ path, flags: LOCKED });
  try {
    await expect(openDirectory(path)).rejects.toThrow(/in use by another program/);
  } finally {
    await prometheus.stop();
  }
  await (await openDirectory(path)).close();
});
