// Debian's promtool and Prometheus read our blocks; we read theirs; the built server cuts, merges and serves them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STALE_NAN, labelsFromObject } from '#model';
import type { Database } from '#tsdb';
import { instantQuery } from './api.ts';
import { startNarthex } from './narthex.ts';
import { PROMETHEUS, startPrometheus } from './prometheus.ts';
import { remoteWrite } from './remote-write.ts';
import { PROMTOOL, asDumped, blocksOf, contentOf, dumpOf } from './tsdb-content.ts';
import { withPrograms } from './installed.ts';
import { openCompacting } from './open-directory.ts';

const HISTOGRAMS = ['--enable-feature=native-histograms'];
const HOUR_MS = 3_600_000;

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-blocks-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const END_MS = Math.floor(Date.now() / 60_000) * 60_000;
const START_MS = END_MS - 20 * HOUR_MS;

/** Twenty hours of 60 series, a third of which are replaced every hour: some 72,000 samples. */
function fill(database: Database): number {
  let count = 0;
  for (let minute = 0; minute < 20 * 60; minute++) {
    const appender = database.appender();
    const timeMs = START_MS + minute * 60_000;
    for (let i = 0; i < 60; i++) {
      const generation = i % 3 === 0 ? Math.floor(minute / 60) : 0;
      const labels = {
        __name__: `m_${i % 4}`,
        i: String(i),
        generation: String(generation),
        text: 'grün "\\\n',
      };
      const ref = appender.seriesRef(labelsFromObject(labels));
      const isLast = i % 3 === 0 && minute % 60 === 59;
      const value = isLast ? STALE_NAN : valueOf(i, minute);
      appender.append(ref, timeMs + (i % 5), value);
      count++;
    }
    appender.commit();
  }
  return count;
}

function valueOf(i: number, minute: number): number {
  if (i % 4 === 0) return Math.sin(minute * i);
  if (i % 4 === 1) return minute * i;
  if (i % 4 === 2) return minute % 100 === 3 ? Infinity : 1 / (minute + i);
  return i;
}

withPrograms(PROMTOOL)(
  'promtool lists, analyzes and dumps our blocks, sample by sample',
  async () => {
    const path = join(dir, 'ours');
    const database = await openCompacting(path);
    const count = fill(database);
    const before = contentOf(database);
    expect(before.length).toBe(count);
    await database.compact();
    expect(blocksOf(path).length).toBeGreaterThan(2);
    expect(contentOf(database)).toEqual(before);
    await database.close();
    expect(dumpOf(path)).toEqual(asDumped(before));
    const listed = execFileSync(PROMTOOL, ['tsdb', 'list', path], { encoding: 'utf8' });
    for (const ulid of blocksOf(path)) expect(listed).toContain(ulid);
    const analyzed = execFileSync(PROMTOOL, ['tsdb', 'analyze', path], { encoding: 'utf8' });
    expect(analyzed).toMatch(/Label names: 4\n/);
    const again = await openCompacting(path);
    expect(contentOf(again)).toEqual(before);
    await again.close();
  },
);

withPrograms(PROMTOOL)(
  'we read blocks that promtool made, and merge those that overlap',
  async () => {
    const path = join(dir, 'theirs');
    const text: string[] = [];
    for (let i = 0; i < 50; i++) {
      for (let minute = 0; minute < 600; minute++) {
        const timeMs = START_MS + minute * 60_000;
        text.push(`their_metric{i="${i}",text="a b"} ${valueOf(i, minute)} ${timeMs / 1000}`);
      }
    }
    const file = join(dir, 'page.om');
    writeFileSync(file, `${text.join('\n').replaceAll('Infinity', '+Inf')}\n# EOF\n`);
    for (let times = 0; times < 2; times++) {
      execFileSync(PROMTOOL, ['tsdb', 'create-blocks-from', 'openmetrics', file, path]);
    }
    const want = dumpOf(path);
    expect(want.length).toBe(30_000);
    const database = await openCompacting(path);
    expect(contentOf(database)).toEqual(want);
    const count = blocksOf(path).length;
    await database.compact();
    expect(blocksOf(path).length).toBeLessThan(count);
    expect(contentOf(database)).toEqual(want);
    await database.close();
    expect(dumpOf(path)).toEqual(want);
  },
);

withPrograms(PROMETHEUS)(
  'Prometheus starts on our blocks and answers from them, native histograms too',
  async () => {
    const path = join(dir, 'handed-over');
    const database = await openCompacting(path);
    for (let minute = 0; minute < 400; minute++) {
      const appender = database.appender();
      const timeMs = END_MS - (400 - minute) * 60_000;
      appender.append(appender.seriesRef(labelsFromObject({ __name__: 'plain' })), timeMs, minute);
      for (const [name, base] of [
        ['whole', minute],
        ['parts', minute + 0.5],
      ] as const) {
        const ref = appender.seriesRef(labelsFromObject({ __name__: name }));
        appender.appendHistogram(ref, timeMs, {
          counterResetHint: 'unknown',
          schema: 1,
          zeroThreshold: 0.001,
          zeroCount: base,
          count: base * 6,
          sum: base * 2.5,
          positiveSpans: [
            { offset: -2, length: 2 },
            { offset: 3, length: 1 },
          ],
          negativeSpans: [{ offset: 1, length: 1 }],
          positiveBuckets: [base, base, base * 2],
          negativeBuckets: [base],
          customValues: [],
        });
      }
      appender.commit();
    }
    await database.compact();
    expect(blocksOf(path).length).toBeGreaterThan(0);
    await database.close();
    // What is in the log only would be answered from there.
    rmSync(join(path, 'wal'), { recursive: true });
    const prometheus = await startPrometheus({ path, flags: HISTOGRAMS });
    const timeMs = END_MS - 399 * 60_000;
    const ask = async (expression: string, atMs: number): Promise<string[]> => {
      const query = new URLSearchParams({ query: expression, time: String(atMs / 1000) });
      const answer = await fetch(`${prometheus.url}/api/v1/query?${query.toString()}`);
      const body = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
      return body.data.result.map(({ value }) => value[1]);
    };
    try {
      const at = timeMs + 99 * 60_000;
      expect(await ask('plain', at)).toEqual(['100']);
      // Both ends of a range count in that version.
      expect(await ask('count_over_time(plain[100m])', at)).toEqual(['101']);
      expect(await ask('histogram_count(whole)', at)).toEqual(['600']);
      expect(await ask('histogram_sum(whole)', at)).toEqual(['250']);
      expect(await ask('histogram_count(parts)', at)).toEqual(['603']);
      expect(await ask('histogram_count(increase(whole[10m]))', at)).toEqual(['60']);
      // The last bucket ends at 2^(3/2).
      expect(await ask('histogram_quantile(1, whole)', at)).toEqual(['2.82842712474619']);
    } finally {
      await prometheus.stop();
      expect(prometheus.output()).not.toMatch(/corrupt|level=error/i);
    }
  },
);

test('the built server cuts blocks in its own thread, answers from them, and does so again after a kill', async () => {
  const home = mkdtempSync(join(tmpdir(), 'narthex-blocks-server-'));
  const options = {
    config: () => 'scrape_configs: []\n',
    flags: ['--web.enable-remote-write-receiver'],
    dir: home,
  };
  let narthex = await startNarthex(options);
  try {
    for (let minute = 0; minute < 600; minute += 1) {
      const samples = Array.from({ length: 5 }, (_, i) => ({
        labels: { __name__: 'written', i: String(i) },
        timestampMs: END_MS - (600 - minute) * 60_000,
        value: minute,
      }));
      expect(await remoteWrite(narthex.url, samples)).toBe(204);
    }
    await narthex.kill();
    narthex = await startNarthex(options);
    const data = join(home, 'data');
    for (let tries = 0; tries < 200 && blocksOf(data).length < 2; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(blocksOf(data).length).toBeGreaterThanOrEqual(2);
    const counted = await instantQuery(narthex.url, 'sum(count_over_time(written[12h]))');
    expect(counted).toMatchObject([{ value: [expect.anything(), '3000'] }]);
    const [first] = blocksOf(data);
    const meta = JSON.parse(readFileSync(join(data, first ?? '', 'meta.json'), 'utf8')) as object;
    expect(meta).toMatchObject({ version: 1, ulid: first });
    await narthex.kill();
    narthex = await startNarthex(options);
    const again = await instantQuery(narthex.url, 'sum(count_over_time(written[12h]))');
    expect(again).toMatchObject([{ value: [expect.anything(), '3000'] }]);
    const metrics = await (await fetch(`${narthex.url}/metrics`)).text();
    expect(metrics).toMatch(/prometheus_tsdb_blocks_loaded [1-9]/);
    expect(narthex.output()).not.toMatch(/level=error/);
  } finally {
    await narthex.stop();
    rmSync(home, { recursive: true, force: true });
  }
});
