import { describe, expect, test } from 'vitest';
import { createMatcher, labelsFromObject } from '#model';
import { MemoryDisk } from '#platform';
import { AppendStatus, SampleColumns } from '#storage';
import type { Querier, SeriesSet, SharedSeries } from '#storage';
import { HeadReader } from './reader.ts';
import { advanceEpoch } from './epochs.ts';
import type { Database, SharedUpdate } from './types.ts';
import { PollingClock, compactionOf, openOn } from '../../test/fakes/database.ts';

const START_MS = 1_700_006_400_000;
const MINUTE_MS = 60_000;
const WINDOW_MS = 3_600_000;

interface Opened {
  readonly database: Database;
  readonly clock: PollingClock;
  /** Of two other threads. */
  readonly lender: HeadReader;
  readonly borrower: HeadReader;
  /** What the borrower was not told yet, while it is held back. */
  readonly heldBack: SharedUpdate[] | undefined;
}

async function open(holdsBack = false): Promise<Opened> {
  const disk = new MemoryDisk();
  const clock = new PollingClock(START_MS);
  const database = await openOn(disk, clock, { outOfOrderWindowMs: WINDOW_MS });
  const lender = new HeadReader(disk);
  const borrower = new HeadReader(disk);
  const heldBack: SharedUpdate[] = [];
  database.attachReader((update) => lender.apply(update));
  database.attachReader((update) => {
    if (holdsBack && update.kind === 'region') heldBack.push(update);
    else borrower.apply(update);
  });
  database.startCompaction(compactionOf(database, disk, clock));
  return { database, clock, lender, borrower, heldBack };
}

/** Ten series with a sample a minute; every third also has some out of order. */
function write({ database, clock }: Opened, startMinute: number, endMinute: number): void {
  for (let minute = startMinute; minute < endMinute; minute++) {
    const appender = database.appender();
    for (let i = 0; i < 10; i++) {
      const ref = appender.seriesRef(labelsFromObject({ __name__: 'a', i: String(i) }));
      const timeMs = START_MS + minute * MINUTE_MS;
      expect(appender.append(ref, timeMs, minute * 10 + i)).toBe(AppendStatus.ok);
      if (i % 3 === 0 && minute > 10) appender.append(ref, timeMs - MINUTE_MS / 2, minute);
    }
    appender.commit();
  }
  clock.timeMs = START_MS + endMinute * MINUTE_MS;
}

const ALL = [createMatcher('=', '__name__', 'a')];
const BOUNDS = { startMs: START_MS, endMs: START_MS + 1e9 };

function select(reader: HeadReader): { querier: Querier; set: SeriesSet; shared: SharedSeries } {
  const querier = reader.queryable.querier(BOUNDS.startMs, BOUNDS.endMs);
  const set = querier.select(ALL, BOUNDS);
  const shared = set.share?.();
  if (shared === undefined) throw new Error('cannot share');
  return { querier, set, shared: structuredClone(shared) };
}

function contentOf(set: SeriesSet): unknown[] {
  const columns = new SampleColumns(1);
  return Array.from({ length: set.count }, (_, i) => {
    columns.clear();
    set.read(i, BOUNDS.startMs, BOUNDS.endMs, columns);
    const times = [...columns.timestampsMs.subarray(0, columns.length)];
    const values = [...columns.values.subarray(0, columns.length)];
    return { labels: set.labels(i), times, values };
  });
}

describe('series of another reader', () => {
  test('are the same, however many samples came since', async () => {
    const opened = await open();
    write(opened, 0, 90);
    const { querier, set, shared } = select(opened.lender);
    write(opened, 90, 400);
    const borrowed = opened.borrower.borrow(shared);
    expect(borrowed?.set.count).toBe(10);
    expect(contentOf(borrowed?.set ?? set)).toEqual(contentOf(set));
    borrowed?.close();
    querier.close();
    await opened.database.close();
  });

  test('come from blocks, too', async () => {
    const opened = await open();
    write(opened, 0, 400);
    await opened.database.compact();
    write(opened, 400, 410);
    const { querier, set, shared } = select(opened.lender);
    expect(shared.kind).toBe('merge');
    await opened.database.deleteSeries(ALL, START_MS, START_MS + 100 * MINUTE_MS);
    const borrowed = opened.borrower.borrow(shared);
    // The borrower has been told of the deletion, the lender waits with that for its querier.
    expect(borrowed).toBeUndefined();
    querier.close();

    const again = select(opened.lender);
    const second = opened.borrower.borrow(again.shared);
    expect(contentOf(second?.set ?? set)).toEqual(contentOf(again.set));
    second?.close();
    again.querier.close();
    await opened.database.close();
  });

  test('stay readable once the other querier is closed, and hold its memory back until then', async () => {
    const opened = await open();
    write(opened, 0, 90);
    const { querier, set, shared } = select(opened.lender);
    const expected = contentOf(set);
    const { control } = opened.lender.reading().views;
    const lent = advanceEpoch(control);
    const borrowed = opened.borrower.borrow(shared);
    querier.close();
    expect(advanceEpoch(control)).toBe(lent);
    expect(contentOf(borrowed?.set ?? set)).toEqual(expected);
    borrowed?.close();
    expect(advanceEpoch(control)).toBeGreaterThan(lent);
    await opened.database.close();
  });

  test('cannot be had once the other querier is closed, nor while this reader reads by itself', async () => {
    const opened = await open();
    write(opened, 0, 10);
    const { querier, shared } = select(opened.lender);
    const own = select(opened.borrower);
    expect(opened.borrower.borrow(shared)).toBeUndefined();
    own.querier.close();
    const borrowed = opened.borrower.borrow(shared);
    expect(borrowed).toBeDefined();
    borrowed?.close();
    querier.close();
    advanceEpoch(opened.lender.reading().views.control);
    expect(opened.borrower.borrow(shared)).toBeUndefined();
    await opened.database.close();
  });

  test('cannot be had by a reader that was not told yet of all memory', async () => {
    const opened = await open(true);
    write(opened, 0, 10);
    expect(opened.heldBack?.length).toBeGreaterThan(0);
    const { querier, shared } = select(opened.lender);
    expect(opened.borrower.borrow(shared)).toBeUndefined();
    for (const update of opened.heldBack ?? []) opened.borrower.apply(update);
    const borrowed = opened.borrower.borrow(shared);
    expect(borrowed?.set.count).toBe(10);
    borrowed?.close();
    querier.close();
    await opened.database.close();
  });
});
