/** What a slow client may leave unread before it is dropped, in bytes, besides the event before. */
export const BACKLOG_BYTES_MAX: number = 1 << 20;

/** A comment is sent after so long, so that nobody on the way takes the connection for dead. Milliseconds. */
export const HEARTBEAT_MS = 15_000;

export interface ServerEvent {
  readonly name: string;
  /** What a client that comes back names as the last that it got. */
  readonly id: string;
  /** One line: JSON. */
  readonly data: Uint8Array;
}

/** The part of a response that a stream of events needs. */
export interface EventSink {
  /** Bytes that the client has not read yet. */
  readonly writableLength: number;
  write(data: string | Uint8Array): unknown;
  end(): unknown;
  destroy(): unknown;
}

/** Server-sent events (WHATWG HTML, 9.2) to one client. */
export class EventStream {
  readonly #sink: EventSink;
  /** Of the event before: that much may wait without the client being slow. */
  #lastBytes = 0;

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  /** False where the client reads too slowly: it is dropped, comes back and goes on behind its last event. */
  send({ name, id, data }: ServerEvent): boolean {
    if (this.#sink.writableLength > BACKLOG_BYTES_MAX + this.#lastBytes) {
      this.#sink.destroy();
      return false;
    }
    this.#lastBytes = data.length;
    this.#sink.write(`id: ${id}\nevent: ${name}\ndata: `);
    this.#sink.write(data);
    this.#sink.write('\n\n');
    return true;
  }

  heartbeat(): void {
    if (this.#sink.writableLength === 0) this.#sink.write(':\n\n');
  }

  end(): void {
    this.#sink.end();
  }
}
