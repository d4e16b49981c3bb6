import { expect, test } from 'vitest';
import { Registry } from '#instrument';
import { STALE_NAN, createMatcher, isStaleNaN, labelsFromObject } from '#model';
import type { Labels, Matcher } from '#model';
import { MemoryDisk, silentLog } from '#platform';
import type { Clock } from '#platform';
import { AppendStatus, SampleColumns, StorageError } from '#storage';
import type { Database, DatabaseOptions } from './types.ts';
import { crashed, openOn } from '../../test/fakes/database.ts';

let nowMs = 1_000_000_000;
const clock: Clock = {
  nowMs: () => nowMs,
  monotonicMs: () => nowMs,
  setTimer: () => ({ cancel: () => {} }),
};

function open(disk: MemoryDisk, more: Partial<DatabaseOptions> = {}): Promise<Database> {
  return openOn(disk, clock, { retentionMs: 3_600_000, ...more });
}

function write(database: Database, rows: readonly [Labels, number, number][]): number[] {
  const appender = database.appender();
  const statuses = rows.map(([labels, timeMs, value]) =>
    appender.append(appender.seriesRef(labels), timeMs, value),
  );
  appender.commit();
  return statuses;
}

function read(database: Database, ...matchers: Matcher[]): Record<string, [number, number][]> {
  const querier = database.reader.queryable.querier(-Infinity, Infinity);
  const set = querier.select(matchers, { startMs: -Infinity, endMs: Infinity });
  const found: Record<string, [number, number][]> = {};
  for (let i = 0; i < set.count; i++) {
    const columns = new SampleColumns(1);
    set.read(i, -Infinity, Infinity, columns);
    found[set.labels(i).join(',')] = Array.from({ length: columns.length }, (_, k) => [
      columns.timestampsMs[k],
      columns.values[k],
    ]);
  }
  querier.close();
  return found;
}

const up = (job: string): Labels => labelsFromObject({ __name__: 'up', job });
const named = (name: string): Matcher => createMatcher('=', '__name__', name);

test('what is committed can be read, before and after a restart', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk);
  write(database, [
    [up('a'), nowMs, 1],
    [up('grün'), nowMs, 2],
  ]);
  write(database, [[up('a'), nowMs + 1000, 3]]);
  const want = {
    '__name__,up,job,a': [
      [nowMs, 1],
      [nowMs + 1000, 3],
    ],
    '__name__,up,job,grün': [[nowMs, 2]],
  };
  expect(read(database, named('up'))).toEqual(want);
  // As after kill -9: nothing was closed.
  const after = await open(crashed(disk));
  expect(read(after, named('up'))).toEqual(want);
  await database.close();
  const closed = await open(disk);
  expect(read(closed, named('up'))).toEqual(want);
  expect(closed.stats()).toMatchObject({ seriesCount: 2, labelPairCount: 3 });
});

test('nothing can be read before commit or after rollback', async () => {
  const database = await open(new MemoryDisk());
  const first = database.appender();
  first.append(first.seriesRef(up('a')), nowMs, 1);
  expect(read(database, named('up'))).toEqual({});
  first.rollback();
  expect(read(database, named('up'))).toEqual({});
});

test('the stale marker keeps its bits through log and chunk, another NaN is not taken for it', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk);
  write(database, [
    [up('a'), nowMs, STALE_NAN],
    [up('b'), nowMs, Number.NaN],
  ]);
  for (const each of [database, await open(crashed(disk))]) {
    const querier = each.reader.queryable.querier(nowMs, nowMs);
    const isStale = ['a', 'b'].map((job) => {
      const columns = new SampleColumns(1);
      const matchers = [createMatcher('=', 'job', job)];
      querier.select(matchers, { startMs: nowMs, endMs: nowMs }).read(0, nowMs, nowMs, columns);
      return isStaleNaN(columns.values[0]);
    });
    querier.close();
    expect(isStale).toEqual([true, false]);
  }
});

test('samples that do not fit are classified as Prometheus does', async () => {
  const database = await open(new MemoryDisk());
  write(database, [[up('a'), nowMs, 1]]);
  const { ok, outOfOrder, duplicate, tooOld } = AppendStatus;
  expect(
    write(database, [
      [up('a'), nowMs, 1],
      [up('a'), nowMs, 2],
      [up('a'), nowMs - 1, 1],
      [up('b'), nowMs + 1, 1],
      [up('b'), nowMs + 1, 2],
      [up('b'), nowMs, 2],
    ]),
  ).toEqual([ok, duplicate, outOfOrder, ok, duplicate, outOfOrder]);
  database.trim();
  expect(write(database, [[up('c'), nowMs - 3_600_001, 1]])).toEqual([tooOld]);
});

test('a full disk refuses the batch, and the log goes on when there is room again', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk);
  write(database, [[up('a'), nowMs, 1]]);
  disk.freeBytes = 20;
  expect(() => write(database, [[up('b'), nowMs, 1]])).toThrow(StorageError);
  expect(() => write(database, [[up('b'), nowMs, 1]])).toThrow(StorageError);
  expect(Object.keys(read(database, named('up')))).toEqual(['__name__,up,job,a']);
  disk.freeBytes = Infinity;
  write(database, [[up('b'), nowMs + 5, 7]]);
  const after = await open(crashed(disk));
  expect(read(after, createMatcher('=', 'job', 'b'))).toEqual({
    '__name__,up,job,b': [[nowMs + 5, 7]],
  });
});

test('a database on a full disk opens and can be read', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk);
  write(database, [[up('a'), nowMs, 1]]);
  const full = crashed(disk);
  full.freeBytes = 0;
  const after = await open(full);
  expect(read(after, named('up'))).toEqual({ '__name__,up,job,a': [[nowMs, 1]] });
  expect(() => write(after, [[up('a'), nowMs + 1, 1]])).toThrow(StorageError);
});

test('what the log lost is counted, and the rest is there', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk, { walCompression: 'none' });
  for (let i = 0; i < 10; i++) write(database, [[up('a'), nowMs + i, i]]);
  const torn = crashed(disk);
  const path = 'data/wal/00000000';
  torn.write(path, torn.read(path).slice(0, -5));
  const registry = new Registry();
  const lines: string[] = [];
  const warn = (message: string, fields?: object): void =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const after = await open(torn, { registry, log: { ...silentLog, warn } });
  expect(read(after, named('up'))['__name__,up,job,a'].length).toBe(9);
  const family = registry
    .gather()
    .find(({ name }) => name === 'prometheus_tsdb_wal_corruptions_total');
  expect(family?.metrics[0].value).toBe(1);
  expect(lines.join('\n')).toMatch(/the log was damaged.*00000000.*"offset":\d+,"bytes":\d+/);
});

test('beyond the limit of series a new one is refused, a known one is not', async () => {
  const database = await open(new MemoryDisk(), { seriesMax: 1 });
  write(database, [[up('a'), nowMs, 1]]);
  const appender = database.appender();
  expect(() => appender.seriesRef(up('b'))).toThrow(StorageError);
  expect(appender.append(appender.seriesRef(up('a')), nowMs + 1, 1)).toBe(AppendStatus.ok);
  appender.commit();
  expect(database.stats().labelPairCount).toBe(2);
});

test('series are found by their only sample, however many come after them', async () => {
  const database = await open(new MemoryDisk());
  const count = 40_000;
  for (let first = 0; first < count; first += 4000) {
    const rows = Array.from({ length: 4000 }, (_, i): [Labels, number, number] => [
      labelsFromObject({ __name__: 'once', i: String(first + i) }),
      nowMs,
      1,
    ]);
    write(database, rows);
  }
  const querier = database.reader.queryable.querier(nowMs, nowMs);
  const set = querier.select([createMatcher('=', '__name__', 'once')], {
    startMs: nowMs,
    endMs: nowMs,
  });
  expect(set.count).toBe(count);
  querier.close();
  await database.close();
});

test('series without samples within the retention leave, and their memory is used again', async () => {
  const disk = new MemoryDisk();
  const startMs = nowMs;
  const database = await open(disk, { walSegmentBytes: 65_536 });
  const refs = new Set<number>();
  for (let round = 0; round < 30; round++) {
    nowMs += 1_800_000;
    const appender = database.appender();
    for (let i = 0; i < 100; i++) {
      const ref = appender.seriesRef(up(`round-${round}-${i}`));
      refs.add(ref);
      appender.append(ref, nowMs, i);
    }
    appender.commit();
    database.trim();
    await new Promise((resolve) => void setImmediate(resolve));
  }
  expect(refs.size).toBe(3000);
  expect(database.stats().seriesCount).toBeLessThanOrEqual(300);
  expect(database.stats().labelPairCount).toBeLessThanOrEqual(301);
  expect(database.stats().chunkCount).toBeLessThanOrEqual(300);
  expect(Object.keys(read(database, named('up'))).length).toBeLessThanOrEqual(300);
  expect(read(database, createMatcher('=', 'job', 'round-29-7'))).toEqual({
    '__name__,up,job,round-29-7': [[nowMs, 7]],
  });
  const old = [...refs][0];
  const appender = database.appender();
  expect(appender.append(old, nowMs + 1, 1)).toBe(AppendStatus.unknownSeries);
  appender.rollback();
  await database.close();
  expect(disk.list('data/wal').length).toBeLessThan(12);
  expect(disk.bytesIn('data/wal')).toBeLessThan(65_536 * 10);
  const after = await open(disk);
  expect(Object.keys(read(after, named('up'))).length).toBeGreaterThan(100);
  expect(read(after, createMatcher('=', 'job', 'round-29-7'))).toEqual({
    '__name__,up,job,round-29-7': [[nowMs, 7]],
  });
  nowMs = startMs;
});

test('a series stays while a batch that is being filled has a sample of it', async () => {
  const database = await open(new MemoryDisk());
  write(database, [[up('old'), nowMs - 3_599_000, 1]]);
  const appender = database.appender();
  const old = appender.seriesRef(up('old'));
  expect(appender.append(old, nowMs - 3_598_000, 5)).toBe(AppendStatus.ok);
  appender.append(appender.seriesRef(up('b')), nowMs + 1, 7);
  write(database, [[up('new'), nowMs, 2]]);
  nowMs += 10_000;
  write(database, [[up('new'), nowMs, 3]]);
  database.trim();
  appender.commit();
  const all = ['__name__,up,job,b', '__name__,up,job,new', '__name__,up,job,old'];
  expect(Object.keys(read(database, named('up'))).toSorted()).toEqual(all);
  database.trim();
  nowMs -= 10_000;
  expect(Object.keys(read(database, named('up'))).toSorted()).toEqual(all.slice(0, 2));
});

test('exemplars and metadata survive a restart', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk);
  const appender = database.appender();
  const ref = appender.seriesRef(up('a'));
  appender.append(ref, nowMs, 1);
  const trace = labelsFromObject({ trace_id: 'abc' });
  appender.appendExemplar(ref, { labels: trace, value: 0.5, timestampMs: undefined }, nowMs);
  appender.setMetadata(ref, { type: 'gauge', unit: 's', help: 'Is it up?' });
  appender.commit();
  const again = database.appender();
  again.appendExemplar(ref, { labels: trace, value: 0.5, timestampMs: nowMs }, nowMs);
  again.commit();
  for (const each of [database, await open(crashed(disk))]) {
    expect(each.metadata('up')).toEqual([
      { metric: 'up', metadata: { type: 'gauge', unit: 's', help: 'Is it up?' } },
    ]);
    expect(each.selectExemplars(nowMs, nowMs, [[named('up')]])).toEqual([
      { labels: up('a'), exemplars: [{ labels: trace, value: 0.5, timestampMs: nowMs }] },
    ]);
    expect(each.selectExemplars(nowMs, nowMs, [[named('down')]])).toEqual([]);
  }
});

test('a directory that is open cannot be opened again, one that was closed can', async () => {
  const disk = new MemoryDisk();
  const database = await open(disk);
  await expect(open(disk)).rejects.toThrow(/cannot open data: it is in use by process/);
  await database.close();
  await (await open(disk)).close();
});
