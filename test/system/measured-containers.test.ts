import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from './describe-with.ts';
import {
  importNodeImage,
  missingDockerProgram,
  startDockerEngine,
  type DockerEngine,
} from './docker-engine.ts';
import { freePort, startNarthex, type NarthexProcess } from './narthex.ts';

// What is measured of real containers, held against the files of their control groups and the engine's own stats.
const missing = missingDockerProgram();

const IMAGE = 'narthex-test/node:local';
const NETWORK = 'measured';
const PEER_PORT = 4000;
/** How long the container is watched while it is busy. */
const BUSY_MS = 6000;
const BUSY_MS_MAX = 30_000;
/** Enough that the moments of reading do not count. */
const BUSY_CPU_NS = 6e8;
const CHURN = 6;

/** Burns a third of a CPU, writes to disk and to the network, and holds some memory. */
const BUSY = `
const fs = require('node:fs');
const held = Buffer.alloc(40 << 20, 1);
const socket = require('node:net').connect(${PEER_PORT}, process.argv[1]);
socket.on('data', () => {});
const file = fs.openSync('/tmp/x', 'w');
setInterval(() => {
  const end = Date.now() + 30;
  while (Date.now() < end) held[Math.floor(Math.random() * held.length)]++;
  socket.write(Buffer.alloc(64 << 10));
  fs.writeSync(file, Buffer.alloc(128 << 10), 0, 128 << 10, 0);
  fs.fsyncSync(file);
}, 100);`;
const PEER = `require('node:net').createServer((s) => s.on('data', (d) => s.write(d.subarray(0, 9000)))).listen(${PEER_PORT});`;
const IDLE = 'setInterval(() => {}, 1000)';

type Line = Readonly<Record<string, number>>;

/** What both sides tell of one container. */
interface Counters {
  readonly cpuNs: number;
  readonly memoryBytes: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly writtenBytes: number;
  readonly writes: number;
}

describeWith(missing, 'containers that are measured on a Docker Engine', () => {
  let engine: DockerEngine;
  let narthex: NarthexProcess;
  let dir = '';
  let busyId = '';

  const docker = async (...args: string[]): Promise<string> =>
    (await engine.run('docker', args)).trim();

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'narthex-measured-'));
    engine = await startDockerEngine(join(dir, 'engine'), await freePort(), ['--bridge=none']);
    await importNodeImage(engine, dir, IMAGE);
    // The default bridge belongs to whichever engine of the machine was started last.
    await docker('network', 'create', NETWORK);
    await docker('run', '-d', '--name=peer', `--network=${NETWORK}`, IMAGE, 'node', '-e', PEER);
    const peer = await docker(
      'inspect',
      '-f',
      `{{.NetworkSettings.Networks.${NETWORK}.IPAddress}}`,
      'peer',
    );
    const limits = [`--network=${NETWORK}`, '--memory=256m', '--cpus=1.5', ...throttledDisk(dir)];
    busyId = await docker('run', '-d', '--name=busy', ...limits, IMAGE, 'node', '-e', BUSY, peer);
    narthex = await startNarthex({ flags: [`--docker.host=${engine.host}`] });
    await until(async () => (await pageOf(narthex)).includes('name="busy"'));
  });
  afterAll(async () => {
    await narthex?.stop();
    await engine?.stop();
    removeGroups('narthex-test');
    if (dir !== '') rmSync(dir, { recursive: true, force: true });
  });

  async function told(of: NarthexProcess = narthex): Promise<Counters> {
    const lines = linesOf(await pageOf(of), 'name="busy"');
    const sum = (name: string): number =>
      Object.entries(lines)
        .filter(([key]) => key.startsWith(`${name}{`))
        .reduce((total, [, value]) => total + value, 0);
    return {
      cpuNs: sum('container_cpu_usage_seconds_total') * 1e9,
      memoryBytes: sum('container_memory_usage_bytes'),
      receivedBytes: sum('container_network_receive_bytes_total'),
      sentBytes: sum('container_network_transmit_bytes_total'),
      writtenBytes: sum('container_fs_writes_bytes_total'),
      writes: sum('container_fs_writes_total'),
    };
  }

  it('agree with the files of their groups in each moment', async () => {
    const pid = await docker('inspect', '-f', '{{.State.Pid}}', 'busy');
    for (let round = 0; round < 5; round++) {
      const before = groupCounters(Number(pid));
      const page = await told();
      const after = groupCounters(Number(pid));
      for (const key of ['cpuNs', 'receivedBytes', 'sentBytes', 'writtenBytes'] as const) {
        expect(page[key], key).toBeGreaterThanOrEqual(before[key]);
        // The page says seconds as the nearest number that it can.
        expect(page[key], key).toBeLessThanOrEqual(after[key] + 1);
      }
      await pause(300);
    }
    const read = async (): Promise<number> =>
      await Promise.resolve(groupCounters(Number(pid)).memoryBytes);
    await expectMemoryOf(read);
  });

  /** Memory goes up and down: what both say is compared where it hardly changed between two looks of ours. */
  async function expectMemoryOf(theirs: () => Promise<number>): Promise<void> {
    await expect
      .poll(
        async () => {
          const before = (await told()).memoryBytes;
          const found = await theirs();
          const after = (await told()).memoryBytes;
          return Math.max(Math.abs(before / found - 1), Math.abs(after / found - 1));
        },
        { timeout: BUSY_MS_MAX },
      )
      .toBeLessThanOrEqual(0.02);
  }

  it('agree with `docker stats` within 2 % over a busy time', async () => {
    const [engineBefore, before] = [await engineCounters(engine, busyId), await told()];
    const startedMs = Date.now();
    // On a busy machine it takes longer until it has done something.
    do await pause(BUSY_MS);
    while (
      (await told()).cpuNs - before.cpuNs < BUSY_CPU_NS &&
      Date.now() - startedMs < BUSY_MS_MAX
    );
    const [engineAfter, after] = [await engineCounters(engine, busyId), await told()];
    for (const key of ['cpuNs', 'receivedBytes', 'sentBytes', 'writtenBytes', 'writes'] as const) {
      const ours = after[key] - before[key];
      const theirs = engineAfter[key] - engineBefore[key];
      expect(Math.abs(ours - theirs), `${key}: ${ours}, ${theirs}`).toBeLessThanOrEqual(
        theirs * 0.02,
      );
    }
    expect(after.cpuNs - before.cpuNs).toBeGreaterThan(BUSY_CPU_NS);
    expect(after.sentBytes - before.sentBytes).toBeGreaterThan(1e6);
    if (throttledDisk(dir).length > 0) {
      expect(after.writtenBytes - before.writtenBytes).toBeGreaterThan(1e6);
    }
    await expectMemoryOf(async () => (await engineCounters(engine, busyId)).memoryBytes);
    expect(after.memoryBytes).toBeGreaterThan(40 << 20);
  });

  it('are told with their limits', async () => {
    const lines = linesOf(await pageOf(narthex), 'name="busy"');
    const value = (name: string): number | undefined =>
      Object.entries(lines).find(([key]) => key.startsWith(`${name}{`))?.[1];
    expect(value('container_spec_memory_limit_bytes')).toBe(256 << 20);
    expect(value('container_spec_cpu_quota')).toBe(150_000);
    expect(value('container_cpu_cfs_periods_total')).toBeGreaterThan(10);
    expect(value('container_threads')).toBeGreaterThan(1);
    expect(value('container_ulimits_soft')).toBeGreaterThan(0);
    expect(value('container_sockets')).toBeGreaterThanOrEqual(1);
  });

  it('tell the same through the engine where files cannot be reached', async () => {
    const blind = await startNarthex({
      flags: [`--docker.host=${engine.host}`, '--host.sysfs=/nowhere', '--host.procfs=/nowhere'],
    });
    try {
      await until(async () => (await pageOf(blind)).includes('container_memory_rss{'));
      const [before, page, after] = [await told(), await told(blind), await told()];
      for (const key of ['cpuNs', 'receivedBytes', 'sentBytes', 'writtenBytes'] as const) {
        expect(page[key], key).toBeGreaterThanOrEqual(before[key]);
        expect(page[key], key).toBeLessThanOrEqual(after[key] + 1);
      }
      expect(page.memoryBytes / after.memoryBytes).toBeCloseTo(1, 1);
    } finally {
      await blind.stop();
    }
  });

  it('are found below a parent of their own, and leave no open file when they go', async () => {
    const openBefore = openFiles(narthex.pid);
    const names = Array.from({ length: CHURN }, (_, i) => `churn${i}`);
    const make = async (name: string): Promise<string> =>
      await docker(
        'run',
        '-d',
        '--network=none',
        '--cgroup-parent=/narthex-test',
        `--name=${name}`,
        IMAGE,
        'node',
        '-e',
        IDLE,
      );
    await Promise.all(names.map(make));
    await until(async () => {
      const page = await pageOf(narthex);
      const measured = linesOf(page, 'name="churn');
      const cpu = Object.keys(measured).filter((key) => key.startsWith('container_cpu_usage'));
      return cpu.length === CHURN;
    });
    expect(openFiles(narthex.pid)).toBeGreaterThan(openBefore + CHURN * 5);
    await docker('rm', '-f', ...names);
    await until(async () => {
      const page = await pageOf(narthex);
      const running = Object.keys(linesOf(page, 'name="churn')).filter((key) =>
        key.startsWith('container_cpu_usage'),
      );
      return running.length === 0;
    });
    // Connections to the engine come and go.
    expect(openFiles(narthex.pid)).toBeLessThan(openBefore + CHURN);
  });
});

async function pageOf({ url }: NarthexProcess): Promise<string> {
  const response = await fetch(`${url}/metrics/containers`, {
    signal: AbortSignal.timeout(10_000),
  });
  if (response.status !== 200) throw new Error(await response.text());
  return await response.text();
}

function linesOf(page: string, part: string): Line {
  const lines = page.split('\n').filter((line) => !line.startsWith('#') && line.includes(part));
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/**
 * Arguments that make the kernel count what is written under version 1: there it counts only for devices that
 * have some limit.
 */
function throttledDisk(dir: string): string[] {
  const { dev } = statSync(dir);
  const number = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
  const event = `/sys/dev/block/${number}/uevent`;
  if (!existsSync(event)) return [];
  const name = /^DEVNAME=(.+)$/m.exec(readFileSync(event, 'utf8'))?.[1];
  return name === undefined ? [] : [`--device-write-bps=/dev/${name}:1gb`];
}

/** As the kernel's files say, read in the plainest way. */
function groupCounters(pid: number): Counters {
  const groups = new Map<string, string>();
  for (const line of readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n')) {
    const [, names = '', path = ''] = line.split(':');
    for (const name of names.split(',')) groups.set(name, path);
  }
  const read = (controller: string, name: string): string =>
    readFileSync(`/sys/fs/cgroup/${controller}${groups.get(controller) ?? ''}/${name}`, 'utf8');
  const network = readFileSync(`/proc/${pid}/net/dev`, 'utf8');
  const eth0 = /eth0:(.*)/.exec(network)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
  const isV1 = groups.has('memory');
  const io = isV1 ? read('blkio', `${THROTTLE}.io_service_bytes_recursive`) : read('', 'io.stat');
  return {
    cpuNs: isV1
      ? Number(read('cpuacct', 'cpuacct.usage'))
      : Number(/usage_usec (\d+)/.exec(read('', 'cpu.stat'))?.[1]) * 1000,
    memoryBytes: Number(
      isV1 ? read('memory', 'memory.usage_in_bytes') : read('', 'memory.current'),
    ),
    receivedBytes: eth0[0] ?? Number.NaN,
    sentBytes: eth0[8] ?? Number.NaN,
    writtenBytes: sumOf(io, isV1 ? /Write (\d+)/g : /wbytes=(\d+)/g),
    writes: Number.NaN,
  };
}

const THROTTLE = 'blkio.throttle';

function sumOf(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((sum, [, number]) => sum + Number(number), 0);
}

interface Stats {
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
  readonly memory_stats: { readonly usage: number };
  readonly networks: Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>;
  readonly blkio_stats: Record<string, readonly { readonly op: string; readonly value: number }[]>;
}

/** What `docker stats` shows, before it is rounded. */
async function engineCounters({ host }: DockerEngine, id: string): Promise<Counters> {
  const path = `/containers/${id}/stats?stream=false&one-shot=true`;
  const stats = await new Promise<Stats>((resolve, reject) => {
    const options = { socketPath: host.slice('unix://'.length), path };
    const asked = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as Stats));
    });
    asked.on('error', reject);
    asked.end();
  });
  const written = (name: string): number =>
    (stats.blkio_stats[name] ?? [])
      .filter(({ op }) => op.toLowerCase() === 'write')
      .reduce((sum, { value }) => sum + value, 0);
  return {
    cpuNs: stats.cpu_stats.cpu_usage.total_usage,
    memoryBytes: stats.memory_stats.usage,
    receivedBytes: stats.networks['eth0']?.rx_bytes ?? Number.NaN,
    sentBytes: stats.networks['eth0']?.tx_bytes ?? Number.NaN,
    writtenBytes: written('io_service_bytes_recursive'),
    writes: written('io_serviced_recursive'),
  };
}

/** The engine leaves the groups that it made above its containers. */
function removeGroups(name: string): void {
  const top = '/sys/fs/cgroup';
  for (const directory of [top, ...readdirSync(top).map((one) => join(top, one))]) {
    if (existsSync(join(directory, name))) rmdirSync(join(directory, name));
  }
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 30_000;
  while (!(await isDone())) {
    if (Date.now() > deadlineMs) throw new Error('it did not come to that within 30 s');
    await pause(200);
  }
}
