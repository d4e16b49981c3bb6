import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, register } from 'prom-client';
import { renderPage, type Image } from './page.ts';

const IMAGE_URL = process.env['IMAGE_API_URL'] ?? 'http://iotd/image';
const ACCESS_LOG_URL = process.env['ACCESS_LOG_URL'] ?? 'http://accesslog/access-log';
const UPSTREAM_TIMEOUT_MS = 3000;

/** One request in so many fails on purpose, so that there is something to see. */
const FAILURE_EVERY = 10;

collectDefaultMetrics();

const requests = new Counter({
  name: 'image_gallery_requests_total',
  help: 'Requests for the gallery page',
  labelNames: ['code', 'method'],
});
const inFlight = new Gauge({
  name: 'image_gallery_in_flight_requests',
  help: 'Requests for the gallery page being served now',
});

let requestCount = 0;

function clientIpOf(request: IncomingMessage): string {
  const forwarded = request.headers['x-forwarded-for'];
  return typeof forwarded === 'string' ? forwarded : (request.socket.remoteAddress ?? '');
}

async function postVisit(request: IncomingMessage): Promise<void> {
  await fetch(ACCESS_LOG_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ clientIp: clientIpOf(request), path: request.url }),
    signal: AbortSignal.timeout(UPSTREAM_TIMEOUT_MS),
  });
}

async function fetchImage(): Promise<Image> {
  const response = await fetch(IMAGE_URL, { signal: AbortSignal.timeout(UPSTREAM_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`the picture service answered ${response.status}`);
  return (await response.json()) as Image;
}

async function servePage(request: IncomingMessage, response: ServerResponse): Promise<void> {
  requestCount++;
  if (requestCount % FAILURE_EVERY === 0) throw new Error('failed on purpose');
  const [image] = await Promise.all([fetchImage(), postVisit(request)]);
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(renderPage(image));
}

async function serveCounted(request: IncomingMessage, response: ServerResponse): Promise<void> {
  inFlight.inc();
  try {
    await servePage(request, response);
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`${error instanceof Error ? error.message : String(error)}\n`);
  } finally {
    inFlight.dec();
    requests.inc({ code: response.statusCode, method: (request.method ?? 'GET').toLowerCase() });
  }
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0];
  if (path === '/') {
    await serveCounted(request, response);
  } else if (path === '/metrics') {
    response.writeHead(200, { 'content-type': register.contentType });
    response.end(await register.metrics());
  } else if (path === '/healthz') {
    response.end('ok\n');
  } else {
    response.writeHead(404).end('not found\n');
  }
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    if (!response.headersSent) response.writeHead(500);
    response.end(`${String(error)}\n`);
  });
});

server.listen(Number(process.env['PORT'] ?? 8010), process.env['HOST'] ?? '0.0.0.0');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
