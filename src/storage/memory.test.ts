import { createMatcher, labelsFromObject, STALE_NAN, isStaleNaN } from '#model';
import { describe, expect, it } from 'vitest';
import { AppendStatus } from './appender.ts';
import { SampleColumns } from './columns.ts';
import { createMemoryStorage, type MemoryStorage } from './memory.ts';
import { HISTOGRAM } from '../../test/fakes/histograms.ts';

const UP = labelsFromObject({ __name__: 'up', job: 'a' });
const ALL = [createMatcher('=~', '__name__', '.+')];

function read(storage: MemoryStorage, startMs = -Infinity, endMs = Infinity): SampleColumns {
  const set = storage.querier(startMs, endMs).select(ALL, { startMs, endMs });
  const columns = new SampleColumns(1);
  for (let i = 0; i < set.count; i++) set.read(i, startMs, endMs, columns);
  return columns;
}

function values(columns: SampleColumns): number[] {
  return [...columns.values.subarray(0, columns.length)];
}

describe('the storage in memory', () => {
  it('shows samples once they are committed', () => {
    const storage = createMemoryStorage();
    const appender = storage.appender();
    const ref = appender.seriesRef(UP);
    expect(appender.append(ref, 1, 10)).toBe(AppendStatus.ok);
    expect(read(storage).length).toBe(0);
    appender.commit();
    expect(values(read(storage))).toEqual([10]);
  });

  it('forgets what is rolled back', () => {
    const storage = createMemoryStorage();
    const appender = storage.appender();
    appender.append(appender.seriesRef(UP), 1, 10);
    appender.rollback();
    appender.commit();
    expect(read(storage).length).toBe(0);
  });

  it.each([
    ['older than the last', 4, 1, AppendStatus.outOfOrder],
    ['another value at the same time', 5, 2, AppendStatus.duplicate],
    ['the same value again', 5, 1, AppendStatus.ok],
    ['newer', 6, 1, AppendStatus.ok],
  ])('answers a sample that is %s', (_, timestampMs, value, status) => {
    const storage = createMemoryStorage();
    const appender = storage.appender();
    const ref = appender.seriesRef(UP);
    appender.append(ref, 5, 1);
    appender.commit();
    expect(storage.appender().append(ref, timestampMs, value)).toBe(status);
  });

  it('does not know references that it has not given out', () => {
    expect(createMemoryStorage().appender().append(7, 1, 1)).toBe(AppendStatus.unknownSeries);
  });

  it('reads inclusive bounds in order of time', () => {
    const storage = createMemoryStorage();
    storage.store(UP, [{ timestampMs: 3, value: 3 }]);
    storage.store(
      UP,
      [1, 2, 4].map((t) => ({ timestampMs: t, value: t })),
    );
    expect(values(read(storage))).toEqual([1, 2, 3, 4]);
    expect(values(read(storage, 2, 3))).toEqual([2, 3]);
  });

  it('keeps the bits of stale markers', () => {
    const storage = createMemoryStorage();
    storage.store(UP, [
      { timestampMs: 1, value: STALE_NAN },
      { timestampMs: 2, value: NaN },
    ]);
    const columns = read(storage);
    expect(isStaleNaN(columns.values[0] ?? 0)).toBe(true);
    expect(isStaleNaN(columns.values[1] ?? 0)).toBe(false);
  });

  it('says of histograms in a row that there was no reset', () => {
    const storage = createMemoryStorage();
    const counts = [3, 5, 4];
    storage.store(
      UP,
      counts.map((count, i) => ({ timestampMs: i, value: 0, histogram: { ...HISTOGRAM, count } })),
    );
    const hints = read(storage).histograms.map((histogram) => histogram?.counterResetHint);
    expect(hints).toEqual(['unknown', 'not_reset', 'unknown']);
  });

  it('keeps start timestamps beside samples', () => {
    const storage = createMemoryStorage();
    storage.store(UP, [
      { timestampMs: 5, value: 1 },
      { timestampMs: 6, value: 2, startTimestampMs: 4 },
    ]);
    expect([...(read(storage).startTimestampsMs ?? [])].slice(0, 2)).toEqual([0, 4]);
  });

  it('lists names and values of labels, sorted and limited', () => {
    const storage = createMemoryStorage();
    storage.store(UP, [{ timestampMs: 1, value: 1 }]);
    storage.store(labelsFromObject({ __name__: 'down', zone: 'b' }), [
      { timestampMs: 1, value: 1 },
    ]);
    const querier = storage.querier(0, 10);
    expect(querier.labelNames([]).names).toEqual(['__name__', 'job', 'zone']);
    expect(querier.labelNames([], 1).names).toEqual(['__name__']);
    expect(querier.labelValues('__name__', []).names).toEqual(['down', 'up']);
    expect(querier.labelValues('zone', [createMatcher('=', '__name__', 'up')]).names).toEqual([]);
  });
});
