import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { paramsOf } from './form.ts';
import { liveMetrics, LiveQueries } from './live/live-queries.ts';
import type { LiveQuestion } from './live/live-queries.ts';
import type { ServerOptions, ServerParts } from './parts.ts';
import { invalidParameter } from './query/api-error.ts';
import { durationParam, Params, timeParam } from './query/params.ts';
import { send } from './run-query.ts';

/** A step is waited for no longer than a fifth of the scrape interval. */
const PATIENCE_SHARE = 1 / 5;

/** Faster than anything is scraped; each step is an evaluation. Milliseconds. */
const STEP_MS_MIN = 1000;

/**
 * `GET /api/v1/query_live`: a range query whose answer goes on, as server-sent events. The first event, `range`,
 * has all steps up to now; each `steps` after it has the new ones, and those before that have changed since, which
 * take the place of what was sent. `failure`: an evaluation failed; the next event has its steps. The data of all
 * is a LiveAnswer; the id is the last step, in milliseconds.
 */
export function addLiveQueries(
  app: FastifyInstance,
  parts: ServerParts,
  options: ServerOptions,
): void {
  const live = new LiveQueries({
    clock: parts.clock,
    runner: parts.runner,
    changes: parts.changes,
    storedUntilMs: () => parts.targets.storedUntilMs(),
    patienceMs: () => parts.config().global.scrapeIntervalMs * PATIENCE_SHARE,
    subqueryStepMs: () => parts.config().global.evaluationIntervalMs,
    timeoutMs: options.queryTimeoutMs,
  });
  const forget = parts.registry.collect(() => liveMetrics(live));
  app.addHook('preClose', async () => {
    live.close();
    forget();
    return await Promise.resolve();
  });
  app.route({
    method: 'GET',
    url: '/api/v1/query_live',
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const question = questionOf(request, parts.clock.nowMs());
      const visit = await live.enter(question);
      reply.raw.once('close', () => visit.leave());
      if (visit.first.status !== 200 || reply.raw.destroyed) {
        visit.leave();
        return await send(reply, visit.first);
      }
      visit.start(streamOf(reply));
      return reply;
    },
  });
}

function questionOf(request: FastifyRequest, nowMs: number): LiveQuestion {
  const params = new Params(paramsOf(request));
  const stepMs = Math.trunc(durationParam(params, 'step'));
  if (stepMs < STEP_MS_MIN) {
    throw invalidParameter('step', 'a live query takes steps of one second or more');
  }
  return {
    query: params.first('query'),
    lookbackDelta: params.first('lookback_delta'),
    stepMs,
    startMs: startMs(params, stepMs, nowMs),
    knownMs: lastEventMs(request),
  };
}

/** `start`, or `range` before now on whole steps, so that those who ask for the same share it. */
function startMs(params: Params, stepMs: number, nowMs: number): number {
  if (params.first('range') === '') return timeParam(params, 'start', nowMs);
  return Math.ceil((nowMs - durationParam(params, 'range')) / stepMs) * stepMs;
}

/** A browser that lost its connection says what it got last. */
function lastEventMs(request: FastifyRequest): number | undefined {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : undefined;
}

/** Takes the connection over. */
function streamOf(reply: FastifyReply): FastifyReply['raw'] {
  reply.hijack();
  reply.raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would keep events back.
    'x-accel-buffering': 'no',
  });
  return reply.raw;
}
