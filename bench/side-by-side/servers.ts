import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../test/system/narthex.ts';
import type { PeerName, Settings } from '../run.ts';
import {
  type CollectorPauses,
  goPauses,
  PAUSE_FLAGS,
  pauseEnvironment,
  pausesOf,
} from './collector-pauses.ts';
import { get, sleep } from './http.ts';

export type ServerName = 'narthex' | PeerName;

const NARTHEX = fileURLToPath(new URL('../../bin/narthex', import.meta.url));
/** Where Debian puts them. */
const PEERS = {
  prometheus: '/usr/bin/prometheus',
  'victoria-metrics': '/usr/bin/victoria-metrics',
} as const;
const CONFIG_FILE = 'prometheus.yml';
export const NO_SCRAPES = 'scrape_configs: []\n';
const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 60_000;
/** Of what a server writes this much is kept, for the message where it fails. */
const OUTPUT_CHARACTERS_MAX = 4000;

/** A server in a process and a directory of its own. */
export interface Server {
  readonly name: ServerName;
  /** Without a slash at the end. */
  readonly url: string;
  readonly dataDir: string;
  readonly pid: () => number;
  /** Ends it at once, as a power failure of the process. */
  readonly kill: () => Promise<void>;
  /** Asks it to end. Resolves with the milliseconds that it took. */
  readonly shutDown: () => Promise<number>;
  /** Gives it another configuration, at once if it runs. */
  readonly configure: (config: string) => void;
  /** Since it was started last. */
  readonly pauses: () => Promise<CollectorPauses>;
  /** Starts it again on the same data. Resolves with the milliseconds until it was ready. */
  readonly start: () => Promise<number>;
  /** Ends it and removes its directory. */
  readonly stop: () => Promise<void>;
}

export interface ServerOptions {
  readonly settings: Settings;
  /** A configuration with scrape_configs; otherwise nothing is scraped. */
  readonly config?: (name: ServerName) => string;
  /** More flags of Narthex and Prometheus. */
  readonly flags?: readonly string[];
}

/** Narthex, and the peers that are wanted and there. Who is missing is said on stderr. */
export function serverNames(settings: Settings): readonly ServerName[] {
  const peers = settings.peers.filter((name) => {
    const isThere = existsSync(PEERS[name]);
    if (!isThere) process.stderr.write(`bench: ${PEERS[name]} is missing, measured without it\n`);
    return isThere;
  });
  return ['narthex', ...peers];
}

/**
 * Measures one server after the other. A peer that fails is said on stderr and left out: what the others have
 * shown counts all the same.
 */
export async function measureEach<T>(
  settings: Settings,
  measure: (name: ServerName) => Promise<T>,
): Promise<ReadonlyMap<ServerName, T>> {
  const results = new Map<ServerName, T>();
  for (const name of serverNames(settings)) {
    try {
      results.set(name, await measure(name));
    } catch (error) {
      if (name === 'narthex') throw error;
      process.stderr.write(`bench: cannot measure ${name}: ${String(error)}\n`);
    }
  }
  return results;
}

/** Starts them one after the other; stops all where one cannot start. */
export async function startServers(
  names: readonly ServerName[],
  options: ServerOptions,
): Promise<readonly Server[]> {
  const servers: Server[] = [];
  try {
    for (const name of names) servers.push(await startServer(name, options));
  } catch (error) {
    await stopServers(servers);
    throw error;
  }
  return servers;
}

export async function stopServers(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}

export async function startServer(name: ServerName, options: ServerOptions): Promise<Server> {
  const dir = mkdtempSync(join(tmpdir(), `narthex-bench-${name}-`));
  directories.add(dir);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command = commandOf(name, dir, port, options);
  let child: ChildProcess | undefined;
  const start = async (): Promise<number> => {
    const startMs = performance.now();
    child = spawnServer(command, dir);
    await waitUntilReady(url, child, name);
    return performance.now() - startMs;
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child !== undefined) await endProcess(child, signal);
  };
  const stop = async (): Promise<void> => {
    await end('SIGTERM');
    rmSync(dir, { recursive: true, force: true });
    directories.delete(dir);
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name,
    url,
    dataDir: join(dir, 'data'),
    pid: () => child?.pid ?? 0,
    kill: async () => await end('SIGKILL'),
    shutDown: async () => {
      const startMs = performance.now();
      await end('SIGTERM');
      return performance.now() - startMs;
    },
    configure: (config) => {
      writeFileSync(join(dir, CONFIG_FILE), config);
      child?.kill('SIGHUP');
    },
    pauses: async () => (name === 'narthex' ? pausesOf(dir, child?.pid ?? 0) : await goPauses(url)),
    start,
    stop,
  };
}

interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

function commandOf(name: ServerName, dir: string, port: number, options: ServerOptions): Command {
  const file = join(dir, CONFIG_FILE);
  writeFileSync(file, options.config?.(name) ?? NO_SCRAPES);
  const address = `127.0.0.1:${port}`;
  const data = join(dir, 'data');
  if (name === 'victoria-metrics') {
    const scrape = options.config === undefined ? [] : [`-promscrape.config=${file}`];
    const flags = [
      `-storageDataPath=${data}`,
      `-httpListenAddr=${address}`,
      '-retentionPeriod=100y',
      '-search.latencyOffset=0s',
      '-search.maxUniqueTimeseries=10000000',
      '-loggerLevel=ERROR',
    ];
    return { program: PEERS[name], args: [...flags, ...scrape] };
  }
  const flags = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=${address}`,
    '--web.enable-remote-write-receiver',
    '--storage.tsdb.retention.time=100y',
    '--log.level=error',
    ...(options.flags ?? []),
  ];
  if (name === 'prometheus') return { program: PEERS[name], args: flags };
  return {
    program: process.execPath,
    args: [...PAUSE_FLAGS, ...profileFlags(options), NARTHEX, ...flags],
  };
}

function profileFlags({ settings: { profileDir } }: ServerOptions): readonly string[] {
  if (profileDir === undefined) return [];
  mkdirSync(profileDir, { recursive: true });
  return ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
}

const running = new Map<ChildProcess, string>();
const directories = new Set<string>();
// Whatever ends us, nothing stays behind.
process.once('exit', () => {
  for (const child of running.keys()) child.kill('SIGKILL');
  for (const dir of directories) rmSync(dir, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

function spawnServer({ program, args }: Command, dir: string): ChildProcess {
  const env = { ...process.env, ...pauseEnvironment(dir) };
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  running.set(child, '');
  const keep = (chunk: Buffer): void => {
    const output = (running.get(child) ?? '') + chunk.toString();
    if (running.has(child)) running.set(child, output.slice(-OUTPUT_CHARACTERS_MAX));
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return child;
}

async function waitUntilReady(url: string, child: ChildProcess, name: string): Promise<void> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answer = await get(`${url}/-/ready`, 5000).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(5);
  }
  const output = running.get(child) ?? '';
  await endProcess(child, 'SIGKILL');
  throw new Error(`cannot start ${name}:\n${output}`);
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }
  running.delete(child);
}
