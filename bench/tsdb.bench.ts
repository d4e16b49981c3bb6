import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '#instrument';
import { createMatcher, labelsFromObject } from '#model';
import { silentLog, systemClock } from '#platform';
import { SampleColumns } from '#storage';
import { openDatabase } from '#tsdb';
import type { Database } from '#tsdb';
import type { Measurement } from './run.ts';

interface Size {
  /** Of the bench of samples. */
  readonly seriesCount: number;
  readonly rounds: number;
  /** Of the bench of memory. */
  readonly manySeries: number;
}

const SIZES: Readonly<Record<'small' | 'large', Size>> = {
  small: { seriesCount: 100, rounds: 20, manySeries: 1000 },
  large: { seriesCount: 10_000, rounds: 400, manySeries: 1_000_000 },
};

const START_MS = 1_760_000_000_000;

/** Appends, decodes and replays samples on a real disk, and weighs series. */
export async function run(size: 'small' | 'large'): Promise<readonly Measurement[]> {
  const dir = mkdtempSync(join(tmpdir(), 'narthex-bench-tsdb-'));
  try {
    return [...(await benchSamples(dir, SIZES[size])), ...(await benchSeries(dir, SIZES[size]))];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** CPU time of all threads: other work of the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function open(dir: string, walCompression: 'snappy' | 'none' = 'snappy'): Promise<Database> {
  return openDatabase({
    dir,
    retentionMs: 365 * 86_400_000,
    outOfOrderWindowMs: 0,
    log: silentLog,
    clock: systemClock,
    registry: new Registry(),
    walCompression,
  });
}

function labelsOf(i: number): readonly string[] {
  return labelsFromObject({
    __name__: `demo_requests_${i % 100}_total`,
    instance: `10.0.0.${i % 50}:9100`,
    job: 'demo',
    method: ['GET', 'POST', 'PUT'][i % 3],
    path: `/api/v1/thing/${i}`,
    status: String(200 + (i % 5)),
  });
}

/** A third each: counters, gauges that seldom change, noisy doubles. */
function valueOf(i: number, round: number): number {
  if (i % 3 === 0) return round * (i % 17) + i;
  if (i % 3 === 1) return (round >> 4) + i;
  return Math.round(Math.sin(i + round) * 1000) / 10;
}

async function benchSamples(dir: string, size: Size): Promise<Measurement[]> {
  const { seriesCount, rounds } = size;
  const path = join(dir, 'samples');
  const database = await open(path);
  const appendNs = appendAll(database, seriesCount, rounds);
  const uncompressed = await open(join(dir, 'uncompressed'), 'none');
  const appendUncompressedNs = appendAll(uncompressed, seriesCount, rounds);
  await uncompressed.close();
  const { decodeNs, sum } = decodeAll(database);
  const bytes = (database.stats().chunkCount * 256) / (seriesCount * rounds);
  await database.close();
  const startMs = cpuMs();
  const replayed = await open(path);
  const replayRate = (seriesCount * rounds) / ((cpuMs() - startMs) / 1000);
  const again = decodeAll(replayed);
  await replayed.close();
  return [
    { name: 'tsdb/append', value: appendNs, unit: 'ns/sample' },
    { name: 'tsdb/append-uncompressed', value: appendUncompressedNs, unit: 'ns/sample' },
    { name: 'tsdb/decode', value: decodeNs, unit: 'ns/sample', hash: String(sum) },
    { name: 'tsdb/chunks', value: bytes, unit: 'bytes/sample' },
    { name: 'tsdb/replay', value: replayRate, unit: 'samples/s', hash: String(again.sum) },
  ];
}

function appendAll(database: Database, seriesCount: number, rounds: number): number {
  const refs = new Float64Array(seriesCount);
  const first = database.appender();
  for (let i = 0; i < seriesCount; i++) refs[i] = first.seriesRef(labelsOf(i));
  first.commit();
  const start = cpuMs();
  for (let round = 0; round < rounds; round++) {
    // Batches of a thousand, as of scrapes.
    for (let from = 0; from < seriesCount; from += 1000) {
      const appender = database.appender();
      const end = Math.min(seriesCount, from + 1000);
      for (let i = from; i < end; i++) {
        appender.append(refs[i], START_MS + round * 15_000 + (i % 7), valueOf(i, round));
      }
      appender.commit();
    }
  }
  return ((cpuMs() - start) * 1e6) / (seriesCount * rounds);
}

function decodeAll(database: Database): { decodeNs: number; sum: number } {
  const querier = database.reader.queryable.querier(-Infinity, Infinity);
  const set = querier.select([createMatcher('=~', '__name__', 'demo_.*')], {
    startMs: -Infinity,
    endMs: Infinity,
  });
  const columns = new SampleColumns(4096);
  let count = 0;
  let sum = 0;
  let tookMs = 0;
  for (let i = 0; i < set.count; i++) {
    columns.clear();
    const start = cpuMs();
    set.read(i, -Infinity, Infinity, columns);
    tookMs += cpuMs() - start;
    count += columns.length;
    for (let k = 0; k < columns.length; k++)
      sum += columns.values[k] + columns.timestampsMs[k] / 1e9;
  }
  querier.close();
  return { decodeNs: (tookMs * 1e6) / count, sum: Math.round(sum) };
}

async function benchSeries(dir: string, size: Size): Promise<Measurement[]> {
  const database = await open(join(dir, 'series'));
  const memoryBefore = process.memoryUsage().rss;
  const start = cpuMs();
  for (let from = 0; from < size.manySeries; from += 1000) {
    const appender = database.appender();
    for (let i = from; i < from + 1000; i++) {
      appender.append(appender.seriesRef(labelsOf(i)), START_MS, i);
    }
    appender.commit();
  }
  const tookMs = cpuMs() - start;
  globalThis.gc?.();
  const bytes = (process.memoryUsage().rss - memoryBefore) / size.manySeries;
  const selected = timeSelect(database);
  await database.close();
  const replayStart = cpuMs();
  const replayed = await open(join(dir, 'series'));
  const replayMs = cpuMs() - replayStart;
  const hash = String(replayed.stats().seriesCount);
  await replayed.close();
  return [
    { name: 'tsdb/create', value: (tookMs * 1e6) / size.manySeries, unit: 'ns/series', hash },
    { name: 'tsdb/series', value: bytes, unit: 'bytes of RSS/series' },
    { name: 'tsdb/select', value: selected.ms, unit: 'ms', hash: String(selected.count) },
    { name: 'tsdb/replay-series', value: (replayMs * 1e6) / size.manySeries, unit: 'ns/series' },
  ];
}

function timeSelect(database: Database): { ms: number; count: number } {
  const querier = database.reader.queryable.querier(START_MS, START_MS);
  const matchers = [
    createMatcher('=', '__name__', 'demo_requests_7_total'),
    createMatcher('=~', 'status', '20[0-3]'),
    createMatcher('!=', 'method', 'PUT'),
  ];
  const start = cpuMs();
  const { count } = querier.select(matchers, { startMs: START_MS, endMs: START_MS });
  const ms = cpuMs() - start;
  querier.close();
  return { ms, count };
}
