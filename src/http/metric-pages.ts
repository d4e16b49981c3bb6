import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '#platform';
import type { MetricPage, ServerParts } from './parts.ts';
import { answerWith, send } from './run-query.ts';

/** The text format alone: these pages hold nothing that needs another. */
const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';
const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** `/metrics/...`: what we measure besides ourselves, as an exporter would serve it. */
export function addMetricPages(app: FastifyInstance, parts: ServerParts): void {
  for (const page of parts.metricPages ?? []) {
    const write = writtenOnce(page);
    app.get(page.path, async (request, reply) => {
      const body = await tryWrite(write, page.path, parts.log);
      if (typeof body === 'string') {
        return await reply.code(503).type(PLAIN_TEXT).send(body);
      }
      const answer = { status: 200, headers: { 'content-type': TEXT_FORMAT }, body };
      // To compress what stays in this machine costs more than all of the measuring.
      return await (isOfThisMachine(request) ? send : sendCompressed(request))(reply, answer);
    });
  }
}

type Send = (reply: FastifyReply, answer: Parameters<typeof send>[1]) => Promise<FastifyReply>;

function sendCompressed(request: FastifyRequest): Send {
  return async (reply, answer) => await answerWith(request, reply, answer);
}

/** Requests that come while a page is being written get that page: it is written once at a time. */
function writtenOnce(page: MetricPage): () => Promise<Uint8Array> {
  let running: Promise<Uint8Array> | undefined;
  return async () => {
    running ??= writeBytes(page).finally(() => {
      running = undefined;
    });
    return await running;
  };
}

async function writeBytes(page: MetricPage): Promise<Uint8Array> {
  const written = await page.write();
  return typeof written === 'string' ? Buffer.from(written) : written;
}

/** Yields the page's bytes, or, as a string, why there are none. */
async function tryWrite(
  write: () => Promise<Uint8Array>,
  path: string,
  log: Log,
): Promise<Uint8Array | string> {
  try {
    return await write();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn('cannot write a page of metrics', { path, err: reason });
    return `cannot write ${path}: ${reason}\n`;
  }
}

const LOOPBACK = /^(?:::ffff:)?127\.|^::1$/;

function isOfThisMachine(request: FastifyRequest): boolean {
  return LOOPBACK.test(request.ip);
}
