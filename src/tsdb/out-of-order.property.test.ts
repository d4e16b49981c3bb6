import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMatcher, labelsFromObject } from '#model';
import type { FloatHistogram } from '#model';
import { MemoryDisk } from '#platform';
import type { Disk, DiskFile } from '#platform';
import { AppendStatus, SampleColumns } from '#storage';
import { runCompaction } from './block/compactor.ts';
import { HeadReader } from './reader.ts';
import type { Database } from './types.ts';
import { PollingClock, openOn } from '../../test/fakes/database.ts';

/** Short, so that a few hundred samples make blocks of several levels. */
const RANGE_MS = 1000;
const WINDOW_MS = 6000;
/** Times are multiples of it, so that many samples are of the same. */
const STEP_MS = 61;
const START_MS = 1_700_000_000_000;

const clock = new PollingClock(0);

async function open(disk: Disk, snapshotOnClose = true): Promise<Database> {
  const database = await openOn(disk, clock, {
    retentionMs: 1_000_000_000,
    blockRangeMs: RANGE_MS,
    outOfOrderWindowMs: WINDOW_MS,
    walSegmentBytes: 32_768,
    snapshotOnClose,
  });
  const reader = new HeadReader(disk);
  database.attachReader((update) => reader.apply(update));
  const tools = { disk, nowMs: () => clock.nowMs(), head: () => reader.reading() };
  database.startCompaction(async (job) => {
    await pass(1);
    const answer = runCompaction(job, tools);
    await pass(1);
    return answer;
  });
  return database;
}

/** What was taken: by series, time and value (of a histogram: `h` and its count). */
class Model {
  readonly samples = new Map<number, Map<number, string>>();
  readonly #newest = new Map<number, number>();

  /** Of the time of the newest, which was deleted: the head may still know that it was there, or not. */
  isUnsure(series: number, timeMs: number): boolean {
    return this.#newest.get(series) === timeMs && this.samples.get(series)?.has(timeMs) !== true;
  }

  add(series: number, timeMs: number, value: string): void {
    this.#newest.set(series, Math.max(this.#newest.get(series) ?? -Infinity, timeMs));
    const samples = this.samples.get(series) ?? new Map<number, string>();
    // Of several the first stays.
    if (!samples.has(timeMs)) samples.set(timeMs, value);
    this.samples.set(series, samples);
  }

  delete(series: number, startMs: number, endMs: number): void {
    const samples = this.samples.get(series);
    for (const timeMs of samples?.keys() ?? []) {
      if (timeMs >= startMs && timeMs <= endMs) samples?.delete(timeMs);
    }
  }

  within(startMs: number, endMs: number): Map<number, [number, string][]> {
    const found = Array.from(this.samples, ([series, samples]): [number, [number, string][]] => [
      series,
      [...samples]
        .filter(([timeMs]) => timeMs >= startMs && timeMs <= endMs)
        .toSorted(([a], [b]) => a - b),
    ]);
    return new Map(found.filter(([, rows]) => rows.length > 0));
  }
}

function read(database: Database, startMs: number, endMs: number): Map<number, [number, string][]> {
  const querier = database.reader.queryable.querier(startMs, endMs);
  const set = querier.select([createMatcher('=', '__name__', 's')], { startMs, endMs });
  const found = new Map<number, [number, string][]>();
  const columns = new SampleColumns(1);
  for (let i = 0; i < set.count; i++) {
    columns.clear();
    set.read(i, startMs, endMs, columns);
    const rows = Array.from({ length: columns.length }, (_, row): [number, string] => {
      const histogram = columns.histograms[row];
      const value = histogram === undefined ? `${columns.values[row]}` : `h${histogram.count}`;
      return [columns.timestampsMs[row] ?? 0, value];
    });
    if (rows.length > 0) found.set(Number(set.labels(i).at(-1)), rows);
  }
  expect(set.warnings).toEqual([]);
  querier.close();
  return found;
}

interface Write {
  readonly kind: 'write';
  readonly jumpMs: number;
  /** Series, how much older than now, whether it is a histogram. */
  readonly samples: readonly (readonly [number, number, boolean])[];
  readonly times: number;
}

let count = 0;

function write(database: Database, model: Model, { jumpMs, samples, times }: Write): void {
  clock.timeMs += Math.ceil(jumpMs / STEP_MS) * STEP_MS;
  for (let round = 0; round < times; round++) {
    clock.timeMs += STEP_MS;
    const appender = database.appender();
    const taken: [number, number, string][] = [];
    for (const [series, ageMs, isHistogram] of samples) {
      count++;
      const timeMs = clock.timeMs - ageMs;
      // Of a float and a histogram of one batch either may be first.
      if (taken.some((other) => other[0] === series && other[1] === timeMs)) continue;
      if (model.isUnsure(series, timeMs)) continue;
      const ref = appender.seriesRef(labelsFromObject({ __name__: 's', i: String(series) }));
      const status = isHistogram
        ? appender.appendHistogram(ref, timeMs, histogram(count))
        : appender.append(ref, timeMs, count);
      if (status !== AppendStatus.ok) continue;
      taken.push([series, timeMs, isHistogram ? `h${count}` : String(count)]);
    }
    appender.commit();
    for (const [series, timeMs, value] of taken) model.add(series, timeMs, value);
  }
}

function histogram(total: number): FloatHistogram {
  return {
    counterResetHint: 'unknown',
    schema: 0,
    zeroThreshold: 0.001,
    zeroCount: 0,
    count: total,
    sum: total,
    positiveSpans: [{ offset: 0, length: 1 }],
    negativeSpans: [],
    positiveBuckets: [total],
    negativeBuckets: [],
    customValues: [],
  };
}

const age: fc.Arbitrary<number> = fc
  .oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 8 }) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 110 }) },
  )
  .map((steps) => steps * STEP_MS);

const sample = fc.tuple(fc.integer({ min: 0, max: 4 }), age, fc.boolean());

type Step =
  | Write
  | { readonly kind: 'compact' | 'clean' | 'restart' | 'crash' }
  | { readonly kind: 'compact-crash'; readonly ticks: number }
  | { readonly kind: 'compact-write'; readonly ticks: readonly number[]; readonly write: Write }
  | {
      readonly kind: 'delete';
      readonly series: number;
      readonly ageMs: number;
      readonly spanMs: number;
    };

const writes: fc.Arbitrary<Write> = fc.record({
  kind: fc.constant('write' as const),
  jumpMs: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 4000 })),
  samples: fc.array(sample, { minLength: 1, maxLength: 8 }),
  times: fc.integer({ min: 1, max: 30 }),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: writes },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('compact-write' as const),
      ticks: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 }),
      write: writes,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'compact' as const,
        'compact' as const,
        'clean' as const,
        'restart' as const,
        'crash' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('compact-crash' as const),
      ticks: fc.integer({ min: 0, max: 40 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('delete' as const),
      series: fc.integer({ min: 0, max: 4 }),
      ageMs: fc.integer({ min: 0, max: 9000 }),
      spanMs: fc.integer({ min: 0, max: 5000 }),
    }),
  },
);

async function pass(ticks: number): Promise<void> {
  for (let i = 0; i < ticks; i++) await new Promise((resolve) => void setImmediate(resolve));
}

/** A database and its disk, as steps change them. */
class Machine {
  disk = new MemoryDisk();
  readonly model = new Model();
  #database: Database | undefined;

  get database(): Database {
    if (this.#database === undefined) throw new Error('not open');
    return this.#database;
  }

  async open(): Promise<void> {
    this.#database = await open(this.disk);
  }

  async close(): Promise<void> {
    await this.database.close();
  }

  check(startMs: number, endMs: number): void {
    expect(read(this.database, startMs, endMs)).toEqual(this.model.within(startMs, endMs));
  }

  async do(next: Step): Promise<void> {
    const { database, model } = this;
    if (next.kind === 'write') write(database, model, next);
    else if (next.kind === 'compact') await database.compact();
    else if (next.kind === 'clean') await database.cleanTombstones();
    else if (next.kind === 'delete') {
      const endMs = clock.timeMs - next.ageMs;
      const matchers = [createMatcher('=', 'i', String(next.series))];
      await database.deleteSeries(matchers, endMs - next.spanMs, endMs);
      model.delete(next.series, endMs - next.spanMs, endMs);
    } else if (next.kind === 'restart') {
      await this.close();
      await this.open();
    } else if (next.kind === 'compact-write') {
      const running = database.compact();
      for (const ticks of next.ticks) {
        await pass(ticks);
        write(database, model, { ...next.write, times: 2 });
        this.check(-Infinity, Infinity);
      }
      await running;
    } else await this.#crash(next.kind === 'compact-crash' ? next.ticks : 0);
  }

  async #crash(ticks: number): Promise<void> {
    const running = ticks > 0 ? this.database.compact() : Promise.resolve();
    await pass(ticks);
    const copy = this.disk.copy();
    copy.remove('data/lock');
    await running;
    await this.close();
    this.disk = copy;
    await this.open();
  }
}

test('a database with samples out of order answers as a list of samples does, whatever happens to it', async () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 0, max: 20_000 }), async (given, splitMs) => {
      clock.timeMs = START_MS;
      count = 0;
      const machine = new Machine();
      await machine.open();
      for (const next of given) {
        await machine.do(next);
        machine.check(-Infinity, Infinity);
      }
      const startMs = START_MS + splitMs;
      machine.check(startMs, startMs + 1500);
      await machine.close();
    }),
    { numRuns: Number(process.env['RUNS'] ?? 40) },
  );
}, 120_000);

/** Calls before each operation that changes the disk. */
function watched(disk: MemoryDisk, onChange: () => void): Disk {
  const watch = <T extends object>(target: T, names: readonly string[]): T =>
    new Proxy(target, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          if (names.includes(String(name))) onChange();
          const answer: unknown = Reflect.apply(value, of, given);
          return name === 'open' ? watch(answer as DiskFile, ['append', 'truncate']) : answer;
        };
      },
    });
  return watch<Disk>(disk, ['open', 'makeDir', 'rename', 'remove', 'link']);
}

test('the process may die at any operation of the disk while blocks are cut and samples deleted', async () => {
  clock.timeMs = START_MS;
  count = 0;
  const machine = new Machine();
  await machine.open();
  const late: Write = {
    kind: 'write',
    jumpMs: 700,
    samples: [
      [0, 0, false],
      [0, 30 * STEP_MS, false],
      [1, 4 * STEP_MS, false],
      [1, 0, false],
      [2, 70 * STEP_MS, true],
      [3, 0, true],
      [3, 20 * STEP_MS, false],
    ],
    times: 60,
  };
  write(machine.database, machine.model, late);
  await machine.close();
  const copies: MemoryDisk[] = [];
  const watchedDisk = watched(machine.disk, () => copies.push(machine.disk.copy()));
  const database = await open(watchedDisk, false);
  const before = machine.model.within(-Infinity, Infinity);
  await database.compact();
  expect(machine.disk.list('data').filter((name) => name.length === 26).length).toBeGreaterThan(2);
  expect(copies.some((disk) => disk.list('data/wbl').some((name) => name.endsWith('.tmp')))).toBe(
    true,
  );
  const cut = copies.length;
  await database.deleteSeries([createMatcher('=', 'i', '0')], START_MS, START_MS + 2000);
  machine.model.delete(0, START_MS, START_MS + 2000);
  const after = machine.model.within(-Infinity, Infinity);
  expect(read(database, -Infinity, Infinity)).toEqual(after);
  await database.close();
  copies.push(machine.disk);
  for (const [i, disk] of copies.entries()) {
    disk.remove('data/lock');
    const again = await open(disk, false);
    const found = read(again, -Infinity, Infinity);
    await again.compact();
    const compacted = read(again, -Infinity, Infinity);
    await again.close();
    if (i < cut) expect([found, compacted]).toEqual([before, before]);
    // While it is deleted each sample is there or not.
    else
      for (const each of [found, compacted])
        expectBetween(texts(each), texts(after), texts(before));
    if (i === copies.length - 1) expect([found, compacted]).toEqual([after, after]);
  }
}, 60_000);

function texts(found: Map<number, [number, string][]>): Set<string> {
  const all = [...found].flatMap(([series, rows]) =>
    rows.map((row) => `${series} ${row.join(' ')}`),
  );
  return new Set(all);
}

function expectBetween(found: Set<string>, least: Set<string>, most: Set<string>): void {
  expect([...least].filter((text) => !found.has(text))).toEqual([]);
  expect([...found].filter((text) => !most.has(text))).toEqual([]);
}
