import { beforeEach, describe, expect, test } from 'vitest';
import { createMatcher, labelsFromObject } from '#model';
import type { FloatHistogram } from '#model';
import { MemoryDisk } from '#platform';
import { SampleColumns } from '#storage';
import { readMeta } from './block/block-reader.ts';
import { readTombstones } from './block/tombstones.ts';
import type { Database } from './types.ts';
import { readSegment } from './wal/reader.ts';
import { PollingClock, compactionOf, openOn } from '../../test/fakes/database.ts';

const MINUTE_MS = 60_000;
const START_MS = 1_700_006_400_000;
const ALL = [createMatcher('=~', '__name__', '.+')];
const NAMES = ['a', 'b'];

const clock = new PollingClock(START_MS);

let disk = new MemoryDisk();
beforeEach(() => {
  disk = new MemoryDisk();
  clock.timeMs = START_MS;
});

function open(dir = 'data'): Promise<Database> {
  return openOn(disk, clock, {
    dir,
    retentionMs: 1e12,
    blockRangeMs: 20 * MINUTE_MS,
    walCompression: 'none',
  });
}

/** Cuts blocks as the compaction thread does, in this thread. */
async function compact(database: Database): Promise<void> {
  database.startCompaction(compactionOf(database, disk, clock));
  await database.compact();
}

/** A sample a minute for each series. */
function write(database: Database, minutes: number, histogram?: FloatHistogram): void {
  for (let minute = 0; minute < minutes; minute++) {
    const appender = database.appender();
    for (const name of NAMES) {
      const ref = appender.seriesRef(labelsFromObject({ __name__: name }));
      if (histogram === undefined) appender.append(ref, clock.timeMs, minute);
      else appender.appendHistogram(ref, clock.timeMs, histogram);
    }
    appender.commit();
    clock.timeMs += MINUTE_MS;
  }
}

/** Minutes since the start at which a series has samples; undefined where the series is not found. */
function minutes(database: Database, name: string, limit = 0): number[] | undefined {
  const querier = database.reader.queryable.querier(0, 2e12);
  const hints = { startMs: 0, endMs: 2e12, limit };
  const set = querier.select([createMatcher('=', '__name__', name)], hints);
  const columns = new SampleColumns();
  if (set.count > 0) set.read(0, 0, 2e12, columns);
  querier.close();
  if (set.count === 0) return undefined;
  const times = [...columns.timestampsMs.subarray(0, columns.length)];
  return times.map((timeMs) => (timeMs - START_MS) / MINUTE_MS);
}

async function remove(database: Database, name: string, first: number, last: number) {
  const matchers = [createMatcher('=', '__name__', name)];
  await database.deleteSeries(matchers, START_MS + first * MINUTE_MS, START_MS + last * MINUTE_MS);
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

function blocks(dir = 'data'): string[] {
  return disk.list(dir).filter((name) => name.length === 26);
}

/** As after a power failure of the process. */
async function die(database: Database): Promise<Database> {
  disk = disk.copy();
  disk.remove('data/lock');
  await database.close();
  return await open();
}

const HISTOGRAM: FloatHistogram = {
  schema: 0,
  zeroThreshold: 0.001,
  zeroCount: 1,
  count: 3,
  sum: 5,
  positiveSpans: [{ offset: 0, length: 1 }],
  negativeSpans: [],
  positiveBuckets: [2],
  negativeBuckets: [],
  customValues: [],
  counterResetHint: 'gauge',
};

describe('a deletion', () => {
  test('takes samples of one series and range, inclusive at both ends', async () => {
    const database = await open();
    write(database, 10);
    await remove(database, 'a', 3, 5);
    expect(minutes(database, 'a')).toEqual([0, 1, 2, 6, 7, 8, 9]);
    expect(minutes(database, 'b')).toEqual(range(0, 10));
    await database.close();
  });

  test('that ends before it begins takes nothing', async () => {
    const database = await open();
    write(database, 50);
    await compact(database);
    await remove(database, 'a', 15, 5);
    await remove(database, 'a', 45, 40);
    expect(minutes(database, 'a')).toEqual(range(0, 50));
    const [ulid = ''] = blocks();
    expect(readTombstones(disk, `data/${ulid}`).size).toBe(0);
    await database.close();
  });

  test('of all a series has hides the series until it has samples again', async () => {
    const database = await open();
    write(database, 10);
    await database.deleteSeries([createMatcher('=', '__name__', 'a')], -Infinity, Infinity);
    expect(minutes(database, 'a')).toBeUndefined();
    write(database, 2);
    expect(minutes(database, 'a')).toEqual([10, 11]);
    await database.close();
  });

  test('leaves a limit of series to those that have samples', async () => {
    const database = await open();
    write(database, 3);
    await remove(database, 'a', 0, 5);
    const querier = database.reader.queryable.querier(0, 2e12);
    const set = querier.select(ALL, { startMs: 0, endMs: 2e12, limit: 1 });
    expect(set.count).toBe(1);
    expect(set.labels(0)).toEqual(['__name__', 'b']);
    querier.close();
    await database.close();
  });

  test('stands in the log as Prometheus writes tombstones', async () => {
    const database = await open();
    write(database, 10);
    await remove(database, 'b', 4, 400);
    await database.close();
    const records: Uint8Array[] = [];
    readSegment(disk, 'data/wal/00000000', (record) => void records.push(record.slice()));
    const tombstones = records.filter(([type]) => type === 3);
    expect(tombstones.length).toBe(1);
    const bytes = Buffer.from(tombstones[0] ?? []);
    expect(bytes.readBigInt64BE(1)).toBe(2n);
    // Not beyond what the series has.
    expect(bytes.subarray(9)).toEqual(
      Buffer.concat([varint(START_MS + 4 * MINUTE_MS), varint(START_MS + 9 * MINUTE_MS)]),
    );
  });

  test('stays when the process dies, in head and blocks', async () => {
    let database = await open();
    write(database, 50);
    await compact(database);
    expect(blocks().length).toBe(1);
    await remove(database, 'a', 15, 45);
    database = await die(database);
    expect(minutes(database, 'a')).toEqual([...range(0, 15), ...range(46, 50)]);
    const [ulid = ''] = blocks();
    expect(readMeta(disk, `data/${ulid}`).stats.tombstoneCount).toBe(1);
    await database.close();
  });

  test('of the head is left out when a block is cut', async () => {
    const database = await open();
    write(database, 50);
    await remove(database, 'a', 5, 8);
    await remove(database, 'b', 0, 100);
    await compact(database);
    const [ulid = ''] = blocks();
    const { stats } = readMeta(disk, `data/${ulid}`);
    expect(stats).toMatchObject({ sampleCount: 16, seriesCount: 1, tombstoneCount: 0 });
    expect(minutes(database, 'a')).toEqual([...range(0, 5), ...range(9, 50)]);
    expect(minutes(database, 'b')).toBeUndefined();
    await database.close();
  });

  test('takes native histograms too, from head, blocks and what is cut', async () => {
    const database = await open();
    write(database, 50, HISTOGRAM);
    await remove(database, 'a', 2, 4);
    expect(minutes(database, 'a')).toEqual([0, 1, ...range(5, 50)]);
    await compact(database);
    expect(blocks().length).toBe(1);
    await remove(database, 'a', 10, 12);
    const left = [0, 1, ...range(5, 10), ...range(13, 50)];
    expect(minutes(database, 'a')).toEqual(left);
    await database.cleanTombstones();
    expect(minutes(database, 'a')).toEqual(left);
    await database.close();
  });

  test('waits for the compaction that runs, which would bring back what it deletes', async () => {
    const database = await open();
    write(database, 50);
    const compaction = compact(database);
    await remove(database, 'a', 0, 48);
    await compaction;
    expect(blocks().length).toBe(1);
    expect(minutes(database, 'a')).toEqual([49]);
    await database.close();
  });

  test('that the log cannot take is refused, and nothing of the head is deleted', async () => {
    const database = await open();
    write(database, 10);
    disk.freeBytes = 3;
    await expect(remove(database, 'a', 0, 100)).rejects.toMatchObject({ code: 'log-write' });
    expect(minutes(database, 'a')).toEqual(range(0, 10));
    disk.freeBytes = Infinity;
    const again = await die(database);
    expect(minutes(again, 'a')).toEqual(range(0, 10));
    await again.close();
  });

  test('that a block cannot take is refused, and the block is as before', async () => {
    const database = await open();
    write(database, 50);
    await compact(database);
    disk.freeBytes = 3;
    await expect(remove(database, 'a', 0, 5)).rejects.toThrow('cannot delete');
    disk.freeBytes = Infinity;
    expect(minutes(database, 'a')).toEqual(range(0, 50));
    const [ulid = ''] = blocks();
    expect(disk.list(`data/${ulid}`)).toEqual(['chunks', 'index', 'meta.json', 'tombstones']);
    await database.close();
  });

  test('after the end is refused', async () => {
    const database = await open();
    await database.close();
    await expect(remove(database, 'a', 0, 5)).rejects.toMatchObject({ code: 'closed' });
    await expect(database.cleanTombstones()).rejects.toMatchObject({ code: 'closed' });
    await expect(database.snapshot('s', false)).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('cleaning', () => {
  test('writes blocks without what was deleted, and removes those that are left empty', async () => {
    const database = await open();
    write(database, 90);
    await compact(database);
    const before = blocks();
    expect(before.length).toBe(3);
    await remove(database, 'a', 0, 25);
    await remove(database, 'b', 0, 19);
    await database.cleanTombstones();
    const after = blocks();
    expect(after.length).toBe(2);
    for (const ulid of after) expect(readTombstones(disk, `data/${ulid}`).size).toBe(0);
    expect(after.filter((ulid) => before.includes(ulid)).length).toBe(1);
    expect(minutes(database, 'a')).toEqual(range(26, 90));
    expect(minutes(database, 'b')).toEqual(range(20, 90));
    await database.close();
  });

  test('brings nothing back from the log, which holds samples for longer than the head', async () => {
    let database = await open();
    write(database, 50);
    await compact(database);
    await database.deleteSeries(ALL, 0, START_MS + 19 * MINUTE_MS);
    await database.cleanTombstones();
    database = await die(database);
    expect(minutes(database, 'a')).toEqual(range(20, 50));
    // The block that was the newest can go once there is a newer one.
    write(database, 20);
    await compact(database);
    await database.cleanTombstones();
    expect(blocks().length).toBe(1);
    database = await die(database);
    expect(minutes(database, 'a')).toEqual(range(20, 70));
    await database.close();
  });
});

describe('a snapshot', () => {
  test('opens as a database with the same samples, and is left alone by later changes', async () => {
    const database = await open();
    write(database, 50);
    await compact(database);
    await remove(database, 'a', 10, 30);
    await database.snapshot('data/snapshots/one', false);
    await database.snapshot('data/snapshots/two', true);
    await remove(database, 'a', 0, 100);
    const one = await open('data/snapshots/one');
    expect(minutes(one, 'a')).toEqual([...range(0, 10), ...range(31, 50)]);
    expect(minutes(one, 'b')).toEqual(range(0, 50));
    await one.close();
    const two = await open('data/snapshots/two');
    expect(minutes(two, 'a')).toEqual(range(0, 10));
    await two.close();
    await database.close();
  });

  test('waits for the deletion that runs, and holds what came meanwhile', async () => {
    const database = await open();
    write(database, 20);
    const deleting = remove(database, 'a', 5, 15);
    const made = database.snapshot('data/snapshots/one', false);
    write(database, 1);
    await Promise.all([deleting, made]);
    const one = await open('data/snapshots/one');
    expect(minutes(one, 'a')).toEqual([...range(0, 5), ...range(16, 21)]);
    expect(minutes(one, 'b')).toEqual(range(0, 21));
    await one.close();
    await database.close();
  });

  test('that finds no room leaves nothing behind', async () => {
    const database = await open();
    write(database, 50);
    disk.freeBytes = 50;
    await expect(database.snapshot('data/snapshots/one', false)).rejects.toThrow('snapshot');
    disk.freeBytes = Infinity;
    expect(disk.list('data/snapshots')).toEqual([]);
    await database.close();
  });
});

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value) * 2n;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
