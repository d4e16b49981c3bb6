import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { STALE_NAN, labelsFromObject } from '#model';
import { MemoryDisk } from '#platform';
import { AppendStatus, SampleColumns, SampleRow } from '#storage';
import type { Database } from './types.ts';
import { PollingClock, openOn } from '../../test/fakes/database.ts';

const NOW_MS = 1_700_000_000_000;
const clock = new PollingClock(NOW_MS);

const SERIES = 5;
/** Names no series. */
const UNKNOWN_REF = 1_000_000_007;

interface Batch {
  readonly timestampMs: number;
  readonly samples: readonly { readonly series: number; readonly value: number }[];
}

const batches = array(
  record({
    // Going back in time, and the same time again.
    timestampMs: constantFrom(-2, 0, 0, 1, 2, 3.5).map((step) => NOW_MS + step * 1000),
    samples: array(
      record({
        series: integer({ min: 0, max: SERIES }),
        value: constantFrom(0, -0, 1.5, NaN, STALE_NAN, Infinity),
      }),
      { maxLength: 12 },
    ),
  }),
  { maxLength: 6 },
);

function open(): Promise<Database> {
  return openOn(new MemoryDisk(), clock, { retentionMs: 3_600_000, outOfOrderWindowMs: 1500 });
}

function write(database: Database, { timestampMs, samples }: Batch, asRow: boolean): number[] {
  const appender = database.appender();
  const refs = Array.from({ length: SERIES }, (_, i) =>
    appender.seriesRef(labelsFromObject({ __name__: `s${i}` })),
  );
  const row = new SampleRow(12);
  let statuses: number[] = [];
  for (const { series, value } of samples) {
    row.refs[row.count] = refs[series] ?? UNKNOWN_REF;
    row.values[row.count++] = value;
  }
  if (asRow) {
    const refused = appender.appendRow?.(row, timestampMs);
    statuses = Array.from(row.statuses.subarray(0, row.count));
    expect(refused).toBe(statuses.filter((status) => status !== AppendStatus.ok).length);
  } else {
    for (let i = 0; i < row.count; i++) {
      statuses.push(appender.append(row.refs[i] ?? 0, timestampMs, row.values[i] ?? 0));
    }
  }
  appender.commit();
  return statuses;
}

/** The bits of values, so that one NaN is told from another. */
function read(database: Database): string[] {
  const querier = database.reader.queryable.querier(-Infinity, Infinity);
  const set = querier.select([], { startMs: -Infinity, endMs: Infinity });
  const found: string[] = [];
  for (let i = 0; i < set.count; i++) {
    const columns = new SampleColumns(1);
    set.read(i, -Infinity, Infinity, columns);
    const bits = new BigUint64Array(columns.values.buffer);
    for (let k = 0; k < columns.length; k++) {
      found.push(`${set.labels(i).join('=')} ${columns.timestampsMs[k]} ${bits[k]}`);
    }
  }
  querier.close();
  return found.toSorted();
}

test('samples of one time that are appended together are taken as one by one', async () => {
  const one = await open();
  const other = await open();
  let base = 0;
  assert(
    property(batches, (given) => {
      // Each run goes on where the one before ended.
      base += 10_000;
      for (const batch of given) {
        const later = { ...batch, timestampMs: batch.timestampMs + base };
        expect(write(one, later, true)).toEqual(write(other, later, false));
      }
    }),
    { numRuns: 200 },
  );
  const content = read(one);
  expect(content.length).toBeGreaterThan(100);
  expect(content).toEqual(read(other));
  await Promise.all([one.close(), other.close()]);
});
