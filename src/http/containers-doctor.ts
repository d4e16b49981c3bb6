import type { FastifyInstance } from 'fastify';
import { paramsOf } from './form.ts';
import type { ExamineScrape } from './parts.ts';
import { ApiError, invalidParameter } from './query/api-error.ts';
import { encodeSuccess } from './query/envelope.ts';
import { Params } from './query/params.ts';
import { answerWith } from './run-query.ts';

/** `/api/v1/containers/doctor?name=`: why a container's own metrics are there, or not. */
export function addScrapeDoctor(app: FastifyInstance, examine: ExamineScrape): void {
  app.get('/api/v1/containers/doctor', async (request, reply) => {
    const name = new Params(paramsOf(request)).first('name');
    if (name === '') throw invalidParameter('name', 'it names a container');
    const report = await examineOrRefuse(examine, name);
    if (report === undefined) throw new ApiError('not_found', `there is no container ${name}`);
    const json = JSON.stringify(report);
    const body = encodeSuccess((out) => out.write(json));
    const headers = { 'content-type': 'application/json' };
    return await answerWith(request, reply, { status: 200, headers, body });
  });
}

async function examineOrRefuse(examine: ExamineScrape, name: string): ReturnType<ExamineScrape> {
  try {
    return await examine(name);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'busy') throw error;
    throw new ApiError('unavailable', (error as Error).message, { cause: error });
  }
}
