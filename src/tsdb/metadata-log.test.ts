import { beforeEach, expect, test } from 'vitest';
import { labelsFromObject } from '#model';
import { MemoryDisk } from '#platform';
import type { Database } from './types.ts';
import { RecordType, segmentNumbers } from './wal/layout.ts';
import { readSegment } from './wal/reader.ts';
import { PollingClock, crashed, openOn } from '../../test/fakes/database.ts';

const RETENTION_MS = 3_600_000;

const clock = new PollingClock(1_000_000_000);
let disk = new MemoryDisk();

beforeEach(() => {
  disk = new MemoryDisk();
});

function open(): Promise<Database> {
  return openOn(disk, clock, { retentionMs: RETENTION_MS, walSegmentBytes: 32_768 });
}

function crash(): void {
  disk = crashed(disk);
}

/** Samples of series of a metric, each with a description if there is one. */
function write(database: Database, metric: string, jobs: readonly string[], help?: string): void {
  const appender = database.appender();
  for (const job of jobs) {
    const ref = appender.seriesRef(labelsFromObject({ __name__: metric, job }));
    appender.append(ref, clock.timeMs, 1);
    if (help !== undefined) appender.setMetadata(ref, { type: 'gauge', unit: '', help });
  }
  appender.commit();
}

function helps(database: Database, metric: string): string[] {
  return database.metadata(metric).map(({ metadata }) => metadata.help);
}

/** How many records describe something in the segments, checkpoints not counted. */
function descriptionRecords(): number {
  let count = 0;
  for (const segment of segmentNumbers(disk.list('data/wal'))) {
    readSegment(disk, `data/wal/${String(segment).padStart(8, '0')}`, (record) => {
      if (record[0] === RecordType.metadata) count++;
    });
  }
  return count;
}

/** Until a checkpoint has replaced the segments so far. Only series of `kept`, with a sample each round, are alive then. */
async function makeCheckpoint(database: Database, kept: readonly string[]): Promise<void> {
  for (let round = 0; round < 6; round++) {
    clock.timeMs += RETENTION_MS / 4;
    write(database, 'kept', ['always']);
    if (kept.length > 0) write(database, 'up', kept);
    database.trim();
    for (let turn = 0; turn < 10; turn++) await new Promise((done) => void setImmediate(done));
  }
  expect(disk.list('data/wal').some((name) => name.startsWith('checkpoint'))).toBe(true);
  expect(segmentNumbers(disk.list('data/wal'))).not.toContain(0);
}

test('a metric is described once in the log, however many series it gets', async () => {
  const database = await open();
  write(database, 'up', ['a', 'b'], 'Is it up?');
  write(database, 'up', ['c'], 'Is it up?');
  expect(descriptionRecords()).toBe(1);
  write(database, 'up', ['d'], 'Does it answer?');
  expect(descriptionRecords()).toBe(2);
  write(database, 'down', ['a'], 'Is it up?');
  expect(descriptionRecords()).toBe(3);
  crash();
  const again = await open();
  expect(helps(again, 'up')).toEqual(['Is it up?', 'Does it answer?']);
  write(again, 'up', ['e'], 'Is it up?');
  expect(descriptionRecords()).toBe(3);
});

test('descriptions outlive the series that they were logged with, through checkpoints', async () => {
  const database = await open();
  write(database, 'up', ['first'], 'Is it up?');
  write(database, 'up', ['second', 'third'], 'Is it up?');
  write(database, 'up', ['fourth'], 'Does it answer?');
  await makeCheckpoint(database, ['third']);
  expect(database.stats().seriesCount).toBe(2);
  expect(descriptionRecords()).toBe(0);
  crash();
  const again = await open();
  expect(helps(again, 'up')).toEqual(['Is it up?', 'Does it answer?']);
  await makeCheckpoint(again, ['third']);
  crash();
  expect(helps(await open(), 'up')).toEqual(['Is it up?', 'Does it answer?']);
});

test('a metric that comes back after a checkpoint is described anew', async () => {
  const database = await open();
  write(database, 'up', ['a'], 'Is it up?');
  await makeCheckpoint(database, []);
  expect(database.stats().seriesCount).toBe(1);
  write(database, 'up', ['b'], 'Is it up?');
  expect(descriptionRecords()).toBe(1);
  crash();
  expect(helps(await open(), 'up')).toEqual(['Is it up?']);
});

test('a metric whose description changes all the time keeps the newest', async () => {
  const database = await open();
  for (let i = 0; i < 150; i++) write(database, 'up', ['a'], `Asked ${i} times.`);
  const newest = Array.from({ length: 100 }, (_, i) => `Asked ${i + 50} times.`);
  expect(helps(database, 'up')).toEqual(newest);
  await makeCheckpoint(database, ['a']);
  crash();
  expect(helps(await open(), 'up')).toEqual(newest);
});
