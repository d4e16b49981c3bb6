import { createEngine } from '#promql';
import { expect, it, vi } from 'vitest';
import { warmUp } from './query-warm-up.ts';

it('a thread asks itself a query, and nobody is told', () => {
  const engine = createEngine({ lookbackDeltaMs: 300_000, maxSamples: 10, nowMs: () => 0 });
  const instant = vi.spyOn(engine, 'instant');
  const told = vi.fn();
  warmUp({
    engine,
    parser: {},
    queryable: () => {
      throw new Error('there is no storage yet');
    },
    cardinality: () => {
      throw new Error('there is no storage yet');
    },
    lookbackDeltaMs: 300_000,
    clockMs: () => 1_000_000,
    perStepStats: false,
    observer: { began: told, ended: told },
  });
  expect(told).not.toHaveBeenCalled();
  expect(instant.mock.results).toMatchObject([
    { type: 'return', value: { value: { samples: [{ value: 1 }] } } },
  ]);
});
