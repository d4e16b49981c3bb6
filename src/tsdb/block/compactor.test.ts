import { beforeEach, describe, expect, test } from 'vitest';
import { Registry } from '#instrument';
import { STALE_NAN, labelsFromObject } from '#model';
import type { FloatHistogram } from '#model';
import { MemoryDisk, silentLog } from '#platform';
import type { Clock } from '#platform';
import { SampleColumns } from '#storage';
import type { Querier } from '#storage';
import { openDatabase } from '../database.ts';
import { HeadReading } from '../head-querier.ts';
import { MemoryViews } from '../memory.ts';
import type { Database } from '../types.ts';
import type { BlockMeta } from './block-meta.ts';
import { BlockQuerier, BlockReading } from './block-querier.ts';
import { BlockReader } from './block-reader.ts';
import { writeBlock } from './block-writer.ts';
import { LEVEL_ONE, runCompaction } from './compactor.ts';
import type { CompactionJob } from './compaction-job.ts';
import { listedSource } from './listed-source.ts';
import { PageCache } from './page-cache.ts';
import { writeTombstones } from './tombstones.ts';

const DIR = 'data';
const ALWAYS = { startMs: -Infinity, endMs: Infinity };
const HOUR_MS = 3_600_000;
const START_MS = 1_700_006_400_000;

const clock: Clock = {
  nowMs: () => START_MS + 5 * HOUR_MS,
  monotonicMs: () => 0,
  setTimer: () => ({ cancel: () => {} }),
};

let disk = new MemoryDisk();
beforeEach(() => {
  disk = new MemoryDisk();
});

type Content = Record<string, string[]>;

/** A histogram without its hint, which depends on where chunks begin. */
function textOf(histogram: FloatHistogram | undefined, word: bigint | undefined): string {
  if (histogram === undefined) return String(word?.toString(16));
  return JSON.stringify({ ...histogram, counterResetHint: '' });
}

/** Samples as text, so that each bit of a value counts. */
function contentOf(querier: Querier, startMs = -Infinity, endMs = Infinity): Content {
  const set = querier.select([], { startMs, endMs });
  const content: Content = {};
  for (let i = 0; i < set.count; i++) {
    const columns = new SampleColumns(1);
    set.read(i, startMs, endMs, columns);
    const words = new BigUint64Array(columns.values.buffer);
    const rows = Array.from(
      { length: columns.length },
      (_, row) => `${columns.timestampsMs[row]}:${textOf(columns.histograms[row], words[row])}`,
    );
    if (rows.length > 0) content[set.labels(i).join(',')] = rows;
  }
  expect(set.warnings).toEqual([]);
  return content;
}

function blockContent(ulid: string): Content {
  const reader = new BlockReader(disk, `${DIR}/${ulid}`, new PageCache());
  const content = contentOf(new BlockQuerier(reader, new BlockReading(), ALWAYS));
  reader.close();
  return content;
}

/** Grows, changes its buckets now and then, and has fractions for a while. */
function histogramOf(minute: number): FloatHistogram {
  const base = minute > 150 && minute < 180 ? minute + 0.5 : minute;
  return {
    counterResetHint: 'unknown',
    schema: minute > 100 ? 1 : 2,
    zeroThreshold: 0.001,
    zeroCount: base,
    count: base * 4,
    sum: base * 1.1,
    positiveSpans: [{ offset: -2, length: 2 }],
    negativeSpans: [{ offset: 5, length: 1 }],
    positiveBuckets: [base, base * 2],
    negativeBuckets: [base],
    customValues: [],
  };
}

let reading: HeadReading | undefined;

function run(job: CompactionJob): BlockMeta | undefined {
  const answer = runCompaction(job, {
    disk,
    nowMs: () => clock.nowMs(),
    head: () => {
      if (reading === undefined) throw new Error('not attached');
      return reading;
    },
  });
  if (answer.failure !== undefined) throw new Error(answer.failure);
  return answer.meta;
}

/** Five hours of series that step, jump, end and begin. */
async function fill(): Promise<Database> {
  const database = await openDatabase({
    dir: DIR,
    retentionMs: 30 * 24 * HOUR_MS,
    outOfOrderWindowMs: 0,
    log: silentLog,
    clock,
    registry: new Registry(),
    disk,
  });
  for (let minute = 0; minute < 300; minute++) {
    const appender = database.appender();
    for (let i = 0; i < 30; i++) {
      if (i % 5 === 4 && minute > 100) continue;
      if (i % 7 === 6 && minute < 200) continue;
      const labels = labelsFromObject({
        __name__: `m${i % 3}`,
        i: String(i),
        ['ä'.repeat(i)]: 'x',
      });
      const steady = i % 2 === 0 ? minute * i : Math.sin(minute * i);
      const value = i % 5 === 4 && minute === 100 ? STALE_NAN : steady;
      appender.append(appender.seriesRef(labels), START_MS + minute * 60_000 + i, value);
    }
    const ref = appender.seriesRef(labelsFromObject({ __name__: 'h' }));
    const timeMs = START_MS + minute * 60_000;
    if (minute % 40 === 7) appender.append(ref, timeMs, minute);
    else appender.appendHistogram(ref, timeMs, histogramOf(minute));
    appender.commit();
  }
  database.attachReader((update) => {
    if (update.kind !== 'attach') return;
    reading = new HeadReading(new MemoryViews(update.memory), update.slot);
  });
  return database;
}

function headContent(database: Database, startMs: number, endMs: number): Content {
  const querier = database.reader.queryable.querier(startMs, endMs);
  const content = contentOf(querier, startMs, endMs);
  querier.close();
  return content;
}

describe('a block cut from the head', () => {
  test('holds the samples of its range and no others', async () => {
    const database = await fill();
    const endMs = START_MS + 2 * HOUR_MS;
    const meta = run({ kind: 'cut', dir: DIR, startMs: START_MS, endMs });
    expect(meta).toMatchObject({ minTimeMs: START_MS, maxTimeMs: endMs, compaction: { level: 1 } });
    const content = blockContent(meta?.ulid ?? '');
    expect(content).toEqual(headContent(database, START_MS, endMs - 1));
    expect(Object.keys(content).length).toBe(27);
    expect(meta?.stats.histogramSampleCount).toBe(117);
    const next = { startMs: endMs, endMs: endMs + HOUR_MS };
    const second = run({ kind: 'cut', dir: DIR, ...next });
    expect(blockContent(second?.ulid ?? '')).toEqual(
      headContent(database, next.startMs, next.endMs - 1),
    );
    await database.close();
  });

  test('is not made where there is no sample', async () => {
    const database = await fill();
    expect(run({ kind: 'cut', dir: DIR, startMs: 0, endMs: START_MS })).toBeUndefined();
    expect(disk.list(DIR)).toEqual(['lock', 'wal']);
    await database.close();
  });

  test('leaves nothing behind where the disk is full', async () => {
    const database = await fill();
    disk.freeBytes = 5000;
    const job = { kind: 'cut', dir: DIR, startMs: START_MS, endMs: START_MS + HOUR_MS } as const;
    expect(() => run(job)).toThrow(/ENOSPC/);
    expect(disk.list(DIR)).toEqual(['lock', 'wal']);
    disk.freeBytes = Infinity;
    await database.close();
  });
});

/** A block with series named by letters; samples as [time, value]. */
function block(
  ulid: string,
  content: Record<string, readonly (readonly [number, number])[]>,
): string {
  const list = Object.entries(content).map(([name, rows]) => {
    const samples = new SampleColumns();
    for (const [timeMs, value] of rows) samples.push(timeMs, value);
    return { labels: labelsFromObject({ __name__: name }), samples };
  });
  const times = Object.values(content).flatMap((rows) => rows.map(([timeMs]) => timeMs));
  writeBlock(
    {
      disk,
      dir: DIR,
      ulid,
      minTimeMs: Math.min(...times),
      maxTimeMs: Math.max(...times) + 1,
      compaction: { ...LEVEL_ONE, sources: [ulid] },
    },
    listedSource(list),
  );
  return ulid;
}

function values(ulid: string): Record<string, string> {
  const reader = new BlockReader(disk, `${DIR}/${ulid}`, new PageCache());
  const set = new BlockQuerier(reader, new BlockReading(), ALWAYS).select([], ALWAYS);
  const found: Record<string, string> = {};
  for (let i = 0; i < set.count; i++) {
    const columns = new SampleColumns();
    set.read(i, -Infinity, Infinity, columns);
    found[set.labels(i)[1] ?? ''] = Array.from(
      { length: columns.length },
      (_, row) => `${columns.timestampsMs[row]}=${columns.values[row]}`,
    ).join(' ');
  }
  return found;
}

function merge(...ulids: string[]): BlockMeta | undefined {
  return run({ kind: 'merge', dir: DIR, ulids, isSettled: true });
}

describe('a merged block', () => {
  test('has the series of both, parts of one series in order', () => {
    const first = block('A', {
      a: [
        [1, 1],
        [2, 2],
      ],
      b: [[1, 5]],
    });
    const second = block('B', { a: [[3, 3]], c: [[4, 4]] });
    const meta = merge(first, second);
    expect(values(meta?.ulid ?? '')).toEqual({ a: '1=1 2=2 3=3', b: '1=5', c: '4=4' });
    expect(meta).toMatchObject({
      minTimeMs: 1,
      maxTimeMs: 5,
      stats: { sampleCount: 5, seriesCount: 3, chunkCount: 4 },
      compaction: {
        level: 2,
        sources: ['A', 'B'],
        parents: [
          { ulid: 'A', minTimeMs: 1, maxTimeMs: 3 },
          { ulid: 'B', minTimeMs: 3, maxTimeMs: 5 },
        ],
      },
    });
  });

  test('interleaves overlapping blocks, the value of the earlier block where both have one', () => {
    const first = block('A', {
      a: [
        [1, 1],
        [3, 3],
        [5, 5],
      ],
    });
    const second = block('B', {
      a: [
        [2, 2],
        [3, 30],
        [6, 6],
      ],
    });
    const third = block('C', { a: [[7, 7]] });
    expect(values(merge(first, second, third)?.ulid ?? '')).toEqual({
      a: '1=1 2=2 3=3 5=5 6=6 7=7',
    });
  });

  test('leaves out what was deleted', () => {
    const first = block('A', {
      a: [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
      b: [[1, 1]],
      c: [[2, 2]],
    });
    const reader = new BlockReader(disk, `${DIR}/A`, new PageCache());
    const [a, b] = reader.index.allPostings();
    reader.close();
    disk.remove(`${DIR}/A/tombstones`);
    writeTombstones(
      disk,
      `${DIR}/A`,
      new Map([
        [a ?? 0, [2, 2]],
        [b ?? 0, [0, 9]],
      ]),
    );
    expect(values(first)).toEqual({ a: '1=1 3=3', c: '2=2' });
    const meta = merge(first);
    expect(values(meta?.ulid ?? '')).toEqual({ a: '1=1 3=3', c: '2=2' });
    expect(meta?.stats.seriesCount).toBe(2);
  });

  test('is not made where nothing is left', () => {
    const first = block('A', { a: [[1, 1]] });
    disk.remove(`${DIR}/A/tombstones`);
    const reader = new BlockReader(disk, `${DIR}/A`, new PageCache());
    writeTombstones(disk, `${DIR}/A`, new Map([[reader.index.allPostings()[0] ?? 0, [0, 9]]]));
    reader.close();
    expect(merge(first)).toBeUndefined();
    expect(disk.list(DIR)).toEqual(['A']);
  });

  test('is not made out of a damaged block', () => {
    block('A', { a: [[1, 1]] });
    const chunks = disk.read(`${DIR}/A/chunks/000001`).slice();
    chunks[12] = (chunks[12] ?? 0) ^ 1;
    disk.write(`${DIR}/A/chunks/000001`, chunks);
    expect(() => merge('A')).toThrow(/wrong checksum/);
    expect(disk.list(DIR)).toEqual(['A']);
  });
});
