// Debian's Prometheus reads the native histograms of our log; we read those of its log.

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { CUSTOM_BUCKETS_SCHEMA, STALE_HISTOGRAM, createMatcher, labelsFromObject } from '#model';
import type { FloatHistogram } from '#model';
import { SampleColumns } from '#storage';
import type { Database } from '#tsdb';
import { serveHistograms } from './histogram-target.ts';
import { PROMETHEUS, startPrometheus } from './prometheus.ts';
import { closeServers } from './scrape-servers.ts';
import { withPrograms } from './installed.ts';
import { openDirectory } from './open-directory.ts';

const HISTOGRAMS = ['--enable-feature=native-histograms'];

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-tsdb-histograms-'));
});
afterAll(async () => {
  await closeServers();
  rmSync(dir, { recursive: true, force: true });
});

async function numberOf(url: string, query: string, timeMs: number): Promise<number> {
  const parameters = new URLSearchParams({ query, time: String(timeMs / 1000) });
  const answer = await fetch(`${url}/api/v1/query?${parameters.toString()}`);
  const body = (await answer.json()) as { data: { result: { value?: [number, string] }[] } };
  return Number(body.data.result[0]?.value?.[1]);
}

/** A second apart; counts that grow by one each. */
const SAMPLES = 60;
const END_MS = Math.floor(Date.now() / 1000) * 1000;
const timeOf = (step: number): number => END_MS - (SAMPLES - 1 - step) * 1000;

/** Its second span appears half way. */
function counter(step: number, scale: number): FloatHistogram {
  const count = (step + 1) * scale;
  const isWide = step >= SAMPLES / 2;
  return {
    ...STALE_HISTOGRAM,
    schema: 2,
    zeroThreshold: 2 ** -128,
    zeroCount: count,
    count: count * (isWide ? 4 : 3),
    sum: count * 2.5,
    positiveSpans: isWide
      ? [
          { offset: 0, length: 1 },
          { offset: 5, length: 1 },
        ]
      : [{ offset: 0, length: 1 }],
    positiveBuckets: isWide ? [count, count] : [count],
    negativeSpans: [{ offset: 3, length: 1 }],
    negativeBuckets: [count],
  };
}

const custom: FloatHistogram = {
  ...STALE_HISTOGRAM,
  schema: CUSTOM_BUCKETS_SCHEMA,
  count: 3,
  sum: 4,
  positiveSpans: [{ offset: 0, length: 2 }],
  positiveBuckets: [1, 2],
  customValues: [0.5],
};

function fill(database: Database, more: readonly FloatHistogram[]): void {
  for (let step = 0; step < SAMPLES; step++) {
    const appender = database.appender();
    const refOf = (name: string): number =>
      appender.seriesRef(labelsFromObject({ __name__: name, text: 'grün' }));
    appender.append(refOf('plain'), timeOf(step), step);
    appender.appendHistogram(refOf('integers'), timeOf(step), counter(step, 1));
    appender.appendHistogram(refOf('floats'), timeOf(step), counter(step, 0.5));
    if (step === 0) {
      for (const [i, histogram] of more.entries()) {
        appender.appendHistogram(refOf(`more_${i}`), timeOf(step), histogram);
      }
    }
    appender.commit();
  }
}

withPrograms(PROMETHEUS)('Prometheus answers from the histograms of our log', async () => {
  const path = join(dir, 'ours');
  const database = await openDirectory(path);
  fill(database, []);
  await database.close();
  const prometheus = await startPrometheus({ path, flags: HISTOGRAMS });
  try {
    const ask = (query: string): Promise<number> => numberOf(prometheus.url, query, END_MS);
    expect(await ask('histogram_count(integers)')).toBe(SAMPLES * 4);
    expect(await ask('histogram_count(floats)')).toBe(SAMPLES * 2);
    expect(await ask('histogram_sum(floats)')).toBe(SAMPLES * 0.5 * 2.5);
    expect(await ask('count_over_time(integers[5m])')).toBe(SAMPLES);
    expect(await ask('histogram_count(increase(integers[20s]))')).toBeCloseTo(80, 0);
    expect(await ask('plain')).toBe(SAMPLES - 1);
    // The lower half of the observations is below zero or in the zero bucket.
    expect(await ask('histogram_fraction(-10, 0.5, integers)')).toBeCloseTo(0.5, 3);
    expect(prometheus.output()).not.toMatch(/corrupt|level=error/i);
  } finally {
    await prometheus.stop();
  }
});

withPrograms(PROMETHEUS)(
  'Prometheus 2.42 goes on past records of custom buckets, which it does not know',
  async () => {
    const path = join(dir, 'newer');
    const database = await openDirectory(path);
    fill(database, [custom, { ...custom, count: 3.5, positiveBuckets: [1, 2.5] }]);
    await database.close();
    const prometheus = await startPrometheus({ path, flags: HISTOGRAMS });
    try {
      const ask = (query: string): Promise<number> => numberOf(prometheus.url, query, END_MS);
      expect(await ask('histogram_count(integers)')).toBe(SAMPLES * 4);
      expect(await ask('count_over_time(plain[5m])')).toBe(SAMPLES);
      expect(prometheus.output()).not.toMatch(/corrupt|level=error/i);
    } finally {
      await prometheus.stop();
    }
  },
);

withPrograms(PROMETHEUS)('we read the histograms of a log that Prometheus wrote', async () => {
  const path = join(dir, 'theirs');
  const target = await serveHistograms();
  const config = `
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: theirs
    static_configs: [{targets: ['${target.address}']}]
`;
  const prometheus = await startPrometheus({ path, config, flags: HISTOGRAMS });
  const counted = 'count_over_time(request_seconds[1m])';
  for (let tries = 0; tries < 300; tries++) {
    if ((await numberOf(prometheus.url, counted, Date.now())) >= 3) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await prometheus.stop();

  const database = await openDirectory(path);
  const querier = database.reader.queryable.querier(-Infinity, Infinity);
  const all = { startMs: -Infinity, endMs: Infinity };
  const set = querier.select([createMatcher('=', '__name__', 'request_seconds')], all);
  expect(set.count).toBe(1);
  const columns = new SampleColumns();
  set.read(0, -Infinity, Infinity, columns);
  expect(columns.length).toBeGreaterThanOrEqual(3);
  for (const [i, histogram] of columns.histograms.slice(0, 3).entries()) {
    expect(histogram).toMatchObject({
      counterResetHint: i === 0 ? 'unknown' : 'not_reset',
      schema: 3,
      count: (i + 1) * 100,
      sum: (i + 1) * 150,
      zeroThreshold: 2 ** -128,
      positiveSpans: [{ offset: 1, length: 10 }],
      positiveBuckets: Array.from({ length: 10 }, () => (i + 1) * 10),
    });
  }
  querier.close();
  await database.close();
});

/** The first block that is there, and what it spans. */
function blockRange(path: string): { minTime: number; maxTime: number } | undefined {
  const ulid = readdirSync(path).find((name) => /^[0-9A-Z]{26}$/.test(name));
  if (ulid === undefined) return undefined;
  const text = readFileSync(join(path, ulid, 'meta.json'), 'utf8');
  return JSON.parse(text) as { minTime: number; maxTime: number };
}

withPrograms(PROMETHEUS)(
  'we read the histograms of a block that Prometheus wrote',
  async () => {
    const path = join(dir, 'their-block');
    const target = await serveHistograms();
    const config = `
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: theirs
    static_configs: [{targets: ['${target.address}']}]
`;
    // A block is cut as soon as the head spans one and a half of it.
    const short = ['--storage.tsdb.min-block-duration=6s', '--storage.tsdb.max-block-duration=6s'];
    const prometheus = await startPrometheus({ path, config, flags: [...HISTOGRAMS, ...short] });
    const isCut = (): boolean => blockRange(path) !== undefined;
    for (let tries = 0; tries < 300 && !isCut(); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await prometheus.stop();
    const range = blockRange(path);
    expect(range).toBeDefined();
    // All that is found is from blocks.
    rmSync(join(path, 'wal'), { recursive: true });
    rmSync(join(path, 'chunks_head'), { recursive: true, force: true });

    const database = await openDirectory(path);
    const querier = database.reader.queryable.querier(-Infinity, Infinity);
    const all = { startMs: -Infinity, endMs: Infinity };
    const set = querier.select([createMatcher('=', '__name__', 'request_seconds')], all);
    expect(set.warnings).toEqual([]);
    expect(set.count).toBe(1);
    const columns = new SampleColumns();
    set.read(0, -Infinity, Infinity, columns);
    expect(columns.length).toBeGreaterThan(0);
    for (let i = 0; i < columns.length; i++) {
      expect(columns.timestampsMs[i]).toBeGreaterThanOrEqual(range?.minTime ?? Infinity);
      expect(columns.histograms[i]).toMatchObject({
        schema: 3,
        count: (i + 1) * 100,
        sum: (i + 1) * 150,
        zeroThreshold: 2 ** -128,
        zeroCount: 0,
        positiveSpans: [{ offset: 1, length: 10 }],
        positiveBuckets: Array.from({ length: 10 }, () => (i + 1) * 10),
        negativeBuckets: [],
      });
    }
    querier.close();
    await database.close();
  },
  60_000,
);
