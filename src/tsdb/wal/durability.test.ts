import { expect, test } from 'vitest';
import { Registry } from '#instrument';
import { createMatcher, labelsFromObject } from '#model';
import type { Labels } from '#model';
import { silentLog } from '#platform';
import { SampleColumns, StorageError } from '#storage';
import { openDatabase } from '../database.ts';
import type { Database } from '../types.ts';
import { checkpointNumbers } from './layout.ts';
import { readSegment } from './reader.ts';
import { WalWriter } from './writer.ts';
import { TroubledDisk } from '../../../test/fakes/troubled-disk.ts';

/*
 * What the simulation (test/simulation) found, each as the shortest story that shows it.
 */

let nowMs = 1_000_000_000;
const clock = {
  nowMs: () => nowMs,
  monotonicMs: () => nowMs,
  setTimer: () => ({ cancel: () => {} }),
};

const RETENTION_MS = 3_600_000;

function open(disk: TroubledDisk): Promise<Database> {
  return openDatabase({
    dir: 'data',
    retentionMs: RETENTION_MS,
    outOfOrderWindowMs: 0,
    log: silentLog,
    clock,
    registry: new Registry(),
    disk,
    walSegmentBytes: 32_768,
    walCompression: 'none',
  });
}

const named = (name: string): Labels => labelsFromObject({ __name__: name });

/** Samples of as many series as there are names. */
function write(database: Database, ...names: string[]): void {
  const appender = database.appender();
  for (const name of names) appender.append(appender.seriesRef(named(name)), nowMs, 1);
  appender.commit();
}

function times(database: Database, name: string): number[] {
  const querier = database.reader.queryable.querier(-Infinity, Infinity);
  const matchers = [createMatcher('=', '__name__', name)];
  const set = querier.select(matchers, { startMs: -Infinity, endMs: Infinity });
  const columns = new SampleColumns(1);
  if (set.count > 0) set.read(0, -Infinity, Infinity, columns);
  querier.close();
  return [...columns.timestampsMs.subarray(0, columns.length)];
}

function writerTo(disk: TroubledDisk, onSyncError: (error: unknown) => void = () => {}): WalWriter {
  const segmentBytes = 32_768;
  const dir = 'data/wal';
  return new WalWriter({ disk, dir, segment: 0, segmentBytes, compression: 'none', onSyncError });
}

/** Fills the rest of a segment nearly. */
function fillSegment(database: Database): void {
  write(database, ...Array.from({ length: 20 }, (_, i) => `fill_${i}_${'x'.repeat(1450)}`));
}

const idle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('the names of the data directory and of its log survive a power failure', async () => {
  const disk = new TroubledDisk();
  await open(disk);
  const next = disk.after();
  await open(next);
  // The next start too: the first may have died between the two.
  for (const { deeds } of [disk, next]) {
    expect(deeds).toContain('syncDir .');
    expect(deeds).toContain('syncDir data');
  }
});

test('what a process wrote that died is made durable by the next', async () => {
  const disk = new TroubledDisk();
  write(await open(disk), 'a');
  const next = disk.after();
  await open(next);
  expect(next.deeds).toContain('sync data/wal/00000000');
});

test('nothing is written under a name that may be lost', () => {
  const disk = new TroubledDisk();
  const writer = writerTo(disk);
  for (const attempt of ['first', 'second', 'third']) {
    disk.failing = (deed) => deed.startsWith('syncDir') && attempt !== 'third';
    writer.add(Buffer.from(attempt));
    if (attempt === 'third') writer.commit();
    else expect(() => writer.commit()).toThrow(StorageError);
  }
  const found: string[] = [];
  readSegment(disk, 'data/wal/00000000', (record) => found.push(Buffer.from(record).toString()));
  expect(found).toEqual(['third']);
});

test('a sync that failed is tried again, of an ended segment too', async () => {
  const disk = new TroubledDisk();
  let failures = 0;
  const writer = writerTo(disk, () => failures++);
  disk.failing = (deed) => deed.startsWith('sync ');
  writer.add(Buffer.from('a'));
  writer.commit();
  writer.sync();
  await idle();
  writer.sync();
  await idle();
  expect(failures).toBe(2);
  writer.roll();
  await idle();
  expect(failures).toBe(3);
  disk.failing = () => false;
  disk.deeds.length = 0;
  writer.sync();
  await idle();
  expect(disk.deeds).toEqual(['sync data/wal/00000000']);
  disk.deeds.length = 0;
  writer.sync();
  expect(disk.deeds).toEqual([]);
});

test('a segment does not end with a part of a refused batch', () => {
  const disk = new TroubledDisk();
  const writer = writerTo(disk);
  writer.add(Buffer.from('good'));
  writer.commit();
  disk.freeBytes = 60;
  disk.failing = (deed) => deed.startsWith('truncate');
  writer.add(Buffer.from('refused, whole'));
  writer.add(Buffer.from('refused, torn'.repeat(10)));
  expect(() => writer.commit()).toThrow(StorageError);
  disk.freeBytes = Infinity;
  writer.roll();
  expect(writer.segment).toBe(0);
  disk.failing = () => false;
  writer.roll();
  expect(writer.segment).toBe(1);
  const found: string[] = [];
  const content = readSegment(disk, 'data/wal/00000000', (record) => {
    found.push(Buffer.from(record).toString());
  });
  expect(found).toEqual(['good']);
  expect(content.corruptions).toEqual([]);
});

test('a segment that ended because the disk was full keeps its samples', async () => {
  const disk = new TroubledDisk();
  const database = await open(disk);
  fillSegment(database);
  nowMs += 1000;
  disk.failing = (deed) => deed === 'create data/wal/00000001';
  expect(() => fillSegmentMore(database)).toThrow(StorageError);
  disk.failing = () => false;
  nowMs += 1000;
  write(database, 'b');
  database.trim();
  await idle();
  expect(times(await open(disk.after()), `fill_0_${'x'.repeat(1450)}`)).toEqual([nowMs - 2000]);
});

function fillSegmentMore(database: Database): void {
  write(database, ...Array.from({ length: 20 }, (_, i) => `more_${i}_${'x'.repeat(1450)}`));
}

test('a checkpoint that is there is not written again', async () => {
  const disk = new TroubledDisk();
  const database = await open(disk);
  write(database, 'lives', 'goes');
  for (let round = 0; round < 6; round++) {
    nowMs += RETENTION_MS / 4;
    write(database, 'lives');
    database.trim();
    await idle();
    // Segments cannot be removed for a while: the same checkpoint is due again.
    disk.failing = (deed) => round < 5 && /^remove .*wal\/\d+$/.test(deed);
  }
  const checkpoint = checkpointNumbers(disk.list('data/wal')).at(-1);
  expect(checkpoint).toBeDefined();
  const removed = disk.deeds.filter((deed) => deed.endsWith(`checkpoint.0000000${checkpoint}`));
  expect(removed).toEqual([]);
  const after = await open(disk.after());
  expect(times(after, 'lives').at(-1)).toBe(nowMs);
});

test('a segment that the disk does not give keeps the server neither from starting nor from reading the rest', async () => {
  const disk = new TroubledDisk();
  write(await open(disk), 'a');
  const second = disk.after();
  nowMs += 1000;
  write(await open(second), 'b');
  const third = second.after();
  third.failing = (deed) => deed === 'read data/wal/00000000';
  const database = await open(third);
  expect([times(database, 'a'), times(database, 'b')]).toEqual([[], [nowMs]]);
  // It is not given up: the next start may find it readable.
  expect(times(await open(third.after()), 'a')).toEqual([nowMs - 1000]);
});

test('segments that cannot be removed keep the server from nothing', async () => {
  const disk = new TroubledDisk();
  write(await open(disk), 'a');
  const next = disk.after();
  next.write('data/wal/checkpoint.00000002.tmp/00000000', new Uint8Array(3));
  next.failing = (deed) => deed.startsWith('remove data/wal');
  expect(times(await open(next), 'a')).toEqual([nowMs]);
});

test('what a repair left half done is removed', async () => {
  const disk = new TroubledDisk();
  disk.write('data/wal/00000000.repair/00000000', new Uint8Array(3));
  await open(disk);
  expect(disk.list('data/wal')).toEqual(['00000000']);
});

test('samples whose series record is lost never become those of another series', async () => {
  const disk = new TroubledDisk();
  const first = await open(disk);
  write(first, 'old');
  const { length } = disk.read('data/wal/00000000');
  const lost = Array.from({ length: 10 }, (_, i) => `lost_${i}`);
  write(first, ...lost);
  const rest = disk.after();
  nowMs += RETENTION_MS / 2;
  const lostMs = nowMs;
  write(await open(rest), 'old', ...lost);
  // Of the first segment a power failure has kept the first batch only.
  rest.write('data/wal/00000000', rest.read('data/wal/00000000').slice(0, length));
  const third = rest.after();
  const database = await open(third);
  expect(times(database, 'lost_9')).toEqual([]);
  nowMs += 1000;
  const names = Array.from({ length: 20 }, (_, i) => `new_${i}`);
  write(database, ...names);
  nowMs += RETENTION_MS / 2;
  write(database, 'old');
  database.trim();
  await idle();
  // The checkpoint, which is read first, names the new series.
  expect(third.list('data/wal')).toContain('checkpoint.00000000');
  const last = await open(third.after());
  for (const name of names) expect(times(last, name)).not.toContain(lostMs);
});

test('exemplars alone keep their segment', async () => {
  const disk = new TroubledDisk();
  const database = await open(disk);
  write(database, 'a');
  await database.close();
  const second = await open(disk);
  const appender = second.appender();
  const ref = appender.seriesRef(named('a'));
  const labels = labelsFromObject({ trace_id: '1' });
  nowMs += RETENTION_MS - 1000;
  appender.appendExemplar(ref, { labels, value: 1, timestampMs: undefined }, nowMs);
  appender.commit();
  await second.close();
  const third = await open(disk);
  nowMs += 2000;
  write(third, 'a');
  third.trim();
  await idle();
  await third.close();
  const last = await open(disk);
  const found = last.selectExemplars(-Infinity, Infinity, [[createMatcher('=', '__name__', 'a')]]);
  expect(found.length).toBe(1);
});
