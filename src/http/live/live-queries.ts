import type { MetricFamily } from '#model';
import type { Timer } from '#platform';
import { ApiError } from '../query/api-error.ts';
import { errorAnswer } from '../query/envelope.ts';
import { knownError } from '../query/known-error.ts';
import type { QueryAnswer, QueryRequest, QueryRunner } from '../query/request.ts';
import { EventStream, HEARTBEAT_MS } from './event-stream.ts';
import type { EventSink, ServerEvent } from './event-stream.ts';
import { CORRECTED_STEPS_MAX, LiveFeed } from './live-feed.ts';
import type { FeedEvent, LiveSurroundings } from './live-feed.ts';

/** Clients at once: each of them holds a connection, and each expression is evaluated at every step. */
export const LIVE_CLIENTS_MAX = 100;

/** Events that wait for the first one of their client; it takes as long as a query may. */
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
}

/** What a client asks for. Milliseconds. */
export interface LiveQuestion {
  readonly query: string;
  readonly lookbackDelta: string;
  readonly stepMs: number;
  /** Decides the phase of all steps. */
  readonly startMs: number;
  /** The last step that a client has that comes back; undefined: it is new. */
  readonly knownMs: number | undefined;
}

/** A client that has been let in. */
export interface LiveVisit {
  /** All steps up to now. Where it is an error there is nothing to stream. */
  readonly first: QueryAnswer;
  /** Sends the first event, and from then on those that follow. */
  start(sink: EventSink): void;
  /** Gives its place back; to be called whatever happens. */
  leave(): void;
}

interface Client {
  /** Undefined until its first event is there. */
  stream: EventStream | undefined;
  readonly waiting: ServerEvent[];
}

interface SharedFeed {
  readonly feed: LiveFeed;
  readonly clients: Set<Client>;
}

/** Open queries that get each new step. Those that ask for the same share its evaluation. */
export class LiveQueries {
  readonly #options: LiveOptions;
  readonly #feeds = new Map<string, SharedFeed>();
  #heartbeat: Timer | undefined;
  #isClosed = false;
  clientCount = 0;
  refused = 0;
  dropped = 0;
  eventsSent = 0;
  evaluations = 0;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  get feedCount(): number {
    return this.#feeds.size;
  }

  /** Throws an ApiError `unavailable` beyond the limit. */
  async enter(question: LiveQuestion): Promise<LiveVisit> {
    if (this.#isClosed || this.clientCount >= (this.#options.clientsMax ?? LIVE_CLIENTS_MAX)) {
      this.refused++;
      throw new ApiError('unavailable', 'too many live queries, try again later');
    }
    this.clientCount++;
    const key = keyOf(question);
    const shared = this.#feedOf(key, question);
    const client: Client = { stream: undefined, waiting: [] };
    shared.clients.add(client);
    const endMs = shared.feed.readyMs();
    const startMs = firstStepMs(question, endMs);
    const first = await this.#evaluate(question, startMs, endMs);
    const { stepMs } = question;
    const event = serverEvent('range', stepMs, { startMs, endMs, answer: first });
    return {
      first,
      start: (sink) => this.#begin(client, new EventStream(sink), event),
      leave: () => this.#leave(key, shared, client),
    };
  }

  /** Ends all streams. */
  close(): void {
    this.#isClosed = true;
    this.#heartbeat?.cancel();
    for (const { feed, clients } of this.#feeds.values()) {
      feed.close();
      for (const { stream } of clients) stream?.end();
    }
  }

  #feedOf(key: string, question: LiveQuestion): SharedFeed {
    const known = this.#feeds.get(key);
    if (known !== undefined) return known;
    const clients = new Set<Client>();
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
      publish: (event) => this.#publish(clients, serverEvent(nameOf(event), stepMs, event)),
    });
    const shared = { feed, clients };
    this.#feeds.set(key, shared);
    if (this.#feeds.size === 1) this.#beat();
    return shared;
  }

  #leave(key: string, { feed, clients }: SharedFeed, client: Client): void {
    if (!clients.delete(client)) return;
    this.clientCount--;
    if (clients.size > 0) return;
    feed.close();
    this.#feeds.delete(key);
    if (this.#feeds.size === 0) this.#heartbeat?.cancel();
  }

  #begin(client: Client, stream: EventStream, first: ServerEvent): void {
    client.stream = stream;
    this.#send(stream, first);
    for (const event of client.waiting) this.#send(stream, event);
    client.waiting.length = 0;
  }

  #publish(clients: ReadonlySet<Client>, event: ServerEvent): void {
    for (const { stream, waiting } of clients) {
      if (stream !== undefined) this.#send(stream, event);
      else if (waiting.length < WAITING_MAX) waiting.push(event);
    }
  }

  #send(stream: EventStream, event: ServerEvent): void {
    if (stream.send(event)) this.eventsSent++;
    else this.dropped++;
  }

  #beat(): void {
    this.#heartbeat = this.#options.clock.setTimer(HEARTBEAT_MS, () => {
      for (const { clients } of this.#feeds.values()) {
        for (const { stream } of clients) stream?.heartbeat();
      }
      this.#beat();
    });
  }

  async #evaluate(question: LiveQuestion, startMs: number, endMs: number): Promise<QueryAnswer> {
    const { runner, clock, timeoutMs, subqueryStepMs } = this.#options;
    const { query, lookbackDelta, stepMs } = question;
    const params: [string, string][] = [
      ['query', query],
      ['start', String(startMs / 1000)],
      ['end', String(endMs / 1000)],
      ['step', String(stepMs / 1000)],
      ['lookback_delta', lookbackDelta],
    ];
    const request: QueryRequest = {
      endpoint: 'query_range',
      params,
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

/** The answer, and behind what it says which steps it has; in seconds, as everywhere in the API. */
function serverEvent(
  name: string,
  stepMs: number,
  { startMs, endMs, answer }: FeedEvent,
): ServerEvent {
  const steps = `,"start":${startMs / 1000},"end":${endMs / 1000},"step":${stepMs / 1000}}`;
  // In place of the bracket at its end.
  const data = Buffer.concat([answer.body.subarray(0, -1), Buffer.from(steps)]);
  return { name, id: String(endMs), data };
}

/** `failure`: the steps come with the next event. */
function nameOf({ answer }: FeedEvent): string {
  return answer.status === 200 ? 'steps' : 'failure';
}

/** Clients with equal keys get equal events. */
function keyOf({ query, lookbackDelta, stepMs, startMs }: LiveQuestion): string {
  return [query, lookbackDelta, stepMs, phaseOf(startMs, stepMs)].join('\0');
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
    family('narthex_live_clients', 'gauge', 'Clients with an open query.', live.clientCount),
    family(
      'narthex_live_queries',
      'gauge',
      'Expressions that are evaluated at each step; clients that ask for the same share one.',
      live.feedCount,
    ),
    family(
      'narthex_live_evaluations_total',
      'counter',
      'Evaluations for open queries.',
      live.evaluations,
    ),
    family('narthex_live_events_total', 'counter', 'Events sent to clients.', live.eventsSent),
    family(
      'narthex_live_refused_total',
      'counter',
      'Clients refused because too many were there.',
      live.refused,
    ),
    family(
      'narthex_live_dropped_total',
      'counter',
      'Clients dropped because they read too slowly.',
      live.dropped,
    ),
  ];
}

// oxlint-disable-next-line max-params -- a row of the table above
function family(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  value: number,
): MetricFamily {
  return { name, help, type, metrics: [{ labels: [], value }] };
}
