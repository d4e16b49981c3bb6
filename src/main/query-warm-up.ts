import { answerQuery } from '#http';
import type { QueryThreadParts } from '#http';
import { labelsFromObject } from '#model';
import { createMemoryStorage } from '#storage';

/**
 * Asks itself once, over a series of its own: code is loaded and compiled when it first runs, for which no client
 * should wait. Nobody is told of it.
 */
export function warmUp(parts: QueryThreadParts): void {
  const { engine, parser, cardinality, lookbackDeltaMs, clockMs, perStepStats } = parts;
  const own = { engine, parser, cardinality, lookbackDeltaMs, clockMs, perStepStats };
  const nowMs = clockMs();
  const storage = createMemoryStorage();
  storage.store(labelsFromObject({ __name__: 'up' }), [{ timestampMs: nowMs, value: 1 }]);
  const request = {
    endpoint: 'query',
    params: [['query', 'count(up)']],
    nowMs,
    deadlineMs: 0,
    gzip: false,
  } as const;
  answerQuery({ ...own, queryable: () => storage }, request, () => false);
}
