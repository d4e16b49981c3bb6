import type { FastifyReply } from 'fastify';

/** Takes the connection over, with the headers that are set, for an answer that goes on until one of both leaves. */
export function openStream(reply: FastifyReply): FastifyReply['raw'] {
  reply.hijack();
  reply.raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'cache-control': 'no-store',
    // nginx would keep parts back.
    'x-accel-buffering': 'no',
  });
  return reply.raw;
}

export function openEventStream(reply: FastifyReply): FastifyReply['raw'] {
  reply.header('content-type', 'text/event-stream; charset=utf-8');
  return openStream(reply);
}
