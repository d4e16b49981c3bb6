import { labelsFromObject } from '#model';
import { createMemoryStorage, type MemorySample, type MemoryStorage } from '#storage';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../engine.ts';
import type { EngineOptions, RangeOptions } from '../options.ts';
import { ALL_PARSER_OPTIONS } from '../parse/parse.ts';
import { QueryError, type QueryResult } from '../result.ts';
import { HISTOGRAM } from '../../../test/fakes/histograms.ts';

const SERIES = [
  { a: '0', b: '0', le: '1' },
  { a: '0', b: '1', le: '2' },
  { a: '1', b: '0', le: '+Inf' },
  { a: '1', b: '1', le: 'x' },
] as const;

const samples = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -3, max: 9 }) },
    { weight: 1, arbitrary: fc.constant('histogram' as const) },
    { weight: 1, arbitrary: fc.constant('gap' as const) },
  ),
  { minLength: 3, maxLength: 10 },
);

/** Two metrics, some of whose samples are histograms. */
const data = fc.record({
  m: fc.array(samples, { minLength: 2, maxLength: 4 }),
  n_total: fc.array(samples, { minLength: 2, maxLength: 4 }),
});

function storageOf(all: Readonly<Record<string, readonly (readonly (number | string)[])[]>>) {
  const storage: MemoryStorage = createMemoryStorage();
  for (const [name, rows] of Object.entries(all)) {
    for (const [i, row] of rows.entries()) {
      const labels = labelsFromObject({ __name__: name, ...SERIES[i] });
      storage.store(
        labels,
        row.flatMap((value, at) => sampleOf(value, at * 11_000)),
      );
    }
  }
  return storage;
}

function sampleOf(value: number | string, timestampMs: number): MemorySample[] {
  if (value === 'gap') return [];
  if (typeof value === 'number') return [{ timestampMs, value }];
  const count = 3 + (timestampMs % 5);
  return [{ timestampMs, value: 0, histogram: { ...HISTOGRAM, count } }];
}

/** Parts are few, so that they come again and again. */
const { vector: expressions } = fc.letrec((tie) => ({
  selector: fc.constantFrom('m', 'n_total', 'm{a="0"}', 'n_total offset 20s', 'm @ 60', '{a="1"}'),
  range: fc.constantFrom('m[30s]', 'n_total[40s]', 'n_total[40s] smoothed', 'm[1m] @ end()'),
  scalar: fc.oneof(
    fc.constantFrom('2', '(1 + 2) / 4', 'time()', '-1', 'NaN'),
    fc.tuple(tie('vector')).map(([v]) => `scalar(${String(v)})`),
  ),
  call: fc.oneof(
    fc
      .tuple(fc.constantFrom('rate', 'increase', 'sum_over_time', 'max_over_time'), tie('range'))
      .map(([name, range]) => `${name}(${String(range)})`),
    fc
      .tuple(
        fc.constantFrom('abs', 'absent', 'timestamp', 'sort', 'histogram_count'),
        tie('vector'),
      )
      .map(([name, v]) => `${name}(${String(v)})`),
    tie('vector').map((v) => `histogram_quantile(0.5, ${String(v)})`),
    tie('vector').map((v) => `max_over_time((${String(v)})[40s:10s])`),
    tie('vector').map((v) => `label_replace(${String(v)}, "c", "$1", "a", "(.*)")`),
  ),
  aggregate: fc.oneof(
    fc
      .tuple(
        fc.constantFrom('sum', 'avg', 'count', 'max', 'stddev', 'group'),
        fc.constantFrom('', ' by (a)', ' without (le)'),
        tie('vector'),
      )
      .map(([name, by, v]) => `${name}${by} (${String(v)})`),
    fc
      .tuple(fc.constantFrom('topk', 'limitk', 'quantile'), tie('scalar'), tie('vector'))
      .map(([name, k, v]) => `${name}(${String(k)}, ${String(v)})`),
  ),
  binary: fc
    .tuple(
      tie('vector'),
      fc.constantFrom(
        '+',
        '/',
        '> bool',
        '<',
        'and',
        'or',
        'unless',
        '- on(a, b)',
        '* ignoring(le)',
      ),
      fc.oneof(tie('vector'), tie('scalar')),
    )
    .map(([l, operator, r]) => `(${String(l)}) ${operator} (${String(r)})`),
  /** The same twice, at least. */
  twice: fc
    .tuple(tie('vector'), fc.constantFrom('+', '/', 'and'), fc.constantFrom('sum', 'max by (a)'))
    .map(([v, operator, name]) => `${name} (${String(v)}) ${operator} avg by (a) (${String(v)})`),
  vector: fc.oneof(
    { depthSize: 'small', maxDepth: 4, depthIdentifier: 'part' },
    tie('selector'),
    tie('call'),
    tie('aggregate'),
    tie('twice'),
    tie('binary'),
  ),
}));

const GRIDS: readonly RangeOptions[] = [
  { startMs: 0, endMs: 90_000, stepMs: 15_000, perStepStats: true },
  { startMs: 60_000, endMs: 60_000, stepMs: 1000, perStepStats: true },
];

interface Outcome {
  readonly value: unknown;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  readonly samples: unknown;
}

function outcome(run: () => QueryResult): Outcome | string {
  try {
    const { value, warnings, infos, stats } = run();
    const { totalQueryableSamples, perStep } = stats.samples;
    return { value, warnings, infos, samples: { totalQueryableSamples, perStep } };
  } catch (error) {
    if (error instanceof QueryError && error.code !== 'internal') return error.message;
    throw error;
  }
}

function engineOf(options: EngineOptions) {
  return createEngine({ parser: ALL_PARSER_OPTIONS, lookbackDeltaMs: 25_000, ...options });
}

describe('a query whose equal parts are evaluated once', () => {
  it.each([
    ['over a range', GRIDS[0], {}],
    ['at a single step', GRIDS[1], {}],
    ['where names go at the end', GRIDS[0], { delayedNameRemoval: true }],
  ] as const)(
    'gives, tells and counts the same as if each part were evaluated by itself, %s',
    (_, grid, options) => {
      const sharing = engineOf(options);
      const plain = engineOf({ ...options, sharesOperators: false });
      fc.assert(
        fc.property(data, expressions, (all, query) => {
          const storage = storageOf(all);
          const expected = outcome(() => plain.range(storage, String(query), grid));
          expect(outcome(() => sharing.range(storage, String(query), grid))).toEqual(expected);
          // Measuring is looking on.
          const measured = outcome(() =>
            sharing.range(storage, String(query), { ...grid, measures: true }),
          );
          expect(measured).toEqual(expected);
        }),
        { numRuns: 250 },
      );
    },
  );

  it('and is not refused where that one is not: what is kept gives way', () => {
    fc.assert(
      fc.property(data, expressions, fc.integer({ min: 5, max: 150 }), (all, query, maxSamples) => {
        const storage = storageOf(all);
        const [grid] = GRIDS;
        const limit = { maxSamples, maxMemoryBytes: 400 * maxSamples };
        const expected = outcome(() =>
          engineOf({ ...limit, sharesOperators: false }).range(storage, String(query), grid),
        );
        if (typeof expected === 'string') return;
        expect(outcome(() => engineOf(limit).range(storage, String(query), grid))).toEqual(
          expected,
        );
      }),
      { numRuns: 250 },
    );
  });
});
