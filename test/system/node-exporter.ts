import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from './narthex.ts';

/** Debian's package `prometheus-node-exporter`. */
export const NODE_EXPORTER = '/usr/bin/prometheus-node-exporter';

const START_TIMEOUT_MS = 20_000;

/** As upstream has it; Debian's own default leaves out more. */
const EXPORTER_FLAGS = [
  '--collector.filesystem.mount-points-exclude=^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)',
  '--collector.diskstats.device-exclude=^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$',
  '--collector.netdev.device-exclude=^$',
];

export interface Exporter {
  readonly port: number;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Resolves once its page is there. */
export async function startExporter(flags: readonly string[]): Promise<Exporter> {
  const port = await freePort();
  const child: ChildProcess = spawn(
    NODE_EXPORTER,
    [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error', ...EXPORTER_FLAGS, ...flags],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}/metrics`;
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while ((await fetch(url).catch(() => undefined))?.status !== 200) {
    if (child.exitCode !== null || Date.now() > deadlineMs) {
      throw new Error(`cannot start ${NODE_EXPORTER}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    url,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
