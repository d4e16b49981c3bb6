// Random expressions, as instant and range queries, to the built server and to Debian's Prometheus (2.42) with the
// same data, written remotely.
// What 2.42 means otherwise, and how it is left out, stands in docs/query-testing.md.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Grid } from '../fuzz/case.ts';
import { storedSeries } from '../fuzz/case.ts';
import { type Data, type DataSeries, randomData } from '../fuzz/data.ts';
import { randomExpression, textOf } from '../fuzz/expressions.ts';
import { isUnstable } from '../fuzz/stability.ts';
import { Random } from '../simulation/random.ts';
import { labelsKey, type StoredSeries } from '../twin/values.ts';
import { type ApiAnswer, askApi, type Series } from './api.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { PROMETHEUS, type PrometheusProcess, startPrometheus } from './prometheus.ts';
import { remoteWrite, type WrittenSample } from './remote-write.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const EXPRESSIONS = Number(process.env['FUZZ_EXPRESSIONS'] ?? 2500);
const DATA_SETS = 4;
const HOUR_MS = 3_600_000;
/** 2023-11-14, on the hour; data sets follow each other, each within less than an hour. */
const START_MS = 1_699_999_200_000;
const SUBQUERY_STEP = 'global: { evaluation_interval: 1m }\nscrape_configs: []\n';

/** Skips with a message where the program is missing; not in CI, where it is installed. */
function withPrometheus(): typeof test {
  if (existsSync(PROMETHEUS) || process.env['CI'] === 'true') return test;
  console.warn(`skipped: ${PROMETHEUS} is not installed (Debian: package prometheus)`);
  return test.skip as typeof test;
}

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-query-fuzz-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Servers {
  readonly narthex: NarthexProcess;
  readonly prometheus: PrometheusProcess;
}

async function startServers(): Promise<Servers> {
  const retention = '--storage.tsdb.retention.time=100y';
  const receives = '--web.enable-remote-write-receiver';
  const [narthex, prometheus] = await Promise.all([
    startNarthex({ config: () => SUBQUERY_STEP, flags: [retention, receives] }),
    startPrometheus({
      path: join(dir, 'peer'),
      config: SUBQUERY_STEP,
      flags: [retention, receives],
    }),
  ]);
  return { narthex, prometheus };
}

function makeDataSets(): Data[] {
  return Array.from({ length: DATA_SETS }, (_, i) =>
    randomData(SEED * DATA_SETS + i, {
      hasHistograms: false,
      isRegular: true,
      startMs: START_MS + i * HOUR_MS,
    }),
  );
}

async function write(url: string, { series }: Data): Promise<void> {
  const samples = series.flatMap(({ labels, points }): WrittenSample[] =>
    points.map(({ timestampMs, value }) => ({
      labels,
      timestampMs,
      value: typeof value === 'number' ? value : 0,
      isStale: value === 'stale',
    })),
  );
  samples.sort((a, b) => a.timestampMs - b.timestampMs);
  for (let i = 0; i < samples.length; i += 2000) {
    const status = await remoteWrite(url, samples.slice(i, i + 2000));
    expect([200, 204]).toContain(status);
  }
}

/** All data as one: series go on from one data set to the next. */
function joined(dataSets: readonly Data[]): readonly StoredSeries[] {
  const byKey = new Map<string, DataSeries>();
  for (const { series } of dataSets) {
    for (const { labels, points } of series) {
      const key = labelsKey(labels);
      const known = byKey.get(key)?.points ?? [];
      byKey.set(key, { labels, points: [...known, ...points] });
    }
  }
  return storedSeries({ series: [...byKey.values()], startMs: 0, endMs: 0, intervalMs: 1 });
}

/** At a fifth of a second, where no sample is, nor a step of a subquery. */
function randomGrid(random: Random, { startMs, endMs, intervalMs }: Data): Grid {
  const seconds = random.between(startMs / 1000, Math.ceil(endMs / 1000));
  const start = seconds * 1000 + 200;
  const lookbackMs = 300_000;
  if (random.chance(0.4)) return { startMs: start, endMs: start, stepMs: 0, lookbackMs };
  const stepMs = random.pick([intervalMs, 2 * intervalMs, 17_000, 1000]);
  const steps = random.between(1, 12);
  return { startMs: start, endMs: start + (steps - 1) * stepMs, stepMs, lookbackMs };
}

function seconds(timeMs: number): string {
  return (timeMs / 1000).toFixed(3);
}

/** A dashboard that refreshes: the same steps but for the first, and some more. The server knows a part. */
function refreshed(random: Random, grid: Grid): Grid[] {
  if (grid.stepMs === 0 || random.chance(0.5)) return [grid];
  const byMs = random.between(0, 3) * grid.stepMs;
  return [grid, { ...grid, startMs: grid.startMs + byMs, endMs: grid.endMs + byMs }];
}

async function ask(url: string, query: string, grid: Grid): Promise<ApiAnswer> {
  if (grid.stepMs === 0) return await askApi(url, 'query', { query, time: seconds(grid.startMs) });
  const range = { start: seconds(grid.startMs), end: seconds(grid.endMs) };
  return await askApi(url, 'query_range', { query, ...range, step: seconds(grid.stepMs) });
}

type Points = Map<string, string>;

/** Values by labels and time. */
function pointsOf({ data }: ApiAnswer): Points {
  const { resultType, result } = data as { resultType: string; result: unknown };
  if (resultType === 'scalar' || resultType === 'string') {
    return new Map([[resultType, (result as [number, string])[1]]]);
  }
  const points: Points = new Map();
  for (const { metric, value, values } of result as readonly Series[]) {
    const key = labelsKey(metric);
    for (const [time, text] of values ?? (value === undefined ? [] : [value])) {
      points.set(`${key} @${time}`, text);
    }
  }
  return points;
}

const TOLERANCE = 1e-9;

function isSame(a: string | undefined, b: string | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const [x, y] = [Number(a), Number(b)];
  return x === y || Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y));
}

/** What is different, in a line. */
function differenceOf(theirs: ApiAnswer, ours: ApiAnswer): string | undefined {
  if (theirs.status !== 'success' || ours.status !== 'success') {
    if (theirs.status === ours.status) return undefined;
    return `theirs: ${theirs.error ?? theirs.status}; ours: ${ours.error ?? ours.status}`;
  }
  const [a, b] = [pointsOf(theirs), pointsOf(ours)];
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    if (!isSame(a.get(key), b.get(key))) return `${key} theirs: ${a.get(key)}; ours: ${b.get(key)}`;
  }
  return undefined;
}

const JOINS_SERIES = 'vector cannot contain metrics with the same labelset';
const MANY_TO_ONE = 'multiple matches for labels';

/** What 2.42 refuses and 3.x does not, and the other way round. */
function isOtherwiseByIntent(
  theirs: ApiAnswer,
  ours: ApiAnswer,
  query: string,
  grid: Grid,
): boolean {
  if (grid.stepMs > 0 && theirs.error?.includes(JOINS_SERIES) === true) return true;
  return / (?:[<>]=?|[=!]=) /.test(query) && ours.error?.includes(MANY_TO_ONE) === true;
}

withPrometheus()(
  'answers of random queries are those of Prometheus 2.42',
  async () => {
    const dataSets = makeDataSets();
    const stored = joined(dataSets);
    const { narthex, prometheus } = await startServers();
    const tally = { same: 0, empty: 0, refused: 0, byIntent: 0, unstable: 0 };
    const failures: string[] = [];
    try {
      for (const data of dataSets) {
        await Promise.all([write(narthex.url, data), write(prometheus.url, data)]);
      }
      for (let i = 0; i < EXPRESSIONS && failures.length < 10; i++) {
        const random = new Random(SEED * 1_000_000 + i);
        const data = random.pick(dataSets);
        const options = { hasHistograms: false, isCommonSubset: true };
        const query = textOf(randomExpression(random, data, options));
        for (const grid of refreshed(random, randomGrid(random, data))) {
          const [theirs, ours] = await Promise.all([
            ask(prometheus.url, query, grid),
            ask(narthex.url, query, grid),
          ]);
          const found = differenceOf(theirs, ours);
          if (found === undefined) {
            if (theirs.status !== 'success') tally.refused++;
            else if (pointsOf(theirs).size === 0) tally.empty++;
            else tally.same++;
          } else if (isOtherwiseByIntent(theirs, ours, query, grid)) tally.byIntent++;
          else if (isUnstable(stored, query, grid)) tally.unstable++;
          else failures.push(`${query}\n  ${JSON.stringify(grid)}\n  ${found}`);
        }
      }
    } finally {
      await Promise.all([narthex.stop(), prometheus.stop()]);
    }
    console.log(JSON.stringify(tally));
    expect(failures.join('\n')).toBe('');
    expect(tally.same).toBeGreaterThan(EXPRESSIONS / 2);
    expect(tally.byIntent + tally.unstable).toBeLessThan(EXPRESSIONS / 50);
  },
  120_000,
);
