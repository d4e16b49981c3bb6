import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { liveContainerFamilies, LiveContainers } from './containers-live.ts';
import { paramsOf } from './form.ts';
import { openEventStream } from './live/open-stream.ts';
import type { ContainerSource, ServerParts } from './parts.ts';
import { ApiError, invalidParameter } from './query/api-error.ts';
import { encodeSuccess } from './query/envelope.ts';
import { Params } from './query/params.ts';
import { answerWith } from './run-query.ts';

const LINES_DEFAULT = 100;
/** Lines of a log that one answer has at most; the engine's client bounds their bytes. */
const LINES_MAX = 5000;

/** Logs that are read at the same time: each may be some megabytes, and a slow engine keeps them waiting. */
const LOG_READS_MAX = 8;

/** `/api/v1/containers`, the same as a stream of events, and the last lines of a container's log. */
export function addContainers(
  app: FastifyInstance,
  parts: ServerParts,
  source: ContainerSource,
): void {
  app.get(
    '/api/v1/containers',
    async (request, reply) => await answerData(request, reply, source.data()),
  );
  addLive(app, parts, source);
  addLogs(app, source);
}

function addLive(app: FastifyInstance, parts: ServerParts, source: ContainerSource): void {
  const live = new LiveContainers({ clock: parts.clock, source });
  const forget = parts.registry.collect(() => liveContainerFamilies(live));
  app.addHook('preClose', async () => {
    live.close();
    forget();
    await Promise.resolve();
  });
  app.route({
    method: 'GET',
    url: '/api/v1/containers/live',
    exposeHeadRoute: false,
    handler: (_request, reply) => {
      const visit = live.enter();
      reply.raw.once('close', () => visit.leave());
      visit.begin(openEventStream(reply));
    },
  });
}

function addLogs(app: FastifyInstance, source: ContainerSource): void {
  let reads = 0;
  app.get('/api/v1/containers/logs', async (request, reply) => {
    const params = new Params(paramsOf(request));
    const name = params.first('name');
    if (name === '') throw invalidParameter('name', 'it names a container');
    const tail = tailOf(params);
    if (reads >= LOG_READS_MAX) {
      throw new ApiError('unavailable', 'too many logs are being read, try again later');
    }
    reads++;
    try {
      const data = await source.logs(name, tail);
      if (data === undefined) throw new ApiError('not_found', `there is no container ${name}`);
      return await answerData(request, reply, data);
    } finally {
      reads--;
    }
  });
}

/** How many lines are asked for. Throws an ApiError. */
function tailOf(params: Params): number {
  const text = params.first('tail');
  if (text === '') return LINES_DEFAULT;
  const tail = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (tail === 0) throw invalidParameter('tail', 'it is a number of lines, 1 or more');
  return Math.min(tail, LINES_MAX);
}

async function answerData(
  request: FastifyRequest,
  reply: FastifyReply,
  data: unknown,
): Promise<FastifyReply> {
  const json = JSON.stringify(data);
  const body = encodeSuccess((out) => out.write(json));
  const headers = { 'content-type': 'application/json' };
  return await answerWith(request, reply, { status: 200, headers, body });
}
