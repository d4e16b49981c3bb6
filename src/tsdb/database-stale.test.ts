import { beforeEach, describe, expect, test } from 'vitest';
import { Registry } from '#instrument';
import { STALE_NAN, createMatcher, isStaleNaN, labelsFromObject } from '#model';
import { MemoryDisk, silentLog } from '#platform';
import type { Log } from '#platform';
import { AppendStatus, SampleColumns } from '#storage';
import { readMeta } from './block/block-reader.ts';
import { HeadReader } from './reader.ts';
import type { Database, DatabaseOptions, SharedUpdate } from './types.ts';
import { PollingClock, compactionOf, crashed, openOn } from '../../test/fakes/database.ts';
import { RecordingDisk } from '../../test/fakes/recording-disk.ts';

const MINUTE_MS = 60_000;
const START_MS = 1_700_006_400_000;

const clock = new PollingClock(START_MS);

let disk = new MemoryDisk();
beforeEach(() => {
  disk = new MemoryDisk();
  clock.timeMs = START_MS;
});

function open(more: Partial<DatabaseOptions> = {}): Promise<Database> {
  return openOn(disk, clock, { staleSeriesMin: 1, ...more });
}

function worker(database: Database): ReturnType<typeof compactionOf> {
  return compactionOf(database, disk, clock);
}

/** What series have by minute; undefined: a stale marker. */
type Minutes = Record<string, readonly (number | undefined)[]>;

/** A sample a minute with the minute as its value, from one minute up to another. */
function write(database: Database, names: readonly string[], start: number, end: number): void {
  for (let minute = start; minute < end; minute++) append(database, names, minute, minute);
}

// eslint-disable-next-line max-params -- a line of a test
function append(database: Database, names: readonly string[], minute: number, value: number): void {
  clock.timeMs = Math.max(clock.timeMs, START_MS + minute * MINUTE_MS);
  const appender = database.appender();
  for (const name of names) {
    const ref = appender.seriesRef(labelsFromObject({ __name__: 'm', pod: name }));
    expect(appender.append(ref, START_MS + minute * MINUTE_MS, value)).toBe(AppendStatus.ok);
  }
  appender.commit();
}

function end(database: Database, names: readonly string[], minute: number): void {
  append(database, names, minute, STALE_NAN);
}

function read(database: Database, startMs = -Infinity): Minutes {
  const querier = database.reader.queryable.querier(startMs, Infinity);
  const set = querier.select([createMatcher('=', '__name__', 'm')], { startMs, endMs: Infinity });
  expect(set.warnings).toEqual([]);
  const found: Minutes = {};
  for (let i = 0; i < set.count; i++) {
    const columns = new SampleColumns();
    set.read(i, startMs, Infinity, columns);
    const minutes: (number | undefined)[] = [];
    for (let row = 0; row < columns.length; row++) {
      const value = columns.values[row] ?? 0;
      const minute = ((columns.timestampsMs[row] ?? 0) - START_MS) / MINUTE_MS;
      expect(isStaleNaN(value) || value === minute).toBe(true);
      minutes.push(isStaleNaN(value) ? undefined : minute);
    }
    const name = set.labels(i).at(-1) ?? '';
    expect(found[name]).toBeUndefined();
    if (minutes.length > 0) found[name] = minutes;
  }
  querier.close();
  return found;
}

function range(start: number, endMinute: number): (number | undefined)[] {
  return Array.from({ length: endMinute - start }, (_, i) => start + i);
}

function blocks(): string[] {
  return disk.list('data').filter((name) => name.length === 26);
}

/** `gone` ends at minute 10, `live` goes on to minute 20. */
async function withStale(more: Partial<DatabaseOptions> = {}): Promise<Database> {
  const database = await open(more);
  write(database, ['gone', 'live'], 0, 10);
  end(database, ['gone'], 10);
  write(database, ['live'], 10, 20);
  return database;
}

const BOTH: Minutes = { gone: [...range(0, 10), undefined], live: range(0, 20) };

describe('stale series', () => {
  test('leave the head when blocks have what they hold, and queries find all of it', async () => {
    const registry = new Registry();
    const database = await withStale({ registry });
    const metric = (name: string): unknown =>
      registry.gather().find((family) => family.name === `prometheus_tsdb_${name}`)?.metrics[0];
    expect(metric('head_stale_series')).toMatchObject({ value: 1 });
    database.startCompaction(worker(database));
    await database.compact();
    expect(database.stats().seriesCount).toBe(1);
    expect(metric('head_stale_series')).toMatchObject({ value: 0 });
    expect(metric('stale_series_compactions_triggered_total')).toMatchObject({ value: 1 });
    expect(read(database)).toEqual(BOTH);
    const [block = ''] = blocks();
    expect(readMeta(disk, `data/${block}`)).toMatchObject({
      minTimeMs: START_MS,
      maxTimeMs: START_MS + 10 * MINUTE_MS + 1,
      stats: { seriesCount: 1, sampleCount: 11 },
      compaction: { hints: ['from-stale-series'] },
    });
    await database.compact();
    expect(blocks()).toEqual([block]);
    await database.close();
  });

  test('leave also without a marker, after an hour', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    write(database, ['gone', 'live'], 0, 10);
    write(database, ['live'], 10, 60);
    await database.compact();
    expect(database.stats().seriesCount).toBe(2);
    write(database, ['live'], 60, 70);
    await database.compact();
    expect(database.stats().seriesCount).toBe(1);
    expect(read(database)).toEqual({ gone: range(0, 10), live: range(0, 70) });
    await database.close();
  });

  test.each<[string, Partial<DatabaseOptions>]>([
    ['where the share is 0', { staleSeriesShare: 0 }],
    ['where they are a smaller share', { staleSeriesShare: 0.6 }],
    ['where they are fewer', { staleSeriesMin: 2 }],
  ])('stay %s', async (_, options) => {
    const database = await withStale(options);
    database.startCompaction(worker(database));
    await database.compact();
    expect(database.stats().seriesCount).toBe(2);
    database.setStaleSeriesShare(undefined);
    await database.compact();
    expect(database.stats().seriesCount).toBe(options.staleSeriesMin === undefined ? 1 : 2);
    await database.close();
  });

  test('stay for five minutes, so that a target may come back', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    write(database, ['gone', 'live'], 0, 10);
    end(database, ['gone'], 10);
    write(database, ['live'], 10, 15);
    await database.compact();
    expect(database.stats().seriesCount).toBe(2);
    write(database, ['live'], 15, 16);
    await database.compact();
    expect(database.stats().seriesCount).toBe(1);
    await database.close();
  });

  test('have a block for each range', async () => {
    const database = await open();
    write(database, ['gone', 'live'], 100, 130);
    end(database, ['gone'], 130);
    write(database, ['live'], 130, 140);
    database.startCompaction(worker(database));
    await database.compact();
    const times = blocks().map((ulid) => readMeta(disk, `data/${ulid}`).minTimeMs);
    expect(times.toSorted((a, b) => a - b)).toEqual([
      START_MS + 100 * MINUTE_MS,
      START_MS + 120 * MINUTE_MS,
    ]);
    expect(read(database)).toEqual({
      gone: [...range(100, 130), undefined],
      live: range(100, 140),
    });
    await database.close();
  });

  test('that come back while their block is made stay with all that they have', async () => {
    const database = await withStale();
    const run = worker(database);
    database.startCompaction((job) => {
      const answer = run(job);
      if (job.kind === 'cut') append(database, ['gone'], 20, 20);
      return answer;
    });
    await database.compact();
    expect(database.stats().seriesCount).toBe(2);
    const wanted = { ...BOTH, gone: [...range(0, 10), undefined, 20] };
    expect(read(database)).toEqual(wanted);
    await database.close();
    const again = await open();
    expect(read(again)).toEqual(wanted);
    await again.close();
  });

  test('that come back later are found as one series', async () => {
    const database = await withStale();
    database.startCompaction(worker(database));
    await database.compact();
    write(database, ['gone', 'live'], 20, 30);
    const wanted = { gone: [...range(0, 10), undefined, ...range(20, 30)], live: range(0, 30) };
    expect(read(database)).toEqual(wanted);
    disk = crashed(disk);
    const again = await open();
    again.startCompaction(worker(again));
    expect(read(again)).toEqual(wanted);
    expect(again.stats().minTimeMs).toBe(START_MS);
    // All of it once more, in order.
    end(again, ['gone'], 30);
    write(again, ['live'], 30, 40);
    await again.compact();
    expect(again.stats().seriesCount).toBe(1);
    write(again, ['live'], 40, 200);
    await again.compact();
    expect(blocks().length).toBe(1);
    expect(read(again)).toEqual({ gone: [...wanted.gone, undefined], live: range(0, 200) });
    await again.close();
    await database.close();
  });

  test('are not in memory again after a restart, and the head has what is not theirs', async () => {
    const database = await withStale();
    database.startCompaction(worker(database));
    await database.compact();
    disk = crashed(disk);
    const lines: unknown[] = [];
    const log: Log = { ...silentLog, warn: (message) => void lines.push(message) };
    const again = await open({ log });
    expect(again.stats().seriesCount).toBe(1);
    expect(read(again)).toEqual(BOTH);
    // A block of some series does not say how far the others are in blocks.
    expect(again.stats().minTimeMs).toBe(START_MS);
    expect(lines).toEqual([]);
    await again.close();
    await database.close();
  });

  test('are not complained of when a checkpoint has left them out', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    // Their samples go on in segments that stay.
    const gone = Array.from({ length: 100 }, (_, i) => `gone-${i}`);
    write(database, ['live'], 0, 115);
    write(database, [...gone, 'live'], 115, 118);
    // Begins another segment: the last one is old enough.
    database.trim();
    write(database, [...gone, 'live'], 118, 140);
    end(database, gone, 140);
    write(database, ['live'], 140, 150);
    await database.compact();
    expect(database.stats().seriesCount).toBe(1);
    write(database, ['live'], 150, 182);
    await database.compact();
    for (let turn = 0; turn < 20; turn++) await new Promise((done) => void setImmediate(done));
    expect(disk.list('data/wal').some((name) => name.startsWith('checkpoint'))).toBe(true);
    await database.close();
    const lines: unknown[] = [];
    const log: Log = { ...silentLog, warn: (message) => void lines.push(message) };
    const again = await open({ log });
    expect(lines).toEqual([]);
    const found = read(again);
    expect(found['gone-7']).toEqual([...range(115, 140), undefined]);
    expect(found['live']).toEqual(range(0, 182));
    await again.close();
  });

  test('stay while a batch that is being filled has a sample of theirs', async () => {
    const database = await withStale();
    database.startCompaction(worker(database));
    const appender = database.appender();
    const ref = appender.seriesRef(labelsFromObject({ __name__: 'm', pod: 'gone' }));
    expect(appender.append(ref, START_MS + 20 * MINUTE_MS, 20)).toBe(AppendStatus.ok);
    await database.compact();
    appender.commit();
    expect(read(database)).toEqual({ ...BOTH, gone: [...range(0, 10), undefined, 20] });
    await database.close();
  });

  test('are found by a query that runs while they leave', async () => {
    const database = await withStale();
    database.startCompaction(worker(database));
    const updates: SharedUpdate[] = [];
    const reader = new HeadReader(disk);
    let isBusy = false;
    const detach = database.attachReader((update) => {
      if (isBusy) updates.push(update);
      else reader.apply(update);
    });
    isBusy = true;
    const querier = reader.queryable.querier(-Infinity, Infinity);
    const compaction = database.compact();
    for (let i = 0; i < 20; i++) await new Promise((done) => void setImmediate(done));
    expect(blocks().length).toBe(1);
    expect(database.stats().seriesCount).toBe(2);
    const set = querier.select([createMatcher('=', 'pod', 'gone')], {
      startMs: -Infinity,
      endMs: Infinity,
    });
    const columns = new SampleColumns();
    set.read(0, -Infinity, Infinity, columns);
    expect(columns.length).toBe(11);
    querier.close();
    for (const update of updates) reader.apply(update);
    isBusy = false;
    await compaction;
    expect(database.stats().seriesCount).toBe(1);
    detach();
    await database.close();
  });

  test('come out of the log where their block is damaged', async () => {
    const database = await withStale();
    database.startCompaction(worker(database));
    await database.compact();
    await database.close();
    const [block] = blocks();
    disk.write(`data/${block}/index`, new Uint8Array(100));
    const again = await open();
    expect(read(again)).toEqual(BOTH);
    await again.close();
  });

  test('that came back have their exemplars in one place', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    const note = (minute: number): void => {
      const appender = database.appender();
      const ref = appender.seriesRef(labelsFromObject({ __name__: 'm', pod: 'gone' }));
      const labels = labelsFromObject({ trace: String(minute) });
      const timeMs = START_MS + minute * MINUTE_MS;
      appender.appendExemplar(ref, { labels, value: 1, timestampMs: timeMs }, timeMs);
      appender.commit();
    };
    write(database, ['gone', 'live'], 0, 10);
    note(9);
    end(database, ['gone'], 10);
    write(database, ['live'], 10, 20);
    await database.compact();
    expect(database.stats().seriesCount).toBe(1);
    write(database, ['gone'], 20, 21);
    note(20);
    const found = database.selectExemplars(0, Infinity, [[createMatcher('=', 'pod', 'gone')]]);
    expect(found.map(({ exemplars }) => exemplars.map(({ labels }) => labels[1]))).toEqual([
      ['9', '20'],
    ]);
    await database.close();
  });

  test('go on under another number while their block cannot be read', async () => {
    const database = await withStale();
    database.startCompaction(worker(database));
    await database.compact();
    await database.close();
    const path = `data/${blocks()[0]}/index`;
    const index = disk.read(path);
    disk.write(path, new Uint8Array(100));
    const without = await open();
    write(without, ['gone', 'live'], 20, 25);
    await without.close();
    const wanted = { gone: [...range(0, 10), undefined, ...range(20, 25)], live: range(0, 25) };
    for (let start = 0; start < 2; start++) {
      const again = await open();
      expect(read(again)).toEqual(wanted);
      await again.close();
      disk.write(path, index);
    }
  });

  test('do not take along what was deleted from them, nor for those that get their rows', async () => {
    const database = await withStale();
    database.startCompaction(worker(database));
    const matchers = [createMatcher('=', 'pod', 'gone')];
    await database.deleteSeries(matchers, START_MS, START_MS + 4 * MINUTE_MS);
    await database.compact();
    // Late, but later than all that is in blocks.
    append(database, ['other'], 2, 2);
    append(database, ['gone'], 3, 3);
    const wanted = { ...BOTH, gone: [3, ...range(5, 10), undefined], other: [2] };
    expect(read(database)).toEqual(wanted);
    await database.close();
    const again = await open();
    expect(read(again)).toEqual(wanted);
    await again.close();
  });

  test('stay when the disk is full, and leave when there is room', async () => {
    const database = await withStale();
    database.startCompaction(worker(database));
    disk.freeBytes = 300;
    await database.compact();
    expect(database.stats().seriesCount).toBe(2);
    expect(read(database)).toEqual(BOTH);
    disk.freeBytes = Infinity;
    clock.timeMs += 11 * MINUTE_MS;
    await database.compact();
    expect(database.stats().seriesCount).toBe(1);
    expect(blocks().length).toBe(1);
    expect(read(database)).toEqual(BOTH);
    await database.close();
  });

  test('are merged with the others when those are cut, and among themselves before', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    const wanted: Record<string, (number | undefined)[]> = {};
    for (let start = 0; start < 100; start += 10) {
      const name = `gone-${start}`;
      write(database, [name, 'live'], start, start + 5);
      end(database, [name], start + 5);
      write(database, ['live'], start + 5, start + 10);
      wanted[name] = [...range(start, start + 5), undefined];
      await database.compact();
      expect(blocks().length).toBeLessThanOrEqual(6);
    }
    expect(database.stats().seriesCount).toBeLessThan(4);
    expect(read(database)).toEqual({ ...wanted, live: range(0, 100) });
    write(database, ['live'], 100, 185);
    await database.compact();
    expect(blocks().length).toBe(1);
    const [block = ''] = blocks();
    const meta = readMeta(disk, `data/${block}`);
    expect(meta.compaction.hints).toEqual([]);
    expect(meta.maxTimeMs).toBe(START_MS + 120 * MINUTE_MS);
    expect(read(database)).toEqual({ ...wanted, live: range(0, 185) });
    await database.close();
  });

  test('leave nothing behind in head and log where no series lives long', async () => {
    const database = await open();
    database.startCompaction(worker(database));
    const wanted: Minutes = {};
    for (let start = 0; start < 600; start += 10) {
      const name = `short-${start}`;
      write(database, [name], start, start + 5);
      end(database, [name], start + 5);
      wanted[name] = [...range(start, start + 5), undefined];
      database.trim();
      await database.compact();
      await new Promise((done) => void setImmediate(done));
    }
    expect(read(database)).toEqual(wanted);
    const metas = blocks().map((ulid) => readMeta(disk, `data/${ulid}`));
    // The first six hours are one block, as they always are; what is newer than the last cut is in pieces.
    const settled = metas.filter(({ compaction }) => compaction.hints.length === 0);
    expect(settled.map(({ maxTimeMs }) => maxTimeMs > START_MS + 340 * MINUTE_MS)).toEqual([true]);
    expect(metas.length).toBeLessThan(12);
    // Four segments of an hour, a page each.
    expect(disk.bytesIn('data/wal')).toBeLessThan(4 * 32_768);
    await database.close();
    const again = await open();
    expect(read(again)).toEqual(wanted);
    await again.close();
  });
});

test('nothing is lost nor seen twice, whenever it dies while series leave and come back', async () => {
  const recording = new RecordingDisk();
  disk = recording;
  const database = await open();
  write(database, ['gone', 'back', 'live'], 100, 130);
  end(database, ['gone', 'back'], 130);
  write(database, ['live'], 130, 140);
  database.startCompaction(worker(database));
  recording.isRecording = true;
  await database.compact();
  const ended = recording.snapshots.length;
  recording.isRecording = false;
  expect(ended).toBeGreaterThan(15);
  append(database, ['back'], 140, 140);
  recording.isRecording = true;
  write(database, ['live'], 140, 142);
  recording.isRecording = false;
  for (const [index, snapshot] of recording.snapshots.entries()) {
    disk = snapshot;
    disk.remove('data/lock');
    const again = await open();
    const left = [...range(100, 130), undefined];
    const live = index < ended ? range(100, 140) : range(100, 140 + Math.min(2, index - ended));
    const back = index < ended ? left : [...left, 140];
    expect(read(again)).toEqual({ gone: left, back, live });
    again.startCompaction(worker(again));
    await again.compact();
    expect(read(again)).toEqual({ gone: left, back, live });
    expect(again.stats().seriesCount).toBe(index < ended ? 1 : 2);
    await again.close();
  }
  disk = recording;
  await database.close();
}, 60_000);
