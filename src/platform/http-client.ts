import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { createAuthorizationSource, readHeaders } from './http-client-auth.ts';
import type { AuthorizationSource, PostForm } from './http-client-auth.ts';
import {
  hasTlsFiles,
  proxyAuthorization,
  readTlsSettings,
  retireAgent,
  routeFor,
} from './http-client-agent.ts';
import type { ConnectionPool } from './http-client-agent.ts';
import { decodeBody, readBody } from './http-client-body.ts';
import type { BodyBuffer } from './http-client-body.ts';
import { describeConnectError, describeRequest, HttpClientError } from './http-client-error.ts';
import type { HttpClientOptions, HttpClientSurroundings } from './http-client-options.ts';
import { bareHost, chooseProxy, defaultPort } from './http-client-proxy.ts';

export interface HttpRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /** Names as they are sent. `Accept-Encoding` is `gzip` unless given. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** For the whole exchange: credentials, connection, redirects, body. */
  readonly timeoutMs: number;
  /** A body of as many bytes or more, decompressed, is refused. 0: only BODY_BYTES_MAX counts. */
  readonly bodyBytesMax?: number;
  readonly signal?: AbortSignal;
  /** Where a body that is not compressed may lie, to spare the garbage collector the work. */
  readonly bodyBuffer?: BodyBuffer;
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
  readonly signal: AbortSignal;
}

class NodeHttpClient implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #surroundings: HttpClientSurroundings;
  readonly #authorization: AuthorizationSource;
  readonly #tokenClient: HttpClient | undefined;
  #pool: ConnectionPool = new Map();
  #tls: ConnectionOptions | undefined;

  constructor(options: HttpClientOptions, surroundings: HttpClientSurroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#tokenClient = tokenClient(options, surroundings);
    this.#authorization = createAuthorizationSource(options, surroundings, (...args) =>
      postForm(this.#tokenClient ?? this, ...args),
    );
  }

  async fetch(request: HttpRequest): Promise<HttpResponse> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort('timeout'), request.timeoutMs);
    const cancel = (): void => timeout.abort('canceled');
    request.signal?.addEventListener('abort', cancel, { once: true });
    if (request.signal?.aborted === true) cancel();
    try {
      return await this.#exchange({ request, signal: timeout.signal });
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', cancel);
    }
  }

  close(): void {
    for (const agent of this.#pool.values()) retireAgent(agent);
    this.#pool = new Map();
    this.#tokenClient?.close();
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
      const message = await this.#answer(hop, exchange);
      const next = this.#options.followRedirects ? redirectedHop(hop, message) : undefined;
      if (next === undefined) return await receive(message, exchange);
      message.resume();
      if (redirects + 1 >= REDIRECTS_MAX) {
        throw requestError('redirect', next, `stopped after ${REDIRECTS_MAX} redirects`);
      }
      hop = { ...next, withCredentials: hop.withCredentials && isBelow(next.url, request.url) };
    }
  }

  /** The head of the answer, with the reason in Go's words where there is none. */
  async #answer(hop: Hop, exchange: Exchange): Promise<IncomingMessage> {
    try {
      return await this.#send(hop, exchange);
    } catch (error) {
      if (exchange.signal.aborted) throw abortError(exchange.signal, hop);
      if (error instanceof HttpClientError) throw requestError(error.code, hop, error.message);
      throw requestError('connect', hop, describeConnectError(error), error);
    }
  }

  async #send(hop: Hop, exchange: Exchange): Promise<IncomingMessage> {
    const target = parseUrl(hop.url);
    const headers = await this.#headers(target, hop, exchange);
    const proxy = chooseProxy(this.#options.proxy, this.#surroundings.environment, target);
    const tls = await this.#tlsSettings(target);
    const { agent } = routeFor(this.#pool, target, proxy, {
      tls,
      proxyOptions: this.#options.proxy,
    });
    const options: RequestOptions = {
      ...destination(target, proxy),
      method: hop.method,
      headers: isPlainThroughProxy(target, proxy)
        ? { ...headers, ...proxyAuthorization(proxy) }
        : headers,
      agent,
      signal: exchange.signal,
    };
    const overTls = (isPlainThroughProxy(target, proxy) ? proxy : target).protocol === 'https:';
    const start = (): ClientRequest => (overTls ? httpsRequest : httpRequest)(options);
    return await sendUntilFresh(start, hop);
  }

  /** The settings of the moment; connections made with older ones are given up. */
  async #tlsSettings(target: URL): Promise<ConnectionOptions> {
    if (target.protocol !== 'https:') return {};
    if (this.#tls !== undefined && !hasTlsFiles(this.#options.tls)) return this.#tls;
    const settings = await readTlsSettings(this.#options.tls, this.#surroundings.readFile);
    if (this.#tls !== undefined && !sameSettings(this.#tls, settings)) {
      for (const agent of this.#pool.values()) retireAgent(agent);
      this.#pool = new Map();
    }
    this.#tls = settings;
    return settings;
  }

  async #headers(
    target: URL,
    hop: Hop,
    { request, signal }: Exchange,
  ): Promise<Record<string, string | string[]>> {
    const headers: Record<string, string | string[]> = {
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
    const authorization = (await this.#authorization(signal)) ?? userInfo(target);
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

function isPlainThroughProxy(target: URL, proxy: URL | undefined): proxy is URL {
  return target.protocol === 'http:' && proxy !== undefined;
}

/** A plain request through a proxy names the whole address; all others go to the target's own host. */
function destination(target: URL, proxy: URL | undefined): RequestOptions {
  const viaProxy = isPlainThroughProxy(target, proxy) ? proxy : undefined;
  const to = viaProxy ?? target;
  const path = `${target.pathname}${target.search}`;
  return {
    host: bareHost(to.hostname),
    port: to.port === '' ? defaultPort(to.protocol) : to.port,
    path: viaProxy === undefined ? path : `http://${target.host}${path}`,
  };
}

/**
 * A kept connection that the server closed meanwhile is not an error: the request goes again. Each time
 * uses up one kept connection, so that it ends with a fresh one. Only what asks may go twice.
 */
async function sendUntilFresh(
  start: () => ClientRequest,
  { method, body }: Hop,
): Promise<IncomingMessage> {
  for (;;) {
    const request = start();
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        request.once('response', resolve);
        request.on('error', reject);
        request.end(body);
      });
    } catch (error) {
      const { code } = error as { code?: string };
      const isClosed = code === 'ECONNRESET' || code === 'EPIPE';
      if (method !== 'GET' || !request.reusedSocket || !isClosed) throw error;
    }
  }
}

async function receive(
  message: IncomingMessage,
  { request, signal }: Exchange,
): Promise<HttpResponse> {
  const status = message.statusCode ?? 0;
  const isGood = status >= 200 && status <= 299;
  try {
    const limit = { bytesMax: request.bodyBytesMax ?? 0, isGood };
    const raw = await readBody(message, limit, request.bodyBuffer ?? { bytes: NO_BYTES });
    const encoding = isGood ? (message.headers['content-encoding'] ?? '') : '';
    return {
      status,
      statusText: `${status} ${message.statusMessage ?? ''}`.trim(),
      contentType: message.headers['content-type'] ?? '',
      body: await decodeBody(raw, encoding, request.bodyBytesMax ?? 0),
    };
  } catch (error) {
    message.destroy();
    if (signal.aborted) throw abortError(signal);
    if (error instanceof HttpClientError) throw error;
    throw new HttpClientError('body', bodyReason(error), { cause: error });
  }
}

function bodyReason(error: unknown): string {
  const { code } = error as { code?: string };
  if (code === 'ECONNRESET' || code === 'ABORT_ERR') return 'unexpected EOF';
  return describeConnectError(error);
}

/** Go's rules: 301, 302 and 303 go on as GET, 307 and 308 as they were; without a place it is the answer. */
function redirectedHop(
  hop: Hop,
  message: IncomingMessage,
): Omit<Hop, 'withCredentials'> | undefined {
  const status = message.statusCode ?? 0;
  const place = message.headers.location;
  if (place === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  let url: string;
  try {
    url = new URL(place, hop.url).href;
  } catch {
    message.resume();
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

/** Go names the request where no answer came, and only the reason where the body was late. */
function abortError(signal: AbortSignal, hop?: Hop): HttpClientError {
  const code = signal.reason === 'timeout' ? 'timeout' : 'canceled';
  const reason = code === 'timeout' ? 'context deadline exceeded' : 'context canceled';
  return hop === undefined ? new HttpClientError(code, reason) : requestError(code, hop, reason);
}

function sameSettings(a: ConnectionOptions, b: ConnectionOptions): boolean {
  return a.ca === b.ca && a.cert === b.cert && a.key === b.key;
}
