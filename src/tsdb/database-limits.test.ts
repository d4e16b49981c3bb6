import { beforeEach, describe, expect, test } from 'vitest';
import { Registry } from '#instrument';
import { createMatcher, labelsFromObject } from '#model';
import { MemoryDisk } from '#platform';
import { AppendStatus, SampleColumns } from '#storage';
import type { Database } from './types.ts';
import { PollingClock, compactionOf, openOn } from '../../test/fakes/database.ts';

const STEP_MS = 5000;
const START_MS = 1_700_006_400_000;
/** 1000 chunks of some 25 samples. */
const CHUNK_BYTES_MAX = 1000 * 256;

const clock = new PollingClock(START_MS);

let disk = new MemoryDisk();
let registry = new Registry();
beforeEach(() => {
  disk = new MemoryDisk();
  registry = new Registry();
  clock.timeMs = START_MS;
});

async function open(chunkBytesMax: number = CHUNK_BYTES_MAX): Promise<Database> {
  const database = await openOn(disk, clock, { registry, chunkBytesMax });
  database.startCompaction(compactionOf(database, disk, clock));
  return database;
}

/** Writes one sample a step and series; answers those that were taken, by series and step as `3@17`. */
function write(database: Database, seriesCount: number, steps: readonly number[]): string[] {
  const taken: string[] = [];
  for (const step of steps) {
    clock.timeMs = START_MS + step * STEP_MS;
    const appender = database.appender();
    for (let i = 0; i < seriesCount; i++) {
      const ref = appender.seriesRef(labelsFromObject({ __name__: 'a', i: String(i) }));
      const status = appender.append(ref, clock.timeMs, Math.sin(step * seriesCount + i));
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

  test('a batch for which there is no room is refused as a whole, before it is acknowledged', async () => {
    const database = await open();
    const appender = database.appender();
    for (let i = 0; i < 1200; i++) {
      const ref = appender.seriesRef(labelsFromObject({ __name__: 'a', i: String(i) }));
      expect(appender.append(ref, clock.timeMs, i)).toBe(AppendStatus.ok);
    }
    expect(() => appender.commit()).toThrow('cannot keep 1200 samples at once');
    expect(found(database)).toEqual([]);
    expect(refusedCount()).toBe(1200);
    const taken = write(database, 900, [1]);
    // To these few chunks a sample can be added.
    taken.push(...write(database, 900, range(2, 12)));
    expect(taken.length).toBe(900 * 11);
    expect(found(database).toSorted()).toEqual(taken.toSorted());
    await database.close();
    const again = await open();
    expect(found(again).toSorted()).toEqual(taken.toSorted());
    await again.close();
  });

  test('a log that needs more than there may be is read whole; then blocks make room', async () => {
    const large = await open(CHUNK_BYTES_MAX * 10);
    const taken = write(large, 300, range(0, 200));
    expect(taken.length).toBe(300 * 200);
    await large.close();
    const small = await open();
    expect(found(small).toSorted()).toEqual(taken.toSorted());
    expect(write(small, 300, [200])).toEqual([]);
    for (let round = 0; round < 5; round++) await tidy(small);
    expect(blockCount()).toBeGreaterThan(0);
    taken.push(...write(small, 300, [201]));
    expect(taken.length).toBe(300 * 201);
    expect(found(small).toSorted()).toEqual(taken.toSorted());
    await small.close();
    const again = await open();
    expect(found(again).toSorted()).toEqual(taken.toSorted());
    await again.close();
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
