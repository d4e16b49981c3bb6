import { labelsFromObject } from '#model';
import { createMemoryStorage, type MemoryStorage } from '#storage';
import { describe, expect, it } from 'vitest';
import { createEngine } from './engine.ts';
import { QueryError } from './result.ts';

const SERIES = 100;
const SAMPLES = 50;
const STEP_MS = 10_000;

function wideStorage(): MemoryStorage {
  const storage = createMemoryStorage();
  for (let i = 0; i < SERIES; i++) {
    storage.store(
      labelsFromObject({ __name__: 'wide', id: String(i), job: `j${i % 3}`, le: String(i % 10) }),
      Array.from({ length: SAMPLES }, (_, k) => ({ timestampMs: k * STEP_MS, value: i + k / 7 })),
    );
  }
  return storage;
}

const storage = wideStorage();
const range = { startMs: 0, endMs: (SAMPLES - 1) * STEP_MS, stepMs: STEP_MS };

function failureOf(query: string, maxMemoryBytes: number): unknown {
  try {
    createEngine({
      maxMemoryBytes,
      parser: { experimentalFunctions: true },
    }).range(storage, query, range);
  } catch (error) {
    if (error instanceof QueryError) return { code: error.code, limit: error.limit };
    throw error;
  }
  return undefined;
}

function nested(times: number, before: string, inner: string, after: string): string {
  return before.repeat(times) + inner + after.repeat(times);
}

const TENFOLD = '$1'.repeat(10);
const JOINED = ',"id"'.repeat(10);

describe('the memory of a query is bounded', () => {
  it.each([
    ['rows', 'wide'],
    ['rows of an operator', 'wide + 1'],
    ['rows of both sides', 'wide + wide'],
    ['rows of a set', 'wide and wide'],
    ['rows of windows', 'rate(wide[1m])'],
    ['groups', 'sum by (id) (wide)'],
    ['groups of quantiles', 'quantile by (id) (0.5, wide)'],
    ['the best', 'topk(1e9, wide)'],
    ['some', 'limitk(1e9, wide)'],
    ['values as labels', 'count_values("v", wide)'],
    ['buckets', 'histogram_quantile(0.5, wide)'],
    ['functions of floats', 'clamp(wide, 0, 1)'],
  ])('%s', (_, query) => {
    expect(failureOf(query, 100_000)).toEqual({ code: 'execution', limit: 'memory' });
    expect(failureOf(query, 30_000_000)).toBeUndefined();
  });

  it.each([
    ['label_join', nested(12, 'label_join(', 'wide', `,"id",""${JOINED})`)],
    ['label_replace', nested(12, 'label_replace(', 'wide', `,"id","${TENFOLD}","id","(.*)")`)],
    ['a template', `label_replace(wide,"id","${'$1'.repeat(100_000)}","job","(.*)")`],
    ['a subquery', 'sum_over_time(wide[1y:1ms])'],
    ['a subquery of one number', 'sum_over_time(vector(1)[1y:1ms])'],
  ])('%s that grows is stopped before it is made', (_, query) => {
    const failure = { code: 'execution', limit: 'memory' };
    expect(failureOf(query, 10_000_000)).toEqual(failure);
  });

  it('aggregating as series come needs no memory for them', () => {
    expect(failureOf('sum(rate(wide[1m]))', 10_000)).toBeUndefined();
    expect(failureOf('sum by (job) (wide)', 30_000)).toBeUndefined();
  });
});

/** How often a query asks whether it is to go on. */
function questionsOf(query: string): number {
  let questions = 0;
  const isCancelled = (): boolean => {
    questions++;
    return false;
  };
  const options = { ...range, stepMs: 100, isCancelled };
  createEngine().range(storage, query, options);
  return questions;
}

describe('a query can be stopped while it', () => {
  const steps = 4901;

  // Ten thousand steps of a series or so may go by between two questions.
  it.each([
    ['matches vectors', 'wide * on (id) group_left () (wide)', 1],
    ['keeps some of a set', 'wide and wide', 1],
    ['counts values', 'count_values("v", wide < 3)', 0.01],
    ['finds the best', 'topk(100, wide)', 1],
    ['finds quantiles', 'quantile(0.5, wide)', 1],
    ['computes quantiles of buckets', 'histogram_quantile(0.5, wide)', 1],
    ['negates', '-wide', 1],
  ])('%s', (_, query, share) => {
    const reading = questionsOf('wide');
    const turns = SERIES * steps * share;
    expect(questionsOf(query) - reading).toBeGreaterThan(turns / 10_000 / 4);
  });

  it('asks a regular expression about many values', () => {
    expect(questionsOf('count({id=~"(1|2|3.)+x"})')).toBeLessThan(SERIES / 5);
    const many = createMemoryStorage();
    for (let i = 0; i < 20_000; i++) {
      many.store(labelsFromObject({ id: String(i) }), [{ timestampMs: 0, value: 1 }]);
    }
    let questions = 0;
    const isCancelled = (): boolean => ++questions > 10;
    const engine = createEngine();
    expect(() => engine.instant(many, '{id=~"(1|2|3.)+x"}', { timeMs: 0, isCancelled })).toThrow(
      'query was canceled',
    );
  });
});
