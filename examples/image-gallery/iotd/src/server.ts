import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { collectDefaultMetrics, Counter, register } from 'prom-client';
import { timed } from './timed.ts';

const CACHE_MS = Number(process.env['CACHE_SECONDS'] ?? 60) * 1000;
const PICTURE = new URL('./assets/picture-of-the-day.svg', import.meta.url);

collectDefaultMetrics();

const imageLoads = new Counter({
  name: 'iotd_api_image_load_total',
  help: 'Pictures handed out: read anew (success) or from the cache (cached)',
  labelNames: ['status'],
});

interface Image {
  readonly url: string;
  readonly caption: string;
  readonly copyright: string;
}

let cached: { image: Image; untilMs: number } | undefined;

async function get(): Promise<Image> {
  if (cached !== undefined && cached.untilMs > Date.now()) {
    imageLoads.inc({ status: 'cached' });
    return cached.image;
  }
  const picture = await readFile(PICTURE);
  const image = {
    url: `data:image/svg+xml;base64,${picture.toString('base64')}`,
    caption: 'The narthex: how fire came to people',
    copyright: 'Narthex, Apache-2.0',
  };
  cached = { image, untilMs: Date.now() + CACHE_MS };
  imageLoads.inc({ status: 'success' });
  return image;
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0];
  if (path === '/image') {
    const image = await timed('iotd.ImageController', 'get', get);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(image));
  } else if (path === '/actuator/prometheus') {
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

server.listen(Number(process.env['PORT'] ?? 8011), process.env['HOST'] ?? '0.0.0.0');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
