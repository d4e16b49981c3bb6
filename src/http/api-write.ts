import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { StorageError } from '#storage';
import type { ServerOptions, ServerParts } from './parts.ts';
import { ApiError } from './query/api-error.ts';
import { encodeSuccess } from './query/envelope.ts';
import { matcherSets, Params, TIME_MS_MAX, TIME_MS_MIN, timeParam } from './query/params.ts';
import { paramsOf } from './form.ts';
import { FOREIGN_PAGE, isFromForeignPage } from './foreign-page.ts';
import { answerWith } from './run-query.ts';

const PREFIX = '/api/v1';

/** What one remote-write request may have, compressed, in bytes. */
const WRITE_BYTES_MAX = 64 << 20;

/** The paths below /api/v1 that change something. */
export function addApiWrites(
  app: FastifyInstance,
  parts: ServerParts,
  options: ServerOptions,
): void {
  addRemoteWrite(app, parts);
  addAdmin(app, parts, options);
}

function addRemoteWrite(app: FastifyInstance, parts: ServerParts): void {
  const { remoteWrite } = parts;
  app.post(`${PREFIX}/write`, { bodyLimit: WRITE_BYTES_MAX }, async (request, reply) => {
    if (remoteWrite === undefined) {
      return await sendText(
        reply,
        404,
        'remote write receiver needs to be enabled with --web.enable-remote-write-receiver',
      );
    }
    if (isFromForeignPage(request)) return await sendText(reply, 403, FOREIGN_PAGE);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const answer = remoteWrite(body, headerSource(request));
    reply.headers(answer.headers ?? {});
    return await sendText(reply, answer.status, answer.body);
  });
}

function headerSource(request: FastifyRequest): (name: string) => string | undefined {
  return (name) => {
    const value = request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

export async function sendText(
  reply: FastifyReply,
  status: number,
  text: string,
): Promise<FastifyReply> {
  return await reply.code(status).type('text/plain; charset=utf-8').send(text);
}

function addAdmin(app: FastifyInstance, parts: ServerParts, options: ServerOptions): void {
  const { admin } = parts;
  const route = (name: string, change: (params: Params) => Promise<unknown>): void => {
    app.route({
      method: ['POST', 'PUT'],
      url: `${PREFIX}/admin/tsdb/${name}`,
      handler: async (request, reply) => {
        if (!options.enableAdmin) throw new ApiError('unavailable', 'admin APIs disabled');
        if (isFromForeignPage(request)) return await sendText(reply, 403, FOREIGN_PAGE);
        const data = await asApiErrors(change(new Params(paramsOf(request))));
        if (data === undefined) return await reply.code(204).send();
        const body = encodeSuccess((out) => out.write(JSON.stringify(data)));
        const headers = { 'content-type': 'application/json' };
        return await answerWith(request, reply, { status: 200, headers, body });
      },
    });
  };
  route('snapshot', async (params) => {
    const skipHead = booleanParam(params, 'skip_head');
    return { name: await available(admin.snapshot, 'snapshot')(skipHead) };
  });
  route('clean_tombstones', async () => {
    await available(admin.cleanTombstones, 'clean_tombstones')();
  });
  route('delete_series', async (params) => {
    const startMs = timeParam(params, 'start', TIME_MS_MIN);
    const endMs = timeParam(params, 'end', TIME_MS_MAX);
    if (params.all('match[]').length === 0) {
      throw new ApiError('bad_data', 'no match[] parameter provided');
    }
    const remove = available(admin.deleteSeries, 'delete_series');
    for (const matchers of matcherSets(params)) await remove(matchers, startMs, endMs);
  });
}

function available<T>(change: T | undefined, name: string): T {
  if (change !== undefined) return change;
  throw new ApiError('unavailable', `${name} is not implemented by this storage`);
}

async function asApiErrors<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if (error instanceof StorageError && error.code === 'closed') {
      throw new ApiError('unavailable', 'TSDB not ready', { cause: error });
    }
    const message = error instanceof Error ? error.message : String(error);
    throw new ApiError('internal', message, { cause: error });
  }
}

/** Go's strconv.ParseBool; absent is false. */
function booleanParam(params: Params, name: string): boolean {
  const text = params.first(name);
  if (['', '0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  throw new ApiError(
    'bad_data',
    `invalid parameter "${name}": unable to parse boolean "${name}" argument`,
  );
}
