import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { paramsOf } from './form.ts';
import type { Pairs } from './form.ts';
import type { EventClient } from './live/event-clients.ts';
import { liveMetrics, LiveQueries } from './live/live-queries.ts';
import type { LiveQuestion, LiveVisit } from './live/live-queries.ts';
import { openEventStream } from './live/open-stream.ts';
import type { ServerOptions, ServerParts } from './parts.ts';
import { invalidParameter } from './query/api-error.ts';
import { errorAnswer } from './query/envelope.ts';
import { knownError } from './query/known-error.ts';
import { durationParam, Params, timeParam } from './query/params.ts';
import type { QueryAnswer } from './query/request.ts';
import { numbered, queryList } from './query-list.ts';
import { send } from './run-query.ts';

/** A step is waited for no longer than a fifth of the scrape interval. */
const PATIENCE_SHARE = 1 / 5;

/** Faster than anything is scraped; each step is an evaluation. Milliseconds. */
const STEP_MS_MIN = 1000;

/** First answers that one client has computed at the same time, as many as a browser would ask for. */
const FIRST_ANSWERS_MAX = 6;

/**
 * `GET /api/v1/query_live`: a range query whose answer goes on, as server-sent events. The first event, `range`,
 * has all steps up to now; each `steps` after it has the new ones, and those before that have changed since, which
 * take the place of what was sent. `failure`: an evaluation failed; the next event has its steps. The data of all
 * is a LiveAnswer; the id is the last step, in milliseconds.
 *
 * `POST` follows many queries over one connection; the data say which. `refused`: that one is not followed.
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
  const url = '/api/v1/query_live';
  app.route({
    method: 'GET',
    url,
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { headers } = request;
      const question = questionOf(paramsOf(request), headers['last-event-id'], parts);
      return await followOne(live, question, reply);
    },
  });
  app.post(url, (request, reply) => {
    followAll(live, questionsOf(request, parts), reply);
  });
}

async function followOne(
  live: LiveQueries,
  question: LiveQuestion,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const client = live.clients.enter();
  reply.raw.once('close', () => client.leave());
  let visit: LiveVisit;
  try {
    visit = await live.follow(question);
  } catch (error) {
    client.leave();
    throw error;
  }
  reply.raw.once('close', () => visit.leave());
  if (visit.first.status !== 200 || reply.raw.destroyed) {
    visit.leave();
    client.leave();
    return await send(reply, visit.first);
  }
  client.begin(openEventStream(reply));
  visit.start((event) => client.send(event));
  return reply;
}

/** Reads a question, or throws an ApiError for that one. */
type ReadQuestion = () => LiveQuestion;

/** Each query begins as soon as its first answer is there, whatever the others take. */
function followAll(
  live: LiveQueries,
  questions: readonly ReadQuestion[],
  reply: FastifyReply,
): void {
  const client = live.clients.enter();
  const visits: LiveVisit[] = [];
  let hasLeft = false;
  reply.raw.once('close', () => {
    hasLeft = true;
    client.leave();
    for (const visit of visits) visit.leave();
  });
  client.begin(openEventStream(reply));
  const rest = questions.entries();
  const begin = async (): Promise<void> => {
    for (const [index, read] of rest) {
      if (hasLeft) return;
      const visit = await follow(live, client, { index, read });
      if (visit === undefined) continue;
      visits.push(visit);
      if (hasLeft) visit.leave();
    }
  };
  for (let i = 0; i < FIRST_ANSWERS_MAX; i++) void begin();
}

/** Undefined where the client was told that it is not followed. */
async function follow(
  live: LiveQueries,
  client: EventClient,
  { index, read }: { readonly index: number; readonly read: ReadQuestion },
): Promise<LiveVisit | undefined> {
  const refuse = ({ body }: QueryAnswer): undefined => {
    client.send({ name: 'refused', id: `${index}`, data: numbered(index, body) });
    return undefined;
  };
  try {
    const visit = await live.follow(read());
    if (visit.first.status !== 200) {
      visit.leave();
      return refuse(visit.first);
    }
    visit.start(({ name, id, data }) =>
      client.send({ name, id: `${index}:${id}`, data: numbered(index, data) }),
    );
    return visit;
  } catch (error) {
    return refuse(errorAnswer(...(knownError(error) ?? (['internal', 'internal error'] as const))));
  }
}

function questionsOf(request: FastifyRequest, parts: ServerParts): readonly ReadQuestion[] {
  return queryList(request).map((pairs) => () => {
    const lastEventId = new Params(pairs).first('last_event_id');
    return questionOf(pairs, lastEventId, parts);
  });
}

// oxlint-disable-next-line max-params -- what a request has
function questionOf(
  pairs: Pairs,
  lastEventId: string | readonly string[] | undefined,
  { clock }: ServerParts,
): LiveQuestion {
  const params = new Params(pairs);
  const stepMs = Math.trunc(durationParam(params, 'step'));
  if (stepMs < STEP_MS_MIN) {
    throw invalidParameter('step', 'a live query takes steps of one second or more');
  }
  return {
    kind: kindOf(params),
    query: params.first('query'),
    lookbackDelta: params.first('lookback_delta'),
    stepMs,
    startMs: startMs(params, stepMs, clock.nowMs()),
    knownMs: stepOf(lastEventId),
  };
}

function kindOf(params: Params): LiveQuestion['kind'] {
  const type = params.first('type');
  if (type === '' || type === 'range') return 'range';
  if (type === 'instant') return type;
  throw invalidParameter('type', 'it is range or instant');
}

/** `start`, or `range` before now on whole steps, so that those who ask for the same share it. */
function startMs(params: Params, stepMs: number, nowMs: number): number {
  if (params.first('range') === '') return timeParam(params, 'start', nowMs);
  return Math.ceil((nowMs - durationParam(params, 'range')) / stepMs) * stepMs;
}

/** A browser that lost its connection says what it got last; of many queries behind the place of the query. */
function stepOf(id: string | readonly string[] | undefined): number | undefined {
  const [, step] = typeof id === 'string' ? (/^(?:\d{1,3}:)?(\d{1,15})$/.exec(id) ?? []) : [];
  return step === undefined ? undefined : Number(step);
}
