import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ContainerMeasurer,
  ContainerPage,
  createContainerRegistry,
  DEFAULT_CGROUP_SETTINGS,
  DEFAULT_SERIES_LABELS,
} from '#containers';
import type { ContainerRegistry } from '#containers';
import { openDockerEngine } from '#docker';
import { Registry } from '#instrument';
import { silentLog, systemClock } from '#platform';
import { container, FakeContainers } from '../test/fakes/containers.ts';
import {
  importNodeImage,
  missingDockerProgram,
  startDockerEngine,
  type DockerEngine,
} from '../test/system/docker-engine.ts';
import type { Benchmark, Measurement, Settings, Size } from './run.ts';
import { sleep } from './side-by-side/http.ts';
import { ALONE, digest, rounded } from './side-by-side/measure.ts';
import { cpuSeconds, ownBytes } from './side-by-side/process-usage.ts';
import { freePort } from '../test/system/narthex.ts';
import { startServer } from './side-by-side/servers.ts';
import type { Server } from './side-by-side/servers.ts';

const IMAGE = 'narthex-bench/node:local';
const NODE_EXPORTER = '/usr/bin/prometheus-node-exporter';
const METRICS_PORT = 19641;
const NETWORK = 'bench';
const FIXTURES = fileURLToPath(new URL('../test/fixtures', import.meta.url));
/** Containers that are being started at a time. */
const STARTING = 4;
/** Until what has just been started is quiet. */
const SETTLE_MS = 5000;
const WARM_MS = 15_000;

/** What measuring containers costs: our part alone on recorded files, then the whole on an engine of its own. */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const { numbers, peers } = settings;
  const small = size === 'small';
  const count = numbers['containers'] ?? (small ? 20 : 100);
  const pages = numbers['pages'] ?? (small ? 10 : 200);
  const seconds = numbers['seconds'] ?? 20;
  const measurements = [await measureRecorded(count, pages)];
  if (small) return measurements;
  const missing = missingDockerProgram();
  if (missing !== undefined) {
    process.stderr.write(`bench: ${missing} is missing, measured without real containers\n`);
    return measurements;
  }
  const dir = mkdtempSync(join(tmpdir(), 'narthex-bench-containers-'));
  const engine = await startDockerEngine(join(dir, 'engine'), METRICS_PORT, [
    '--bip=172.33.0.1/16',
  ]);
  try {
    await importNodeImage(engine, dir, IMAGE);
    // The default bridge belongs to whichever engine of the machine was started last.
    await engine.run('docker', ['network', 'create', NETWORK]);
    await startContainers(engine, count);
    await sleep(SETTLE_MS);
    measurements.push(await measureReal(engine, count, pages));
    measurements.push(...(await measureWhole(engine, count, seconds)));
    measurements.push(await measureDockerStats(engine, join(dir, 'engine', 'docker.pid'), seconds));
    if (peers.includes('prometheus')) measurements.push(...(await measurePeer(settings, seconds)));
    return measurements;
  } finally {
    await engine.stop();
    rmSync(dir, { recursive: true, force: true });
  }
};

/** Reading, parsing and writing of files that cost the kernel nothing to make. */
async function measureRecorded(count: number, pages: number): Promise<Measurement> {
  const tree = mkdtempSync(join(tmpdir(), 'narthex-bench-recorded-'));
  const registry = new FakeContainers();
  try {
    const recorded = '1a'.repeat(32);
    cpSync(join(FIXTURES, 'cgroup-v2-cgroupfs'), tree, { recursive: true });
    for (let i = 0; i < count; i++) {
      const id = String(i).padStart(64, '0');
      const pid = 10_000 + i;
      cpSync(
        join(tree, `sys/fs/cgroup/docker/${recorded}`),
        join(tree, `sys/fs/cgroup/docker/${id}`),
        { recursive: true },
      );
      cpSync(join(tree, 'proc/4321'), join(tree, `proc/${pid}`), { recursive: true });
      writeFileSync(join(tree, `proc/${pid}/cgroup`), `0::/docker/${id}\n`);
      const labels = { 'com.docker.compose.project': 'bench' };
      registry.set(container(`c${String(i).padStart(4, '0')}`, { id, pid, labels }));
    }
    const paths = { procPath: `${tree}/proc`, sysPath: `${tree}/sys`, rootPath: tree };
    const { cpuUs, text } = await cpuOfPages(registry, paths, pages);
    const names = text.split('\n').map((line) => line.slice(0, line.lastIndexOf(' ')));
    return {
      name: 'containers/recorded',
      value: rounded(cpuUs / count),
      unit: 'us CPU a container and page',
      hash: digest(names.filter((name) => name.includes('name="c')).join('\n')),
    };
  } finally {
    rmSync(tree, { recursive: true });
  }
}

interface Pages {
  readonly cpuUs: number;
  /** The last page. */
  readonly text: string;
}

/** Of one page after the other in this process. */
async function cpuOfPages(
  registry: ContainerRegistry,
  paths: { readonly procPath: string; readonly sysPath: string; readonly rootPath: string },
  pages: number,
): Promise<Pages> {
  const settings = { ...DEFAULT_CGROUP_SETTINGS, ...paths };
  const clock = systemClock;
  const measurer = new ContainerMeasurer({ registry, clock, log: silentLog, settings });
  const labels = DEFAULT_SERIES_LABELS;
  const page = new ContainerPage({ measurer, registry, clock, labels, version: '' });
  try {
    let bytes = await page.write();
    for (let i = 0; i < pages / 4; i++) await page.write();
    const before = process.cpuUsage();
    for (let i = 0; i < pages; i++) bytes = await page.write();
    const { user, system } = process.cpuUsage(before);
    return { cpuUs: (user + system) / pages, text: Buffer.from(bytes).toString() };
  } finally {
    measurer.close();
  }
}

const PROGRAM = 'setInterval(() => { let x = 0; for (let i = 0; i < 1e5; i++) x += i; }, 1000)';

async function startContainers(engine: DockerEngine, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, i) => i).values();
  const startSome = async (): Promise<void> => {
    for (const i of numbers) {
      const name = `--name=bench-${i}`;
      await engine.run('docker', [
        'run',
        '-d',
        name,
        '--memory=128m',
        `--network=${NETWORK}`,
        IMAGE,
        'node',
        '-e',
        PROGRAM,
      ]);
    }
  };
  await Promise.all(Array.from({ length: STARTING }, startSome));
}

async function measureReal(
  { host }: DockerEngine,
  count: number,
  pages: number,
): Promise<Measurement> {
  const engine = openDockerEngine({ address: host, environment: {}, userAgent: 'bench' });
  const registry = createContainerRegistry({
    engine,
    clock: systemClock,
    log: silentLog,
    metrics: new Registry(),
  });
  registry.start();
  try {
    for (let i = 0; i < 100 && registry.containers().length < count; i++) await sleep(100);
    const paths = { procPath: '/proc', sysPath: '/sys', rootPath: '/' };
    const { cpuUs, text } = await cpuOfPages(registry, paths, pages);
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
    return {
      name: 'containers/page',
      value: rounded(cpuUs / count),
      unit: 'us CPU a container and page',
      note: `${count} containers, ${samples} samples, ${text.length} bytes`,
    };
  } finally {
    await registry.stop();
    engine.close();
  }
}

/** The built Narthex that asks itself each second: registry, measuring, HTTP, parsing, storing. */
async function measureWhole(
  { host }: DockerEngine,
  count: number,
  seconds: number,
): Promise<Measurement[]> {
  const server = await startNarthex([`--docker.host=${host}`]);
  try {
    server.configure(configOf([['containers', new URL(server.url).port, '/metrics/containers']]));
    // Its code is compiled for what it does all the time only after some scrapes.
    await sleep(WARM_MS);
    const share = await cpuShare([server.pid()], seconds);
    const unit = 'percent of a core at 1 s';
    return [
      { name: 'containers/whole', value: rounded(share), unit, note: `${count} containers` },
      { name: 'containers/whole-memory', value: ownBytes(server.pid()), unit: 'bytes' },
    ];
  } finally {
    await server.stop();
  }
}

/** What `docker stats` takes for the same containers, in itself and in the engine. */
async function measureDockerStats(
  { host }: DockerEngine,
  pidFile: string,
  seconds: number,
): Promise<Measurement> {
  const env = { ...process.env, DOCKER_HOST: host };
  const child = spawn('/usr/bin/docker', ['stats', '--format', '{{json .}}'], {
    env,
    stdio: 'ignore',
  });
  try {
    const daemon = Number(readFileSync(pidFile, 'utf8'));
    const pids = [child.pid ?? 0, daemon, ...childrenOf(daemon)];
    const value = rounded(await cpuShare(pids, seconds));
    return { name: 'containers/docker-stats', value, unit: 'percent of a core at 1 s' };
  } finally {
    child.kill();
  }
}

/** Narthex with the host's metrics beside Prometheus with node_exporter; no containers in either. */
async function measurePeer(settings: Settings, seconds: number): Promise<Measurement[]> {
  if (!existsSync('/usr/bin/prometheus') || !existsSync(NODE_EXPORTER)) {
    process.stderr.write('bench: prometheus or node_exporter is missing, measured without them\n');
    return [];
  }
  const own = await startNarthex(['--containers=off']);
  const ours = await costOf(own, [], ['host', new URL(own.url).port, '/metrics/host'], seconds);
  const port = String(await freePort());
  const exporter = spawn(NODE_EXPORTER, [`--web.listen-address=127.0.0.1:${port}`], {
    stdio: 'ignore',
  });
  try {
    const peer = await startServer('prometheus', { settings });
    const theirs = await costOf(peer, [exporter.pid ?? 0], ['node', port, '/metrics'], seconds);
    const beside = (name: string, unit: string, of: (cost: Cost) => number): Measurement => ({
      name: `containers/${name}`,
      value: rounded(of(ours)),
      unit,
      peers: { 'prometheus + node_exporter': rounded(of(theirs)) },
      ratios: { 'prometheus + node_exporter': rounded(of(ours) / of(theirs)) },
    });
    return [
      beside('host-beside', 'percent of a core at 1 s', ({ share }) => share),
      beside('host-beside-memory', 'bytes', ({ bytes }) => bytes),
    ];
  } finally {
    exporter.kill();
  }
}

interface Cost {
  /** Percent of one core. */
  readonly share: number;
  readonly bytes: number;
}

async function costOf(
  server: Server,
  others: readonly number[],
  job: readonly [name: string, port: string, path: string],
  seconds: number,
): Promise<Cost> {
  try {
    server.configure(configOf([job]));
    const pids = [server.pid(), ...others];
    const share = await cpuShare(pids, seconds);
    return { share, bytes: pids.reduce((total, pid) => total + ownBytes(pid), 0) };
  } finally {
    await server.stop();
  }
}

async function startNarthex(flags: readonly string[]): Promise<Server> {
  return await startServer('narthex', { settings: ALONE, flags });
}

function configOf(jobs: readonly (readonly [name: string, port: string, path: string])[]): string {
  const written = jobs.map(
    ([name, port, path]) =>
      `- {job_name: ${name}, scrape_interval: 1s, scrape_timeout: 1s, metrics_path: ${path}, ` +
      `static_configs: [{targets: ['127.0.0.1:${port}']}]}\n`,
  );
  return `scrape_configs:\n${written.join('')}`;
}

/** Percent of one core that these processes take together, once they are quiet. */
async function cpuShare(pids: readonly number[], seconds: number): Promise<number> {
  await sleep(SETTLE_MS);
  const sum = (): number => pids.reduce((total, pid) => total + cpuSeconds(pid), 0);
  const [before, startMs] = [sum(), performance.now()];
  await sleep(seconds * 1000);
  return ((sum() - before) / ((performance.now() - startMs) / 1000)) * 100;
}

/** containerd, which the engine starts for itself. */
function childrenOf(parent: number): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return new RegExp(`^PPid:\\s+${parent}$`, 'm').test(
        readFileSync(`/proc/${pid}/status`, 'utf8'),
      );
    } catch {
      return false;
    }
  });
}
