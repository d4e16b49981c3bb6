import type { MetricFamily } from '#model';
import type { Clock, Timer } from '#platform';
import { eventClientFamilies, EventClients } from './live/event-clients.ts';
import type { EventClient } from './live/event-clients.ts';
import type { EventSink, ServerEvent } from './live/event-stream.ts';
import type { ContainerSource } from './parts.ts';

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

/** Somebody who watches. */
export interface ContainerVisit {
  /** Sends all that there is, and what changes. */
  begin(sink: EventSink): void;
  /** Gives the place back; to be called whatever happens. */
  leave(): void;
}

/** All containers to all who look at them: at once, and anew after each change. They are encoded once for all. */
export class LiveContainers {
  readonly #options: LiveContainersOptions;
  readonly clients: EventClients;
  #event: ServerEvent | undefined;
  #text = '';
  #builtMs = -Infinity;
  #changed = false;
  #timer: Timer | undefined;
  #unsubscribe: (() => void) | undefined;
  #sequence = 0;

  constructor(options: LiveContainersOptions) {
    this.#options = options;
    this.clients = new EventClients({
      clock: options.clock,
      clientsMax: options.clientsMax ?? CONTAINER_CLIENTS_MAX,
      fullText: 'too many clients watch the containers, try again later',
    });
  }

  /** Throws an ApiError `unavailable` where there are too many. */
  enter(): ContainerVisit {
    const client = this.clients.enter();
    if (this.clients.count === 1) this.#begin();
    return { begin: (sink) => this.#show(client, sink), leave: () => this.#leave(client) };
  }

  /** Ends all streams. */
  close(): void {
    this.clients.close();
    this.#end();
  }

  #show(client: EventClient, sink: EventSink): void {
    client.begin(sink);
    // Within a second all get the same, so that a crowd that comes at once costs no more than one.
    if (this.#nowMs - this.#builtMs >= CHANGE_MS) this.#build();
    if (this.#event !== undefined) client.send(this.#event);
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #begin(): void {
    this.#unsubscribe = this.#options.source.subscribe(() => this.#change());
    this.#waitFor(LOOK_MS);
  }

  #leave(client: EventClient): void {
    client.leave();
    if (this.clients.count === 0) this.#end();
  }

  #end(): void {
    this.#timer?.cancel();
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
    if (this.#build() && this.#event !== undefined) this.clients.publish(this.#event);
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
}

/** Clients of containers as `/metrics` shows them. */
export function liveContainerFamilies({ clients }: LiveContainers): readonly MetricFamily[] {
  return eventClientFamilies(clients, {
    prefix: 'narthex_containers_live',
    clients: 'Clients that watch the containers.',
    events: 'Lists of containers sent.',
  });
}
