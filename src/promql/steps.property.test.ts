import { labelsFromObject, labelsKey } from '#model';
import { createMemoryStorage, type MemorySample, type MemoryStorage } from '#storage';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from './engine.ts';
import { ALL_PARSER_OPTIONS } from './parse/parse.ts';
import { QueryError, type QueryValue } from './result.ts';

const QUERIES = [
  'm',
  'm offset 30s',
  'm @ 60',
  'm{a="0"} @ start() - 1',
  '-m',
  'm > 3',
  '3 < bool m',
  'm + on(a, b) m',
  'm * on(a) group_left sum by (a) (m)',
  'sum by (a) (m) - on(a) group_right m',
  'm and on(a) (m > 2)',
  'm or on(a) vector(1)',
  'm unless m > 2',
  'sum by (a) (rate(m[1m]))',
  'avg without (b) (m)',
  'max(m) - min(m)',
  'stddev by (b) (increase(m[45s]))',
  'topk by (a) (1, m)',
  'quantile(0.3, m)',
  'count_values("v", m)',
  'sum_over_time(m[50s])',
  'avg_over_time(m[50s] offset -10s)',
  'quantile_over_time(0.5, m[1m])',
  'changes(m[1m]) + resets(m[1m])',
  'deriv(m[1m])',
  'predict_linear(m[1m], 60)',
  'predict_linear(m[1m] @ 100, 60)',
  'irate(m[1m])',
  'last_over_time(m[30s])',
  'max_over_time(sum by (a) (m)[1m:15s])',
  'rate(m[30s:10s] offset 10s)',
  'sum_over_time(m[1m:20s] @ 90)',
  'absent(m{a="0"})',
  'absent_over_time(m{b="1"}[20s])',
  'histogram_quantile(0.7, m)',
  'label_replace(m, "c", "$1", "a", "(.*)")',
  'timestamp(m)',
  'scalar(m{a="0", b="0"})',
  'clamp(m, 1, 4)',
  'increase(m[40s] anchored)',
  'rate(m[40s] smoothed)',
  'm smoothed',
];

const STEP_MS = 10_000;
const END_MS = 150_000;

/** Some scrapes of a few series: values, gaps, stale ends, resets. */
const series = fc.record({
  a: fc.constantFrom('0', '1'),
  b: fc.constantFrom('0', '1', '2'),
  le: fc.constantFrom('1', '2', '+Inf'),
  values: fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { freq: 4 }), {
    minLength: 3,
    maxLength: 14,
  }),
});

function storageOf(
  all: readonly { a: string; b: string; le: string; values: (number | null)[] }[],
): MemoryStorage {
  const storage = createMemoryStorage();
  for (const { a, b, le, values } of all) {
    const samples: MemorySample[] = [];
    for (const [i, value] of values.entries()) {
      if (value !== null) samples.push({ timestampMs: i * 11_000, value });
    }
    storage.store(labelsFromObject({ __name__: 'm', a, b, le }), samples);
  }
  return storage;
}

type Points = Map<string, string>;

function pointsAt(value: QueryValue, timeMs: number): Points {
  const points: Points = new Map();
  if (value.kind === 'scalar') points.set('', String(value.value));
  if (value.kind === 'vector') {
    for (const sample of value.samples) points.set(labelsKey(sample.labels), String(sample.value));
  }
  if (value.kind === 'matrix') {
    for (const { labels, timestampsMs, values } of value.series) {
      const row = timestampsMs.indexOf(timeMs);
      if (row >= 0) points.set(labelsKey(labels), String(values[row]));
    }
  }
  return points;
}

/** The outcome of a query; how it failed, if it did. */
function outcome(run: () => QueryValue): QueryValue | string {
  try {
    return run();
  } catch (error) {
    if (error instanceof QueryError && error.code === 'execution') return error.message;
    throw error;
  }
}

describe('a range query', () => {
  const engine = createEngine({ parser: ALL_PARSER_OPTIONS, lookbackDeltaMs: 25_000 });

  it.each(QUERIES)('gives at each step what an instant query gives there: %s', (query) => {
    fc.assert(
      fc.property(fc.array(series, { maxLength: 6 }), (all) => {
        const storage = storageOf(all);
        const whole = outcome(
          () => engine.range(storage, query, { startMs: 0, endMs: END_MS, stepMs: STEP_MS }).value,
        );
        for (let timeMs = 0; timeMs <= END_MS; timeMs += STEP_MS) {
          // `start()` is another instant for an instant query.
          if (query.includes('start()') && timeMs > 0) break;
          const single = outcome(() => engine.instant(storage, query, { timeMs }).value);
          if (typeof whole === 'string') {
            if (single === whole) return;
            continue;
          }
          if (typeof single === 'string') throw new Error(`only the instant failed: ${single}`);
          expect(pointsAt(whole, timeMs)).toEqual(pointsAt(single, timeMs));
        }
        if (typeof whole === 'string') throw new Error(`only the range failed: ${whole}`);
      }),
      { numRuns: 15 },
    );
  });
});
