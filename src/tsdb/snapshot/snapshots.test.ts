import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Registry } from '#instrument';
import { createMatcher, labelsFromObject } from '#model';
import type { Labels } from '#model';
import { MemoryDisk } from '#platform';
import type { Clock, Log } from '#platform';
import { SampleColumns } from '#storage';
import { openDatabase } from '../database.ts';
import type { Database } from '../types.ts';

const START_MS = 1_700_000_000_000;
const STEPS = 600;
const SERIES = 8;

let nowMs = START_MS;
/** Each question about the passing of time costs so much. */
let askingMs = 0;
let monotonicMs = 0;
const clock: Clock = {
  nowMs: () => nowMs,
  monotonicMs: () => (monotonicMs += askingMs),
  setTimer: () => ({ cancel: () => {} }),
};

interface Line {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function recordingLog(lines: Line[]): Log {
  const note = (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
    void lines.push({ message, fields });
  const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log };
  return log;
}

interface Opened {
  readonly database: Database;
  readonly lines: readonly Line[];
  readonly registry: Registry;
}

async function open(disk: MemoryDisk, snapshotLimitMs = 60_000): Promise<Opened> {
  const lines: Line[] = [];
  const registry = new Registry();
  const database = await openDatabase({
    dir: 'data',
    retentionMs: 86_400_000,
    outOfOrderWindowMs: 0,
    log: recordingLog(lines),
    clock,
    registry,
    disk,
    snapshotOnClose: true,
    snapshotLimitMs,
  });
  return { database, lines, registry };
}

function labelsOf(series: number): Labels {
  return labelsFromObject({ __name__: 's', i: String(series), text: 'ä\u{1F600}' });
}

/** Values that do not repeat, so that each series has several chunks. */
function write(database: Database, steps: number): void {
  for (let step = 0; step < steps; step++) {
    nowMs += 1000;
    const appender = database.appender();
    for (let i = 0; i < SERIES; i++) {
      const ref = appender.seriesRef(labelsOf(i));
      appender.append(ref, nowMs, i === 0 ? 1 : Math.sin(step * (i + 1)) * 1000);
      if (step === 0) appender.setMetadata(ref, { type: 'gauge', unit: 's', help: `of ${i}` });
      if (step % 100 === 0) {
        const trace = labelsFromObject({ trace: String(step) });
        appender.appendExemplar(ref, { labels: trace, value: step, timestampMs: nowMs }, nowMs);
      }
    }
    appender.commit();
  }
}

interface Content {
  readonly series: ReadonlyMap<string, readonly (readonly number[])[]>;
  readonly exemplars: unknown;
  readonly metadata: unknown;
  readonly minTimeMs: number | undefined;
  readonly maxTimeMs: number | undefined;
}

/** All that can be asked. */
function contentOf({ database }: Opened): Content {
  const matchers = [createMatcher('=', '__name__', 's')];
  const all = { startMs: -Infinity, endMs: Infinity };
  const querier = database.reader.queryable.querier(-Infinity, Infinity);
  const set = querier.select(matchers, all);
  const series = new Map<string, readonly (readonly number[])[]>();
  for (let i = 0; i < set.count; i++) {
    const columns = new SampleColumns();
    set.read(i, -Infinity, Infinity, columns);
    const rows = Array.from({ length: columns.length }, (_, row) => [
      columns.timestampsMs[row] ?? 0,
      columns.values[row] ?? 0,
    ]);
    series.set(set.labels(i).join(), rows);
  }
  querier.close();
  return {
    series,
    exemplars: database
      .selectExemplars(-Infinity, Infinity, [matchers])
      .toSorted((a, b) => (a.labels.join() < b.labels.join() ? -1 : 1)),
    metadata: database.metadata().toSorted((a, b) => (a.metadata.help < b.metadata.help ? -1 : 1)),
    minTimeMs: database.stats().minTimeMs,
    maxTimeMs: database.stats().maxTimeMs,
  };
}

function metric({ registry }: Opened, name: string): unknown {
  const family = registry.gather().find((one) => one.name === `prometheus_tsdb_${name}`);
  const [first] = family?.metrics ?? [];
  return first !== undefined && 'value' in first ? first.value : undefined;
}

async function filled(): Promise<{ disk: MemoryDisk; content: Content; snapshot: string }> {
  nowMs = START_MS;
  askingMs = 0;
  const disk = new MemoryDisk();
  const opened = await open(disk);
  write(opened.database, STEPS);
  await opened.database.deleteSeries([createMatcher('=', 'i', '3')], START_MS, START_MS + 90_000);
  const content = contentOf(opened);
  await opened.database.close();
  return { disk, content, snapshot: snapshotsOf(disk)[0] ?? '' };
}

function snapshotsOf(disk: MemoryDisk): string[] {
  return disk.list('data').filter((name) => name.startsWith('chunk_snapshot.'));
}

function messages({ lines }: Opened): string[] {
  return lines.map(({ message }) => message);
}

test('a start from a snapshot reads nothing of the log, and all is there', async () => {
  const { disk, content, snapshot } = await filled();
  // The log's records would be missed.
  disk.write('data/wal/00000000', new Uint8Array(disk.read('data/wal/00000000').length));
  const opened = await open(disk);
  expect(contentOf(opened)).toEqual(content);
  expect(messages(opened)).toContain('snapshot loaded');
  expect(opened.lines.find(({ message }) => message === 'log replayed')?.fields).toMatchObject({
    samples: 0,
  });
  write(opened.database, 1);
  await opened.database.close();
  expect(snapshotsOf(disk)).toHaveLength(1);
  expect(snapshotsOf(disk)).not.toContain(snapshot);
});

test('an open chunk is gone on with as if nothing had happened', async () => {
  const { disk } = await filled();
  const copy = disk.copy();
  for (const name of snapshotsOf(copy)) copy.remove(`data/${name}`);
  copy.remove('data/chunks_head');
  const chunkCounts: number[] = [];
  for (const each of [disk, copy]) {
    nowMs = START_MS + STEPS * 1000;
    const opened = await open(each);
    write(opened.database, 50);
    chunkCounts.push(opened.database.stats().chunkCount);
    await opened.database.close();
  }
  expect(chunkCounts[0]).toBe(chunkCounts[1]);
});

test('after a kill the last snapshot and the log behind it are read', async () => {
  const { disk } = await filled();
  const opened = await open(disk);
  write(opened.database, 70);
  await opened.database.deleteSeries([createMatcher('=', 'i', '2')], START_MS, START_MS + 5000);
  const content = contentOf(opened);
  const killed = disk.copy();
  killed.remove('data/lock');
  const after = await open(killed);
  expect(messages(after)).toContain('snapshot loaded');
  expect(contentOf(after)).toEqual(content);
});

test("one without our state, as Prometheus writes it, is read with its log's names", async () => {
  const { disk, content, snapshot } = await filled();
  disk.remove(`data/${snapshot}/narthex.state`);
  const opened = await open(disk);
  expect(contentOf(opened)).toEqual(content);
  expect(messages(opened)).toContain('snapshot loaded');
  write(opened.database, 30);
  const after = contentOf(opened);
  await opened.database.close();
  expect(contentOf(await open(disk))).toEqual(after);
  // Its chunks were closed; the log says the same.
  for (const name of snapshotsOf(disk)) disk.remove(`data/${name}`);
  disk.remove('data/chunks_head');
  disk.remove('data/lock');
  expect(contentOf(await open(disk))).toEqual(after);
});

/** Damages one file of a kind. */
function damage(disk: MemoryDisk, path: string, change: (bytes: Uint8Array) => Uint8Array): void {
  disk.write(path, change(disk.read(path).slice()));
}

const cutOff = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length >>> 5);
const flipOne = (bytes: Uint8Array): Uint8Array => {
  const at = bytes.length >>> 5;
  return bytes.map((byte, i) => (i === at ? byte ^ 0x10 : byte));
};

test.each([
  ['its records are cut off', '00000000', cutOff],
  ['one of its records is damaged', '00000000', flipOne],
  ['its records are empty', '00000000', () => new Uint8Array(0)],
  ['its state is cut off', 'narthex.state', cutOff],
  ['its state is damaged', 'narthex.state', flipOne],
])('where %s, the whole log is replayed', async (_, file, change) => {
  const { disk, content, snapshot } = await filled();
  damage(disk, `data/${snapshot}/${file}`, change);
  const opened = await open(disk);
  expect(contentOf(opened)).toEqual(content);
  const line = opened.lines.find(({ message }) => message.startsWith('a snapshot cannot be used'));
  expect(line?.fields['snapshot']).toBe(snapshot);
  expect(metric(opened, 'snapshot_replay_error_total')).toBe(1);
  expect(snapshotsOf(disk)).toEqual([`${snapshot}.damaged`]);
  await opened.database.close();
  // The new one takes its place.
  expect(snapshotsOf(disk)).toHaveLength(1);
  expect(snapshotsOf(disk)[0]).not.toContain('damaged');
});

test.each([
  ['are cut off', (disk: MemoryDisk) => damage(disk, 'data/chunks_head/000001', cutOff)],
  ['are damaged', (disk: MemoryDisk) => damage(disk, 'data/chunks_head/000001', flipOne)],
  ['are gone', (disk: MemoryDisk) => disk.remove('data/chunks_head')],
])('where the closed chunks beside it %s, the whole log is replayed', async (_, change) => {
  const { disk, content } = await filled();
  change(disk);
  const opened = await open(disk);
  expect(contentOf(opened)).toEqual(content);
  expect(metric(opened, 'snapshot_replay_error_total')).toBe(1);
  await opened.database.close();
});

test('whatever is changed in any of its files, nothing is lost and nothing invented', async () => {
  const { disk, content, snapshot } = await filled();
  const paths = [
    `data/${snapshot}/00000000`,
    `data/${snapshot}/narthex.state`,
    'data/chunks_head/000001',
  ];
  const change = fc.record({
    path: fc.constantFrom(...paths),
    /** Of the file. */
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom('flip', 'cut', 'zeros'),
    bit: fc.integer({ min: 0, max: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const copy = disk.copy();
      for (const { path, place, kind, bit } of changes) {
        const bytes = copy.read(path).slice();
        const at = Math.floor(place * bytes.length);
        if (kind === 'cut') copy.write(path, bytes.subarray(0, at));
        else if (kind === 'zeros') copy.write(path, bytes.fill(0, at, at + 4096));
        else
          copy.write(
            path,
            bytes.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte)),
          );
      }
      const opened = await open(copy);
      expect(contentOf(opened)).toEqual(content);
      await opened.database.close();
    }),
    { numRuns: 25 },
  );
});

test('a snapshot that knows more than the log is set aside', async () => {
  const { disk, snapshot } = await filled();
  damage(disk, 'data/wal/00000000', cutOff);
  const opened = await open(disk);
  expect(messages(opened)).toContain('a snapshot is newer than the log and is set aside');
  expect(snapshotsOf(disk)).toEqual([`${snapshot}.damaged`]);
});

test('a snapshot that the log has left behind is removed', async () => {
  const { disk } = await filled();
  const opened = await open(disk);
  write(opened.database, 1);
  nowMs += 2 * 86_400_000;
  write(opened.database, 1);
  opened.database.trim();
  expect(snapshotsOf(disk)).toEqual([]);
  expect(disk.exists('data/chunks_head')).toBe(false);
  await opened.database.close();
});

test('a snapshot that takes too long is given up, and the log has all', async () => {
  const { disk, content } = await filled();
  askingMs = 50;
  const opened = await open(disk, 20);
  await opened.database.close();
  expect(messages(opened)).toContain('cannot write a snapshot; the next start replays the log');
  expect(disk.list('data').filter((name) => name.includes('.tmp'))).toEqual([]);
  // The one before is still true.
  askingMs = 0;
  expect(contentOf(await open(disk))).toEqual(content);
});

test('a full disk keeps no snapshot, and loses nothing', async () => {
  nowMs = START_MS;
  const disk = new MemoryDisk();
  const opened = await open(disk);
  write(opened.database, STEPS);
  const content = contentOf(opened);
  disk.freeBytes = 20_000;
  await opened.database.close();
  expect(messages(opened)).toContain('cannot write a snapshot; the next start replays the log');
  disk.freeBytes = Infinity;
  expect(snapshotsOf(disk)).toEqual([]);
  expect(disk.list('data').filter((name) => name.includes('.tmp'))).toEqual([]);
  expect(contentOf(await open(disk))).toEqual(content);
});

/** What is beyond the retention may come back with a chunk that goes on. */
function recent({ series }: Content): unknown {
  return Array.from(series, ([labels, rows]) => [
    labels,
    rows.filter(([timeMs = 0]) => timeMs > START_MS + 86_400_000),
  ]);
}

test('numbers of series that left are not given again after a start from a snapshot', async () => {
  nowMs = START_MS;
  const disk = new MemoryDisk();
  const first = await open(disk);
  write(first.database, 3);
  nowMs += 2 * 86_400_000;
  const appender = first.database.appender();
  appender.append(appender.seriesRef(labelsOf(0)), nowMs, 5);
  appender.commit();
  for (let i = 0; i < 3; i++) first.database.trim();
  expect(first.database.stats().seriesCount).toBe(1);
  await first.database.close();
  const second = await open(disk);
  write(second.database, 1);
  const wanted = recent(contentOf(second));
  await second.database.close();
  for (const name of snapshotsOf(disk)) disk.remove(`data/${name}`);
  disk.remove('data/chunks_head');
  expect(recent(contentOf(await open(disk)))).toEqual(wanted);
});
