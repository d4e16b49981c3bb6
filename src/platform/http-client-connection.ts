import { connect } from 'node:net';
import type { IpcNetConnectOpts, Socket, TcpNetConnectOpts } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { ExchangeLimit } from './http-client-limit.ts';
import type { ResponseReader } from './http-client-response.ts';

/** An idle connection is kept so long; Go's client of Prometheus keeps it as long. */
const IDLE_MS = 300_000;

/** As Go's dialer. */
const KEEP_ALIVE_MS = 15_000;

/** So much is read from a socket at once: a page of some thousand series in one piece. */
const READ_BYTES = 262_144;

/**
 * Sockets share the memory that they read into, since what came is taken out before the next read. Windows
 * is given memory in advance, so that there each needs its own.
 */
const sharedReadBuffer =
  process.platform === 'win32' ? undefined : Buffer.allocUnsafeSlow(READ_BYTES);

/** What the server is sent. */
export interface RequestBytes {
  /** With the blank line; one byte a character. */
  readonly head: string;
  readonly body: Uint8Array | undefined;
}

interface Exchange {
  readonly reader: ResponseReader;
  readonly limit: ExchangeLimit;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A connection to a server; one exchange after the other. It is made when the first begins. */
export class HttpConnection {
  readonly #socket: Socket;
  #exchange: Exchange | undefined;
  /** Told of the end of an idle connection. */
  #onIdleEnd: (() => void) | undefined;

  private constructor(open: (onData: (bytes: Uint8Array) => void) => Socket) {
    const socket = open((bytes) => this.#take(bytes));
    this.#socket = socket;
    // As Node: the error comes with the exchange, or as the end of an idle connection.
    socket.on('error', (error) => this.#fail(error));
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
    socket.setTimeout(IDLE_MS, () => {
      if (this.#exchange === undefined) socket.destroy();
    });
  }

  /** To a host's port or a unix socket. */
  static plain(options: TcpNetConnectOpts | IpcNetConnectOpts): HttpConnection {
    return new HttpConnection((onData) => {
      const buffer = sharedReadBuffer ?? Buffer.allocUnsafeSlow(READ_BYTES);
      const callback = (length: number): boolean => {
        onData(buffer.subarray(0, length));
        return true;
      };
      return connect({ ...options, ...socketOptions(), onread: { buffer, callback } });
    });
  }

  static secure(options: ConnectionOptions): HttpConnection {
    return new HttpConnection((onData) => {
      const socket = tlsConnect({ ALPNProtocols: ['http/1.1'], ...options });
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      socket.on('data', onData);
      return socket;
    });
  }

  /** Sends a request and reads its answer to the end. Rejects with what the socket or the reader says. */
  exchange(request: RequestBytes, reader: ResponseReader, limit: ExchangeLimit): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onIdleEnd = undefined;
      this.#exchange = { reader, limit, resolve, reject };
      limit.onReached = () => this.#fail(new Error(limit.reason));
      if (limit.reason !== undefined) limit.onReached();
      else if (this.#socket.destroyed) this.#end();
      else this.#send(request);
    });
  }

  #send({ head, body }: RequestBytes): void {
    const socket = this.#socket;
    if (body === undefined) {
      socket.write(head, 'latin1');
      return;
    }
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
  }

  /** From now on until the next exchange it keeps no process alive; `onEnd` is called where it ends. */
  rest(onEnd: () => void): void {
    this.#onIdleEnd = onEnd;
    this.#socket.unref();
    if (this.#socket.destroyed) onEnd();
  }

  wake(): void {
    this.#onIdleEnd = undefined;
    this.#socket.ref();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(bytes: Uint8Array): void {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      // Nothing was asked.
      this.#socket.destroy();
      return;
    }
    try {
      exchange.reader.take(bytes);
      if (exchange.reader.isDone) this.#finish(exchange);
    } catch (error) {
      this.#fail(error);
    }
  }

  #finish(exchange: Exchange): void {
    this.#exchange = undefined;
    exchange.limit.onReached = undefined;
    if (!exchange.reader.keepsAlive) this.#socket.destroy();
    exchange.resolve();
  }

  /** The server says that it sends no more, or the socket is closed. */
  #end(): void {
    const exchange = this.#exchange;
    if (exchange === undefined) this.#socket.destroy();
    else if (exchange.reader.hasHead) {
      try {
        exchange.reader.end();
        this.#finish(exchange);
      } catch (error) {
        this.#fail(error);
      }
    } else this.#fail(Object.assign(new Error('closed without an answer'), { code: 'ECONNRESET' }));
    this.#onIdleEnd?.();
    this.#onIdleEnd = undefined;
  }

  #fail(error: unknown): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#socket.destroy();
    if (exchange === undefined) return;
    exchange.limit.onReached = undefined;
    exchange.reject(error);
  }
}

function socketOptions(): Pick<
  TcpNetConnectOpts,
  'noDelay' | 'keepAlive' | 'keepAliveInitialDelay'
> {
  return { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
}
