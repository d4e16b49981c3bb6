import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { AgentOptions, ClientRequest, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { RequestOptions } from 'node:http';
import { connect as tlsConnect } from 'node:tls';
import type { ConnectionOptions, SecureVersion, TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { HttpClientError } from './http-client-error.ts';
import type {
  HttpClientSurroundings,
  ProxyOptions,
  TlsOptions,
  TlsVersion,
} from './http-client-options.ts';
import { bareHost, defaultPort } from './http-client-proxy.ts';

/** How long an idle connection is kept; Go's client of Prometheus keeps it as long. */
const IDLE_MS = 300_000;

const VERSIONS: Readonly<Record<TlsVersion, SecureVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

/** What Node's TLS takes, with the files' present content. */
export async function readTlsSettings(
  options: TlsOptions,
  readFile: HttpClientSurroundings['readFile'],
): Promise<ConnectionOptions> {
  const read = async (path: string | undefined, what: string): Promise<string | undefined> => {
    if (path === undefined || path === '') return undefined;
    try {
      return await readFile(path);
    } catch (cause) {
      const message = `unable to load specified ${what} ${path}: ${(cause as Error).message}`;
      throw new HttpClientError('credentials', message, { cause });
    }
  };
  const ca = options.ca ?? (await read(options.caFile, 'CA cert'));
  const cert = options.cert ?? (await read(options.certFile, 'client cert'));
  const key = options.key?.reveal() ?? (await read(options.keyFile, 'client key'));
  return {
    rejectUnauthorized: !options.insecureSkipVerify,
    ...(ca !== undefined && ca !== '' && { ca }),
    ...(cert !== undefined && cert !== '' && { cert }),
    ...(key !== undefined && key !== '' && { key }),
    ...(options.serverName !== undefined &&
      options.serverName !== '' && { servername: options.serverName }),
    ...(options.minVersion !== undefined && { minVersion: VERSIONS[options.minVersion] }),
    ...(options.maxVersion !== undefined && { maxVersion: VERSIONS[options.maxVersion] }),
  };
}

export function hasTlsFiles(options: TlsOptions): boolean {
  return [options.caFile, options.certFile, options.keyFile].some(
    (path) => path !== undefined && path !== '',
  );
}

/** Where a connection goes: straight, or through a proxy. */
export interface Route {
  readonly agent: HttpAgent;
  readonly proxy: URL | undefined;
}

export type ConnectionPool = Map<string, HttpAgent>;

/** The agent for a target, made once for each kind of route; `tls` are the settings of the moment. */
export function routeFor(
  pool: ConnectionPool,
  target: URL,
  proxy: URL | undefined,
  makers: { readonly tls: ConnectionOptions; readonly proxyOptions: ProxyOptions },
): Route {
  const key = `${target.protocol} ${proxy?.href ?? ''}`;
  let agent = pool.get(key);
  if (agent === undefined) {
    agent = createAgent(target, proxy, makers);
    pool.set(key, agent);
  }
  return { agent, proxy };
}

/**
 * Gives up an agent: idle connections close now, those in use after their answer. (Node's own `destroy`
 * would cut off requests under way.)
 */
export function retireAgent(agent: HttpAgent): void {
  (agent as HttpAgent & { keepAlive: boolean }).keepAlive = false;
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

function createAgent(
  target: URL,
  proxy: URL | undefined,
  makers: { readonly tls: ConnectionOptions; readonly proxyOptions: ProxyOptions },
): HttpAgent {
  const common: AgentOptions = { keepAlive: true, maxFreeSockets: 256, timeout: IDLE_MS };
  if (target.protocol !== 'https:') {
    return proxy?.protocol === 'https:' ? new HttpsAgent(common) : new HttpAgent(common);
  }
  if (proxy === undefined) return new HttpsAgent({ ...common, ...makers.tls });
  return new TunnelAgent({ ...common, ...makers.tls }, proxy, makers.proxyOptions);
}

type ConnectCallback = (error: Error | null, socket: Duplex) => void;

/** A proxy that does not answer a CONNECT within this time is given up. */
const TUNNEL_TIMEOUT_MS = 30_000;

/** Reaches HTTPS servers through the CONNECT method of an HTTP proxy. */
class TunnelAgent extends HttpsAgent {
  readonly #proxy: URL;
  readonly #proxyOptions: ProxyOptions;

  constructor(options: AgentOptions & ConnectionOptions, proxy: URL, proxyOptions: ProxyOptions) {
    super(options);
    this.#proxy = proxy;
    this.#proxyOptions = proxyOptions;
  }

  /** Node calls this with its own options, and takes the socket from the callback. */
  override createConnection(
    options: RequestOptions & ConnectionOptions,
    callback: ConnectCallback = () => {},
  ): undefined {
    const host = String(options.host);
    const authority = `${host.includes(':') ? `[${host}]` : host}:${String(options.port)}`;
    // Node takes no socket beside an error, whatever its types say.
    const fail = (error: Error): void => callback(error, undefined as unknown as Duplex);
    const request = connectRequest(this.#proxy, authority, this.#proxyOptions);
    request.once('error', fail);
    request.once('connect', (response: IncomingMessage, socket: Socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        fail(new HttpClientError('connect', response.statusMessage ?? 'proxy refused CONNECT'));
        return;
      }
      const secure: TLSSocket = tlsConnect({ ...options, socket });
      secure.once('error', fail);
      secure.once('secureConnect', () => callback(null, secure));
    });
    request.end();
    return undefined;
  }
}

function connectRequest(proxy: URL, authority: string, options: ProxyOptions): ClientRequest {
  const send = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send({
    host: bareHost(proxy.hostname),
    port: proxy.port === '' ? defaultPort(proxy.protocol) : proxy.port,
    method: 'CONNECT',
    path: authority,
    agent: false,
    headers: { Host: authority, ...connectHeaders(proxy, options) },
  });
  const giveUp = (): void => {
    request.destroy(new HttpClientError('timeout', 'i/o timeout'));
  };
  return request.setTimeout(TUNNEL_TIMEOUT_MS, giveUp);
}

function connectHeaders(proxy: URL, options: ProxyOptions): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = proxyAuthorization(proxy);
  for (const [name, values] of Object.entries(options.proxyConnectHeader)) {
    headers[name] = values.map((value) => value.reveal());
  }
  return headers;
}

export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '' && proxy.password === '') return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
