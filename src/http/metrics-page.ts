import type { FastifyInstance } from 'fastify';
import type { ServerParts } from './parts.ts';
import { writePage } from './query/page.ts';
import { answerWith } from './run-query.ts';

/** `/metrics`: what this process measures of itself. */
export function addMetricsPage(app: FastifyInstance, parts: ServerParts): void {
  app.get('/metrics', async (request, reply) => {
    const { contentType, body } = writePage(parts.registry.gather(), request.headers.accept ?? '');
    const headers = { 'content-type': contentType };
    return await answerWith(request, reply, { status: 200, headers, body });
  });
}
