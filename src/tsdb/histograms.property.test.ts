import { array, assert, asyncProperty, constantFrom, integer, oneof, record } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import {
  CUSTOM_BUCKETS_SCHEMA,
  STALE_HISTOGRAM,
  STALE_NAN,
  createMatcher,
  histogramsEqual,
  isStaleHistogram,
  isStaleNaN,
  labelsFromObject,
  storedResetHint,
} from '#model';
import type { CounterResetHint, FloatHistogram, Labels, Span } from '#model';
import { MemoryDisk } from '#platform';
import { AppendStatus, SampleColumns } from '#storage';
import type { Database } from './types.ts';
import { PollingClock, openOn } from '../../test/fakes/database.ts';

type Value = number | 'stale' | FloatHistogram;
type Sample = readonly [timeMs: number, value: Value];

const clock = new PollingClock();

function open(disk: MemoryDisk): Promise<Database> {
  return openOn(disk, clock, {
    retentionMs: 1e9,
    snapshotOnClose: true,
    walSegmentBytes: 65_536,
  });
}

const series = ['a', 'b', 'c'].map((name) => labelsFromObject({ __name__: name }));
const all = [createMatcher('=~', '__name__', '.+')];

function readAll(database: Database, startMs: number, endMs: number): Map<string, Sample[]> {
  const querier = database.reader.queryable.querier(startMs, endMs);
  const set = querier.select(all, { startMs, endMs });
  const found = new Map<string, Sample[]>();
  for (let i = 0; i < set.count; i++) {
    const columns = new SampleColumns(1);
    set.read(i, startMs, endMs, columns);
    const samples = Array.from({ length: columns.length }, (_, k): Sample => {
      const value = columns.histograms[k] ?? columns.values[k];
      return [columns.timestampsMs[k], shown(value)];
    });
    if (samples.length > 0) found.set(set.labels(i).join(), samples);
  }
  querier.close();
  return found;
}

/** Arrays of numbers may lose the bits of a marker. */
function shown(value: number | FloatHistogram): Value {
  if (typeof value === 'number') return isStaleNaN(value) ? 'stale' : value;
  return isStaleHistogram(value) ? { ...value, sum: -12_345 } : value;
}

function isSame(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  return histogramsEqual(a, b);
}

/** The obviously right twin: a list of samples for each series. */
class Model {
  readonly #samples = new Map<Labels, [number, Value][]>();

  append(labels: Labels, timeMs: number, given: Value): AppendStatus {
    const samples = this.#samples.get(labels) ?? [];
    this.#samples.set(labels, samples);
    const last = samples.at(-1);
    const lastHistogram = typeof last?.[1] === 'object' ? last[1] : undefined;
    const ends = given === 'stale' && lastHistogram !== undefined;
    const value = ends ? STALE_HISTOGRAM : given;
    if (last !== undefined && timeMs < last[0]) return AppendStatus.outOfOrder;
    if (last !== undefined && timeMs === last[0]) {
      return isSame(value, last[1]) ? AppendStatus.ok : AppendStatus.duplicate;
    }
    if (typeof value !== 'object') samples.push([timeMs, value]);
    else {
      const counterResetHint = storedResetHint(lastHistogram, value);
      samples.push([timeMs, { ...value, counterResetHint }]);
    }
    return AppendStatus.ok;
  }

  readAll(startMs: number, endMs: number): Map<string, Sample[]> {
    const found = new Map<string, Sample[]>();
    for (const [labels, samples] of this.#samples) {
      const within = samples.filter(([timeMs]) => timeMs >= startMs && timeMs <= endMs);
      const samplesShown = within.map(([timeMs, value]): Sample => [
        timeMs,
        typeof value === 'object' ? shown(value) : value,
      ]);
      if (samplesShown.length > 0) found.set(labels.join(), samplesShown);
    }
    return found;
  }
}

/** Few layouts, so that histograms often follow others of the same. */
const anyLayout = constantFrom(
  { schema: 0, zeroThreshold: 0, positive: [[0, 3]], negative: [], customValues: [] },
  {
    schema: 0,
    zeroThreshold: 0,
    positive: [
      [-2, 2],
      [3, 2],
    ],
    negative: [[1, 1]],
    customValues: [],
  },
  { schema: 8, zeroThreshold: 0.001, positive: [[1000, 90]], negative: [], customValues: [] },
  { schema: -4, zeroThreshold: 2 ** -128, positive: [], negative: [], customValues: [] },
  {
    schema: CUSTOM_BUCKETS_SCHEMA,
    zeroThreshold: 0,
    positive: [[0, 3]],
    negative: [],
    customValues: [0.1, 2.5, 1e9],
  },
);

const anyCount = oneof(
  constantFrom(0, 0, 0, 1, 0.5, 1e-9),
  integer({ min: 0, max: 1000 }),
  integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
);

function spansOf(given: readonly (readonly number[])[]): Span[] {
  return given.map(([offset, length]) => ({ offset: offset ?? 0, length: length ?? 0 }));
}

const anyHistogram: Arbitrary<FloatHistogram> = record({
  layout: anyLayout,
  counts: array(anyCount, { minLength: 4, maxLength: 4 }),
  sum: oneof(integer(), constantFrom(0, -0.25, Infinity, NaN)),
  counterResetHint: constantFrom<CounterResetHint>('unknown', 'unknown', 'reset', 'gauge'),
}).map(({ layout, counts, sum, counterResetHint }) => {
  const buckets = (given: readonly (readonly number[])[]) =>
    given.flatMap(([, length]) =>
      Array.from({ length: length ?? 0 }, (_, i) => counts[i % 4] ?? 0),
    );
  return {
    counterResetHint,
    schema: layout.schema,
    zeroThreshold: layout.zeroThreshold,
    zeroCount: counts[0] ?? 0,
    count: counts[1] ?? 0,
    sum,
    positiveSpans: spansOf(layout.positive),
    negativeSpans: spansOf(layout.negative),
    positiveBuckets: buckets(layout.positive),
    negativeBuckets: buckets(layout.negative),
    customValues: layout.customValues,
  };
});

const anyAppend = record({
  series: constantFrom(0, 0, 0, 1, 2),
  stepMs: oneof(constantFrom(0, 1, 15_000), integer({ min: -2000, max: 50_000 })),
  value: oneof<Arbitrary<Value>[]>(
    anyHistogram,
    anyHistogram,
    integer(),
    constantFrom<Value>(0.1, 'stale'),
  ),
});

function append(database: Database, labels: Labels, [timeMs, value]: Sample): AppendStatus {
  const appender = database.appender();
  const ref = appender.seriesRef(labels);
  const status =
    typeof value === 'object'
      ? appender.appendHistogram(ref, timeMs, value)
      : appender.append(ref, timeMs, value === 'stale' ? STALE_NAN : value);
  appender.commit();
  return status;
}

test('floats and histograms are read as a list of samples would give them, also after a restart', async () => {
  await assert(
    asyncProperty(
      array(anyAppend, { maxLength: 80 }),
      integer({ min: -10_000, max: 300_000 }),
      async (appends, startMs) => {
        const disk = new MemoryDisk();
        let database = await open(disk);
        const model = new Model();
        let nowMs = 0;
        for (const { series: index, stepMs, value } of appends) {
          nowMs += stepMs;
          const labels = series[index] ?? [];
          const status = append(database, labels, [nowMs, value]);
          expect(status).toBe(model.append(labels, nowMs, value));
        }
        for (const round of ['before', 'after']) {
          expect(readAll(database, -1e9, 1e9), round).toEqual(model.readAll(-1e9, 1e9));
          const part = readAll(database, startMs, startMs + 60_000);
          expect(part, round).toEqual(model.readAll(startMs, startMs + 60_000));
          await database.close();
          database = await open(disk);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('in one batch a series may change between floats and histograms', async () => {
  await assert(
    asyncProperty(array(anyAppend, { maxLength: 40 }), async (appends) => {
      const disk = new MemoryDisk();
      const database = await open(disk);
      const model = new Model();
      const appender = database.appender();
      let nowMs = 0;
      for (const { series: index, stepMs, value } of appends) {
        nowMs += Math.abs(stepMs) + 1;
        const labels = series[index] ?? [];
        // What a marker ends is only known once the batch before it is stored.
        if (value === 'stale') continue;
        const ref = appender.seriesRef(labels);
        if (typeof value === 'number') appender.append(ref, nowMs, value);
        else appender.appendHistogram(ref, nowMs, value);
        model.append(labels, nowMs, value);
      }
      appender.commit();
      expect(readAll(database, -1e9, 1e9)).toEqual(model.readAll(-1e9, 1e9));
      await database.close();
      const after = await open(disk);
      expect(readAll(after, -1e9, 1e9)).toEqual(model.readAll(-1e9, 1e9));
      await after.close();
    }),
    { numRuns: 40 },
  );
});
