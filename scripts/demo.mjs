// `npm run demo`: the three sample services, a small load on them, and Narthex that scrapes them all.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkPortFree } from './ports.mjs';
import { prepare, root } from './prepare.mjs';

const REQUEST_INTERVAL_MS = 200;
const READY_TIMEOUT_MS = 60_000;

const USAGE = `npm run demo [-- OPTIONS]

  --port PORT             Narthex                        (default 9090)
  --gallery-port PORT     image-gallery, the web page    (default 8010)
  --iotd-port PORT        iotd, image of the day         (default 8011)
  --access-log-port PORT  access-log                     (default 8012)
  --dir DIR               data and logs                  (default .narthex/demo)
`;

const { values: options } = parseOptions();
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

function parseOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '9090' },
        'gallery-port': { type: 'string', default: '8010' },
        'iotd-port': { type: 'string', default: '8011' },
        'access-log-port': { type: 'string', default: '8012' },
        dir: { type: 'string', default: join(root, '.narthex', 'demo') },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return fail(`${error.message}\n\n${USAGE}`);
  }
}

function fail(message) {
  process.stderr.write(`narthex demo: ${message}\n`);
  process.exit(1);
}

function portOf(name) {
  const port = Number(options[name]);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    fail(`--${name} ${options[name]} is not a port; give a number from 1 to 65535`);
  }
  return port;
}

const ports = {
  narthex: portOf('port'),
  gallery: portOf('gallery-port'),
  iotd: portOf('iotd-port'),
  accessLog: portOf('access-log-port'),
};
const children = [];
let stopping = false;

async function checkPorts() {
  await checkPortFree(ports.gallery, 'image-gallery', '--gallery-port');
  await checkPortFree(ports.iotd, 'iotd', '--iotd-port');
  await checkPortFree(ports.accessLog, 'access-log', '--access-log-port');
  await checkPortFree(ports.narthex, 'Narthex', '--port');
}

function start(name, args, env = {}) {
  const log = createWriteStream(join(options.dir, `${name}.log`));
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  child.once('exit', (code) => {
    if (stopping) return;
    process.stderr.write(
      `narthex demo: ${name} ended with status ${code}; see ${join(options.dir, `${name}.log`)}\n`,
    );
    void stop(1);
  });
  children.push(child);
}

async function waitUntilReady(name, url) {
  const deadlineMs = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    if (Date.now() > deadlineMs)
      throw new Error(`${name} is not ready at ${url} after ${READY_TIMEOUT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function writeConfig() {
  const file = join(options.dir, 'prometheus.yml');
  writeFileSync(
    file,
    `global:
  scrape_interval: 5s

scrape_configs:
  - job_name: image-gallery
    static_configs:
      - targets: ['127.0.0.1:${ports.gallery}']
  - job_name: iotd-api
    metrics_path: /actuator/prometheus
    static_configs:
      - targets: ['127.0.0.1:${ports.iotd}']
  - job_name: access-log
    scrape_interval: 3s
    static_configs:
      - targets: ['127.0.0.1:${ports.accessLog}']
  - job_name: narthex
    static_configs:
      - targets: ['127.0.0.1:${ports.narthex}']
`,
  );
  return file;
}

function service(name) {
  return join('examples', 'image-gallery', name, 'dist', 'server.mjs');
}

function startServices() {
  start('access-log', [service('access-log')], { PORT: String(ports.accessLog) });
  start('iotd', [service('iotd')], { PORT: String(ports.iotd) });
  start('image-gallery', [service('image-gallery')], {
    PORT: String(ports.gallery),
    IMAGE_API_URL: `http://127.0.0.1:${ports.iotd}/image`,
    ACCESS_LOG_URL: `http://127.0.0.1:${ports.accessLog}/access-log`,
  });
}

/** Visitors from a few addresses; five requests a second. */
function startLoad() {
  let visit = 0;
  const timer = setInterval(() => {
    visit++;
    const headers = { 'x-forwarded-for': `192.0.2.${1 + (visit % 40)}` };
    fetch(`http://127.0.0.1:${ports.gallery}/`, { headers, signal: AbortSignal.timeout(3000) })
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
  }, REQUEST_INTERVAL_MS);
  timer.unref();
}

function printAddresses() {
  const base = `http://127.0.0.1:${ports.narthex}`;
  process.stdout.write(`
Running (logs and data in ${options.dir}):
  image-gallery  http://127.0.0.1:${ports.gallery}/        metrics at /metrics
  iotd           http://127.0.0.1:${ports.iotd}/image   metrics at /actuator/prometheus
  access-log     http://127.0.0.1:${ports.accessLog}/stats   metrics at /metrics
  Narthex        ${base}/
  and a load of ${1000 / REQUEST_INTERVAL_MS} requests a second on the gallery

Open:
  ${base}/targets
  ${base}/query?g0.expr=rate(image_gallery_requests_total%5B1m%5D)&g0.tab=graph&g0.range_input=15m

Ctrl-C stops all.
`);
}

async function stop(status) {
  if (stopping) return;
  stopping = true;
  const running = children.filter((child) => child.exitCode === null && child.signalCode === null);
  const ended = running.map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of running) child.kill('SIGTERM');
  const timer = setTimeout(() => running.forEach((child) => child.kill('SIGKILL')), 10_000);
  await Promise.all(ended);
  clearTimeout(timer);
  if (children.length > 0) process.stdout.write('narthex demo: all stopped\n');
  process.exit(status);
}

process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));

try {
  await checkPorts();
  prepare();
  mkdirSync(options.dir, { recursive: true });
  startServices();
  start('narthex', [
    'bin/narthex',
    `--config.file=${writeConfig()}`,
    `--storage.tsdb.path=${join(options.dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${ports.narthex}`,
    '--web.enable-lifecycle',
  ]);
  await waitUntilReady('image-gallery', `http://127.0.0.1:${ports.gallery}/healthz`);
  await waitUntilReady('iotd', `http://127.0.0.1:${ports.iotd}/healthz`);
  await waitUntilReady('access-log', `http://127.0.0.1:${ports.accessLog}/healthz`);
  await waitUntilReady('Narthex', `http://127.0.0.1:${ports.narthex}/-/ready`);
  if (!stopping) {
    startLoad();
    printAddresses();
  }
} catch (error) {
  process.stderr.write(`narthex demo: ${error.message}\n`);
  await stop(1);
}
