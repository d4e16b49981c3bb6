import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExplainData, PlanOperator } from '#contract';
import type { HttpServer } from '#http';
import { labelsFromObject } from '#model';
import { createTestServer } from './suites/api/server.ts';
import { openTestStorage } from './suites/api/storage.ts';

const NOW_MS = 1_700_000_000_000;
const PATH = '/api/v1/query_explain';
const RANGE = { start: '1699999700', end: '1700000000', step: '60' };

interface Answer {
  readonly status: string;
  readonly data: ExplainData;
  readonly errorType?: string;
  readonly error?: string;
}

describe('/api/v1/query_explain', () => {
  let server: HttpServer;

  beforeAll(async () => {
    const { appendable, queryable } = openTestStorage();
    const appender = appendable.appender();
    for (let i = 0; i < 20; i++) {
      const labels = labelsFromObject({ __name__: 'm', i: String(i) });
      const ref = appender.seriesRef(labels);
      for (let ageMs = 300_000; ageMs >= 0; ageMs -= 60_000) {
        appender.append(ref, NOW_MS - ageMs, i);
      }
    }
    appender.commit();
    server = await createTestServer({ queryable: () => queryable, nowMs: () => NOW_MS });
  });
  afterAll(async () => {
    await server.close();
  });

  async function explain(params: Readonly<Record<string, string>>, method: 'GET' | 'POST' = 'GET') {
    const form = new URLSearchParams(params).toString();
    const answer = await server.app.inject(
      method === 'GET'
        ? { url: `${PATH}?${form}` }
        : {
            method,
            url: PATH,
            payload: form,
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          },
    );
    return { ...answer.json<Answer>(), code: answer.statusCode };
  }

  it.each(['GET', 'POST'] as const)('shows the plan of a range query, by %s', async (method) => {
    const { data } = await explain({ query: 'sum by (i) (rate(m{i!="3"}[2m]))', ...RANGE }, method);
    expect(data).toEqual({
      start: 1_699_999_700,
      end: 1_700_000_000,
      step: 60,
      plan: {
        id: 1,
        operator: 'aggregation',
        name: 'sum by (i)',
        text: 'sum by (i) (rate(m{i!="3"}[2m]))',
        position: { start: 0, end: 32 },
        type: 'vector',
        start: 1_699_999_700,
        step: 60,
        steps: 6,
        folded: true,
        inputs: [
          {
            id: 2,
            operator: 'rangeFunction',
            name: 'rate',
            text: 'rate(m{i!="3"}[2m])',
            position: { start: 12, end: 31 },
            type: 'vector',
            start: 1_699_999_700,
            step: 60,
            steps: 6,
            streamed: true,
            inputs: [
              {
                id: 3,
                operator: 'windows',
                name: 'm{i!="3"}[2m]',
                text: 'm{i!="3"}[2m]',
                position: { start: 17, end: 30 },
                type: 'matrix',
                start: 1_699_999_700,
                step: 60,
                steps: 6,
                matchers: [
                  { name: 'i', type: '!=', value: '3' },
                  { name: '__name__', type: '=', value: 'm' },
                ],
                reads: { start: 1_699_999_580.001, end: 1_700_000_000 },
                range: 120,
                inputs: [],
              },
            ],
          },
        ],
      },
    });
  });

  it('takes what an instant query takes where there is no range', async () => {
    const { data } = await explain({ query: 'm * (2 * 3)', time: '1700000000' });
    expect(data).toMatchObject({ start: 1_700_000_000, end: 1_700_000_000, step: 0 });
    expect(data.plan.inputs[1]).toMatchObject({
      operator: 'constant',
      constant: '6',
      text: '2 * 3',
    });
  });

  it('tells with analyze=true what each operator did', async () => {
    const query = 'sum(m) / count(m)';
    const { data } = await explain({ query, analyze: 'true', ...RANGE });
    const all = operatorsOf(data.plan);
    const done = all.map(({ id, name, reused, analysis }) => ({
      id,
      name,
      ...(reused === true
        ? { reused }
        : {
            series: analysis?.resultSeries,
            samples: analysis?.resultSamples,
            read: [analysis?.seriesRead, analysis?.samplesRead],
          }),
    }));
    expect(done).toEqual([
      { id: 1, name: '/', series: 1, samples: 6, read: [0, 0] },
      { id: 2, name: 'sum', series: 1, samples: 6, read: [0, 0] },
      { id: 3, name: 'm', series: 20, samples: 120, read: [20, 120] },
      { id: 4, name: 'count', series: 1, samples: 6, read: [0, 0] },
      { id: 3, name: 'm', reused: true },
    ]);
    // Each occurrence counts, as in Prometheus.
    expect(data.stats?.samples?.totalQueryableSamples).toBe(240);
    const own = all.reduce((sum, { analysis }) => sum + (analysis?.ownTime ?? 0), 0);
    expect(data.plan.analysis?.totalTime).toBeCloseTo(own, 9);
    expect(data.plan.analysis?.peakSamples).toBeGreaterThan(0);
  });

  it.each([
    ['a text that is no PromQL', { query: 'sum(' }, 400, 'bad_data'],
    ['no step', { query: 'm', ...RANGE, step: '0' }, 400, 'bad_data'],
    ['a range vector over a range', { query: 'm[5m]', ...RANGE }, 400, 'bad_data'],
    ['a query that fails', { query: 'm + on() m', analyze: 'true' }, 422, 'execution'],
    ['one that would fail', { query: 'm + on() m' }, 200, undefined],
    ['a long one', { query: `0${' + vector(1)'.repeat(900)}`, analyze: 'true' }, 200, undefined],
  ])('answers %s as a query is answered', async (_, params, expected, type) => {
    const { code, errorType } = await explain(params);
    expect([code, errorType]).toEqual([expected, type]);
  });

  it('refuses what nobody could look at', async () => {
    const wide = `label_join(m, "a", "b"${', "i"'.repeat(20_000)})`;
    const { code, error } = await explain({ query: wide }, 'POST');
    expect(code).toBe(400);
    expect(error).toContain('more than 10000 operators');
  });
});

function operatorsOf(operator: PlanOperator): PlanOperator[] {
  return [operator, ...operator.inputs.flatMap(operatorsOf)];
}
