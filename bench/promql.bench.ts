import { createEngine, type QueryValue } from '#promql';
import { createMemoryStorage, type MemorySample, type MemoryStorage } from '#storage';
import type { Benchmark, Measurement } from './run.ts';

const QUERIES: Readonly<Record<string, string>> = {
  select: 'req_total',
  'sum-rate': 'sum by (job) (rate(req_total[5m]))',
  'sum-over-time': 'sum_over_time(req_total[5m])',
  match: 'rate(req_total[5m]) / on(instance) group_left req_total',
  topk: 'topk(5, rate(req_total[5m]))',
  subquery: 'max_over_time(rate(req_total[5m])[30m:1m])',
  compare: 'count by (code) (req_total > 5)',
  // Parts that are equal.
  share: 'sum by (job) (rate(req_total[5m])) / ignoring(job) group_left sum(rate(req_total[5m]))',
  ratio: 'req_total / on() group_left avg(req_total)',
};

const SCRAPE_MS = 15_000;

function filledStorage(seriesCount: number, sampleCount: number): MemoryStorage {
  const storage = createMemoryStorage();
  for (let i = 0; i < seriesCount; i++) {
    const samples: MemorySample[] = [];
    let value = 0;
    for (let k = 0; k < sampleCount; k++) {
      value += (i * 7 + k) % 13;
      samples.push({ timestampMs: k * SCRAPE_MS, value });
    }
    const labels = ['__name__', 'req_total', 'code', String(i % 5), 'instance', `i${i}`];
    storage.store([...labels, 'job', `j${i % 10}`], samples);
  }
  return storage;
}

function sumOf(value: QueryValue): number {
  if (value.kind !== 'matrix') return NaN;
  let sum = 0;
  for (const { values } of value.series) for (const one of values) sum += one;
  return sum;
}

/** Milliseconds of CPU for a range query over everything, a step for every two scrapes. */
export const run: Benchmark['run'] = (size) => {
  const [seriesCount, sampleCount] = size === 'small' ? [20, 100] : [5000, 480];
  const storage = filledStorage(seriesCount, sampleCount);
  const engine = createEngine();
  const endMs = sampleCount * SCRAPE_MS;
  const options = { startMs: 600_000, endMs, stepMs: 2 * SCRAPE_MS };
  const measurements: Measurement[] = [];
  for (const [name, query] of Object.entries(QUERIES)) {
    engine.range(storage, query, options);
    const startedAt = process.cpuUsage().user;
    const { value } = engine.range(storage, query, options);
    const milliseconds = (process.cpuUsage().user - startedAt) / 1000;
    measurements.push({
      name: `promql/${name}`,
      value: Math.round(milliseconds),
      unit: 'ms',
      hash: sumOf(value).toPrecision(9),
    });
  }
  return Promise.resolve(measurements);
};
