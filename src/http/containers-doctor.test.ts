import fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import type { ScrapeDoctorData } from '#contract';
import { apiErrorBody } from './api.ts';
import { addScrapeDoctor } from './containers-doctor.ts';
import type { ExamineScrape } from './parts.ts';

const report: ScrapeDoctorData = { name: 'web', steps: [], advice: 'All is well.' };
let app = fastify();

afterEach(async () => await app.close());

async function ask(url: string, examine: ExamineScrape): Promise<[number, unknown]> {
  app = fastify({ routerOptions: { querystringParser: () => ({}) } });
  addScrapeDoctor(app, examine);
  app.setErrorHandler(async (error, _request, reply) => {
    const { status, body } = apiErrorBody(error);
    return await reply.code(status).send(Buffer.from(body));
  });
  const response = await app.inject(url);
  return [response.statusCode, JSON.parse(response.body)];
}

describe('/api/v1/containers/doctor', () => {
  it('answers with the report', async () => {
    const asked: string[] = [];
    const answer = await ask('/api/v1/containers/doctor?name=web~1', (name) => {
      asked.push(name);
      return Promise.resolve(report);
    });
    expect(answer).toEqual([200, { status: 'success', data: report }]);
    expect(asked).toEqual(['web~1']);
  });

  const busy = Object.assign(new Error('try again'), { code: 'busy' });
  it.each([
    ['', report, [400, 'bad_data']],
    ['?name=nobody', undefined, [404, 'not_found']],
    ['?name=one-too-many', busy, [500, 'unavailable']],
  ] as const)('refuses %j', async (query, answer, [status, errorType]) => {
    const [code, body] = await ask(`/api/v1/containers/doctor${query}`, async () => {
      await Promise.resolve();
      if (answer instanceof Error) throw answer;
      return answer;
    });
    expect([code, body]).toMatchObject([status, { status: 'error', errorType }]);
  });
});
