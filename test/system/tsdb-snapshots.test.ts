// Snapshots of a head go from us to Debian's Prometheus and back, with the log emptied, so that nothing else is read.

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STALE_HISTOGRAM, STALE_NAN, createMatcher, labelsFromObject } from '#model';
import type { FloatHistogram } from '#model';
import { SampleColumns } from '#storage';
import type { Database } from '#tsdb';
import { startNarthex } from './narthex.ts';
import { PROMETHEUS, startPrometheus } from './prometheus.ts';
import type { PrometheusProcess } from './prometheus.ts';
import { remoteWrite } from './remote-write.ts';
import { withPrograms } from './installed.ts';
import { openDirectory } from './open-directory.ts';

/** Debian's version keeps no native histograms in snapshots: where ours has some, it reads the log instead. */
const FLAGS = [
  '--enable-feature=memory-snapshot-on-shutdown,exemplar-storage',
  '--web.enable-remote-write-receiver',
  '--web.enable-admin-api',
];

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-tsdb-snapshots-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const END_MS = Math.floor(Date.now() / 1000) * 1000;

const emptyConfig = (): string => 'scrape_configs: []\n';
const STEP_MS = 5000;
const STEPS = 700;
const SERIES = 30;
const timeOf = (step: number): number => END_MS - (STEPS - 1 - step) * STEP_MS;
const SPAN = '2h';
/** Native histograms of integers and of floats, told apart by what they begin with. */
const STARTS: readonly number[] = [1, 1.25];

/** Some steady, some counters, some noisy: chunks of many lengths. */
function valueOf(series: number, step: number): number {
  if (series % 3 === 0) return series;
  return series % 3 === 1 ? step * (series + 1) : Math.sin(step * series) * 1e6;
}

function histogram(step: number, start: number): FloatHistogram {
  const count = step + start;
  return {
    ...STALE_HISTOGRAM,
    schema: step < 100 ? 1 : 2,
    zeroThreshold: 2 ** -128,
    zeroCount: count,
    count: count * 2 + 1,
    sum: count * 2.5,
    positiveSpans: [{ offset: 0, length: 2 }],
    positiveBuckets: [count, 1],
  };
}

function fill(database: Database, starts: readonly number[]): void {
  for (let step = 0; step < STEPS; step++) {
    const appender = database.appender();
    for (let i = 0; i < SERIES; i++) {
      const labels = labelsFromObject({ __name__: 'kept', i: String(i), text: 'grün "\\' });
      const ref = appender.seriesRef(labels);
      const isEnd = i === 3 && step === STEPS - 1;
      appender.append(ref, timeOf(step), isEnd ? STALE_NAN : valueOf(i, step));
      if (i === 5 && step % 100 === 0) {
        const exemplar = {
          labels: labelsFromObject({ trace: String(step) }),
          value: step,
          timestampMs: timeOf(step),
        };
        appender.appendExemplar(ref, exemplar, timeOf(step));
      }
    }
    for (const start of starts) {
      const ref = appender.seriesRef(
        labelsFromObject({ __name__: 'kept_h', start: String(start) }),
      );
      appender.appendHistogram(ref, timeOf(step), histogram(step, start));
    }
    appender.commit();
  }
}

/** What is in the log only is gone then; segments keep their lengths. */
function emptyLog(path: string): void {
  for (const name of readdirSync(join(path, 'wal'))) {
    const file = join(path, 'wal', name);
    if (!statSync(file).isFile()) rmSync(file, { recursive: true });
    else writeFileSync(file, Buffer.alloc(statSync(file).size));
  }
}

const hasSnapshot = (path: string): boolean =>
  readdirSync(path).some((name) => /^chunk_snapshot\.\d+\.\d+$/.test(name));

type Row = readonly [timeMs: number, value: string];

interface Matrix {
  readonly metric: Record<string, string>;
  readonly values?: readonly (readonly [number, string])[];
  readonly histograms?: readonly (readonly [number, { count: string; sum: string }])[];
}

async function ask<T>(url: string, path: string, parameters: Record<string, string>): Promise<T> {
  const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
  const body = (await answer.json()) as { data: T };
  return body.data;
}

/** Of each series, by its last label, all that Prometheus has of a metric. */
async function theirSamples(url: string, metric: string): Promise<Map<string, Row[]>> {
  const parameters = { query: `${metric}[${SPAN}]`, time: String(END_MS / 1000 + 60) };
  const { result } = await ask<{ result: Matrix[] }>(url, 'query', parameters);
  return new Map(
    result.map(({ metric: labels, values = [], histograms = [] }) => [
      labels['i'] ?? labels['start'] ?? '',
      [
        ...values.map(([time, value]): Row => [Math.round(time * 1000), value]),
        ...histograms.map(([time, { count, sum }]): Row => [
          Math.round(time * 1000),
          `${count} ${sum}`,
        ]),
      ],
    ]),
  );
}

function ourSamples(database: Database, metric: string): Map<string, Row[]> {
  const querier = database.reader.queryable.querier(-Infinity, Infinity);
  const all = { startMs: -Infinity, endMs: Infinity };
  const set = querier.select([createMatcher('=', '__name__', metric)], all);
  const found = new Map<string, Row[]>();
  for (let i = 0; i < set.count; i++) {
    const columns = new SampleColumns();
    set.read(i, -Infinity, Infinity, columns);
    const labels = set.labels(i);
    const key = labels[labels.indexOf('i') + 1] ?? '';
    const rows: Row[] = [];
    for (let row = 0; row < columns.length; row++) {
      const value = columns.histograms[row];
      const text =
        value === undefined
          ? goText(columns.values[row] ?? 0)
          : `${goText(value.count)} ${goText(value.sum)}`;
      rows.push([columns.timestampsMs[row] ?? 0, text]);
    }
    found.set(labels.includes('start') ? (labels.at(-1) ?? '') : key, rows);
  }
  querier.close();
  return found;
}

/** Prometheus writes no exponents here. */
function goText(value: number): string {
  return Number.isNaN(value) ? 'stale' : String(value);
}

function wantedFloats(): Map<string, Row[]> {
  const wanted = new Map<string, Row[]>();
  for (let i = 0; i < SERIES; i++) {
    const rows = Array.from({ length: STEPS }, (_, step): Row => [
      timeOf(step),
      goText(valueOf(i, step)),
    ]);
    wanted.set(String(i), i === 3 ? rows.slice(0, -1) : rows);
  }
  return wanted;
}

function wantedHistograms(): Map<string, Row[]> {
  return new Map(
    STARTS.map((start): [string, Row[]] => [
      String(start),
      Array.from({ length: STEPS }, (_, step): Row => {
        const { count, sum } = histogram(step, start);
        return [timeOf(step), `${goText(count)} ${goText(sum)}`];
      }),
    ]),
  );
}

async function expectAll({ url, output }: PrometheusProcess): Promise<void> {
  expect(await theirSamples(url, 'kept')).toEqual(wantedFloats());
  expect(await theirSamples(url, 'kept_h')).toEqual(wantedHistograms());
  expect(output()).not.toMatch(/corrupt|level=error/i);
}

withPrograms(PROMETHEUS)(
  'Prometheus reads our snapshot and closed chunks',
  { timeout: 60_000 },
  async () => {
    const path = join(dir, 'ours');
    const database = await openDirectory(path, { snapshotOnClose: true });
    fill(database, []);
    await database.deleteSeries([createMatcher('=', 'i', '7')], timeOf(10), timeOf(600));
    await database.close();
    expect(hasSnapshot(path)).toBe(true);
    emptyLog(path);
    const prometheus = await startPrometheus({ path, flags: FLAGS });
    try {
      const floats = wantedFloats();
      const left = (floats.get('7') ?? []).filter((_, step) => step < 10 || step > 600);
      expect(await theirSamples(prometheus.url, 'kept')).toEqual(floats.set('7', left));
      const exemplars = await ask<{ exemplars: { labels: { trace: string } }[] }[]>(
        prometheus.url,
        'query_exemplars',
        { query: 'kept', start: String(timeOf(0) / 1000), end: String(END_MS / 1000) },
      );
      expect(exemplars[0]?.exemplars.map(({ labels }) => labels.trace)).toEqual(
        Array.from({ length: 7 }, (_, i) => String(i * 100)),
      );
      expect(prometheus.output()).toContain('chunk snapshot loaded');
      expect(prometheus.output()).not.toMatch(/corrupt|level=error/i);
      // It takes further samples for the same series.
      const labels = { __name__: 'kept', i: '1', text: 'grün "\\' };
      const sample = { labels, timestampMs: END_MS + 1000, value: 4 };
      expect(await remoteWrite(prometheus.url, [sample])).toBe(204);
      const [one] = [...(await theirSamples(prometheus.url, 'kept{i="1"}')).values()];
      expect(one?.length).toBe(STEPS + 1);
    } finally {
      await prometheus.stop();
    }
  },
);

withPrograms(PROMETHEUS)(
  'without its snapshot feature Prometheus reads our log and closed chunks',
  { timeout: 60_000 },
  async () => {
    const path = join(dir, 'ours-plain');
    const database = await openDirectory(path, { snapshotOnClose: true });
    fill(database, STARTS);
    await database.close();
    const flags = ['--enable-feature=native-histograms'];
    const prometheus = await startPrometheus({ path, flags });
    try {
      await expectAll(prometheus);
    } finally {
      await prometheus.stop();
    }
    // It wrote to the closed chunks meanwhile: our snapshot is not used any more, and nothing is lost.
    const after = await openDirectory(path, { snapshotOnClose: true });
    expect(ourSamples(after, 'kept_h')).toEqual(wantedHistograms());
    await after.close();
  },
);

withPrograms(PROMETHEUS)(
  "we read Prometheus' snapshot and closed chunks, and it ours again",
  { timeout: 60_000 },
  async () => {
    const path = join(dir, 'theirs');
    const prometheus = await startPrometheus({ path, flags: FLAGS });
    for (let step = 0; step < STEPS; step++) {
      const samples = Array.from({ length: SERIES }, (_, i) => ({
        labels: { __name__: 'kept', i: String(i) },
        timestampMs: timeOf(step),
        value: i === 3 && step === STEPS - 1 ? STALE_NAN : valueOf(i, step),
      }));
      expect(await remoteWrite(prometheus.url, samples)).toBe(204);
    }
    await fetch(
      `${prometheus.url}/api/v1/admin/tsdb/delete_series?match[]=kept{i="7"}&start=${timeOf(10) / 1000}&end=${timeOf(600) / 1000}`,
      { method: 'POST' },
    );
    const wanted = await theirSamples(prometheus.url, 'kept');
    expect(wanted.get('7')?.length).toBe(STEPS - 591);
    expect(wanted.size).toBe(SERIES);
    await prometheus.stop();
    expect(hasSnapshot(path)).toBe(true);
    emptyLog(path);
    const database = await openDirectory(path, { snapshotOnClose: true });
    expect(withoutEnds(ourSamples(database, 'kept'))).toEqual(wanted);
    await database.close();
    emptyLog(path);
    const again = await startPrometheus({ path, flags: FLAGS });
    expect(await theirSamples(again.url, 'kept')).toEqual(wanted);
    expect(again.output()).not.toMatch(/corrupt|level=error/i);
    await again.stop();
  },
);

withPrograms(PROMETHEUS)(
  'closed chunks of Prometheus stand for what its log has lost',
  { timeout: 60_000 },
  async () => {
    const path = join(dir, 'their-chunks');
    const prometheus = await startPrometheus({ path, flags: FLAGS.slice(1) });
    const appendSteps = async (start: number, end: number): Promise<void> => {
      for (let step = start; step < end; step++) {
        const samples = [0, 1, 2].map((i) => ({
          labels: { __name__: 'kept', i: String(i) },
          timestampMs: timeOf(step),
          value: valueOf(i, step),
        }));
        expect(await remoteWrite(prometheus.url, samples)).toBe(204);
      }
    };
    await appendSteps(0, STEPS);
    const wanted = await theirSamples(prometheus.url, 'kept');
    await prometheus.stop();
    // All pages but the first, which names the series, and the last.
    const segment = join(path, 'wal', '00000000');
    const bytes = readFileSync(segment);
    const pages = Math.floor(bytes.length / 32_768);
    expect(pages).toBeGreaterThan(1);
    bytes.fill(0xff, 32_768, (pages - 1) * 32_768);
    writeFileSync(segment, bytes);
    const database = await openDirectory(path, { snapshotOnClose: true });
    expect(ourSamples(database, 'kept')).toEqual(wanted);
    await database.close();
  },
);

test('the built server starts from the snapshot that it left, unless it is told to leave none', async () => {
  const path = join(dir, 'server');
  mkdirSync(path);
  const flags = ['--web.enable-remote-write-receiver'];
  const first = await startNarthex({ dir: path, config: emptyConfig, flags });
  const samples = Array.from({ length: 50 }, (_, i) => ({
    labels: { __name__: 'kept', i: String(i) },
    timestampMs: END_MS,
    value: i,
  }));
  expect(await remoteWrite(first.url, samples)).toBe(204);
  await first.stop();
  expect(first.output()).toContain('snapshot written');
  emptyLog(join(path, 'data'));
  const second = await startNarthex({
    dir: path,
    config: emptyConfig,
    flags: ['--no-storage.tsdb.snapshot-on-shutdown'],
  });
  try {
    expect(second.output()).toContain('snapshot loaded');
    const { result } = await ask<{ result: { value: [number, string] }[] }>(second.url, 'query', {
      query: 'sum(kept)',
      time: String(END_MS / 1000),
    });
    expect(result.map(({ value }) => value[1])).toEqual([String((49 * 50) / 2)]);
  } finally {
    await second.stop();
  }
  expect(second.output()).not.toContain('snapshot written');
});

/** A query gives no markers. */
function withoutEnds(samples: Map<string, Row[]>): Map<string, Row[]> {
  return new Map(
    Array.from(samples, ([key, rows]) => [key, rows.filter(([, text]) => text !== 'stale')]),
  );
}
