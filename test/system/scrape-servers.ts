import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import type { AddressInfo, Server as SocketServer, Socket } from 'node:net';
import { connect, createServer as createSocketServer } from 'node:net';

export interface TestServer {
  readonly url: string;
  readonly address: string;
  close(): Promise<void>;
}

const open = new Set<TestServer>();

/** A server on a free port of 127.0.0.1; with `tls` over TLS. */
export async function serve(handle: RequestListener, tls?: ServerOptions): Promise<TestServer> {
  const server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle);
  return await listen(server, tls === undefined ? 'http' : 'https');
}

/** A server on a unix socket. */
export async function serveSocket(path: string, handle: RequestListener): Promise<TestServer> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return opened(server, { url: 'http://localhost', address: path });
}

/** A server that answers requests with whatever bytes it likes. */
export async function serveRaw(
  answer: (socket: Socket, request: string) => void,
): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (request) => answer(socket, request.toString('latin1')));
  });
  const closeAllConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return await listen(Object.assign(server, { closeAllConnections }), 'http');
}

async function listen(
  server: SocketServer & Pick<Server, 'closeAllConnections'>,
  scheme: string,
): Promise<TestServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const address = `127.0.0.1:${port}`;
  return opened(server, { url: `${scheme}://${address}`, address });
}

function opened(
  server: SocketServer & Pick<Server, 'closeAllConnections'>,
  at: Pick<TestServer, 'url' | 'address'>,
): TestServer {
  const made: TestServer = {
    ...at,
    close: () =>
      new Promise((resolve) => {
        open.delete(made);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  open.add(made);
  return made;
}

/** A proxy that counts what it passes on; wants `Proxy-Authorization` where one is given. */
export async function serveProxy(
  wanted?: string,
): Promise<TestServer & { readonly seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) {
      response.writeHead(407).end();
      return;
    }
    seen.push(request.url ?? '');
    response.setHeader('Content-Type', 'text/plain');
    response.end('proxied 1\n');
  });
  server.on('connect', (request, socket) => {
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    seen.push(`CONNECT ${request.url}`);
    const [host, port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  return Object.assign(await listen(server, 'http'), { seen });
}

export async function closeServers(): Promise<void> {
  await Promise.all(Array.from(open, (server) => server.close()));
}

/** Waits until something holds, looking often; fails after ten seconds. */
export async function eventually(check: () => boolean, what: string): Promise<void> {
  const endMs = Date.now() + 10_000;
  while (!check()) {
    if (Date.now() > endMs) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
