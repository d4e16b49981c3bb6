import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { Cancellation } from './cancellation.ts';
import { createAuthorizationSource, readHeaders } from './http-client-auth.ts';
import type { AuthorizationSource, PostForm } from './http-client-auth.ts';
import { decodeBody } from './http-client-body.ts';
import type { BodyBuffer } from './http-client-body.ts';
import type { RequestBytes } from './http-client-connection.ts';
import { describeConnectError, describeRequest, HttpClientError } from './http-client-error.ts';
import { ExchangeLimit } from './http-client-limit.ts';
import type { HttpClientOptions, HttpClientSurroundings } from './http-client-options.ts';
import { ConnectionPool } from './http-client-pool.ts';
import { chooseProxy } from './http-client-proxy.ts';
import { requestHead } from './http-client-request.ts';
import { ResponseReader } from './http-client-response.ts';
import {
  hasTlsFiles,
  isPlainThroughProxy,
  openConnection,
  proxyAuthorization,
  readTlsSettings,
} from './http-client-route.ts';
import type { Route } from './http-client-route.ts';

export interface HttpRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /**
   * Names as they are sent. `Accept-Encoding` is `gzip` unless given. Must not change: who asks again with the same
   * object has what is sent ready, where no file or server is to be asked for a part of it.
   */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** For the whole exchange: credentials, connection, redirects, body. */
  readonly timeoutMs: number;
  /** A body of as many bytes or more, decompressed, is refused. 0: only BODY_BYTES_MAX counts. */
  readonly bodyBytesMax?: number;
  readonly signal?: AbortSignal;
  /** The same at less cost. */
  readonly cancellation?: Cancellation;
  /** Where a body that is not compressed may lie, to spare the garbage collector the work. */
  readonly bodyBuffer?: BodyBuffer;
}

/** A request whose answer goes on until somebody ends it: events, logs, watches. */
export interface HttpStreamRequest {
  readonly url: string;
  /** As with HttpRequest, but that nothing is compressed. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For credentials, connection, redirects, and until status and headers of the answer are there. */
  readonly timeoutMs: number;
  /**
   * An answer that is silent for so long is given up as `timeout`; 0 or undefined: never, since TCP keep-alive finds
   * out about a peer that is gone.
   */
  readonly idleTimeoutMs?: number;
  /** Ends the exchange at any time, which rejects with `canceled`. */
  readonly signal: AbortSignal;
  /** Status and headers of an answer of 2xx are there. */
  readonly onOpen?: () => void;
  /**
   * Gets the body of an answer of 2xx as it comes; the bytes are lent for the call. What it throws ends the exchange:
   * an HttpClientError as it is, another error as the cause of one with code `body`.
   */
  readonly onBytes: (bytes: Uint8Array) => void;
}

export interface HttpResponse {
  readonly status: number;
  /** With the number: `503 Service Unavailable`. */
  readonly statusText: string;
  /** '' where the server named none. */
  readonly contentType: string;
  /** Decompressed. Of an answer other than 2xx only the beginning. Owned by who owns `bodyBuffer`. */
  readonly body: Uint8Array;
}

export interface HttpClient {
  /** Rejects with HttpClientError alone. An answer of any status is an answer. */
  fetch(request: HttpRequest): Promise<HttpResponse>;
  /**
   * Hands over the body as it comes. Resolves where the server ended it, with an empty body; at once where the status
   * is not 2xx, with the beginning of what was said. Rejects with HttpClientError alone.
   */
  stream(request: HttpStreamRequest): Promise<HttpResponse>;
  /** Closes idle connections; requests under way end by themselves. */
  close(): void;
}

const NO_BYTES = new Uint8Array(0);

/** As Go's client: after the tenth redirect it gives up. */
const REDIRECTS_MAX = 10;

const systemSurroundings: HttpClientSurroundings = {
  readFile: (path) => readFile(path, 'utf8'),
  environment: process.env,
  nowMs: Date.now,
};

/** A client for servers that share options; it keeps connections. Starts nothing until asked. */
export function createHttpClient(
  options: HttpClientOptions,
  surroundings: HttpClientSurroundings = systemSurroundings,
): HttpClient {
  return new NodeHttpClient(options, surroundings);
}

/** One step of an exchange: the request as given, or one that a redirect asked for. */
interface Hop {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly body: Uint8Array | undefined;
  /** Credentials go to the first host alone, and to those below it. */
  readonly withCredentials: boolean;
}

interface Exchange {
  readonly request: HttpRequest;
  readonly limit: ExchangeLimit;
  readonly onHead?: () => void;
  readonly onBytes?: (bytes: Uint8Array) => void;
}

/** What a request becomes. */
interface Prepared {
  readonly url: string;
  readonly route: Route;
  readonly bytes: RequestBytes;
  /** See `placeOf`. */
  readonly place: string;
}

class NodeHttpClient implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #surroundings: HttpClientSurroundings;
  readonly #authorization: AuthorizationSource;
  readonly #tokenClient: HttpClient | undefined;
  /** The latest GET by the headers that it was asked with. */
  readonly #prepared = new WeakMap<object, Prepared>();
  #pool: ConnectionPool = new ConnectionPool();
  #tls: ConnectionOptions | undefined;
  /** Requests get nothing that files or other servers tell. */
  readonly #isAnonymous: boolean;

  constructor(options: HttpClientOptions, surroundings: HttpClientSurroundings) {
    this.#options = options;
    const { authorization, basicAuth, oauth2, httpHeaders } = options;
    const isOpen = authorization === undefined && basicAuth === undefined && oauth2 === undefined;
    this.#isAnonymous = isOpen && Object.keys(httpHeaders).length === 0;
    this.#surroundings = surroundings;
    this.#tokenClient = tokenClient(options, surroundings);
    this.#authorization = createAuthorizationSource(options, surroundings, (...args) =>
      postForm(this.#tokenClient ?? this, ...args),
    );
  }

  async fetch(request: HttpRequest): Promise<HttpResponse> {
    const limit = new ExchangeLimit(request.timeoutMs, request);
    try {
      return await this.#exchange({ request, limit });
    } finally {
      limit.release();
    }
  }

  async stream({
    idleTimeoutMs = 0,
    onOpen,
    onBytes,
    ...rest
  }: HttpStreamRequest): Promise<HttpResponse> {
    const headers = { 'Accept-Encoding': 'identity', ...rest.headers };
    const request = { ...rest, headers };
    const limit = new ExchangeLimit(request.timeoutMs, request);
    const onHead = (): void => {
      limit.restart(idleTimeoutMs);
      onOpen?.();
    };
    const take = (bytes: Uint8Array): void => {
      limit.refresh();
      onBytes(bytes);
    };
    try {
      return await this.#exchange({ request, limit, onHead, onBytes: take });
    } finally {
      limit.release();
    }
  }

  close(): void {
    this.#retirePool();
    this.#tokenClient?.close();
  }

  #retirePool(): void {
    this.#pool.close();
    this.#pool = new ConnectionPool();
  }

  async #exchange(exchange: Exchange): Promise<HttpResponse> {
    const { request } = exchange;
    let hop: Hop = {
      url: request.url,
      method: request.method ?? 'GET',
      body: request.body,
      withCredentials: true,
    };
    for (let redirects = 0; ; redirects++) {
      const reader = await this.#answer(hop, exchange);
      const next = this.#options.followRedirects ? redirectedHop(hop, reader) : undefined;
      if (next === undefined) return await responseOf(reader, request);
      if (redirects + 1 >= REDIRECTS_MAX) {
        throw requestError('redirect', next, `stopped after ${REDIRECTS_MAX} redirects`);
      }
      hop = { ...next, withCredentials: hop.withCredentials && isBelow(next.url, request.url) };
    }
  }

  /** The whole answer, with the reason in Go's words where there is none. */
  async #answer(hop: Hop, exchange: Exchange): Promise<ResponseReader> {
    const { limit, request, onHead, onBytes } = exchange;
    const reader = (): ResponseReader =>
      new ResponseReader({
        bodyBytesMax: request.bodyBytesMax ?? 0,
        body: request.bodyBuffer ?? { bytes: NO_BYTES },
        onHead,
        onBytes,
      });
    let latest = reader();
    try {
      const ready = this.#isKept(hop, request) ? this.#prepared.get(request.headers) : undefined;
      const { route, bytes, place } =
        ready?.url === hop.url ? ready : await this.#prepare(hop, exchange);
      const pool = this.#pool;
      for (;;) {
        const kept = pool.take(place);
        const connection = kept ?? (await openConnection(route, limit));
        try {
          await connection.exchange(bytes, latest, limit);
        } catch (error) {
          const mayRepeat = kept !== undefined && hop.method === 'GET' && !latest.hasBegun;
          if (!mayRepeat || !isClosed(error)) throw error;
          // Each time uses up one kept connection, so that it ends with a fresh one.
          latest = reader();
          continue;
        }
        if (latest.keepsAlive) pool.put(place, connection);
        return latest;
      }
    } catch (error) {
      throw exchangeError(error, { hop, limit, hasHead: latest.hasHead });
    }
  }

  async #prepare(hop: Hop, exchange: Exchange): Promise<Prepared> {
    const route = await this.#route(parseUrl(hop.url));
    const bytes = await this.#requestBytes(route, hop, exchange);
    const prepared = { url: hop.url, route, bytes, place: placeOf(route) };
    const { request } = exchange;
    const isPlain = route.target.protocol === 'http:';
    if (isPlain && this.#isKept(hop, request)) this.#prepared.set(request.headers, prepared);
    return prepared;
  }

  /** Whether the same is sent each time that the same is asked for, as far as options and method say. */
  #isKept(
    { withCredentials, url, body }: Hop,
    request: HttpRequest,
  ): request is HttpRequest & Required<Pick<HttpRequest, 'headers'>> {
    const isRequest = withCredentials && body === undefined && url === request.url;
    if (!this.#isAnonymous || !isRequest || request.headers === undefined) return false;
    return request.method !== 'POST';
  }

  async #route(target: URL): Promise<Route> {
    const { proxy: proxyOptions, socketPath } = this.#options;
    if (socketPath !== undefined) {
      if (target.protocol !== 'http:')
        throw new HttpClientError('url', 'unix sockets take plain HTTP');
      return { target, proxy: undefined, tls: {}, proxyOptions, socketPath };
    }
    const proxy = chooseProxy(proxyOptions, this.#surroundings.environment, target);
    const tls = target.protocol === 'https:' ? await this.#tlsSettings() : {};
    return { target, proxy, tls, proxyOptions, socketPath };
  }

  /** The settings of the moment; connections made with older ones are given up. */
  async #tlsSettings(): Promise<ConnectionOptions> {
    if (this.#tls !== undefined && !hasTlsFiles(this.#options.tls)) return this.#tls;
    const settings = await readTlsSettings(this.#options.tls, this.#surroundings.readFile);
    if (this.#tls !== undefined && !sameSettings(this.#tls, settings)) this.#retirePool();
    this.#tls = settings;
    return settings;
  }

  async #requestBytes(route: Route, hop: Hop, exchange: Exchange): Promise<RequestBytes> {
    const { target, proxy } = route;
    const headers = await this.#headers(target, hop, exchange);
    const isWhole = proxy !== undefined && isPlainThroughProxy(route);
    if (isWhole) Object.assign(headers, proxyAuthorization(proxy));
    const path = `${target.pathname}${target.search}`;
    const place = isWhole ? `http://${target.host}${path}` : path;
    return { head: requestHead(hop.method, place, headers), body: hop.body };
  }

  async #headers(
    target: URL,
    hop: Hop,
    { request, limit }: Exchange,
  ): Promise<Record<string, string | readonly string[]>> {
    const headers: Record<string, string | readonly string[]> = {
      Host: target.host,
      'Accept-Encoding': 'gzip',
      ...request.headers,
    };
    if (hop.body !== undefined) headers['Content-Length'] = String(hop.body.length);
    if (!hop.withCredentials) return headers;
    Object.assign(
      headers,
      await readHeaders(this.#options.httpHeaders, this.#surroundings.readFile),
    );
    const authorization = (await this.#authorization(limit)) ?? userInfo(target);
    if (authorization !== undefined) headers['Authorization'] ??= authorization;
    return headers;
  }
}

function tokenClient(
  options: HttpClientOptions,
  surroundings: HttpClientSurroundings,
): HttpClient | undefined {
  if (options.oauth2 === undefined) return undefined;
  const { tls, proxy } = options.oauth2;
  return new NodeHttpClient({ tls, proxy, followRedirects: true, httpHeaders: {} }, surroundings);
}

/** The timeout of the exchange that needs the token ends this one too, by the signal. */
const TOKEN_TIMEOUT_MS = 60_000;

async function postForm(
  client: HttpClient,
  ...[url, form, extra]: Parameters<PostForm>
): ReturnType<PostForm> {
  return await client.fetch({
    url,
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(extra.authorization !== undefined && { Authorization: extra.authorization }),
    },
    body: new TextEncoder().encode(form.toString()),
    timeoutMs: TOKEN_TIMEOUT_MS,
    bodyBytesMax: 1 << 20,
    signal: extra.signal,
  });
}

function parseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new HttpClientError('url', 'invalid URL', { cause });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const scheme = JSON.stringify(url.protocol.slice(0, -1));
    throw new HttpClientError('url', `unsupported protocol scheme ${scheme}`);
  }
  return url;
}

function userInfo(target: URL): string | undefined {
  if (target.username === '' && target.password === '') return undefined;
  const pair = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** Connections that serve each other's requests. */
function placeOf({ target, proxy }: Route): string {
  return `${target.protocol} ${target.host} ${proxy?.href ?? ''}`;
}

/** A kept connection that the server closed meanwhile is not an error. */
function isClosed(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === 'ECONNRESET' || code === 'EPIPE';
}

async function responseOf(reader: ResponseReader, request: HttpRequest): Promise<HttpResponse> {
  const { status, statusMessage, headers } = reader;
  const isGood = status >= 200 && status <= 299;
  const encoding = isGood ? (headers.get('content-encoding') ?? '') : '';
  const raw = reader.body;
  return {
    status,
    statusText: `${status} ${statusMessage}`.trim(),
    contentType: headers.get('content-type') ?? '',
    body: encoding === '' ? raw : await decodeBody(raw, encoding, request.bodyBytesMax ?? 0),
  };
}

/** Go names the request where no answer came, and only the reason where the body broke off or was late. */
function exchangeError(
  error: unknown,
  at: { readonly hop: Hop; readonly limit: ExchangeLimit; readonly hasHead: boolean },
): HttpClientError {
  const { hop, limit, hasHead } = at;
  if (limit.reason !== undefined) {
    const reason = limit.reason === 'timeout' ? 'context deadline exceeded' : 'context canceled';
    return hasHead
      ? new HttpClientError(limit.reason, reason)
      : requestError(limit.reason, hop, reason);
  }
  if (error instanceof HttpClientError) {
    return hasHead ? error : requestError(error.code, hop, error.message);
  }
  if (!hasHead) return requestError('connect', hop, describeConnectError(error), error);
  const reason = isClosed(error) ? 'unexpected EOF' : describeConnectError(error);
  return new HttpClientError('body', reason, { cause: error });
}

/** Go's rules: 301, 302 and 303 go on as GET, 307 and 308 as they were; without a place it is the answer. */
function redirectedHop(
  hop: Hop,
  { status, headers }: ResponseReader,
): Omit<Hop, 'withCredentials'> | undefined {
  const place = headers.get('location');
  if (place === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  let url: string;
  try {
    url = new URL(place, hop.url).href;
  } catch {
    throw requestError('redirect', hop, 'failed to parse Location header');
  }
  const keeps = status === 307 || status === 308;
  return keeps
    ? { url, method: hop.method, body: hop.body }
    : { url, method: 'GET', body: undefined };
}

/** Whether a redirect stays with the first host or a part of it, and does not leave TLS. */
function isBelow(next: string, first: string): boolean {
  const to = new URL(next);
  const from = new URL(first);
  if (from.protocol === 'https:' && to.protocol !== 'https:') return false;
  return to.hostname === from.hostname || to.hostname.endsWith(`.${from.hostname}`);
}

function requestError(
  code: HttpClientError['code'],
  hop: { readonly method: string; readonly url: string },
  reason: string,
  cause?: unknown,
): HttpClientError {
  return new HttpClientError(code, describeRequest(hop.method, hop.url, reason), { cause });
}

function sameSettings(a: ConnectionOptions, b: ConnectionOptions): boolean {
  return a.ca === b.ca && a.cert === b.cert && a.key === b.key;
}
