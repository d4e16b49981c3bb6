import { labelsFromObject, STALE_NAN } from '#model';
import { createMemoryStorage, type MemoryStorage, type Queryable } from '#storage';
import { describe, expect, it } from 'vitest';
import { createEngine } from './engine.ts';
import { QueryError, type QueryResult } from './result.ts';

function storageOf(series: Readonly<Record<string, readonly number[]>>): MemoryStorage {
  const storage = createMemoryStorage();
  for (const [name, values] of Object.entries(series)) {
    storage.store(
      labelsFromObject({ __name__: name, job: 'a' }),
      values.map((value, i) => ({ timestampMs: i * 10_000, value })),
    );
  }
  return storage;
}

function errorOf(run: () => unknown): QueryError {
  try {
    run();
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
  throw new Error('the query did not fail');
}

const storage = storageOf({ m: [1, 2, 3, 4, 5, 6], lat_total: [1, 2, 3] });

describe('an instant query', () => {
  const engine = createEngine();

  it('gives a vector with the labels of the series', () => {
    const { value } = engine.instant(storage, 'm', { timeMs: 20_000 });
    expect(value).toEqual({
      kind: 'vector',
      timestampMs: 20_000,
      samples: [{ labels: ['__name__', 'm', 'job', 'a'], value: 3 }],
    });
  });

  it('gives scalars and strings at its time', () => {
    const scalar = engine.instant(storage, '1 + 2', { timeMs: 5 });
    expect(scalar.value).toEqual({ kind: 'scalar', timestampMs: 5, value: 3 });
    const string = engine.instant(storage, '"x"', { timeMs: 5 });
    expect(string.value).toEqual({ kind: 'string', timestampMs: 5, value: 'x' });
  });

  it('gives the samples of a range selector as they are', () => {
    const { value } = engine.instant(storage, 'm[20s]', { timeMs: 25_000 });
    if (value.kind !== 'matrix') throw new Error(value.kind);
    expect([...value.series[0].timestampsMs]).toEqual([10_000, 20_000]);
    expect([...value.series[0].values]).toEqual([2, 3]);
  });

  it('leaves stale markers out of ranges', () => {
    const stale = storageOf({ s: [1] });
    const labels = labelsFromObject({ __name__: 's', job: 'a' });
    stale.store(labels, [{ timestampMs: 10_000, value: STALE_NAN }]);
    stale.store(labels, [{ timestampMs: 20_000, value: 3 }]);
    const { value } = engine.instant(stale, 's[1m]', { timeMs: 20_000 });
    if (value.kind !== 'matrix') throw new Error(value.kind);
    expect([...value.series[0].values]).toEqual([1, 3]);
  });

  it('refuses what is not PromQL, with the position', () => {
    const error = errorOf(() => engine.instant(storage, 'm +', { timeMs: 0 }));
    expect(error.code).toBe('bad_data');
    expect(error.message).toMatch(/^1:4: parse error: /);
  });

  it('tells failures of execution apart', () => {
    const query = 'double_exponential_smoothing(m[1m], 2, 0.5)';
    const parser = { experimentalFunctions: true };
    const error = errorOf(() =>
      createEngine({ parser }).instant(storage, query, { timeMs: 50_000 }),
    );
    expect(error.code).toBe('execution');
    expect(error.message).toBe('invalid smoothing factor. Expected: 0 < sf < 1, got: 2.000000');
  });
});

describe('a group of very many series', () => {
  it('is ranked whole', () => {
    const many = createMemoryStorage();
    const count = 130_000;
    for (let i = 0; i < count; i++) {
      many.store(['__name__', 'm', 'i', String(i)], [{ timestampMs: 0, value: i }]);
    }
    const { value } = createEngine().instant(many, `topk(${count}, m)`, { timeMs: 0 });
    expect(value.kind === 'vector' && value.samples.length).toBe(count);
  });
});

describe('a range query', () => {
  const engine = createEngine();

  it('gives a matrix sorted by labels, without rows for gaps', () => {
    const two = storageOf({ b: [1], a: [1, 2] });
    const options = { startMs: 0, endMs: 20_000, stepMs: 10_000, lookbackDeltaMs: 10_000 };
    const { value } = engine.range(two, '{job="a"}', options);
    if (value.kind !== 'matrix') throw new Error(value.kind);
    expect(value.series.map(({ labels }) => labels[1])).toEqual(['a', 'b']);
    expect(value.series.map(({ timestampsMs }) => Array.from(timestampsMs))).toEqual([
      [0, 10_000],
      [0],
    ]);
  });

  it('gives nothing where the end is before the start', () => {
    const { value } = engine.range(storage, 'm', { startMs: 10, endMs: 0, stepMs: 1 });
    expect(value).toEqual({ kind: 'matrix', series: [] });
  });

  it.each([
    [
      'm[1m]',
      'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    ],
    ['"x"', 'invalid expression type "string" for range query, must be Scalar or instant Vector'],
  ])('refuses %s', (query, message) => {
    const error = errorOf(() => engine.range(storage, query, { startMs: 0, endMs: 10, stepMs: 1 }));
    expect([error.code, error.message]).toEqual(['bad_data', message]);
  });

  it('refuses a step that leads nowhere', () => {
    const error = errorOf(() => engine.range(storage, 'm', { startMs: 0, endMs: 1, stepMs: 0 }));
    expect(error.code).toBe('bad_data');
  });
});

describe('limits', () => {
  const range = { startMs: 0, endMs: 50_000, stepMs: 10_000 };

  it('stops a query that would hold too many samples', () => {
    expect(() => createEngine({ maxSamples: 6 }).range(storage, 'm', range)).not.toThrow();
    const error = errorOf(() => createEngine({ maxSamples: 5 }).range(storage, 'm', range));
    expect([error.code, error.message]).toEqual([
      'execution',
      'query processing would load too many samples into memory in query execution',
    ]);
  });

  it('counts the samples of a window too', () => {
    const query = 'sum_over_time(m[1m])';
    const options = { timeMs: 50_000 };
    expect(() => createEngine({ maxSamples: 6 }).instant(storage, query, options)).not.toThrow();
    expect(() => createEngine({ maxSamples: 5 }).instant(storage, query, options)).toThrow(
      /too many samples/,
    );
  });

  it('stops a query whose gaps alone would fill the memory', () => {
    const engine = createEngine({ maxMemoryBytes: 20_000 });
    const long = { startMs: 0, endMs: 10_000_000, stepMs: 1000 };
    const message = /would take more than 20000 bytes of memory/;
    expect(errorOf(() => engine.range(storage, 'm', long))).toMatchObject({
      code: 'execution',
      limit: 'memory',
      message: expect.stringMatching(message) as string,
    });
    const query = 'count_over_time(m[10000s:1s])';
    expect(errorOf(() => engine.instant(storage, query, { timeMs: 10_000_000 })).message).toMatch(
      message,
    );
  });

  it('stops a query that takes too long', () => {
    let nowMs = 0;
    const engine = createEngine({ timeoutMs: 100, nowMs: () => (nowMs += 30) });
    const error = errorOf(() => engine.instant(storage, 'm + m + m + m', { timeMs: 0 }));
    expect([error.code, error.message]).toEqual([
      'timeout',
      'query timed out in expression evaluation',
    ]);
  });

  it('stops a query that nobody waits for', () => {
    const error = errorOf(() =>
      createEngine().instant(storage, 'm', { timeMs: 0, isCancelled: () => true }),
    );
    expect([error.code, error.message]).toEqual([
      'canceled',
      'query was canceled in expression evaluation',
    ]);
  });

  it('closes the storage whether the query succeeds or not', () => {
    let open = 0;
    const counted: Queryable = {
      querier(startMs, endMs) {
        open++;
        const querier = storage.querier(startMs, endMs);
        return {
          select: (matchers, hints) => querier.select(matchers, hints),
          labelNames: (matchers) => querier.labelNames(matchers),
          labelValues: (name, matchers) => querier.labelValues(name, matchers),
          close: () => {
            open--;
          },
        };
      },
    };
    const engine = createEngine({ maxSamples: 1 });
    engine.instant(counted, 'm', { timeMs: 0 });
    expect(() => engine.range(counted, 'm', range)).toThrow(QueryError);
    expect(open).toBe(0);
  });
});

describe('what a query tells beside its result', () => {
  const engine = createEngine();

  it('says each thing once, with its place in the text', () => {
    const query = 'rate(m[1m]) +\n  rate(m[1m])';
    const result = engine.range(storage, query, { startMs: 20_000, endMs: 50_000, stepMs: 10_000 });
    expect(result.infos).toEqual([
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "m" (1:6)',
    ]);
    expect(result.warnings).toEqual([]);
  });

  it('sums up what it did to buckets that fall', () => {
    const buckets = createMemoryStorage();
    for (const [le, value] of [
      ['1', 5],
      ['2', 3],
      ['+Inf', 10],
    ] as const) {
      const labels = labelsFromObject({ __name__: 'b', le });
      buckets.store(labels, [{ timestampMs: 0, value }]);
    }
    const query = 'histogram_quantile(0.2, b)';
    const { infos } = engine.range(buckets, query, { startMs: 0, endMs: 60_000, stepMs: 30_000 });
    expect(infos).toEqual([
      'PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile), from buckets 2 to 2, with a max diff of 2, over 3 samples from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z (1:25)',
    ]);
  });

  it('passes on warnings of the storage', () => {
    const failing: Queryable = {
      querier(startMs, endMs) {
        const querier = storage.querier(startMs, endMs);
        return {
          ...querier,
          close: () => querier.close(),
          labelNames: (matchers) => querier.labelNames(matchers),
          labelValues: (name, matchers) => querier.labelValues(name, matchers),
          select: (matchers, hints) => {
            const set = querier.select(matchers, hints);
            return {
              count: set.count,
              labels: (i) => set.labels(i),
              read: (i, from, to, columns) => set.read(i, from, to, columns),
              warnings: ['block 3 cannot be read'],
            };
          },
        };
      },
    };
    const { warnings } = engine.instant(failing, 'm', { timeMs: 0 });
    expect(warnings).toEqual(['block 3 cannot be read']);
  });
});

function samplesOf({ stats }: QueryResult): readonly number[] {
  return (stats.samples.perStep ?? []).map(({ samples }) => samples);
}

describe('statistics', () => {
  const engine = createEngine();
  const options = { startMs: 0, endMs: 20_000, stepMs: 10_000, perStepStats: true };
  const peakBytes = (query: string): number =>
    engine.range(storage, query, options).stats.memory.peakBytes;

  it.each([
    ['m', [1, 1, 1]],
    ['sum_over_time(m[20s])', [1, 2, 2]],
    ['m @ 10', [1, 1, 1]],
    ['1 + 1', [0, 0, 0]],
    ['sum_over_time(m[20s:10s])', [1, 2, 2]],
  ])('counts the samples that %s looks at', (query, expected) => {
    const result = engine.range(storage, query, options);
    expect(samplesOf(result)).toEqual(expected);
    expect(result.stats.samples.totalQueryableSamples).toBe(expected.reduce((a, b) => a + b, 0));
  });

  it('leaves steps out unless asked', () => {
    const { stats } = engine.instant(storage, 'm', { timeMs: 0 });
    expect(stats.samples).toEqual({ totalQueryableSamples: 1, peakSamples: 1 });
  });

  it('says how much memory was held at once', () => {
    expect(peakBytes('m')).toBeGreaterThan(600);
    expect(peakBytes('m')).toBeLessThan(1000);
    expect(peakBytes('m + m offset 10s')).toBeGreaterThan(3 * peakBytes('m') - 100);
    expect(peakBytes('1')).toBe(3 * 8);
  });
});
