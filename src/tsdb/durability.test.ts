import { describe, expect, test } from 'vitest';
import { createMatcher, labelsFromObject } from '#model';
import { silentLog } from '#platform';
import type { Clock } from '#platform';
import { SampleColumns, StorageError } from '#storage';
import type { Database, DatabaseOptions } from './types.ts';
import { compactionOf, openOn } from '../../test/fakes/database.ts';
import { TroubledDisk } from '../../test/fakes/troubled-disk.ts';

/*
 * What the simulation (test/simulation) found in blocks and around them, each as the shortest story that
 * shows it. Of the log: wal/durability.test.ts.
 */

const MINUTE_MS = 60_000;
const START_MS = 1_700_006_400_000;

const timers: (() => void)[] = [];
const clock: Clock = {
  nowMs: () => START_MS + 100 * MINUTE_MS,
  monotonicMs: () => 0,
  setTimer: (delayMs, run) => {
    if (delayMs < 100) timers.push(run);
    return { cancel: () => {} };
  },
};

interface Opened {
  readonly database: Database;
  readonly messages: string[];
}

async function open(disk: TroubledDisk, more: Partial<DatabaseOptions> = {}): Promise<Opened> {
  const opened = await openWithoutBlocks(disk, more);
  const { database } = opened;
  database.startCompaction(compactionOf(database, disk, clock));
  return opened;
}

/** Blocks are neither made nor merged. */
async function openWithoutBlocks(
  disk: TroubledDisk,
  more: Partial<DatabaseOptions> = {},
): Promise<Opened> {
  const messages: string[] = [];
  const error = (message: string): void => void messages.push(message);
  const database = await openOn(disk, clock, {
    retentionMs: 1e12,
    blockRangeMs: 20 * MINUTE_MS,
    log: { ...silentLog, error },
    ...more,
  });
  return { database, messages };
}

/** All that waits for time runs until the work is done. */
async function done(work: Promise<void>): Promise<void> {
  const state = { isOver: false };
  const over = work.finally(() => (state.isOver = true));
  while (!state.isOver) {
    await new Promise((resolve) => void setImmediate(resolve));
    for (const run of timers.splice(0)) run();
  }
  await over;
}

function write(database: Database, minutes: readonly number[], name = 'a'): void {
  for (const minute of minutes) {
    const appender = database.appender();
    const ref = appender.seriesRef(labelsFromObject({ __name__: name }));
    appender.append(ref, START_MS + minute * MINUTE_MS, minute);
    appender.commit();
  }
}

function read(database: Database): { minutes: number[]; warnings: readonly string[] } {
  const querier = database.reader.queryable.querier(0, 2e12);
  const set = querier.select([createMatcher('=', '__name__', 'a')], { startMs: 0, endMs: 2e12 });
  const columns = new SampleColumns();
  for (let i = 0; i < set.count; i++) set.read(i, 0, 2e12, columns);
  querier.close();
  return { minutes: [...columns.values.subarray(0, columns.length)], warnings: set.warnings };
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

describe('what the simulation found', () => {
  test('a batch that waits until a block is made of its time is refused, not lost', async () => {
    const disk = new TroubledDisk();
    const { database } = await open(disk);
    write(database, range(0, 50));
    const waiting = database.appender();
    const ref = waiting.seriesRef(labelsFromObject({ __name__: 'b' }));
    waiting.append(ref, START_MS + 10 * MINUTE_MS, 1);
    await done(database.compact());
    expect(() => waiting.commit()).toThrow(StorageError);
    const late = database.appender();
    late.append(late.seriesRef(labelsFromObject({ __name__: 'b' })), START_MS + 49 * MINUTE_MS, 1);
    late.commit();
    await database.close();
  });

  test('what is left of a block and cannot be removed does not keep a server from starting', async () => {
    const disk = new TroubledDisk();
    const left = 'data/01HF7YT6C0ZQ2N3W5R8V4K9XJM.tmp-for-creation';
    disk.write(`${left}/index`, new Uint8Array(3));
    disk.failing = (deed) => deed.startsWith(`remove ${left}`);
    const { database, messages } = await open(disk);
    expect(messages).toEqual(['cannot remove what is left of a block']);
    write(database, [1]);
    expect(read(database).minutes).toEqual([1]);
    await database.close();
  });

  test('a block that the disk refuses for a while is named, and read when it can be', async () => {
    const disk = new TroubledDisk();
    const { database } = await open(disk);
    write(database, range(0, 50));
    await done(database.compact());
    const block = disk.list('data').find((name) => name.length === 26) ?? '';
    disk.failing = (deed) => deed === `open data/${block}/index`;
    const bad = read(database);
    expect(bad.minutes[0]).toBe(20);
    expect(bad.warnings).toEqual([expect.stringContaining(block)]);
    disk.failing = () => false;
    expect(read(database)).toEqual({ minutes: range(0, 50), warnings: [] });
    await database.close();
  });

  test('what was deleted does not come back with a block whose name could not be made durable', async () => {
    const disk = new TroubledDisk();
    const { database, messages } = await open(disk);
    write(database, range(0, 50));
    const blocks = (): string[] => disk.list('data').filter((name) => name.length === 26);
    disk.failing = (deed) => deed === 'syncDir data' && blocks().length > 0;
    await done(database.compact());
    expect(messages).toEqual(['cannot compact']);
    expect(blocks()).toHaveLength(1);
    disk.failing = () => false;
    const all = [createMatcher('=', '__name__', 'a')];
    await done(database.deleteSeries(all, START_MS, START_MS + 9 * MINUTE_MS));
    expect(blocks()).toEqual([]);
    expect(read(database).minutes).toEqual(range(10, 50));
    const after = new TroubledDisk();
    for (const name of disk.list('data/wal')) {
      after.write(`data/wal/${name}`, disk.read(`data/wal/${name}`).slice());
    }
    const { database: again } = await open(after);
    expect(read(again).minutes).toEqual(range(10, 50));
    await again.close();
  });

  test('what was deleted from a block that is damaged then does not come back from the log', async () => {
    const disk = new TroubledDisk();
    const { database } = await open(disk);
    write(database, range(0, 50));
    await done(database.compact());
    const all = [createMatcher('=', '__name__', 'a')];
    await done(database.deleteSeries(all, START_MS, START_MS + 9 * MINUTE_MS));
    const block = disk.list('data').find((name) => name.length === 26) ?? '';
    disk.remove('data/lock');
    disk.write(`data/${block}/index`, new Uint8Array(100));
    const { database: again, messages } = await open(disk);
    expect(messages[0]).toContain('a block is damaged');
    expect(read(again).minutes).toEqual(range(20, 50));
    await again.close();
  });

  test('what was deleted stays deleted where blocks that overlap are merged to nothing', async () => {
    const disk = new TroubledDisk();
    const { database } = await open(disk);
    write(database, range(0, 50));
    await done(database.compact());
    await database.close();
    // Another program puts the same block there once more.
    const block = disk.list('data').find((name) => name.length === 26) ?? '';
    const other = '01HF0000000000000000000009';
    for (const name of ['meta.json', 'index', 'tombstones', 'chunks/000001']) {
      disk.write(`data/${other}/${name}`, disk.read(`data/${block}/${name}`).slice());
    }
    const { database: deleting } = await openWithoutBlocks(disk);
    const all = [createMatcher('=', '__name__', 'a')];
    await done(deleting.deleteSeries(all, START_MS, START_MS + 19 * MINUTE_MS));
    await deleting.close();
    const { database: second } = await open(disk);
    await done(second.compact());
    expect(read(second).minutes).toEqual(range(20, 50));
    disk.remove('data/lock');
    const { database: third } = await open(disk);
    expect(read(third).minutes).toEqual(range(20, 50));
    await third.close();
  });

  test('what was deleted stays deleted where the limit of size is smaller than the log', async () => {
    const disk = new TroubledDisk();
    const { database } = await open(disk, { retentionBytes: 1 });
    write(database, range(0, 50));
    await done(database.compact());
    const all = [createMatcher('=', '__name__', 'a')];
    await done(database.deleteSeries(all, START_MS, START_MS + 9 * MINUTE_MS));
    await done(database.compact());
    expect(read(database).minutes).toEqual(range(10, 50));
    disk.remove('data/lock');
    const { database: again } = await open(disk, { retentionBytes: 1 });
    expect(read(again).minutes).toEqual(range(10, 50));
    await again.close();
  });
});
