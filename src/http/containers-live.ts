import type { MetricFamily } from '#model';
import type { Clock, Timer } from '#platform';
import { EventStream, HEARTBEAT_MS } from './live/event-stream.ts';
import type { EventSink, ServerEvent } from './live/event-stream.ts';
import type { ContainerSource } from './parts.ts';
import { ApiError } from './query/api-error.ts';

/** Clients at once; each holds a connection. */
export const CONTAINER_CLIENTS_MAX = 100;

/** Changes are sent together that come within that time. Milliseconds. */
export const CHANGE_MS = 1000;

/** What nobody tells (a scrape that fails) is looked for so often. Milliseconds. */
export const LOOK_MS = 5000;

export interface LiveContainersOptions {
  readonly clock: Clock;
  readonly source: Pick<ContainerSource, 'data' | 'subscribe'>;
  readonly clientsMax?: number;
}

/** All containers to all who look at them: at once, and anew after each change. They are encoded once for all. */
export class LiveContainers {
  readonly #options: LiveContainersOptions;
  readonly #clients = new Set<EventStream>();
  #event: ServerEvent | undefined;
  #text = '';
  #builtMs = -Infinity;
  #changed = false;
  #timer: Timer | undefined;
  #heartbeat: Timer | undefined;
  #unsubscribe: (() => void) | undefined;
  #isClosed = false;
  #sequence = 0;
  refused = 0;
  dropped = 0;
  eventsSent = 0;

  constructor(options: LiveContainersOptions) {
    this.#options = options;
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** Throws an ApiError `unavailable` where there are too many. */
  checkRoom(): void {
    if (!this.#isClosed && this.#clients.size < this.#clientsMax) return;
    this.refused++;
    throw new ApiError('unavailable', 'too many clients watch the containers, try again later');
  }

  /** Sends all that there is, and what changes. The answer gives the place back. */
  enter(sink: EventSink): () => void {
    const stream = new EventStream(sink);
    if (this.#clients.size === 0) this.#begin();
    this.#clients.add(stream);
    // Within a second all get the same, so that a crowd that comes at once costs no more than one.
    if (this.#nowMs - this.#builtMs >= CHANGE_MS) this.#build();
    if (this.#event !== undefined) this.#send(stream, this.#event);
    return () => this.#leave(stream);
  }

  /** Ends all streams. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#clients) stream.end();
    this.#clients.clear();
    this.#end();
  }

  get #clientsMax(): number {
    return this.#options.clientsMax ?? CONTAINER_CLIENTS_MAX;
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #begin(): void {
    this.#unsubscribe = this.#options.source.subscribe(() => this.#change());
    this.#waitFor(LOOK_MS);
    this.#beat();
  }

  #leave(stream: EventStream): void {
    if (this.#clients.delete(stream) && this.#clients.size === 0) this.#end();
  }

  #end(): void {
    this.#timer?.cancel();
    this.#heartbeat?.cancel();
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#changed = false;
    // Nobody looks at it any more; a thousand containers make some megabytes.
    this.#event = undefined;
    this.#text = '';
    this.#builtMs = -Infinity;
  }

  #change(): void {
    if (this.#changed) return;
    this.#changed = true;
    this.#waitFor(Math.max(0, this.#builtMs + CHANGE_MS - this.#nowMs));
  }

  #waitFor(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(delayMs, () => this.#look());
  }

  #look(): void {
    this.#changed = false;
    if (this.#build() && this.#event !== undefined) {
      for (const stream of this.#clients) this.#send(stream, this.#event);
    }
    this.#waitFor(LOOK_MS);
  }

  /** Whether it is another than before. */
  #build(): boolean {
    this.#builtMs = this.#nowMs;
    const text = JSON.stringify(this.#options.source.data());
    if (text === this.#text && this.#event !== undefined) return false;
    this.#text = text;
    this.#sequence++;
    this.#event = { name: 'containers', id: String(this.#sequence), data: Buffer.from(text) };
    return true;
  }

  #send(stream: EventStream, event: ServerEvent): void {
    if (stream.send(event)) this.eventsSent++;
    else this.dropped++;
  }

  #beat(): void {
    this.#heartbeat = this.#options.clock.setTimer(HEARTBEAT_MS, () => {
      for (const stream of this.#clients) stream.heartbeat();
      this.#beat();
    });
  }
}

/** Clients of containers as `/metrics` shows them. */
export function liveContainerFamilies(live: LiveContainers): readonly MetricFamily[] {
  return [
    family('live_clients', 'gauge', 'Clients that watch the containers.', live.clientCount),
    family('live_events_total', 'counter', 'Lists of containers sent.', live.eventsSent),
    family(
      'live_refused_total',
      'counter',
      'Clients refused because too many were there.',
      live.refused,
    ),
    family(
      'live_dropped_total',
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
  return { name: `narthex_containers_${name}`, help, type, metrics: [{ labels: [], value }] };
}
