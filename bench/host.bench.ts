import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Benchmark, Measurement, Settings, Size } from './run.ts';
import { get, sleep } from './side-by-side/http.ts';
import { ALONE, median, rounded } from './side-by-side/measure.ts';
import { cpuSeconds } from './side-by-side/process-usage.ts';
import { freePort } from '../test/system/narthex.ts';
import { startServer } from './side-by-side/servers.ts';

const EXPORTER = '/usr/bin/prometheus-node-exporter';
const EXPORTER_NAME = 'node_exporter';
const READY_TIMEOUT_MS = 20_000;

/** Who measures the machine. */
interface Measured {
  readonly name: string;
  readonly pid: number;
  /** Of its page. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The page of the machine's metrics, as a Prometheus asks for it on the same machine: over a kept connection. */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const small = size === 'small';
  const pages = settings.numbers['pages'] ?? (small ? 5 : 200);
  const rounds = settings.numbers['rounds'] ?? (small ? 1 : 6);
  const measured: Measured[] = [];
  try {
    measured.push(await startNarthex(settings));
    if (settings.peers.length > 0) measured.push(...(await startExporter()));
    return await measure(measured, { pages, rounds, warmPages: small ? 1 : 300 });
  } finally {
    for (const one of measured) await one.stop();
  }
};

interface Plan {
  readonly pages: number;
  readonly rounds: number;
  readonly warmPages: number;
}

async function measure(measured: readonly Measured[], plan: Plan): Promise<Measurement[]> {
  const cpuMs = new Map<string, number[]>(measured.map(({ name }) => [name, []]));
  const bytes = new Map<string, number>();
  const series = new Map<string, number>();
  for (const { name, url } of measured) {
    const body = (await askPages(url, plan.warmPages)).toString();
    bytes.set(name, body.length);
    series.set(name, body.split('\n').filter((line) => line.startsWith('node_')).length);
  }
  for (let round = 0; round < plan.rounds; round++) {
    for (const { name, url, pid } of measured) {
      const before = cpuSeconds(pid);
      await askPages(url, plan.pages);
      cpuMs.get(name)?.push(((cpuSeconds(pid) - before) * 1000) / plan.pages);
    }
  }
  const cpu = new Map([...cpuMs].map(([name, values]) => [name, median(values)]));
  return [
    line('host/cpu', 'CPU ms/page', cpu),
    line('host/page', 'bytes', bytes),
    line('host/series', 'series', series),
  ];
}

function line(name: string, unit: string, values: ReadonlyMap<string, number>): Measurement {
  const value = values.get('narthex') ?? NaN;
  const other = values.get(EXPORTER_NAME);
  if (other === undefined) return { name, value: rounded(value), unit };
  return {
    name,
    value: rounded(value),
    unit,
    peers: { [EXPORTER_NAME]: rounded(other) },
    ratios: { [EXPORTER_NAME]: rounded(value / other) },
  };
}

/** The last of them. */
async function askPages(url: string, count: number): Promise<Buffer> {
  let last: Buffer = Buffer.alloc(0);
  for (let i = 0; i < count; i++) {
    const { status, body } = await get(url);
    if (status !== 200) throw new Error(`${url}: ${status}`);
    last = body;
  }
  return last;
}

async function startNarthex(settings: Settings): Promise<Measured> {
  const server = await startServer('narthex', { settings });
  return {
    name: 'narthex',
    pid: server.pid(),
    url: `${server.url}/metrics/host`,
    stop: () => server.stop(),
  };
}

/** None where it is not installed, which is said on stderr. */
async function startExporter(): Promise<Measured[]> {
  if (!existsSync(EXPORTER)) {
    process.stderr.write(`bench: ${EXPORTER} is missing, measured without it\n`);
    return [];
  }
  const port = await freePort();
  const child: ChildProcess = spawn(
    EXPORTER,
    [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}/metrics`;
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  const deadlineMs = Date.now() + READY_TIMEOUT_MS;
  while ((await get(url).catch(() => undefined))?.status !== 200) {
    if (child.exitCode !== null || Date.now() > deadlineMs) {
      await stop();
      throw new Error(`cannot start ${EXPORTER}`);
    }
    await sleep(50);
  }
  return [{ name: EXPORTER_NAME, pid: child.pid ?? 0, url, stop }];
}
