import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { collectDefaultMetrics, Counter, Gauge, register } from 'prom-client';

/** Bounds what one visitor can post, and how many addresses are told apart. */
const BODY_BYTES_MAX = 16 * 1024;
const CLIENT_IPS_MAX = 100_000;

register.setDefaultLabels({ hostname: hostname() });
collectDefaultMetrics();

const accessTotal = new Counter({
  name: 'access_log_total',
  help: 'Access Log - total log requests',
});
const clientIps = new Gauge({
  name: 'access_client_ip_current',
  help: 'Access Log - current unique IP addresses',
});

const seenIps = new Set<string>();
let logCount = 0;

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > BODY_BYTES_MAX) throw new RangeError('body too large');
  }
  return body;
}

function clientIpOf(body: string): string {
  try {
    const entry: unknown = JSON.parse(body);
    if (typeof entry === 'object' && entry !== null && 'clientIp' in entry) {
      return String(entry.clientIp).slice(0, 64);
    }
  } catch {
    // Counted all the same, as a visitor without an address.
  }
  return '';
}

async function log(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const clientIp = clientIpOf(await readBody(request));
  logCount++;
  accessTotal.inc();
  if (clientIp !== '' && seenIps.size < CLIENT_IPS_MAX) seenIps.add(clientIp);
  clientIps.set(seenIps.size);
  response.writeHead(201, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ logged: logCount }));
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0];
  if (request.method === 'POST' && path === '/access-log') return log(request, response);
  if (path === '/stats') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ logs: logCount, clientIps: seenIps.size }));
  } else if (path === '/metrics') {
    response.writeHead(200, { 'content-type': register.contentType });
    response.end(await register.metrics());
  } else if (path === '/healthz') {
    response.end('ok\n');
  } else {
    response.writeHead(404).end('not found\n');
  }
  return undefined;
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    const status = error instanceof RangeError ? 413 : 500;
    if (!response.headersSent) response.writeHead(status);
    response.end(`${String(error)}\n`);
  });
});

server.listen(Number(process.env['PORT'] ?? 8012), process.env['HOST'] ?? '0.0.0.0');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
