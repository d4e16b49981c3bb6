import type { FamilyMetric, MetricFamily } from '#model';
import type { CacheReport, QueryRunner } from '../query/request.ts';
import type { QueryCache } from './query-cache.ts';

/** Hands what the cache has to the thread that answers, and keeps what comes back. */
export function createCachingRunner(runner: QueryRunner, cache: QueryCache): QueryRunner {
  return {
    run: async (request, options) => {
      const visit = cache.visit(request);
      if (visit === undefined) return await runner.run(request, options);
      let report: CacheReport | undefined;
      try {
        const answer = await runner.run({ cache: visit.order, ...request }, options);
        report = answer.cache;
        return answer;
      } finally {
        cache.leave(visit, report);
      }
    },
  };
}

/** The cache as `/metrics` shows it. */
export function cacheMetrics(cache: QueryCache): readonly MetricFamily[] {
  const uses = Object.entries(cache.uses).map(([use, value]) => ({
    labels: [['result', use]] as const,
    value,
  }));
  const steps = [
    { labels: [['source', 'cache']] as const, value: cache.stepsReused },
    { labels: [['source', 'computed']] as const, value: cache.stepsComputed },
  ];
  return [
    {
      name: 'narthex_query_cache_requests_total',
      help: 'Range queries for which the cache was asked, by whether it had all of the steps, some, none, or cannot be used for the expression.',
      type: 'counter',
      metrics: uses,
    },
    {
      name: 'narthex_query_cache_steps_total',
      help: 'Steps of range queries for which the cache was asked, by where they came from.',
      type: 'counter',
      metrics: steps,
    },
    single('narthex_query_cache_bytes', 'Bytes that the range-query cache uses.', cache.usedBytes),
    single('narthex_query_cache_entries', 'Results in the range-query cache.', cache.entryCount),
    {
      ...single(
        'narthex_query_cache_evictions_total',
        'Results that left the range-query cache to make room.',
        cache.evictions,
      ),
      type: 'counter',
    },
  ];
}

function single(name: string, help: string, value: number): MetricFamily {
  const metrics: FamilyMetric[] = [{ labels: [], value }];
  return { name, help, type: 'gauge', metrics };
}
