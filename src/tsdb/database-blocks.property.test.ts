import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMatcher, labelsFromObject } from '#model';
import { MemoryDisk } from '#platform';
import { AppendStatus, SampleColumns } from '#storage';
import type { Database } from './types.ts';
import { PollingClock, compactionOf, openOn } from '../../test/fakes/database.ts';

/** Short, so that a few hundred samples make blocks of several levels. */
const RANGE_MS = 1000;

const clock = new PollingClock(0);

async function open(disk: MemoryDisk): Promise<Database> {
  const database = await openOn(disk, clock, {
    retentionMs: 1_000_000_000,
    blockRangeMs: RANGE_MS,
    snapshotOnClose: true,
  });
  database.startCompaction(compactionOf(database, disk, clock));
  await database.compact();
  return database;
}

type Step =
  | {
      readonly kind: 'write';
      readonly jumpMs: number;
      readonly series: readonly number[];
      readonly rows: number;
    }
  | { readonly kind: 'compact' | 'restart' | 'crash' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      jumpMs: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 9000 })),
      series: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1 }),
      rows: fc.integer({ min: 1, max: 40 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('compact' as const, 'restart' as const, 'crash' as const),
    }),
  },
);

/** What was taken: by series, time and value. */
type Model = Map<number, Map<number, number>>;

function write(database: Database, model: Model, step: Extract<Step, { kind: 'write' }>): void {
  clock.timeMs += step.jumpMs;
  for (let row = 0; row < step.rows; row++) {
    clock.timeMs += 37;
    const appender = database.appender();
    for (const series of step.series) {
      const ref = appender.seriesRef(labelsFromObject({ __name__: 's', i: String(series) }));
      const value = row % 3 === 0 ? clock.timeMs / 7 : row;
      if (appender.append(ref, clock.timeMs, value) !== AppendStatus.ok) continue;
      const samples = model.get(series) ?? new Map<number, number>();
      model.set(series, samples.set(clock.timeMs, value));
    }
    appender.commit();
  }
}

function check(database: Database, model: Model, bounds: { startMs: number; endMs: number }): void {
  const { startMs, endMs } = bounds;
  const querier = database.reader.queryable.querier(startMs, endMs);
  const set = querier.select([createMatcher('=', '__name__', 's')], bounds);
  const found = new Map<number, [number, number][]>();
  const columns = new SampleColumns(1);
  for (let i = 0; i < set.count; i++) {
    columns.clear();
    set.read(i, startMs, endMs, columns);
    const rows = Array.from({ length: columns.length }, (_, row): [number, number] => [
      columns.timestampsMs[row] ?? 0,
      columns.values[row] ?? 0,
    ]);
    if (rows.length > 0) found.set(Number(set.labels(i).at(-1)), rows);
  }
  expect(set.warnings).toEqual([]);
  querier.close();
  const wanted = Array.from(model, ([series, samples]): [number, [number, number][]] => [
    series,
    [...samples].filter(([timeMs]) => timeMs >= startMs && timeMs <= endMs),
  ]).filter(([, rows]) => rows.length > 0);
  expect(found).toEqual(new Map(wanted));
}

test('a database with blocks answers as a list of samples does, whatever happens to it', async () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 0, max: 50_000 }), async (given, splitMs) => {
      let disk = new MemoryDisk();
      clock.timeMs = 1_700_000_000_000;
      const startMs = clock.timeMs;
      const model: Model = new Map();
      let database = await open(disk);
      for (const step of given) {
        if (step.kind === 'write') write(database, model, step);
        else if (step.kind === 'compact') await database.compact();
        else {
          const before = disk;
          if (step.kind === 'crash') {
            disk = disk.copy();
            disk.remove('data/lock');
          }
          await database.close();
          if (step.kind === 'restart') disk = before;
          database = await open(disk);
        }
        check(database, model, { startMs: -Infinity, endMs: Infinity });
      }
      check(database, model, { startMs: startMs + splitMs, endMs: startMs + splitMs + 3000 });
      await database.close();
    }),
    { numRuns: 25 },
  );
}, 60_000);
