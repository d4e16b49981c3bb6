import { describe, expect, it } from 'vitest';
import { exponentialBuckets, Registry } from './index.ts';

function family(job: string) {
  return {
    name: 'up',
    help: 'Up.',
    type: 'gauge' as const,
    metrics: [{ labels: [['job', job] as const], value: 1 }],
  };
}

describe('Registry', () => {
  it('shows instruments sorted by name, those without labels from the start', () => {
    const registry = new Registry();
    const b = registry.counter({ name: 'b_total', help: 'B.', labelNames: ['code'] });
    registry.gauge({ name: 'a', help: 'A.' });
    expect(registry.gather()).toEqual([
      { name: 'a', help: 'A.', type: 'gauge', metrics: [{ labels: [], value: 0 }] },
      { name: 'b_total', help: 'B.', type: 'counter', metrics: [] },
    ]);
    b.inc(2, ['200']);
    b.inc(1, ['200']);
    expect(registry.gather()[1]?.metrics).toEqual([{ labels: [['code', '200']], value: 3 }]);
  });

  it('keeps cumulative buckets with inclusive upper bounds', () => {
    const registry = new Registry();
    const histogram = registry.histogram({ name: 'h', help: '', buckets: [1, 2] });
    for (const value of [0.5, 1, 1.5, 9]) histogram.observe(value);
    expect(registry.gather()[0]?.metrics[0]?.histogram).toEqual({
      count: 4,
      sum: 12,
      buckets: [
        { upperBound: 1, cumulativeCount: 2 },
        { upperBound: 2, cumulativeCount: 3 },
      ],
    });
    expect(exponentialBuckets(1, 10, 3)).toEqual([1, 10, 100]);
  });

  it('takes quantiles of the newest observations', () => {
    const registry = new Registry();
    const summary = registry.summary({ name: 's', help: '' });
    for (let i = 1; i <= 100; i++) summary.observe(i);
    expect(registry.gather()[0]?.metrics[0]?.summary).toEqual({
      count: 100,
      sum: 5050,
      quantiles: [
        { quantile: 0.5, value: 50 },
        { quantile: 0.9, value: 90 },
        { quantile: 0.99, value: 99 },
      ],
    });
  });

  it('gives the same instrument for the same name, and refuses another shape', () => {
    const registry = new Registry();
    const counter = registry.counter({ name: 'x_total', help: '' });
    expect(registry.counter({ name: 'x_total', help: '' })).toBe(counter);
    expect(() => registry.gauge({ name: 'x_total', help: '' })).toThrow(/twice/);
    expect(() => counter.inc(1, ['unexpected'])).toThrow(/BUG/);
  });

  it('joins families of one name that several collectors give', () => {
    const registry = new Registry();
    registry.collect(() => [family('a')]);
    const stop = registry.collect(() => [family('b')]);
    expect(registry.gather()[0]?.metrics).toHaveLength(2);
    stop();
    expect(registry.gather()[0]?.metrics).toHaveLength(1);
  });
});
