import { beforeEach, describe, expect, test } from 'vitest';
import { Registry } from '#instrument';
import { createMatcher, labelsFromObject } from '#model';
import { MemoryDisk, silentLog } from '#platform';
import type { Clock } from '#platform';
import { AppendStatus, SampleColumns } from '#storage';
import type { CompactionAnswer, CompactionJob } from './block/compaction-job.ts';
import { runCompaction } from './block/compactor.ts';
import { openDatabase } from './database.ts';
import { HeadReader } from './reader.ts';
import type { Database } from './types.ts';

const STEP_MS = 5000;
const START_MS = 1_700_006_400_000;
/** 1000 chunks of some 25 samples. */
const CHUNK_BYTES_MAX = 1000 * 256;

let nowMs = START_MS;
/** Timers that poll run at once; those of the database's own minutes never do. */
const clock: Clock = {
  nowMs: () => nowMs,
  monotonicMs: () => 0,
  setTimer: (delayMs, run) => {
    if (delayMs < 100) setImmediate(run);
    return { cancel: () => {} };
  },
};

let disk = new MemoryDisk();
let registry = new Registry();
beforeEach(() => {
  disk = new MemoryDisk();
  registry = new Registry();
  nowMs = START_MS;
});

async function open(): Promise<Database> {
  const database = await openDatabase({
    dir: 'data',
    retentionMs: 15 * 86_400_000,
    outOfOrderWindowMs: 0,
    log: silentLog,
    clock,
    registry,
    disk,
    chunkBytesMax: CHUNK_BYTES_MAX,
  });
  const reader = new HeadReader(disk);
  database.attachReader((update) => reader.apply(update));
  const tools = { disk, nowMs: () => clock.nowMs(), head: () => reader.reading() };
  database.startCompaction((job: CompactionJob): Promise<CompactionAnswer> =>
    Promise.resolve(runCompaction(job, tools)),
  );
  return database;
}

/** Writes one sample a step and series; answers those that were taken, by series and step as `3@17`. */
function write(database: Database, seriesCount: number, steps: readonly number[]): string[] {
  const taken: string[] = [];
  for (const step of steps) {
    nowMs = START_MS + step * STEP_MS;
    const appender = database.appender();
    for (let i = 0; i < seriesCount; i++) {
      const ref = appender.seriesRef(labelsFromObject({ __name__: 'a', i: String(i) }));
      const status = appender.append(ref, nowMs, Math.sin(step * seriesCount + i));
      if (status === AppendStatus.ok) taken.push(`${i}@${step}`);
      else expect(status).toBe(AppendStatus.limit);
    }
    appender.commit();
  }
  return taken;
}

function found(database: Database): string[] {
  const querier = database.reader.queryable.querier(-Infinity, Infinity);
  const hints = { startMs: -Infinity, endMs: Infinity };
  const set = querier.select([createMatcher('=', '__name__', 'a')], hints);
  const samples: string[] = [];
  for (let i = 0; i < set.count; i++) {
    const columns = new SampleColumns();
    set.read(i, -Infinity, Infinity, columns);
    const labels = set.labels(i);
    const series = labels[labels.indexOf('i') + 1];
    for (const timeMs of columns.timestampsMs.subarray(0, columns.length)) {
      samples.push(`${series}@${(timeMs - START_MS) / STEP_MS}`);
    }
  }
  querier.close();
  return samples;
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

/** What the database does each minute. */
async function tidy(database: Database): Promise<void> {
  database.trim();
  await database.compact();
}

function blockCount(): number {
  return disk.list('data').filter((name) => name.length === 26).length;
}

function refusedCount(): number {
  const family = registry
    .gather()
    .find(({ name }) => name === 'narthex_tsdb_samples_refused_total');
  return (family?.metrics[0] as { value: number } | undefined)?.value ?? Number.NaN;
}

describe('where the memory for samples is nearly used up', () => {
  test('a block is cut early, and no sample is lost', async () => {
    const database = await open();
    const taken: string[] = [];
    for (let step = 0; step < 2000; step += 20) {
      taken.push(...write(database, 15, range(step, step + 20)));
      await tidy(database);
    }
    // Less than what is cut anyway.
    expect(2000 * STEP_MS).toBeLessThan(3 * 3_600_000);
    expect(taken.length).toBe(15 * 2000);
    expect(blockCount()).toBeGreaterThan(0);
    expect(found(database).toSorted()).toEqual(taken.toSorted());
    await database.close();
    const again = await open();
    expect(found(again).toSorted()).toEqual(taken.toSorted());
    await again.close();
  });

  test('new samples are refused and counted while no block can be made; none that was taken goes', async () => {
    const database = await open();
    const taken = write(database, 15, range(0, 2000));
    expect(taken.length).toBeLessThan(15 * 2000);
    expect(refusedCount()).toBe(15 * 2000 - taken.length);
    disk.freeBytes = 100;
    await tidy(database);
    await tidy(database);
    expect(blockCount()).toBe(0);
    expect(found(database).toSorted()).toEqual(taken.toSorted());
    disk.freeBytes = Infinity;
    expect(write(database, 15, [2000])).toEqual([]);
    await tidy(database);
    taken.push(...write(database, 15, range(2001, 2100)));
    expect(found(database).toSorted()).toEqual(taken.toSorted());
    expect(taken.at(-1)).toBe('14@2099');
    await database.close();
  });

  test('series that have one chunk each make room too', async () => {
    const database = await open();
    const taken = write(database, 985, [0]);
    expect(taken.length).toBe(985);
    expect(write(database, 985, [1])).toEqual([]);
    await tidy(database);
    taken.push(...write(database, 985, [2]));
    expect(taken.length).toBe(985 * 2);
    expect(found(database).toSorted()).toEqual(taken.toSorted());
    await database.close();
  });
});
