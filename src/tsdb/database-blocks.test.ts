import { beforeEach, describe, expect, test } from 'vitest';
import { Registry } from '#instrument';
import { createMatcher, labelsFromObject } from '#model';
import { MemoryDisk, silentLog } from '#platform';
import type { Log } from '#platform';
import { AppendStatus, SampleColumns } from '#storage';
import { readMeta } from './block/block-reader.ts';
import { HeadReader } from './reader.ts';
import type { Database, DatabaseOptions, SharedUpdate } from './types.ts';
import { PollingClock, compactionOf, openOn } from '../../test/fakes/database.ts';
import { RecordingDisk } from '../../test/fakes/recording-disk.ts';

const HOUR_MS = 3_600_000;
const START_MS = 1_700_006_400_000;

const clock = new PollingClock(START_MS);

let disk = new MemoryDisk();
beforeEach(() => {
  disk = new MemoryDisk();
  clock.timeMs = START_MS;
});

function open(more: Partial<DatabaseOptions> = {}): Promise<Database> {
  return openOn(disk, clock, more);
}

function worker(database: Database): ReturnType<typeof compactionOf> {
  return compactionOf(database, disk, clock);
}

function write(database: Database, startMinute: number, endMinute: number): void {
  for (let minute = startMinute; minute < endMinute; minute++) {
    const appender = database.appender();
    for (const name of ['a', 'b']) {
      const ref = appender.seriesRef(labelsFromObject({ __name__: name }));
      expect(appender.append(ref, START_MS + minute * 60_000, minute)).toBe(AppendStatus.ok);
    }
    appender.commit();
  }
  clock.timeMs = START_MS + endMinute * 60_000;
}

/** The minutes of series `a` that a query finds. */
function minutes(database: Database, startMs = -Infinity, endMs = Infinity): number[] {
  const querier = database.reader.queryable.querier(startMs, endMs);
  const hints = { startMs, endMs };
  const set = querier.select([createMatcher('=', '__name__', 'a')], hints);
  expect(set.warnings).toEqual([]);
  const columns = new SampleColumns();
  if (set.count > 0) set.read(0, startMs, endMs, columns);
  querier.close();
  expect(set.count).toBeLessThan(2);
  return [...columns.values.subarray(0, columns.length)];
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

function blocks(): string[] {
  return disk.list('data').filter((name) => name.length === 26);
}

describe('a database with blocks', () => {
  test('cuts what is old from the head, and queries find all of it', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    write(database, 0, 180);
    await database.compact();
    expect(blocks()).toEqual([]);
    write(database, 180, 182);
    await database.compact();
    expect(blocks().length).toBe(1);
    expect(database.stats().minTimeMs ?? 0).toBeGreaterThan(START_MS);
    expect(minutes(database)).toEqual(range(0, 182));
    expect(minutes(database, START_MS + 119 * 60_000, START_MS + 121 * 60_000)).toEqual([
      119, 120, 121,
    ]);
    await database.close();
  });

  test('refuses samples of a range that is in a block', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    write(database, 0, 182);
    await database.compact();
    const appender = database.appender();
    const ref = appender.seriesRef(labelsFromObject({ __name__: 'late' }));
    expect(appender.append(ref, START_MS + 119 * 60_000, 1)).toBe(AppendStatus.tooOld);
    expect(appender.append(ref, START_MS + 120 * 60_000, 1)).toBe(AppendStatus.ok);
    appender.rollback();
    await database.close();
  });

  test('merges blocks by level and finds the same samples', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    for (let hour = 0; hour < 24; hour += 2) {
      write(database, hour * 60, hour * 60 + 120);
      await database.compact();
    }
    expect(blocks().length).toBeLessThan(8);
    expect(minutes(database)).toEqual(range(0, 24 * 60));
    await database.close();
    const again = await open();
    expect(minutes(again)).toEqual(range(0, 24 * 60));
    await again.close();
  });

  test('keeps what a query that is running looks at', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    write(database, 0, 182);
    const updates: SharedUpdate[] = [];
    const reader = new HeadReader(disk);
    let isBusy = false;
    const detach = database.attachReader((update) => {
      if (isBusy) updates.push(update);
      else reader.apply(update);
    });
    // A thread that runs a query takes no messages meanwhile.
    isBusy = true;
    const querier = reader.queryable.querier(-Infinity, Infinity);
    const compaction = database.compact();
    for (let i = 0; i < 20; i++) await new Promise((resolve) => void setImmediate(resolve));
    expect(blocks().length).toBe(1);
    database.trim();
    const set = querier.select([createMatcher('=', '__name__', 'a')], {
      startMs: -Infinity,
      endMs: Infinity,
    });
    const columns = new SampleColumns();
    set.read(0, -Infinity, Infinity, columns);
    expect([...columns.values.subarray(0, columns.length)]).toEqual(range(0, 182));
    expect(database.stats().minTimeMs).toBe(START_MS);
    querier.close();
    for (const update of updates) reader.apply(update);
    isBusy = false;
    await compaction;
    expect(database.stats().minTimeMs).toBeGreaterThan(START_MS);
    detach();
    await database.close();
  });

  test('starts with its blocks after it died, each sample once', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    write(database, 0, 300);
    await database.compact();
    const copy = disk.copy();
    copy.remove('data/lock');
    disk = copy;
    const again = await open();
    expect(minutes(again)).toEqual(range(0, 300));
    await again.close();
    await database.close();
  });

  test('gives up blocks beyond the retention, by time and by size', async () => {
    const database = await open({ retentionMs: 6 * HOUR_MS });
    database.startCompaction(worker(database));
    for (let hour = 0; hour < 24; hour += 2) {
      write(database, hour * 60, hour * 60 + 120);
      await database.compact();
    }
    const left = minutes(database);
    expect(left.at(-1)).toBe(24 * 60 - 1);
    expect(left[0]).toBeGreaterThan(12 * 60);
    expect(left[0]).toBeLessThan(19 * 60);
    await database.close();
    const small = await open({ retentionBytes: 1 });
    small.startCompaction(worker(small));
    await small.compact();
    // The newest stays: without its end the log would bring back what is given up.
    expect(blocks()).toHaveLength(1);
    await small.close();
  });

  test('names a damaged block, leaves it aside and uses the others', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    write(database, 0, 400);
    await database.compact();
    await database.close();
    const first = blocks().find((ulid) => readMeta(disk, `data/${ulid}`).minTimeMs === START_MS);
    const index = disk.read(`data/${first}/index`).slice();
    index[20] = (index[20] ?? 0) ^ 0xff;
    disk.write(`data/${first}/index`, index);
    const errors: unknown[] = [];
    const log: Log = {
      ...silentLog,
      error: (message, fields) => void errors.push(fields?.['block'] ?? message),
    };
    const registry = new Registry();
    const again = await open({ log, registry });
    expect(errors).toEqual([first]);
    // The log still has what the block had, and what the other one has besides.
    expect(minutes(again)).toEqual(range(0, 400));
    expect(blocks()).toContain(first);
    const damaged = registry.gather().find(({ name }) => name === 'narthex_tsdb_blocks_damaged');
    expect(damaged?.metrics[0]).toMatchObject({ value: 1 });
    const late = again.appender();
    const ref = late.seriesRef(labelsFromObject({ __name__: 'late' }));
    expect(late.append(ref, START_MS + 60_000, 1)).toBe(AppendStatus.tooOld);
    late.rollback();
    // It becomes a block again, and is found in that at the next start, with or without the log.
    again.startCompaction(worker(again));
    await again.compact();
    expect(minutes(again)).toEqual(range(0, 400));
    await again.close();
    disk.remove('data/wal');
    const last = await open();
    expect(minutes(last)).toEqual(range(0, 240));
    await last.close();
  });

  test('does not load from the log what is in blocks', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    write(database, 0, 300);
    await database.compact();
    await database.close();
    const lines: unknown[] = [];
    const log: Log = {
      ...silentLog,
      info: (message, fields) => void (message === 'log replayed' && lines.push(fields)),
    };
    const again = await open({ log });
    expect(lines).toMatchObject([{ samples: 2 * 180, inBlocks: 2 * 120 }]);
    expect(again.stats().minTimeMs).toBe(START_MS + 120 * 60_000);
    expect(minutes(again)).toEqual(range(0, 300));
    await again.close();
  });

  test('loads from the log what lies beside a block of late samples', async () => {
    const database = await open();
    write(database, 0, 100);
    await database.snapshot('data/snapshot', false);
    await database.close();
    const ulid = disk.list('data/snapshot').find((name) => name.length === 26) ?? '';
    disk.rename(`data/snapshot/${ulid}`, `data/${ulid}`);
    const path = `data/${ulid}/meta.json`;
    const meta = JSON.parse(new TextDecoder().decode(disk.read(path))) as { compaction: object };
    meta.compaction = { ...meta.compaction, hints: ['from-out-of-order'] };
    disk.write(path, new TextEncoder().encode(JSON.stringify(meta)));
    // As a series that is in the log alone.
    const again = await open();
    const appender = again.appender();
    const ref = appender.seriesRef(labelsFromObject({ __name__: 'a' }));
    expect(appender.append(ref, START_MS + 99.5 * 60_000, 99.5)).toBe(AppendStatus.ok);
    appender.commit();
    expect(minutes(again)).toEqual([...range(0, 100), 99.5]);
    await again.close();
    const last = await open();
    expect(minutes(last)).toEqual([...range(0, 100), 99.5]);
    await last.close();
  });

  test('keeps the samples in the head while the disk is full', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    write(database, 0, 182);
    disk.freeBytes = 100;
    await database.compact();
    expect(blocks()).toEqual([]);
    expect(minutes(database)).toEqual(range(0, 182));
    disk.freeBytes = Infinity;
    await database.compact();
    expect(blocks().length).toBe(1);
    expect(minutes(database)).toEqual(range(0, 182));
    await database.close();
  });

  test('loses nothing and invents nothing, whenever it dies while it cuts and merges', async () => {
    const recording = new RecordingDisk();
    disk = recording;
    const database = await open();
    database.startCompaction(worker(database));
    for (let hour = 0; hour < 10; hour += 2) {
      write(database, hour * 60, hour * 60 + 120);
      await database.compact();
    }
    write(database, 600, 1080);
    const before = blocks().length;
    recording.isRecording = true;
    await database.compact();
    recording.isRecording = false;
    // It did both: several blocks were cut, and several were merged.
    expect(blocks().length).toBeLessThan(before + 4);
    expect(recording.snapshots.length).toBeGreaterThan(30);
    for (const snapshot of recording.snapshots) {
      disk = snapshot;
      disk.remove('data/lock');
      const again = await open();
      again.startCompaction(worker(again));
      expect(minutes(again)).toEqual(range(0, 1080));
      await again.compact();
      expect(minutes(again)).toEqual(range(0, 1080));
      expect(disk.list('data').filter((name) => name.includes('.tmp'))).toEqual([]);
      await again.close();
    }
    disk = recording;
    await database.close();
  }, 60_000);

  test('removes what a thread that died left behind, and nothing that others are writing', async () => {
    const database = await open();
    const run = worker(database);
    let isDead = false;
    database.startCompaction(async (job) => {
      if (!isDead) return await run(job);
      const name = job.kind === 'cut' ? 'tmp-for-creation' : 'tmp-for-deletion';
      disk.write(`data/01HF0000000000000000000000.${name}/index`, new Uint8Array(3));
      throw new Error('the thread died');
    });
    write(database, 0, 182);
    disk.write('data/01HF0000000000000000000009.tmp-for-creation/index', new Uint8Array(3));
    const leftovers = (): string[] => disk.list('data').filter((name) => name.includes('.tmp-for'));
    isDead = true;
    await database.compact();
    await database.compact();
    expect(leftovers().length).toBe(3);
    isDead = false;
    await database.compact();
    expect(leftovers()).toEqual(['01HF0000000000000000000009.tmp-for-creation']);
    expect(minutes(database)).toEqual(range(0, 182));
    await database.close();
  });

  test('removes what was half written', async () => {
    disk.write('data/01HF0000000000000000000000.tmp-for-creation/index', new Uint8Array(3));
    disk.write('data/01HF0000000000000000000001.tmp-for-deletion/index', new Uint8Array(3));
    const database = await open();
    expect(disk.list('data')).toEqual(['lock', 'wal']);
    await database.close();
  });
});
