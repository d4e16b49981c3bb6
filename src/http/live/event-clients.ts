import type { MetricFamily } from '#model';
import type { Clock, Timer } from '#platform';
import { ApiError } from '../query/api-error.ts';
import { EventStream, HEARTBEAT_MS } from './event-stream.ts';
import type { EventSink, ServerEvent } from './event-stream.ts';

export interface EventClientsOptions {
  readonly clock: Clock;
  /** At once; each holds a connection. */
  readonly clientsMax: number;
  /** What one more is told. */
  readonly fullText: string;
}

/** A place among those who are served. */
export interface EventClient {
  /** Where its events go. */
  begin(sink: EventSink): void;
  /** Does nothing before `begin` and after `leave`. */
  send(event: ServerEvent): void;
  /** Gives the place back; to be called whatever happens. */
  leave(): void;
}

/** Clients that are sent events: how many there may be, that all are still there, and what came of it. */
export class EventClients {
  readonly #options: EventClientsOptions;
  readonly #places = new Set<EventClient>();
  readonly #streams = new Map<EventClient, EventStream>();
  #heartbeat: Timer | undefined;
  #isClosed = false;
  refused = 0;
  dropped = 0;
  eventsSent = 0;

  constructor(options: EventClientsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#places.size;
  }

  /** Throws an ApiError `unavailable` where there are too many. */
  enter(): EventClient {
    const { clientsMax, fullText } = this.#options;
    if (this.#isClosed || this.#places.size >= clientsMax) {
      this.refused++;
      throw new ApiError('unavailable', fullText);
    }
    const client: EventClient = {
      begin: (sink) => void this.#streams.set(client, new EventStream(sink)),
      send: (event) => this.#send(client, event),
      leave: () => this.#leave(client),
    };
    this.#places.add(client);
    if (this.#places.size === 1) this.#beat();
    return client;
  }

  /** To all. */
  publish(event: ServerEvent): void {
    for (const client of this.#places) this.#send(client, event);
  }

  /** Ends all streams; nobody enters any more. */
  close(): void {
    this.#isClosed = true;
    this.#heartbeat?.cancel();
    for (const stream of this.#streams.values()) stream.end();
    this.#streams.clear();
    this.#places.clear();
  }

  #send(client: EventClient, event: ServerEvent): void {
    const stream = this.#streams.get(client);
    if (stream === undefined) return;
    if (stream.send(event)) this.eventsSent++;
    else this.dropped++;
  }

  #leave(client: EventClient): void {
    this.#streams.delete(client);
    if (this.#places.delete(client) && this.#places.size === 0) this.#heartbeat?.cancel();
  }

  #beat(): void {
    this.#heartbeat = this.#options.clock.setTimer(HEARTBEAT_MS, () => {
      for (const stream of this.#streams.values()) stream.heartbeat();
      this.#beat();
    });
  }
}

export interface EventClientTexts {
  /** What the names of the metrics begin with. */
  readonly prefix: string;
  /** What clients do, and what events are, in the help. */
  readonly clients: string;
  readonly events: string;
}

/** As `/metrics` shows them. */
export function eventClientFamilies(
  clients: EventClients,
  { prefix, ...texts }: EventClientTexts,
): readonly MetricFamily[] {
  const refused = 'Clients refused because too many were there.';
  const dropped = 'Clients dropped because they read too slowly.';
  return [
    gauge(`${prefix}_clients`, texts.clients, clients.count),
    counter(`${prefix}_events_total`, texts.events, clients.eventsSent),
    counter(`${prefix}_refused_total`, refused, clients.refused),
    counter(`${prefix}_dropped_total`, dropped, clients.dropped),
  ];
}

/** A family of one value. */
export function gauge(name: string, help: string, value: number): MetricFamily {
  return { name, help, type: 'gauge', metrics: [{ labels: [], value }] };
}

/** A family of one value. */
export function counter(name: string, help: string, value: number): MetricFamily {
  return { name, help, type: 'counter', metrics: [{ labels: [], value }] };
}
