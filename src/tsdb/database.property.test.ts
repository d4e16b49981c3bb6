import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  integer,
  oneof,
  record,
  tuple,
} from 'fast-check';
import { expect, test } from 'vitest';
import { compareLabels, createMatcher, labelValue, labelsFromPairs, labelsKey } from '#model';
import type { Labels, MatchType, Matcher } from '#model';
import { MemoryDisk } from '#platform';
import { AppendStatus, SampleColumns } from '#storage';
import type { Database } from './types.ts';
import { PollingClock, openOn } from '../../test/fakes/database.ts';

/** The obviously right twin: an array of samples for each label set. */
class Model {
  readonly series = new Map<string, { labels: Labels; samples: [number, number][] }>();
  maxMs = -Infinity;

  append(labels: Labels, timeMs: number, value: number): void {
    const key = labelsKey(labels);
    const series = this.series.get(key) ?? { labels, samples: [] };
    const last = series.samples.at(-1);
    if (last !== undefined && timeMs <= last[0]) return;
    series.samples.push([timeMs, value]);
    this.series.set(key, series);
    this.maxMs = Math.max(this.maxMs, timeMs);
  }

  select(matchers: readonly Matcher[]): { labels: Labels; samples: [number, number][] }[] {
    return [...this.series.values()]
      .filter(({ labels }) => matchers.every((m) => m.matches(labelValue(labels, m.name))))
      .toSorted((a, b) => compareLabels(a.labels, b.labels));
  }
}

const clock = new PollingClock();

function open(disk: MemoryDisk): Promise<Database> {
  return openOn(disk, clock, { retentionMs: 1e9, walSegmentBytes: 65_536 });
}

function select(database: Database, matchers: readonly Matcher[], startMs: number, endMs: number) {
  const querier = database.reader.queryable.querier(startMs, endMs);
  const set = querier.select(matchers, { startMs, endMs });
  const found = Array.from({ length: set.count }, (_, i) => {
    const columns = new SampleColumns(1);
    set.read(i, startMs, endMs, columns);
    const samples = Array.from({ length: columns.length }, (_, k) => [
      columns.timestampsMs[k],
      columns.values[k],
    ]);
    return { labels: set.labels(i), samples };
  });
  querier.close();
  return found.toSorted((a, b) => compareLabels(a.labels, b.labels));
}

const anyLabels = array(
  tuple(constantFrom('__name__', 'a', 'b', 'ü'), constantFrom('', '1', '2', 'x', 'ÿ🙂')),
  { minLength: 1, maxLength: 4 },
).map(labelsFromPairs);

const anyAppend = record({
  labels: anyLabels,
  stepMs: oneof(constantFrom(0, 1, 15_000), integer({ min: -2000, max: 50_000 })),
  value: oneof(integer(), constantFrom(0, 0.1, -0, 1e300, Infinity)),
});

const anyMatcher = tuple(
  constantFrom<MatchType>('=', '!=', '=~', '!~'),
  constantFrom('__name__', 'a', 'b', 'ü', 'absent'),
  constantFrom('', '1', '1|2', '.*', '.+', 'x', 'ÿ🙂', '(|x)'),
).map(([type, name, value]) => createMatcher(type, name, value));

test('a database answers as a list of samples does, also after a restart', async () => {
  await assert(
    asyncProperty(
      array(array(anyAppend, { maxLength: 30 }), { maxLength: 8 }),
      array(array(anyMatcher, { maxLength: 3 }), { minLength: 1, maxLength: 5 }),
      integer({ min: -10_000, max: 300_000 }),
      async (batches, queries, startMs) => {
        const disk = new MemoryDisk();
        let database = await open(disk);
        const model = new Model();
        let nowMs = 0;
        for (const batch of batches) {
          const appender = database.appender();
          for (const { labels, stepMs, value } of batch) {
            if (labels.length === 0) continue;
            nowMs += stepMs;
            const status = appender.append(appender.seriesRef(labels), nowMs, value);
            expect(status).not.toBe(AppendStatus.unknownSeries);
            model.append(labels, nowMs, value);
          }
          appender.commit();
        }
        for (const round of ['before', 'after']) {
          for (const matchers of queries) {
            expect(select(database, matchers, -1e9, 1e9), round).toEqual(model.select(matchers));
            const part = select(database, matchers, startMs, startMs + 60_000);
            const isWithin = ([t]: number[]): boolean => t >= startMs && t <= startMs + 60_000;
            const want = model.select(matchers).map(({ labels, samples }) => ({
              labels,
              samples: samples.filter(isWithin),
            }));
            expect(part.filter(({ samples }) => samples.length > 0)).toEqual(
              want.filter(({ samples }) => samples.length > 0),
            );
          }
          await database.close();
          database = await open(disk);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('label names and values are those of the series that match', async () => {
  const database = await open(new MemoryDisk());
  const appender = database.appender();
  for (const [a, b] of [
    ['1', 'x'],
    ['2', ''],
    ['', 'y'],
  ]) {
    const labels = labelsFromPairs([
      ['__name__', 'm'],
      ['a', a],
      ['b', b],
    ]);
    appender.append(appender.seriesRef(labels), 1000, 1);
  }
  appender.commit();
  const querier = database.reader.queryable.querier(0, 2000);
  expect(querier.labelNames([]).names).toEqual(['__name__', 'a', 'b']);
  expect(querier.labelNames([createMatcher('=', 'a', '2')]).names).toEqual(['__name__', 'a']);
  expect(querier.labelValues('a', []).names).toEqual(['1', '2']);
  expect(querier.labelValues('a', [createMatcher('!=', 'b', '')]).names).toEqual(['1']);
  expect(querier.labelValues('a', [], 1)).toEqual({
    names: ['1'],
    warnings: ['results truncated due to limit'],
  });
  expect(querier.labelValues('absent', []).names).toEqual([]);
  querier.close();
  const later = database.reader.queryable.querier(1001, 2000);
  expect(later.labelNames([]).names).toEqual([]);
  later.close();
  expect(database.reader.cardinality(2)).toEqual({
    seriesCountByMetricName: [{ name: 'm', value: 3 }],
    labelValueCountByLabelName: [
      { name: 'a', value: 2 },
      { name: 'b', value: 2 },
    ],
    memoryInBytesByLabelName: [
      { name: '__name__', value: 3 },
      { name: 'a', value: 2 },
    ],
    seriesCountByLabelValuePair: [
      { name: '__name__=m', value: 3 },
      { name: 'a=1', value: 1 },
    ],
  });
});
