import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check';
import { expect, test } from 'vitest';
import { STALE_NAN, createMatcher, labelsFromObject } from '#model';
import { MemoryDisk } from '#platform';
import { SampleColumns } from '#storage';
import type { SelectHints } from '#storage';
import { PollingClock, openOn } from '../../test/fakes/database.ts';
import type { Database } from './types.ts';

const ALL = [createMatcher('=~', '__name__', '.+')];

function bitsOf(columns: SampleColumns, row: number): readonly number[] {
  const words = new Int32Array(columns.values.buffer, columns.values.byteOffset + row * 8, 2);
  return [columns.timestampsMs[row], ...words];
}

/** The last sample of each series that a reader sees. */
function newest(database: Database, hints: SelectHints): ReadonlyMap<string, readonly number[]> {
  const querier = database.reader.queryable.querier(hints.startMs, hints.endMs);
  const set = querier.select(ALL, hints);
  const columns = new SampleColumns();
  const found = new Map<string, readonly number[]>();
  for (let i = 0; i < set.count; i++) {
    columns.clear();
    set.read(i, hints.startMs, hints.endMs, columns);
    if (hints.newestOnly === true) expect(columns.length).toBeLessThanOrEqual(200);
    if (columns.length > 0) found.set(set.labels(i).join(), bitsOf(columns, columns.length - 1));
  }
  querier.close();
  return found;
}

const anySample = record({
  series: integer({ min: 0, max: 4 }),
  /** Some come late. */
  gapMs: constantFrom(1000, 1000, 1000, 5000, -2500),
  value: constantFrom(1, 2.5, -0, NaN, STALE_NAN, Infinity),
});
const anyBounds = record({
  startMs: integer({ min: 0, max: 60_000 }),
  endMs: integer({ min: 0, max: 60_000 }),
});

test('the newest sample is the last of all, whatever came and however it was read again', async () => {
  await assert(
    asyncProperty(
      array(anySample, { maxLength: 60 }),
      array(anyBounds, { maxLength: 10 }),
      boolean(),
      async (samples, bounds, reopens) => {
        const disk = new MemoryDisk();
        const clock = new PollingClock(60_000);
        const options = { outOfOrderWindowMs: 10_000 };
        let database = await openOn(disk, clock, options);
        const timesMs = [0, 0, 0, 0, 0];
        for (const { series, gapMs, value } of samples) {
          const appender = database.appender();
          const ref = appender.seriesRef(labelsFromObject({ __name__: 'm', i: String(series) }));
          timesMs[series] = Math.max(0, timesMs[series] + gapMs);
          appender.append(ref, timesMs[series], value);
          appender.commit();
        }
        if (reopens) {
          await database.close();
          database = await openOn(disk, clock, options);
        }
        for (const hints of [...bounds, { startMs: 0, endMs: 100_000 }]) {
          expect(newest(database, { ...hints, newestOnly: true })).toEqual(newest(database, hints));
        }
        await database.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('chunks are not read for it', async () => {
  const database = await openOn(new MemoryDisk(), new PollingClock(60_000));
  const appender = database.appender();
  const ref = appender.seriesRef(labelsFromObject({ __name__: 'm' }));
  for (let i = 0; i < 50; i++) appender.append(ref, i * 1000, i);
  appender.commit();
  const querier = database.reader.queryable.querier(0, 60_000);
  const set = querier.select(ALL, { startMs: 0, endMs: 60_000, newestOnly: true });
  const columns = new SampleColumns();
  set.read(0, 0, 60_000, columns);
  expect(columns.length).toBe(1);
  expect(bitsOf(columns, 0)[0]).toBe(49_000);
  // One before it is asked for: then chunks are.
  columns.clear();
  set.read(0, 0, 48_500, columns);
  expect(columns.length).toBe(49);
  querier.close();
  await database.close();
});
