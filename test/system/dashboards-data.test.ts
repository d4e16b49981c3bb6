import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askApi, untilQuery } from './api.ts';
import { panelsOf } from './dashboards.ts';
import {
  type DockerEngine,
  importNodeImage,
  missingDockerProgram,
  startDockerEngine,
} from './docker-engine.ts';
import { freePort, type NarthexProcess, startNarthex } from './narthex.ts';

// Dashboards that people have, on a live server: it measures this machine, and a Swarm service and a container on
// an engine of the test's own. Each query is asked as Grafana asks it; those without data are listed with the reason.

const NODE_IMAGE = 'node:22-bookworm-slim';
/** Writes, and talks to itself over the network. */
const BUSY = `
const http = require('http');
http.createServer((_, answer) => answer.end('x'.repeat(1000))).listen(8080);
setInterval(() => {
  fs.writeFileSync('/tmp/file', 'y'.repeat(100000));
  http.get('http://' + require('os').hostname() + ':8080', (answer) => answer.resume()).on('error', () => {});
}, 100);
`;
/** Off by default, as with node_exporter; the dashboard has panels for them. */
const COLLECTORS = '+processes,+tcpstat,+interrupts';

const missing = missingDockerProgram();
if (missing !== undefined && process.env['CI'] === 'true') {
  throw new Error(`${missing} is missing; .ci/run installs it`);
}

/** Why an expression may have no data, by what it asks for. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/node_timex_/, 'adjtimex(2) cannot be called from Node'],
  [/\bprocess_/, 'of the exporter itself: /metrics has what this process is'],
  [/node_systemd_/, 'needs D-Bus; node_exporter as root beside systemd'],
  [/node_netstat_Tcp_MaxConn/, "not among node_exporter's fields by default either"],
  [/node_kernel_hung_tasks\{/, 'node_exporter calls it node_kernel_hung_tasks_total'],
  [/node_network_up\{operstate=/, 'a label that node_exporter has on node_network_info'],
  [/node_hwmon_|node_cooling_|node_power_supply_/, 'the machine has no such hardware'],
  [/node_cpu_scaling_/, 'the processor has no frequencies to choose'],
  [/node_schedstat_/, 'the kernel is built without CONFIG_SCHEDSTATS'],
  [/node_memory_HardwareCorrupted/, 'the kernel is built without CONFIG_MEMORY_FAILURE'],
  [/node_pressure_irq_/, 'the kernel does not account for interrupts'],
  [/node_tcp_connection_states\{state=/, 'there is no connection in this state'],
  [/node_memory_Swap|node_sockstat_UDP_mem|node_cpu_guest_/, '0 / 0: there is none of it'],
  [/fstype="aufs"/, 'no machine has aufs any more'],
  [/mountpoint="\/rootfs"/, 'node_exporter shows mount points as the host has them since 0.17'],
];

type Docker = (...args: string[]) => Promise<string>;

const PATIENCE_MS = 15_000;

interface Expected {
  readonly dashboard: string;
  /** Panels all of whose expressions have data, at least. */
  readonly panels: number;
}

describe.skipIf(missing !== undefined)(
  `dashboards on a live server (needs ${missing ?? 'nothing more'})`,
  () => {
    let dir = '';
    let engine: DockerEngine;
    let narthex: NarthexProcess;
    const docker: Docker = (...args) => engine.run('docker', args);

    beforeAll(async () => {
      dir = mkdtempSync(join(tmpdir(), 'narthex-dashboards-'));
      const metricsPort = await freePort();
      // Containers have a network of their own that no other engine on this machine knows.
      engine = await startDockerEngine(join(dir, 'engine'), metricsPort, [
        '--bridge=none',
        '--iptables=false',
      ]);
      await importNodeImage(engine, dir, NODE_IMAGE);
      await startService(docker, await freePort());
      await writeNodeMeta(docker, dir);
      narthex = await startNarthex({
        config: (port) => configuration(port, metricsPort),
        flags: [
          `--docker.host=${engine.host}`,
          `--host.collectors=${COLLECTORS}`,
          `--collector.textfile.directory=${join(dir, 'texts')}`,
        ],
      });
      const count = 'count(rate(container_cpu_usage_seconds_total{name=~"demo_web.+"}[1m]))';
      await untilQuery(narthex.url, count, ([one]) => Number(one?.value?.[1]) >= 2);
      await untilQuery(narthex.url, 'rate(swarm_node_info[1m])', (found) => found.length > 0);
      await untilQuery(narthex.url, 'rate(node_intr_total[1m])', (found) => found.length > 0);
    });

    afterAll(async () => {
      await narthex?.stop();
      if (engine !== undefined) {
        await docker('service', 'rm', 'demo_web').catch(() => undefined);
        await docker('swarm', 'leave', '--force').catch(() => undefined);
        await engine.stop();
      }
      rmSync(dir, { recursive: true, force: true });
    });

    const dashboards: readonly Expected[] = [
      { dashboard: 'dockprom-host', panels: 14 },
      { dashboard: 'dockprom-containers', panels: 13 },
      { dashboard: 'cadvisor-exporter-14282', panels: 6 },
      { dashboard: 'swarmprom-services', panels: 19 },
      { dashboard: 'node-exporter-full-1860', panels: 92 },
    ];
    it.each(dashboards)('$dashboard has data, or a reason', async ({ dashboard, panels }) => {
      const all = panelsOf(dashboard);
      const empty: string[] = [];
      const unexplained: string[] = [];
      let withData = 0;
      for (const { title, expressions } of all) {
        const before = empty.length;
        for (const expression of expressions) {
          const reason = REASONS.find(([pattern]) => pattern.test(expression))?.[1];
          // On a busy machine a scrape may have failed a moment ago.
          if (await hasData(narthex, expression, reason === undefined ? PATIENCE_MS : 0)) continue;
          empty.push(`${title}: ${expression.replaceAll(/\s+/g, ' ').slice(0, 120)}: ${reason}`);
          if (reason === undefined) unexplained.push(`${title}: ${expression}`);
        }
        if (empty.length === before) withData++;
      }
      console.info(`${dashboard}: ${withData} of ${all.length} panels have data`);
      for (const line of empty) console.info(`  ${line}`);
      expect(unexplained).toEqual([]);
      expect(withData).toBeGreaterThanOrEqual(panels);
    });
  },
);

/** Two replicas with the labels of a stack, in a network of this machine alone. */
async function startService(docker: Docker, port: number): Promise<void> {
  const run = (words: string, ...more: readonly string[]): Promise<string> =>
    docker(...words.split(' '), ...more);
  await run(`swarm init --advertise-addr=127.0.0.1 --listen-addr=127.0.0.1:${port}`);
  await run('network create --config-only --subnet=172.35.1.0/24 demo-settings');
  await run('network create --scope=swarm --driver=bridge --config-from=demo-settings demo');
  const stack = 'com.docker.stack.namespace=demo';
  await run(
    `service create --detach --no-resolve-image --name=demo_web --network=demo --replicas=2 --label=${stack} --container-label=${stack} ${NODE_IMAGE} node -e`,
    BUSY,
  );
}

/** As swarmprom's node_exporter writes it when it starts. */
async function writeNodeMeta(docker: Docker, dir: string): Promise<void> {
  const node = (await docker('info', '--format={{.Swarm.NodeID}}')).trim();
  mkdirSync(join(dir, 'texts'));
  writeFileSync(
    join(dir, 'texts', 'node-meta.prom'),
    `node_meta{node_id="${node}",container_label_com_docker_swarm_node_id="${node}",node_name="${hostname()}"} 1\n`,
  );
}

function configuration(port: number, metricsPort: number): string {
  return `
global: { scrape_interval: 2s, scrape_timeout: 2s }
scrape_configs:
  - job_name: node
    metrics_path: /metrics/host
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
  - job_name: cadvisor
    metrics_path: /metrics/containers
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
  - job_name: dockerd
    static_configs: [{ targets: ['127.0.0.1:${metricsPort}'] }]
`;
}

/** As Grafana fills them in; the longer names first. */
const VARIABLES: readonly (readonly [string, (port: number) => string])[] = [
  ['$__rate_interval', () => '1m'],
  ['$interval', () => '1m'],
  ['$node_id', () => '.*'],
  ['$nodename', hostname],
  ['$node', (port) => `127.0.0.1:${port}`],
  ['$job', () => 'node'],
  ['$host', () => '.*'],
  ['$container', () => '.*'],
];

async function hasData(
  narthex: NarthexProcess,
  expression: string,
  patienceMs: number,
): Promise<boolean> {
  const deadlineMs = Date.now() + patienceMs;
  while (!(await hasDataNow(narthex, expression))) {
    if (Date.now() >= deadlineMs) return false;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return true;
}

async function hasDataNow({ url, port }: NarthexProcess, expression: string): Promise<boolean> {
  let query = expression;
  for (const [name, value] of VARIABLES) query = query.replaceAll(name, value(port));
  expect(query).not.toContain('$');
  const { status, error, data } = await askApi(url, 'query', { query });
  expect(`${query}: ${status} ${error ?? ''}`).toBe(`${query}: success `);
  const { resultType, result } = data as { resultType: string; result: readonly unknown[] };
  if (resultType === 'scalar') return !Number.isNaN(Number(result[1]));
  return (result as readonly { readonly value: readonly [number, string] }[]).some(
    ({ value }) => value[1] !== 'NaN',
  );
}
