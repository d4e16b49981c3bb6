import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Cancellation } from '#platform';
import type { ServerOptions, ServerParts } from './parts.ts';
import { paramsOf } from './form.ts';
import type { Pairs } from './form.ts';
import { createPieceRoom, PieceSender, setHeaders } from './piece-sender.ts';
import { Params, timeoutParam } from './query/params.ts';
import type { QueryAnswer, QueryEndpoint, QueryOrigin, QueryRequest } from './query/request.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** A query ends itself in time; the pool only sees to one that does not. */
const SLACK_MS = 250;

/** Makes handlers that have a request answered in a query thread. */
export function queryHandler(
  parts: ServerParts,
  options: ServerOptions,
): (endpoint: QueryEndpoint) => Handler {
  const room = createPieceRoom(parts.registry);
  return (endpoint) => async (request, reply) => {
    const params = paramsOf(request);
    const message = queryRequest({ parts, options, request }, endpoint, params);
    const timeoutMs = poolTimeoutMs(message);
    const cancellation = cancelledByClose(reply);
    const pieces = new PieceSender(reply, room);
    try {
      const answer = await parts.runner.run(message, { timeoutMs, cancellation, pieces });
      if (!pieces.hasBegun) return await send(reply, answer);
      pieces.end(answer);
    } catch (error) {
      if (!pieces.hasBegun) throw error;
      pieces.cutOff('error');
    }
    return reply;
  };
}

/** Of the pool of threads; 0: no limit. */
export function poolTimeoutMs({ deadlineMs }: QueryRequest): number {
  return deadlineMs === 0 ? 0 : deadlineMs - Date.now() + SLACK_MS;
}

export interface Asking {
  readonly parts: ServerParts;
  readonly options: ServerOptions;
  readonly request: FastifyRequest;
}

/** What a query thread is to answer. Throws an ApiError. */
export function queryRequest(
  { parts, options, request }: Asking,
  endpoint: QueryEndpoint,
  params: Pairs,
): QueryRequest {
  const timeoutMs = timeoutParam(new Params(params), options.queryTimeoutMs);
  const common = {
    endpoint,
    params,
    nowMs: parts.clock.nowMs(),
    receivedMs: Date.now(),
    subqueryStepMs: parts.config().global.evaluationIntervalMs,
    deadlineMs: timeoutMs === 0 ? 0 : Date.now() + timeoutMs,
    gzip: takesGzip(request),
  };
  switch (endpoint) {
    case 'label_values':
      return { ...common, labelName: (request.params as { name: string }).name };
    case 'status_tsdb': {
      const head = parts.head();
      return head === undefined ? common : { ...common, head };
    }
    case 'federate':
      return {
        ...common,
        accept: request.headers.accept ?? '',
        externalLabels: parts.config().global.externalLabels,
      };
    case 'query':
    case 'query_range':
      return { origin: originOf(request), ...common };
    default:
      return common;
  }
}

const MAPPED_IPV4 = '::ffff:';

function originOf({ ip, method, url }: FastifyRequest): QueryOrigin {
  const clientIP = ip.startsWith(MAPPED_IPV4) ? ip.slice(MAPPED_IPV4.length) : ip;
  return { clientIP, method, path: url.split('?', 1)[0] ?? url };
}

/** Cancelled when the client goes before it has its answer. */
export function cancelledByClose(reply: FastifyReply): Cancellation {
  const cancellation = new Cancellation();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) cancellation.cancel();
  });
  return cancellation;
}

const ACCEPTS_GZIP = /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[^,]*)?(?:,|$)/i;

export function takesGzip(request: FastifyRequest): boolean {
  const accepted = request.headers['accept-encoding'];
  return typeof accepted === 'string' && ACCEPTS_GZIP.test(accepted);
}

/** Smaller answers are sent as they are, in bytes. */
const GZIP_BYTES_MIN = 1024;
const gzipLater = promisify(gzip);

/** Sends an answer made in the main thread; compresses it elsewhere where that is worth it. */
export async function answerWith(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: QueryAnswer,
): Promise<FastifyReply> {
  if (answer.body.length < GZIP_BYTES_MIN || !takesGzip(request)) return await send(reply, answer);
  const body = await gzipLater(answer.body, { level: 4 });
  const headers = { ...answer.headers, 'content-encoding': 'gzip' };
  return await send(reply, { ...answer, headers, body });
}

export async function send(reply: FastifyReply, answer: QueryAnswer): Promise<FastifyReply> {
  reply.code(answer.status);
  setHeaders(reply, answer.headers);
  return await reply.send(
    Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.length),
  );
}
