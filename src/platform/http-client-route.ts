import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { ConnectionOptions, SecureVersion } from 'node:tls';
import { HttpConnection } from './http-client-connection.ts';
import { HttpClientError } from './http-client-error.ts';
import type { ExchangeLimit } from './http-client-limit.ts';
import type {
  HttpClientSurroundings,
  ProxyOptions,
  TlsOptions,
  TlsVersion,
} from './http-client-options.ts';
import { bareHost, defaultPort } from './http-client-proxy.ts';

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

/** Where connections of one kind go to. */
export interface Route {
  readonly target: URL;
  /** Undefined: straight to the target. */
  readonly proxy: URL | undefined;
  /** The settings of the moment. */
  readonly tls: ConnectionOptions;
  readonly proxyOptions: ProxyOptions;
  /** Where the connection goes instead of the target's host. */
  readonly socketPath: string | undefined;
}

/** A plain request through a proxy names the whole address; all others go to the target's own host. */
export function isPlainThroughProxy({ target, proxy }: Pick<Route, 'target' | 'proxy'>): boolean {
  return target.protocol === 'http:' && proxy !== undefined;
}

/** Makes a connection. Only tunnels take time here; the others are made while the request waits in them. */
export async function openConnection(route: Route, limit: ExchangeLimit): Promise<HttpConnection> {
  const { target, proxy, tls, socketPath } = route;
  if (socketPath !== undefined) return HttpConnection.plain({ path: socketPath });
  if (target.protocol === 'http:') {
    const to = proxy ?? target;
    return to.protocol === 'https:'
      ? HttpConnection.secure(tlsOptions(to, {}))
      : HttpConnection.plain(addressOf(to));
  }
  if (proxy === undefined) return HttpConnection.secure(tlsOptions(target, tls));
  const socket = await openTunnel({ ...route, proxy }, limit);
  return HttpConnection.secure({ ...tlsOptions(target, tls), socket });
}

function addressOf(url: URL): { readonly host: string; readonly port: number } {
  const port = url.port === '' ? defaultPort(url.protocol) : url.port;
  return { host: bareHost(url.hostname), port: Number(port) };
}

function tlsOptions(url: URL, tls: ConnectionOptions): ConnectionOptions {
  const address = addressOf(url);
  // Addresses are no names that a server could choose its certificate by.
  const servername = isIP(address.host) === 0 ? address.host : undefined;
  return { ...address, ...(servername !== undefined && { servername }), ...tls };
}

/** A proxy that does not answer a CONNECT within this time is given up. */
const TUNNEL_TIMEOUT_MS = 30_000;

/** Reaches HTTPS servers through the CONNECT method of an HTTP proxy. */
function openTunnel(
  { target, proxy, proxyOptions }: Route & { readonly proxy: URL },
  limit: ExchangeLimit,
): Promise<Socket> {
  const { host, port } = addressOf(target);
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const request = connectRequest(proxy, authority, proxyOptions);
    limit.onReached = () => request.destroy();
    if (limit.reason !== undefined) request.destroy();
    request.once('error', reject);
    request.once('connect', (response: IncomingMessage, socket: Socket) => {
      limit.onReached = undefined;
      if (response.statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new HttpClientError('connect', response.statusMessage ?? 'proxy refused CONNECT'));
    });
    request.end();
  });
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
