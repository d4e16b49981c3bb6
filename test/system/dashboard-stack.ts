import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { untilQuery } from './api.ts';
import { type MetricPages, serveMetricPages } from './dashboard-targets.ts';
import { type DockerEngine, importNodeImage, startDockerEngine } from './docker-engine.ts';
import { freePort, type NarthexProcess, startNarthex } from './narthex.ts';
import { type Exporter, startExporter } from './node-exporter.ts';
import { type PrometheusProcess, startPrometheus } from './prometheus.ts';

// What dashboards are drawn of: this machine and the containers of an engine of the test's own, measured by Narthex;
// a Prometheus; node_exporter for what only it can ask the kernel; generated pages for what no test machine has.

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const NODE_IMAGE = 'node:22-bookworm-slim';
/** Off by default, as with node_exporter; dashboards have panels for them. */
const COLLECTORS = '+processes,+tcpstat,+interrupts';
const STACK_LABELS = [
  '--label=com.docker.compose.project=shop',
  '--label=org.label-schema.group=monitoring',
];
/** Writes, and talks to itself over the network. */
const BUSY = `
const http = require('http');
http.createServer((_, answer) => answer.end('x'.repeat(1000))).listen(8080);
setInterval(() => {
  fs.writeFileSync('/tmp/file', 'y'.repeat(100000));
  http.get('http://' + require('os').hostname() + ':8080', (answer) => answer.resume()).on('error', () => {});
}, 100);
`;

/** From pages of others, from our own, and through the Prometheus. */
const RATES = [
  'jvm_gc_pause_seconds_count',
  'node_schedstat_timeslices_total',
  'node_intr_total',
  'prometheus_tsdb_head_samples_appended_total{job="prometheus"}',
]
  .map((name) => `count(rate(${name}[10s]))`)
  .concat('count(node_timex_sync_status)', 'count(ALERTS)')
  .join(' and ');

const FAILING_ONCE = `
if (!fs.existsSync('/tmp/failed')) {
  fs.writeFileSync('/tmp/failed', '');
  setTimeout(() => process.exit(3), 2000);
}
`;

export interface DashboardStack {
  readonly narthex: NarthexProcess;
  /** Resolves once there are rates of containers, also at the last multiple of 20 s, which is the longest step. */
  readonly containersMeasured: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Resolves once everything but the containers is measured; they start in the meantime. */
export async function startDashboardStack(): Promise<DashboardStack> {
  const dir = mkdtempSync(join(tmpdir(), 'narthex-dashboards-'));
  const texts = join(dir, 'texts');
  mkdirSync(texts);
  const [galleryPort, iotdPort, accessLogPort, metricsPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const engine = startDockerEngine(join(dir, 'engine'), metricsPort, ['--bridge=none']);
  const places = { dir, texts, galleryPort, iotdPort, accessLogPort };
  const containers = engine.then(async (one) => await startContainers(one, places));
  containers.catch(() => undefined);
  const [pages, exporter, closing] = await Promise.all([
    serveMetricPages(),
    startExporter(['--collector.disable-defaults', '--collector.timex']),
    keepClosingConnection(),
  ]);
  const prometheus = await startPrometheus({
    path: join(dir, 'prometheus'),
    config: prometheusConfiguration(dir, pages),
  });
  const ports = { galleryPort, iotdPort, accessLogPort, metricsPort };
  const narthex = await startNarthex({
    config: (port) => configuration({ port, pages, exporter, prometheus, ...ports }),
    flags: [
      `--docker.host=unix://${join(dir, 'engine', 'docker.sock')}`,
      `--host.collectors=${COLLECTORS}`,
      `--collector.textfile.directory=${texts}`,
    ],
  });
  const visits = visit(`http://127.0.0.1:${galleryPort}/`);
  await untilQuery(narthex.url, RATES, (found) => found.length > 0);
  return {
    narthex,
    containersMeasured: async () => {
      await containers;
      const running =
        'count(rate(container_cpu_usage_seconds_total{name=~"demo_web.+"}[1m] offset 25s)) >= 2';
      await untilQuery(narthex.url, running, (found) => found.length > 0, 120_000);
    },
    stop: async () => {
      visits();
      await Promise.all([narthex.stop(), prometheus.stop(), exporter.stop(), pages.close()]);
      closing();
      await containers.catch(() => undefined);
      await stopContainers(await engine);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

interface Places {
  readonly dir: string;
  readonly texts: string;
  readonly galleryPort: number;
  readonly iotdPort: number;
  readonly accessLogPort: number;
}

/** The sample application, one that fails, and a Swarm service of a stack. */
async function startContainers(engine: DockerEngine, places: Places): Promise<void> {
  const { dir, texts, galleryPort, iotdPort, accessLogPort } = places;
  const docker = async (words: string, ...more: readonly string[]): Promise<string> =>
    await engine.run('docker', [...words.split(' '), ...more]);
  await importNodeImage(engine, dir, NODE_IMAGE);
  const run = async (name: string, port: number, ...more: readonly string[]): Promise<string> => {
    const code = join(root, 'examples', 'image-gallery', name, 'dist');
    const options = [...STACK_LABELS, ...more, `--env=PORT=${port}`, `--volume=${code}:/app:ro`];
    const limits = '--memory=256m --cpus=1 --network=host';
    const words = `run --detach --name=gallery-${name} ${limits} ${options.join(' ')}`;
    return await docker(`${words} ${NODE_IMAGE} node /app/server.mjs`);
  };
  await Promise.all([
    run('access-log', accessLogPort),
    run('iotd', iotdPort),
    run(
      'image-gallery',
      galleryPort,
      `--env=IMAGE_API_URL=http://127.0.0.1:${iotdPort}/image`,
      `--env=ACCESS_LOG_URL=http://127.0.0.1:${accessLogPort}/access-log`,
    ),
    startBatch(docker),
    startService(docker, await freePort()),
  ]);
  // As swarmprom's node_exporter writes it when it starts.
  const node = (await docker('info --format={{.Swarm.NodeID}}')).trim();
  writeFileSync(
    join(texts, 'node-meta.prom'),
    `node_meta{node_id="${node}",container_label_com_docker_swarm_node_id="${node}",node_name="${hostname()}"} 1\n`,
  );
}

type Docker = (words: string, ...more: readonly string[]) => Promise<string>;

/** Fails once and is started again; the first of the containers by name, which pages for one container show. */
async function startBatch(docker: Docker): Promise<void> {
  await docker('network create --driver=bridge --subnet=172.35.2.0/24 shop');
  const words =
    'run --detach --name=batch --network=shop --restart=on-failure --memory=256m --cpus=1';
  await docker(`${words} ${NODE_IMAGE} node -e`, FAILING_ONCE + BUSY);
}

/** Two replicas with the labels of a stack, in a network of this machine alone. */
async function startService(docker: Docker, port: number): Promise<void> {
  await docker(`swarm init --advertise-addr=127.0.0.1 --listen-addr=127.0.0.1:${port}`);
  await docker('network create --config-only --subnet=172.35.1.0/24 demo-settings');
  await docker('network create --scope=swarm --driver=bridge --config-from=demo-settings demo');
  const stack = 'com.docker.stack.namespace=demo';
  await docker(
    `service create --detach --no-resolve-image --name=demo_web --network=demo --replicas=2 --label=${stack} --container-label=${stack} ${NODE_IMAGE} node -e`,
    BUSY,
  );
}

async function stopContainers(engine: DockerEngine): Promise<void> {
  const docker = async (words: string): Promise<unknown> =>
    await engine.run('docker', words.split(' ')).catch(() => undefined);
  await docker('service rm demo_web');
  await docker('swarm leave --force');
  await engine.stop();
}

/** Somebody who looks at the pictures, twice a second; until the function is called. */
function visit(url: string): () => void {
  const timer = setInterval(() => {
    void fetch(url).then(
      async (response) => await response.text(),
      () => undefined,
    );
  }, 500);
  return () => clearInterval(timer);
}

/** One side has closed a connection, the other does not read: it stays in FIN_WAIT1 until the function is called. */
async function keepClosingConnection(): Promise<() => void> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  const [other] = (await accepted) as [ReturnType<typeof connect>];
  // More than both sides' buffers hold; what is sent when the socket is closed stays to be sent.
  client.write(Buffer.alloc(32 * 1024 * 1024));
  client.destroy();
  return () => {
    other.destroy();
    server.close();
  };
}

/** With a rule that fires and somebody to tell it to, who does not listen. */
function prometheusConfiguration(dir: string, pages: MetricPages): string {
  const rules = join(dir, 'rules.yml');
  writeFileSync(
    rules,
    'groups: [{ name: always, rules: [{ alert: AlwaysFiring, expr: vector(1) }] }]\n',
  );
  return `
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: ['${rules}']
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${pages.port}'] }] }] }
scrape_configs:
  - { job_name: go, metrics_path: /go, static_configs: [{ targets: ['127.0.0.1:${pages.port}'] }] }
`;
}

interface Programs {
  readonly port: number;
  readonly pages: MetricPages;
  readonly exporter: Exporter;
  readonly prometheus: PrometheusProcess;
  readonly galleryPort: number;
  readonly iotdPort: number;
  readonly accessLogPort: number;
  readonly metricsPort: number;
}

function page(job: string, target: string, path = '/metrics', more = ''): string {
  return `  - { job_name: ${job}, metrics_path: ${path}, static_configs: [{ targets: ['${target}'] }]${more} }`;
}

/**
 * Jobs as the dashboards have them. What belongs to this machine, though others say it, gets the labels of its own
 * page. One Prometheus is down: there is a table of those.
 */
function configuration(programs: Programs): string {
  const { port, pages, exporter, galleryPort, iotdPort, accessLogPort, metricsPort } = programs;
  const own = `127.0.0.1:${port}`;
  const generated = `127.0.0.1:${pages.port}`;
  const prometheus = programs.prometheus.url.replace('http://', '');
  const ofHost = `, metric_relabel_configs: [${[
    "{ source_labels: [__name__], regex: 'node_.+', action: keep }",
    '{ target_label: job, replacement: host }',
    `{ target_label: instance, replacement: '${own}' }`,
  ].join(', ')}]`;
  return `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: prometheus
    static_configs:
      - { targets: ['${prometheus}'], labels: { instance: 'localhost:9090' } }
      - { targets: ['127.0.0.1:1'], labels: { instance: 'gone:9090' } }
  - job_name: alerts
    honor_labels: true
    metrics_path: /federate
    params: { 'match[]': ['ALERTS'] }
    static_configs: [{ targets: ['${prometheus}'] }]
  - job_name: image-gallery
    static_configs: [{ targets: ['127.0.0.1:${galleryPort}'] }]
  - job_name: runtimes
    metrics_path: /image-gallery
    static_configs: [{ targets: ['${generated}'], labels: { job: image-gallery } }]
${[
  page('narthex', own),
  page('host', own, '/metrics/host'),
  page('containers', own, '/metrics/containers'),
  page('docker', `127.0.0.1:${metricsPort}`),
  page('timex', `127.0.0.1:${exporter.port}`, '/metrics', ofHost),
  page('hardware', generated, '/hardware', ofHost),
  page('old-machine', generated, '/old-machine', ofHost),
  page('old-prometheus', generated, '/old-prometheus'),
  page('iotd-api', `127.0.0.1:${iotdPort}`, '/actuator/prometheus'),
  page('access-log', `127.0.0.1:${accessLogPort}`),
  page('jvm', generated, '/jvm'),
  page('go', generated, '/go'),
  page('node', generated, '/node'),
].join('\n')}
`;
}
