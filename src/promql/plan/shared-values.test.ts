import { createMemoryStorage, type Queryable } from '#storage';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../engine.ts';
import type { EngineOptions } from '../options.ts';

/** 10 series with 11 samples of each metric; notes which of them are selected. */
function noting(selected: string[]): Queryable {
  const storage = createMemoryStorage();
  for (const name of ['a', 'b', 'c']) {
    for (let i = 0; i < 10; i++) {
      const samples = Array.from({ length: 11 }, (_, k) => ({
        timestampMs: k * 1000,
        value: i * k,
      }));
      storage.store(['__name__', name, 'i', String(i)], samples);
    }
  }
  return {
    querier: (startMs, endMs) => {
      const querier = storage.querier(startMs, endMs);
      return {
        select: (matchers, hints) => {
          selected.push(matchers.map(({ value }) => value).join());
          return querier.select(matchers, hints);
        },
        labelNames: (matchers, limit) => querier.labelNames(matchers, limit),
        labelValues: (name, matchers, limit) => querier.labelValues(name, matchers, limit),
        close: () => querier.close(),
      };
    },
  };
}

const RANGE = { startMs: 0, endMs: 10_000, stepMs: 1000 };
const SAMPLES = 110;

function run(query: string, options: EngineOptions = {}) {
  const selected: string[] = [];
  const result = createEngine(options).range(noting(selected), query, RANGE);
  return { selected: selected.join(' '), ...result };
}

function peak(query: string, options?: EngineOptions): number {
  return run(query, options).stats.samples.peakSamples;
}

/** `a` is needed by the first aggregation and by the addition at the end; between them much is held. */
const IDLE = 'max(a) + (sum(b * c) + sum(a + 1))';

describe('a value that is kept', () => {
  it('is read once', () => {
    expect(run(IDLE).selected).toBe('a b c');
    expect(run(IDLE, { sharesOperators: false }).selected).toBe('a b c a');
  });

  it('is in the account once', () => {
    expect(peak('a + a')).toBe(SAMPLES);
    expect(peak('a + a', { sharesOperators: false })).toBe(2 * SAMPLES);
    expect(peak('a + (a + a)')).toBe(2 * SAMPLES);
    expect(peak('a + (a + a)', { sharesOperators: false })).toBe(3 * SAMPLES);
    expect(peak(IDLE)).toBe(3 * SAMPLES + 11);
    expect(peak(IDLE, { sharesOperators: false })).toBe(2 * SAMPLES + 11);
  });

  it('gives way where a limit would be reached, and is read again', () => {
    const maxSamples = 2 * SAMPLES + 20;
    const { selected, value, stats } = run(IDLE, { maxSamples });
    expect(selected).toBe('a b c a');
    expect(value).toEqual(run(IDLE).value);
    expect(stats.samples.totalQueryableSamples).toBe(4 * SAMPLES);
    const bytes = run(IDLE, { sharesOperators: false }).stats.memory.peakBytes;
    expect(run(IDLE, { maxMemoryBytes: bytes }).selected).toBe('a b c a');
  });

  it('does not give way while it is used', () => {
    // The outermost addition holds `a` itself: to forget it would free nothing.
    const query = 'a + (sum(b * c) + on () group_right a)';
    const maxSamples = 3 * SAMPLES + 20;
    expect(run(query, { maxSamples }).selected).toBe('a b c');
    expect(() => run(query, { maxSamples: 3 * SAMPLES - 1 })).toThrow('too many samples');
  });
});

describe('aggregations of the same series', () => {
  const query = 'sum by (i) (a) / (count(b) + on () group_right max by (i) (a))';

  it('are fed by one pass', () => {
    expect(run(query).selected).toBe('a b');
    expect(run(query).stats.samples.totalQueryableSamples).toBe(3 * SAMPLES);
  });

  it('are fed one by one where all at once are too much', () => {
    const alone = run(query, { sharesOperators: false });
    const limited = run(query, { maxMemoryBytes: alone.stats.memory.peakBytes });
    // It was tried first.
    expect(limited.selected).toBe('a a b a');
    expect(limited.value).toEqual(alone.value);
    expect(limited.stats.samples).toEqual(alone.stats.samples);
  });
});
