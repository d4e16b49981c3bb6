import { array, assert, asyncProperty, constantFrom, integer, oneof, record } from 'fast-check';
import { expect, test } from 'vitest';
import { compareLabels, createMatcher, labelValue, labelsFromObject } from '#model';
import type { Labels, Matcher } from '#model';
import { MemoryDisk } from '#platform';
import { SampleColumns } from '#storage';
import { runCompaction } from './block/compactor.ts';
import { HeadReader } from './reader.ts';
import type { Database, Reader } from './types.ts';
import { PollingClock, openOn } from '../../test/fakes/database.ts';

const MINUTE_MS = 60_000;
const START_MS = 1_700_006_400_000;
const RANGE_MS = 20 * MINUTE_MS;
const ALL_SERIES = ['a', 'b', 'c'].flatMap((name) =>
  ['1', '2'].map((part) => labelsFromObject({ __name__: name, part })),
);

type Samples = readonly (readonly [number, number])[];
interface Found {
  readonly labels: Labels;
  readonly samples: Samples;
}

/** The obviously right twin: deleting takes away what is there, and nothing else. */
class Model {
  #series: { labels: Labels; samples: [number, number][] }[] = ALL_SERIES.map((labels) => ({
    labels,
    samples: [],
  }));

  append(index: number, timeMs: number, value: number): void {
    this.#series[index]?.samples.push([timeMs, value]);
  }

  delete(matchers: readonly Matcher[], startMs: number, endMs: number): void {
    for (const series of this.#series) {
      if (!matchers.every((m) => m.matches(labelValue(series.labels, m.name)))) continue;
      series.samples = series.samples.filter(([timeMs]) => timeMs < startMs || timeMs > endMs);
    }
  }

  between(startMs: number, endMs: number): Found[] {
    return this.#series
      .map(({ labels, samples }) => ({
        labels,
        samples: samples.filter(([timeMs]) => timeMs >= startMs && timeMs <= endMs),
      }))
      .filter(({ samples }) => samples.length > 0);
  }
}

const clock = new PollingClock(START_MS);

/** A database, and another thread's reader of it. */
interface Opened {
  readonly database: Database;
  readonly other: Reader;
}

async function open(disk: MemoryDisk, dir = 'data'): Promise<Opened> {
  const database = await openOn(disk, clock, {
    dir,
    retentionMs: 1e12,
    blockRangeMs: RANGE_MS,
    snapshotOnClose: true,
    walSegmentBytes: 32_768,
  });
  const other = new HeadReader(disk);
  database.attachReader((update) => other.apply(update));
  const tools = { disk, nowMs: () => clock.timeMs, head: () => other.reading() };
  database.startCompaction((job) => Promise.resolve(runCompaction(job, tools)));
  await database.compact();
  return { database, other };
}

function select(reader: Reader, startMs: number, endMs: number): Found[] {
  const querier = reader.queryable.querier(startMs, endMs);
  const set = querier.select([createMatcher('!=', '__name__', '')], { startMs, endMs });
  const found = Array.from({ length: set.count }, (_, i) => {
    const columns = new SampleColumns(1);
    set.read(i, startMs, endMs, columns);
    const samples = Array.from(
      { length: columns.length },
      (__, k) => [columns.timestampsMs[k] ?? 0, columns.values[k] ?? 0] as const,
    );
    return { labels: set.labels(i), samples };
  });
  querier.close();
  expect(set.warnings).toEqual([]);
  return found
    .filter(({ samples }) => samples.length > 0)
    .toSorted((a, b) => compareLabels(a.labels, b.labels));
}

const anyMatchers = constantFrom(
  [createMatcher('=', '__name__', 'a')],
  [createMatcher('=~', '__name__', 'a|c'), createMatcher('=', 'part', '1')],
  [createMatcher('!=', 'part', '1')],
  [createMatcher('=~', '__name__', '.+')],
  [createMatcher('=', '__name__', 'absent')],
);

/** Minutes before now at which a deletion begins, and how many it takes; all for ever where it is long. */
const anyDeletion = record({
  kind: constantFrom('delete' as const),
  matchers: anyMatchers,
  beginMinutes: integer({ min: -5, max: 90 }),
  lengthMinutes: oneof(integer({ min: 0, max: 60 }), constantFrom(Infinity)),
});

const anyStep = oneof(
  record({ kind: constantFrom('write' as const), minutes: integer({ min: 1, max: 30 }) }),
  anyDeletion,
  anyDeletion,
  record({ kind: constantFrom('compact', 'clean', 'restart', 'die', 'snapshot', 'trim') }),
);

test(
  'what is deleted is gone in every reader, from head and blocks, and stays gone',
  { timeout: 60_000 },
  async () => {
    await assert(
      asyncProperty(
        array(anyStep, { minLength: 4, maxLength: 20 }),
        integer({ min: 0, max: 60 }),
        async (steps, partMinutes) => {
          clock.timeMs = START_MS;
          let disk = new MemoryDisk();
          const model = new Model();
          let opened = await open(disk);
          write(opened.database, model, 45);
          const check = ({ database, other }: Opened, step: string): void => {
            const partMs = clock.timeMs - partMinutes * MINUTE_MS;
            for (const reader of [database.reader, other]) {
              expect(select(reader, 0, 2e12), step).toEqual(model.between(0, 2e12));
              const part = select(reader, partMs, partMs + 10 * MINUTE_MS);
              expect(part, step).toEqual(model.between(partMs, partMs + 10 * MINUTE_MS));
            }
          };
          for (const step of steps) {
            const { database } = opened;
            switch (step.kind) {
              case 'write':
                write(database, model, 'minutes' in step ? step.minutes : 0);
                break;
              case 'delete':
                if (!('matchers' in step)) break;
                await remove(database, model, step);
                break;
              case 'compact':
                await database.compact();
                break;
              case 'clean':
                await database.cleanTombstones();
                break;
              case 'trim':
                database.trim();
                break;
              case 'restart':
                await database.close();
                opened = await open(disk);
                break;
              case 'die':
                disk = disk.copy();
                disk.remove('data/lock');
                await database.close();
                opened = await open(disk);
                break;
              case 'snapshot':
                await database.snapshot('data/snapshots/one', false);
                await checkSnapshot(disk.copy(), check);
                disk.remove('data/snapshots/one');
            }
            check(opened, step.kind);
          }
          await opened.database.close();
        },
      ),
      { numRuns: 25 },
    );
  },
);

async function checkSnapshot(
  disk: MemoryDisk,
  check: (opened: Opened, step: string) => void,
): Promise<void> {
  const opened = await open(disk, 'data/snapshots/one');
  check(opened, 'of the snapshot');
  await opened.database.close();
}

async function remove(
  database: Database,
  model: Model,
  step: { matchers: readonly Matcher[]; beginMinutes: number; lengthMinutes: number },
): Promise<void> {
  const startMs = clock.timeMs - step.beginMinutes * MINUTE_MS;
  const endMs = startMs + step.lengthMinutes * MINUTE_MS;
  await database.deleteSeries(step.matchers, startMs, endMs);
  model.delete(step.matchers, startMs, endMs);
}

/** One sample a minute for each series; some leave minutes out. */
function write(database: Database, model: Model, minutes: number): void {
  for (let minute = 0; minute < minutes; minute++) {
    const appender = database.appender();
    for (const [index, labels] of ALL_SERIES.entries()) {
      if ((minute + index) % 5 === 4) continue;
      const value = (clock.timeMs - START_MS) / MINUTE_MS + index / 10;
      appender.append(appender.seriesRef(labels), clock.timeMs, value);
      model.append(index, clock.timeMs, value);
    }
    appender.commit();
    clock.timeMs += MINUTE_MS;
  }
}
