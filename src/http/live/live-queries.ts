import type { MetricFamily } from '#model';
import { ApiError } from '../query/api-error.ts';
import { errorAnswer } from '../query/envelope.ts';
import { knownError } from '../query/known-error.ts';
import type { QueryAnswer, QueryRequest, QueryRunner } from '../query/request.ts';
import { counter, eventClientFamilies, EventClients, gauge } from './event-clients.ts';
import type { ServerEvent } from './event-stream.ts';
import { CORRECTED_STEPS_MAX, LiveFeed } from './live-feed.ts';
import type { FeedEvent, LiveSurroundings } from './live-feed.ts';

/** Clients at once: each of them holds a connection. */
export const LIVE_CLIENTS_MAX = 100;

/** Queries of all clients together: each expression is evaluated at every step. */
export const LIVE_QUERIES_MAX = 2000;

/** Events that wait for the first one of their query; it takes as long as a query may. */
const WAITING_MAX = 100;

/** As the pool of threads gives those that end themselves. */
const SLACK_MS = 250;

export interface LiveOptions extends LiveSurroundings {
  readonly runner: QueryRunner;
  /** Of subqueries that name none, in milliseconds. */
  readonly subqueryStepMs: () => number;
  /** Of one evaluation, in milliseconds; 0: no limit. */
  readonly timeoutMs: number;
  readonly clientsMax?: number;
  readonly queriesMax?: number;
}

/** What a client asks for. Milliseconds. */
export interface LiveQuestion {
  /** `instant`: each event has the newest step alone, as `query` answers it. */
  readonly kind: 'range' | 'instant';
  readonly query: string;
  readonly lookbackDelta: string;
  readonly stepMs: number;
  /** Decides the phase of all steps. */
  readonly startMs: number;
  /** The last step that a client has that comes back; undefined: it is new. */
  readonly knownMs: number | undefined;
}

/** A query that is followed for a client. */
export interface LiveVisit {
  /** All steps up to now. Where it is an error there is nothing to follow. */
  readonly first: QueryAnswer;
  /** Delivers the first event, and from then on those that follow. */
  start(deliver: (event: ServerEvent) => void): void;
  /** Gives its place back; to be called whatever happens. */
  leave(): void;
}

interface Follower {
  /** Undefined until its first event is there. */
  deliver: ((event: ServerEvent) => void) | undefined;
  readonly waiting: ServerEvent[];
}

interface SharedFeed {
  readonly feed: LiveFeed;
  readonly followers: Set<Follower>;
}

/** Open queries that get each new step. Those that ask for the same share its evaluation. */
export class LiveQueries {
  readonly #options: LiveOptions;
  readonly #feeds = new Map<string, SharedFeed>();
  /** Each may have many queries. */
  readonly clients: EventClients;
  #isClosed = false;
  queryCount = 0;
  queriesRefused = 0;
  evaluations = 0;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.clients = new EventClients({
      clock: options.clock,
      clientsMax: options.clientsMax ?? LIVE_CLIENTS_MAX,
      fullText: 'too many live queries, try again later',
    });
  }

  get feedCount(): number {
    return this.#feeds.size;
  }

  /** Throws an ApiError `unavailable` beyond the limit. */
  async follow(question: LiveQuestion): Promise<LiveVisit> {
    if (this.#isClosed || this.queryCount >= (this.#options.queriesMax ?? LIVE_QUERIES_MAX)) {
      this.queriesRefused++;
      throw new ApiError('unavailable', 'too many live queries, try again later');
    }
    this.queryCount++;
    const key = keyOf(question);
    const shared = this.#feedOf(key, question);
    const follower: Follower = { deliver: undefined, waiting: [] };
    shared.followers.add(follower);
    const endMs = shared.feed.readyMs();
    const startMs = firstStepMs(question, endMs);
    const first = await this.#evaluate(question, startMs, endMs);
    const event = serverEvent('range', question, { startMs, endMs, answer: first });
    return {
      first,
      start: (deliver) => {
        follower.deliver = deliver;
        for (const one of [event, ...follower.waiting.splice(0)]) deliver(one);
      },
      leave: () => this.#leave(key, shared, follower),
    };
  }

  /** Ends all streams. */
  close(): void {
    this.#isClosed = true;
    for (const { feed } of this.#feeds.values()) feed.close();
    this.clients.close();
  }

  #feedOf(key: string, question: LiveQuestion): SharedFeed {
    const known = this.#feeds.get(key);
    if (known !== undefined) return known;
    const followers = new Set<Follower>();
    const { clock, changes, storedUntilMs, patienceMs } = this.#options;
    const { stepMs, startMs } = question;
    const feed = new LiveFeed({
      clock,
      changes,
      storedUntilMs,
      patienceMs,
      stepMs,
      phaseMs: phaseOf(startMs, stepMs),
      evaluate: (fromMs, toMs) => this.#evaluate(question, fromMs, toMs),
      publish: (event) => publish(followers, serverEvent(nameOf(event), question, event)),
    });
    const shared = { feed, followers };
    this.#feeds.set(key, shared);
    return shared;
  }

  #leave(key: string, { feed, followers }: SharedFeed, follower: Follower): void {
    if (!followers.delete(follower)) return;
    this.queryCount--;
    if (followers.size > 0) return;
    feed.close();
    this.#feeds.delete(key);
  }

  async #evaluate(question: LiveQuestion, startMs: number, endMs: number): Promise<QueryAnswer> {
    const { runner, clock, timeoutMs, subqueryStepMs } = this.#options;
    const request: QueryRequest = {
      endpoint: question.kind === 'range' ? 'query_range' : 'query',
      params: paramsOf(question, startMs, endMs),
      nowMs: clock.nowMs(),
      subqueryStepMs: subqueryStepMs(),
      deadlineMs: timeoutMs === 0 ? 0 : Date.now() + timeoutMs,
      gzip: false,
    };
    this.evaluations++;
    try {
      return await runner.run(request, { timeoutMs: timeoutMs === 0 ? 0 : timeoutMs + SLACK_MS });
    } catch (error) {
      const [type, message] = knownError(error) ?? (['internal', 'internal error'] as const);
      return errorAnswer(type, message);
    }
  }
}

function paramsOf(question: LiveQuestion, startMs: number, endMs: number): [string, string][] {
  const { kind, query, lookbackDelta, stepMs } = question;
  const common: [string, string][] = [
    ['query', query],
    ['lookback_delta', lookbackDelta],
  ];
  if (kind === 'instant') return [...common, ['time', String(endMs / 1000)]];
  return [
    ...common,
    ['start', String(startMs / 1000)],
    ['end', String(endMs / 1000)],
    ['step', String(stepMs / 1000)],
  ];
}

function publish(followers: ReadonlySet<Follower>, event: ServerEvent): void {
  for (const { deliver, waiting } of followers) {
    if (deliver !== undefined) deliver(event);
    else if (waiting.length < WAITING_MAX) waiting.push(event);
  }
}

/** The answer, and behind what it says which steps it has; in seconds, as everywhere in the API. */
function serverEvent(
  name: string,
  { kind, stepMs }: LiveQuestion,
  { startMs, endMs, answer }: FeedEvent,
): ServerEvent {
  const firstMs = kind === 'instant' ? endMs : startMs;
  const steps = `,"start":${firstMs / 1000},"end":${endMs / 1000},"step":${stepMs / 1000}}`;
  // In place of the bracket at its end.
  const data = Buffer.concat([answer.body.subarray(0, -1), Buffer.from(steps)]);
  return { name, id: String(endMs), data };
}

/** `failure`: the steps come with the next event. */
function nameOf({ answer }: FeedEvent): string {
  return answer.status === 200 ? 'steps' : 'failure';
}

/** Followers of queries with equal keys get equal events. */
function keyOf({ kind, query, lookbackDelta, stepMs, startMs }: LiveQuestion): string {
  return [kind, query, lookbackDelta, stepMs, phaseOf(startMs, stepMs)].join('\0');
}

function phaseOf(timeMs: number, stepMs: number): number {
  return ((timeMs % stepMs) + stepMs) % stepMs;
}

/** A client that comes back may have missed corrections too. */
function firstStepMs({ startMs, stepMs, knownMs }: LiveQuestion, endMs: number): number {
  if (knownMs === undefined || knownMs > endMs) return Math.min(startMs, endMs);
  if ((knownMs - startMs) % stepMs !== 0) return Math.min(startMs, endMs);
  return Math.min(Math.max(startMs, knownMs - CORRECTED_STEPS_MAX * stepMs), endMs);
}

/** Live queries as `/metrics` shows them. */
export function liveMetrics(live: LiveQueries): readonly MetricFamily[] {
  return [
    ...eventClientFamilies(live.clients, {
      prefix: 'narthex_live',
      clients: 'Clients with open queries.',
      events: 'Events sent to clients.',
    }),
    gauge(
      'narthex_live_queries',
      'Expressions that are evaluated at each step; queries that ask for the same share one.',
      live.feedCount,
    ),
    gauge('narthex_live_queries_followed', 'Open queries of all clients.', live.queryCount),
    counter(
      'narthex_live_queries_refused_total',
      'Queries refused because too many were open.',
      live.queriesRefused,
    ),
    counter('narthex_live_evaluations_total', 'Evaluations for open queries.', live.evaluations),
  ];
}
