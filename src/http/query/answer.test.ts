import { expect, it } from 'vitest';
import { createEngine } from '#promql';
import { createMemoryStorage } from '#storage';
import { answerQuery } from './answer.ts';

it.each([
  ['its time is up', 2000, 503, 'timeout'],
  ['nobody waits', 1500, 499, 'canceled'],
])('a query that is stopped because %s says so', (_, nowMs, status, errorType) => {
  let asked = 0;
  const parts = {
    engine: createEngine(),
    parser: {},
    queryable: () => createMemoryStorage(),
    cardinality: () => {
      throw new Error('not asked for');
    },
    lookbackDeltaMs: 300_000,
    clockMs: () => (asked++ === 0 ? 1000 : nowMs),
    perStepStats: false,
  };
  const request = {
    endpoint: 'series' as const,
    params: [['match[]', 'up']] as const,
    nowMs: 1000,
    deadlineMs: 2000,
    gzip: false,
  };
  const answer = answerQuery(parts, request, () => true);
  expect(answer.status).toBe(status);
  expect(Buffer.from(answer.body).toString()).toContain(`"errorType":"${errorType}"`);
});
