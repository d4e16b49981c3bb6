import { createMemoryStorage, type Queryable, type SelectHints } from '#storage';
import { expect, it } from 'vitest';
import { createEngine } from './engine.ts';

/** A storage that notes what it is told about each selection. */
function noting(hints: SelectHints[]): Queryable {
  const storage = createMemoryStorage();
  return {
    querier: (startMs, endMs) => {
      const querier = storage.querier(startMs, endMs);
      return {
        select: (matchers, hint) => {
          hints.push(hint);
          return querier.select(matchers, hint);
        },
        labelNames: (matchers, limit) => querier.labelNames(matchers, limit),
        labelValues: (name, matchers, limit) => querier.labelValues(name, matchers, limit),
        close: () => querier.close(),
      };
    },
  };
}

function rangeHints(query: string): SelectHints | undefined {
  const hints: SelectHints[] = [];
  const options = { startMs: 600_000, endMs: 660_000, stepMs: 15_000 };
  createEngine().range(noting(hints), query, options);
  return hints.at(0);
}

const CASES: readonly (readonly [string, SelectHints])[] = [
  ['m', { startMs: 300_001, endMs: 660_000, stepMs: 15_000 }],
  [
    'sum by (a) (m)',
    { startMs: 300_001, endMs: 660_000, stepMs: 15_000, func: 'sum', grouping: ['a'], by: true },
  ],
  [
    'max without (b) (m offset 1m)',
    { startMs: 240_001, endMs: 600_000, stepMs: 15_000, func: 'max', grouping: ['b'], by: false },
  ],
  [
    'sum by (a) (rate(m[5m]))',
    { startMs: 300_001, endMs: 660_000, stepMs: 15_000, rangeMs: 300_000, func: 'rate' },
  ],
  ['abs(m + 1)', { startMs: 300_001, endMs: 660_000, stepMs: 15_000 }],
  [
    'max_over_time(abs(m)[2m:30s])',
    { startMs: 210_001, endMs: 660_000, stepMs: 30_000, func: 'abs' },
  ],
];

it.each(CASES)('%s tells the storage what it is going to do', (query, expected) => {
  expect(rangeHints(query)).toEqual(expected);
});

it('an instant query has no step', () => {
  const hints: SelectHints[] = [];
  createEngine().instant(noting(hints), 'rate(m[1m])', { timeMs: 600_000 });
  const [hint] = hints;
  expect(hint).toEqual({
    startMs: 540_001,
    endMs: 600_000,
    stepMs: 0,
    rangeMs: 60_000,
    func: 'rate',
  });
});
