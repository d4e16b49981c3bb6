import { expect, test } from 'vitest';
import { Registry } from '#instrument';
import { STALE_NAN, createMatcher, isStaleHistogram, isStaleNaN, labelsFromObject } from '#model';
import type { FloatHistogram, Labels } from '#model';
import { MemoryDisk } from '#platform';
import type { Clock, DiskFile } from '#platform';
import { AppendStatus, SampleColumns, StorageError } from '#storage';
import { runCompaction } from './block/compactor.ts';
import { HeadReader } from './reader.ts';
import type { Database, DatabaseOptions } from './types.ts';
import { crashed, openOn } from '../../test/fakes/database.ts';

const START_MS = 1_700_000_000_000;
const WINDOW_MS = 600_000;

const { ok, outOfOrder, duplicate, beyondWindow } = AppendStatus;

const clock: Clock = {
  nowMs: () => START_MS + 3_600_000,
  monotonicMs: () => 0,
  setTimer: () => ({ cancel: () => {} }),
};

function open(disk: MemoryDisk, more: Partial<DatabaseOptions> = {}): Promise<Database> {
  return openOn(disk, clock, { retentionMs: 86_400_000, outOfOrderWindowMs: WINDOW_MS, ...more });
}

type Value = number | FloatHistogram;
/** Series, seconds after the start, value. */
type Sample = readonly [series: string, second: number, value: Value];

const labelsOf = (series: string): Labels => labelsFromObject({ __name__: 's', i: series });

/** In one batch. */
function write(database: Database, samples: readonly Sample[]): AppendStatus[] {
  const appender = database.appender();
  const statuses = samples.map(([series, second, value]) => {
    const ref = appender.seriesRef(labelsOf(series));
    const timeMs = START_MS + second * 1000;
    if (typeof value === 'number') return appender.append(ref, timeMs, value);
    return appender.appendHistogram(ref, timeMs, value);
  });
  appender.commit();
  return statuses;
}

function read(database: Database, startMs = -Infinity, endMs = Infinity): Record<string, string> {
  const querier = database.reader.queryable.querier(startMs, endMs);
  const set = querier.select([createMatcher('=', '__name__', 's')], { startMs, endMs });
  const found: Record<string, string> = {};
  for (let i = 0; i < set.count; i++) {
    const columns = new SampleColumns(1);
    set.read(i, startMs, endMs, columns);
    const rows = Array.from({ length: columns.length }, (_, row) => {
      const second = (columns.timestampsMs[row] - START_MS) / 1000;
      return `${second}:${valueText(columns.histograms[row] ?? columns.values[row])}`;
    });
    if (rows.length > 0) found[String(set.labels(i).at(-1))] = rows.join(' ');
  }
  querier.close();
  return found;
}

function valueText(value: Value): string {
  if (typeof value !== 'number') {
    return isStaleHistogram(value) ? 'hstale' : `h${value.count}${value.counterResetHint[0]}`;
  }
  return isStaleNaN(value) ? 'stale' : String(value);
}

function histogram(count: number): FloatHistogram {
  return {
    counterResetHint: 'unknown',
    schema: 0,
    zeroThreshold: 0.001,
    zeroCount: 0,
    count,
    sum: count,
    positiveSpans: [{ offset: 0, length: 1 }],
    negativeSpans: [],
    positiveBuckets: [count],
    negativeBuckets: [],
    customValues: [],
  };
}

test('samples within the window are taken out of order, and found in order, also after a death', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk);
  write(database, [
    ['a', 100, 1],
    ['b', 1000, 2],
  ]);
  expect(write(database, [['b', 900, 3]])).toEqual([ok]);
  expect(
    write(database, [
      ['b', 950, 4],
      ['b', 850, 5],
      ['a', 1000, 6],
      ['b', 870, 7],
    ]),
  ).toEqual([ok, ok, ok, ok]);
  const want = { a: '100:1 1000:6', b: '850:5 870:7 900:3 950:4 1000:2' };
  expect(read(database)).toEqual(want);
  const again = await open(crashed(disk));
  expect(read(again)).toEqual(want);
  await database.close();
  const closed = await open(disk, { outOfOrderWindowMs: 0 });
  expect(read(closed)).toEqual(want);
  expect(read(closed, START_MS + 860_000, START_MS + 940_000)).toEqual({ b: '870:7 900:3' });
  expect(closed.stats().minTimeMs).toBe(START_MS + 100_000);
});

test('what is older than the window is too old; without a window it is out of order', async () => {
  const database = await open(new MemoryDisk());
  write(database, [['a', 1000, 1]]);
  expect(
    write(database, [
      ['a', 400, 2],
      ['a', 399, 3],
      ['a', 1000, 4],
      ['a', 1000, 1],
    ]),
  ).toEqual([ok, beyondWindow, duplicate, ok]);
  database.setOutOfOrderWindow(0);
  expect(write(database, [['a', 900, 5]])).toEqual([outOfOrder]);
  database.setOutOfOrderWindow(WINDOW_MS);
  expect(write(database, [['a', 900, 6]])).toEqual([ok]);
  expect(read(database)).toEqual({ a: '400:2 900:6 1000:1' });
});

test('of several samples at one time the first stays', async () => {
  const database = await open(new MemoryDisk());
  write(database, [['a', 500, 1]]);
  write(database, [['a', 1000, 2]]);
  for (const value of [3, 4]) {
    expect(
      write(database, [
        ['a', 500, value],
        ['a', 700, value],
      ]),
    ).toEqual([ok, ok]);
  }
  expect(read(database)).toEqual({ a: '500:1 700:3 1000:2' });
});

test('a series may have late samples alone', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk, { retentionMs: 3_600_000 });
  write(database, [['a', 3600 + 3600, 1]]);
  database.trim();
  // Older than what the head takes in order.
  expect(write(database, [['b', 3600, 2]])).toEqual([ok]);
  for (const each of [database, await open(crashed(disk))]) {
    each.trim();
    each.trim();
    expect(read(each)).toEqual({ a: '7200:1', b: '3600:2' });
  }
});

test('histograms and stale markers come out of order too', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk);
  write(database, [
    ['a', 500, histogram(10)],
    ['b', 500, 1],
  ]);
  write(database, [
    ['a', 600, histogram(30)],
    ['b', 600, 2],
  ]);
  expect(
    write(database, [
      ['a', 550, histogram(50)],
      ['a', 520, STALE_NAN],
      ['b', 550, STALE_NAN],
      ['b', 520, histogram(7)],
      ['a', 540, 1.5],
    ]),
  ).toEqual([ok, ok, ok, ok, ok]);
  const want = {
    // What follows a late histogram was not compared with it.
    a: '500:h10u 520:hstale 540:1.5 550:h50u 600:h30u',
    b: '500:1 520:h7u 550:stale 600:2',
  };
  expect(read(database)).toEqual(want);
  expect(read(await open(crashed(disk)))).toEqual(want);
});

test('a scrape may refuse what is late', async () => {
  const database = await open(new MemoryDisk());
  write(database, [['a', 500, 1]]);
  const appender = database.appender();
  const ref = appender.seriesRef(labelsOf('a'));
  appender.refusesLate = true;
  expect(appender.append(ref, START_MS + 400_000, 2)).toBe(outOfOrder);
  appender.refusesLate = false;
  expect(appender.append(ref, START_MS + 410_000, 3)).toBe(ok);
  appender.commit();
  expect(read(database)).toEqual({ a: '410:3 500:1' });
});

test('where late samples fill the memory they go into blocks before their time', async () => {
  const disk = new MemoryDisk();
  const hour = 3_600_000;
  const database = await open(disk, { chunkBytesMax: 1 << 18, outOfOrderWindowMs: 20 * hour });
  const reader = new HeadReader(disk);
  database.attachReader((update) => reader.apply(update));
  const tools = { disk, nowMs: () => clock.nowMs(), head: () => reader.reading() };
  // A cut, so that there is a time before the head.
  for (let second = 0; second <= 4 * 3600; second += 60) write(database, [['a', second, second]]);
  database.startCompaction((job) => Promise.resolve(runCompaction(job, tools)));
  await database.compact();
  let taken = 0;
  let refused = 0;
  for (let second = -3600; second < 3600; second += 120) {
    const batch = Array.from({ length: 300 }, (_, i): Sample => [`b${i}`, second + 7200, i]);
    try {
      const statuses = write(database, batch);
      taken += statuses.filter((status) => status === ok).length;
      refused += statuses.filter((status) => status !== ok).length;
    } catch {
      refused += batch.length;
    }
    await database.compact();
  }
  expect([taken, refused]).toEqual([18_000, 0]);
  const found = read(database);
  const counts = Object.values(found).map((text) => text.split(' ').length);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(18_000 + 241);
  expect(disk.list('data').filter((name) => name.length === 26).length).toBeGreaterThan(0);
  await database.close();
  expect(read(await open(disk))).toEqual(found);
});

/** Has no room for the log of late samples while it is full. */
class FullDisk extends MemoryDisk {
  isFull = false;

  override open(path: string, mode: 'read' | 'append'): DiskFile {
    const file = super.open(path, mode);
    if (!path.startsWith('data/wbl')) return file;
    const append = file.append.bind(file);
    file.append = (data) => {
      append(this.isFull ? data.subarray(0, 9) : data);
      if (this.isFull) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    return file;
  }
}

test('a batch whose late part cannot be logged is refused as a whole', async () => {
  const disk = new FullDisk();
  const database = await open(disk);
  write(database, [['a', 1000, 1]]);
  write(database, [['a', 900, 2]]);
  disk.isFull = true;
  const batch: Sample[] = [
    ['a', 1100, 3],
    ['a', 950, 4],
    ['b', 950, 5],
  ];
  expect(() => write(database, batch)).toThrow(StorageError);
  const before = { a: '900:2 1000:1' };
  expect(read(database)).toEqual(before);
  expect(read(await open(crashed(disk)))).toEqual(before);
  disk.isFull = false;
  expect(write(database, batch)).toEqual([ok, ok, ok]);
  const after = { a: '900:2 950:4 1000:1 1100:3', b: '950:5' };
  expect(read(database)).toEqual(after);
  expect(read(await open(crashed(disk)))).toEqual(after);
});

test('a torn log of late samples is good up to its last whole record', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk);
  write(database, [['a', 1000, 1]]);
  write(database, [['a', 900, 2]]);
  write(database, [['a', 950, 3]]);
  const after = crashed(disk);
  await database.close();
  const path = 'data/wbl/00000000';
  after.write(path, after.read(path).slice(0, -3));
  const registry = new Registry();
  const again = await open(after, { registry });
  expect(read(again)).toEqual({ a: '900:2 1000:1' });
  const corruptions = registry.gather().find(({ name }) => name.endsWith('wal_corruptions_total'));
  expect(corruptions?.metrics[0]?.value).toBe(1);
  write(again, [['a', 960, 4]]);
  await again.close();
  const repaired = await open(after);
  expect(read(repaired)).toEqual({ a: '900:2 960:4 1000:1' });
});

test('late samples beyond the retention leave memory and log', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk, { retentionMs: 500_000 });
  write(database, [['a', 1000, 1]]);
  write(database, [['a', 600, 2]]);
  write(database, [['a', 900, 3]]);
  database.trim();
  expect(write(database, [['a', 499, 4]])).toEqual([beyondWindow]);
  write(database, [['a', 1200, 5]]);
  database.trim();
  expect(read(database)).toEqual({ a: '900:3 1000:1 1200:5' });
  write(database, [['a', 1500, 6]]);
  database.trim();
  expect(read(database)).toEqual({ a: '1000:1 1200:5 1500:6' });
  expect(disk.bytesIn('data/wbl')).toBe(0);
});

test('what a deletion takes stays deleted where series leave while late samples are taken out', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk, { retentionMs: WINDOW_MS });
  write(database, [
    ['a', 100, 1],
    ['b', 200, 2],
  ]);
  write(database, [['b', 150, 3]]);
  const all = [createMatcher('=', '__name__', 's')];
  const deleting = database.deleteSeries(all, START_MS, START_MS + 1_000_000);
  // Up to where the log of late samples is written anew, which takes its time.
  for (let i = 0; i < 30; i++) await Promise.resolve();
  write(database, [['c', 1500, 4]]);
  database.trim();
  write(
    database,
    ['d', 'e', 'f', 'a', 'b'].map((name): Sample => [name, 1500, 5]),
  );
  await deleting;
  const found = read(await open(crashed(disk), { retentionMs: WINDOW_MS }));
  expect(found['a']).toBe('1500:5');
  expect(found['b']).toBe('1500:5');
  await database.close();
});
