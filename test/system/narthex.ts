import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/narthex', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** A built Narthex with a configuration and a data directory of the test's own. */
export interface NarthexProcess {
  readonly port: number;
  readonly pid: number;
  /** Without a slash at the end; with the prefix where one was asked for. */
  readonly url: string;
  readonly configFile: string;
  /** What it wrote so far. */
  readonly output: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends it without a warning, as a power failure of the process; its directory stays. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface NarthexOptions {
  /** The configuration; the port is the server's own, so that it can scrape itself. Absent: there is no file. */
  readonly config?: (port: number) => string;
  readonly flags?: readonly string[];
  /** '' or `/some/prefix`. */
  readonly prefix?: string;
  /** Where its configuration and data are, kept when it stops; otherwise a directory of its own. */
  readonly dir?: string;
}

/** A configuration by which the server scrapes itself each second, as job `self`. */
export function scrapesItself(port: number): string {
  return `
global: { scrape_interval: 1s }
scrape_configs: [{ job_name: self, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]
`;
}

/** Resolves once the server is ready. Rejects with what it wrote where it ends or takes too long. */
export async function startNarthex(options: NarthexOptions): Promise<NarthexProcess> {
  const port = await freePort();
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'narthex-system-')));
  const configFile = join(dir, 'prometheus.yml');
  if (options.config !== undefined) await writeFile(configFile, options.config(port));
  const url = `http://127.0.0.1:${port}${options.prefix ?? ''}`;
  const child = spawn(
    process.execPath,
    [
      PROGRAM,
      ...(options.config === undefined ? [] : [`--config.file=${configFile}`]),
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--web.external-url=${url}/`,
      ...(options.flags ?? []),
    ],
    { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  }
  const stop = async (): Promise<void> => {
    await endProcess(child);
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(url, child);
  } catch (error) {
    await stop();
    throw new Error(`cannot start narthex:\n${output.join('')}`, { cause: error });
  }
  return {
    port,
    pid: child.pid ?? 0,
    url,
    configFile,
    output: () => output.join(''),
    signal: (signal) => child.kill(signal),
    kill: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
    stop,
  };
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`it ended with status ${child.exitCode}`);
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (response?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it was not ready within ${START_TIMEOUT_MS / 1000} s`);
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

/** Systems give these to nobody who has not asked for them (Linux: 32768 and above are for connections). */
const PORTS = { first: 20_100, count: 12_000 } as const;

/** Of 127.0.0.1, and taken by nobody when it is looked at; by chance, so that tests beside each other get different ones. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) return port;
  }
  throw new Error('cannot find a free port');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!isListening) return false;
  server.close();
  await once(server, 'close');
  return true;
}
