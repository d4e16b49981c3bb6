import type { HttpConnection } from './http-client-connection.ts';

/** Idle connections to one place; more are closed. Go's client keeps about as many. */
const IDLE_MAX = 256;

/** Idle connections by the place that they go to, the latest used first. */
export class ConnectionPool {
  readonly #idle = new Map<string, HttpConnection[]>();
  #isClosed = false;

  /** One that is in nobody's hands any more; its server may have closed it meanwhile. */
  take(place: string): HttpConnection | undefined {
    const connection = this.#idle.get(place)?.pop();
    connection?.wake();
    return connection;
  }

  /** Keeps a connection whose exchange has ended. */
  put(place: string, connection: HttpConnection): void {
    const idle = this.#idle.get(place) ?? [];
    if (this.#isClosed || idle.length >= IDLE_MAX) {
      connection.destroy();
      return;
    }
    this.#idle.set(place, idle);
    idle.push(connection);
    connection.rest(() => this.#remove(place, connection));
  }

  /** Closes what is idle now, and what is used now after its exchange. */
  close(): void {
    this.#isClosed = true;
    for (const idle of this.#idle.values()) for (const connection of idle) connection.destroy();
    this.#idle.clear();
  }

  #remove(place: string, connection: HttpConnection): void {
    const idle = this.#idle.get(place) ?? [];
    const index = idle.indexOf(connection);
    if (index >= 0) idle.splice(index, 1);
    if (idle.length === 0) this.#idle.delete(place);
  }
}
