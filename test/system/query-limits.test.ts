import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askApi, instantQuery, untilQuery } from './api.ts';
import { type NarthexProcess, scrapesItself, startNarthex } from './narthex.ts';

/** Requests that may wait for each that may run (src/main/settings.ts). */
const QUEUE_LENGTH = 50;
const SLOW = 'stddev_over_time((vector(1) * time() % 7)[1m:1ms])';

describe('the limits of queries by flags', () => {
  let server: NarthexProcess;

  beforeAll(async () => {
    server = await startNarthex({
      config: scrapesItself,
      flags: [
        '--query.max-samples=500000',
        '--query.max-concurrency=1',
        '--query.lookback-delta=7s',
        '--query.timeout=8s',
      ],
    });
    await untilQuery(server.url, 'up', (result) => result.length === 1);
  });
  afterAll(async () => await server.stop());

  it('--query.max-samples', async () => {
    const answer = await askApi(server.url, 'query', {
      query: 'sum_over_time(vector(1)[600s:1ms])',
    });
    expect(answer).toMatchObject({
      http: 422,
      errorType: 'execution',
      error: 'query processing would load too many samples into memory in query execution',
    });
  });

  it('--query.lookback-delta', async () => {
    const [last] = await instantQuery(server.url, 'max_over_time(timestamp(up)[1m:1ms])');
    const seconds = Number(last?.value?.[1]);
    const visible = async (atSeconds: number): Promise<unknown> => {
      const params = { query: 'up', time: String(atSeconds), timeout: '5s' };
      const answer = await askApi(server.url, 'query', params);
      return (answer.data as { result: unknown[] }).result.length;
    };
    const [first] = await instantQuery(server.url, 'min_over_time(timestamp(up)[1m:1ms])');
    expect(await visible(Number(first?.value?.[1]) - 1)).toBe(0);
    expect(await visible(seconds + 6.9)).toBe(1);
    expect(await visible(seconds + 3600)).toBe(0);
  });

  it('--query.timeout, which a request can only shorten', async () => {
    const params = { query: SLOW, start: '0', end: '300', step: '0.1', timeout: '50ms' };
    const answer = await askApi(server.url, 'query_range', params);
    expect(answer).toMatchObject({ http: 503, errorType: 'timeout' });
  });

  it('--query.max-concurrency, beyond which queries wait, but not without end', async () => {
    const params = { query: SLOW, start: '0', end: '50', step: '1' };
    const answers = await Promise.all(
      Array.from({ length: QUEUE_LENGTH + 100 }, () => askApi(server.url, 'query_range', params)),
    );
    const refused = answers.filter(({ errorType }) => errorType === 'unavailable');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(100);
    for (const answer of refused)
      expect(answer).toMatchObject({ http: 503, errorType: 'unavailable' });
    const page = await (await fetch(`${server.url}/metrics`)).text();
    expect(page).toContain(`narthex_queries_refused_total{limit="queue_full"} ${refused.length}`);
    expect(page).toContain('prometheus_engine_queries_concurrent_max 1');
  });
});
