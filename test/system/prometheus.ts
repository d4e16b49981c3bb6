import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { freePort } from './narthex.ts';

/** Debian's package `prometheus`. */
export const PROMETHEUS = '/usr/bin/prometheus';

export interface PrometheusProcess {
  readonly url: string;
  /** What it wrote so far. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
  /** Ends it without a warning. */
  readonly kill: () => Promise<void>;
}

export interface PrometheusOptions {
  /** Its data directory; its configuration is written beside it. */
  readonly path: string;
  readonly config?: string;
  readonly flags?: readonly string[];
  /** A free one unless given. */
  readonly port?: number;
}

/** Resolves once Prometheus is ready, or after 20 s. Rejects with what it wrote where it ends. */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusProcess> {
  const port = options.port ?? (await freePort());
  const file = `${options.path}-prometheus-${port}.yml`;
  writeFileSync(file, options.config ?? 'scrape_configs: []\n');
  const child = spawn(
    PROMETHEUS,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${options.path}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(options.flags ?? []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 200; tries++) {
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) break;
    if (child.exitCode !== null) throw new Error(`prometheus ended: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    url,
    output: () => output,
    stop: async () => await end('SIGTERM'),
    kill: async () => await end('SIGKILL'),
  };
}
