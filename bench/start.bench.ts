import type { Benchmark, Measurement, Settings, Size } from './run.ts';
import { askNumber, sleep } from './side-by-side/http.ts';
import { ALONE, compared } from './side-by-side/measure.ts';
import { bytesBelow, cpuSeconds, ownBytes } from './side-by-side/process-usage.ts';
import { type Sender, startSender, WRITE_START_MS } from './side-by-side/sender.ts';
import {
  type Server,
  serverNames,
  type ServerName,
  startServers,
  stopServers,
} from './side-by-side/servers.ts';

const STEP_MS = 15_000;
const VICTORIA_WRITES_MS = 8000;

/** Starts servers that were killed, with some minutes of samples in their logs. */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const small = size === 'small';
  const series = settings.numbers['series'] ?? (small ? 1000 : 100_000);
  const rounds = settings.numbers['rounds'] ?? (small ? 4 : 12);
  const sender = await startSender({ kind: 'plain', count: series });
  let servers: readonly Server[] = [];
  try {
    servers = await startServers(serverNames(settings), { settings });
    return await measure(sender, servers, rounds);
  } finally {
    await stopServers(servers);
    await sender.stop();
  }
};

async function measure(
  sender: Sender,
  servers: readonly Server[],
  rounds: number,
): Promise<readonly Measurement[]> {
  await sender.send(servers, {
    steps: rounds,
    samplesPerSeries: 1,
    seriesPerRequest: 2000,
    startMs: WRITE_START_MS,
    stepMs: STEP_MS,
  });
  const results = {
    ready: new Map<ServerName, number>(),
    cpu: new Map<ServerName, number>(),
    memory: new Map<ServerName, number>(),
    disk: new Map<ServerName, number>(),
    lost: new Map<ServerName, number>(),
  };
  const expected = sender.seriesCount * rounds;
  // VictoriaMetrics has no log and would lose what it has not written yet; here only its start counts.
  if (servers.some(({ name }) => name === 'victoria-metrics')) await sleep(VICTORIA_WRITES_MS);
  for (const server of servers) {
    const { name } = server;
    await server.kill();
    results.disk.set(name, bytesBelow(server.dataDir) / expected);
    results.ready.set(name, await server.start());
    results.cpu.set(name, cpuSeconds(server.pid()));
    results.memory.set(name, ownBytes(server.pid()) / 1e6);
    const endS = (WRITE_START_MS + 86_400_000) / 1000;
    const query = 'sum(count_over_time({job="demo"}[2d]))';
    results.lost.set(name, expected - (await askNumber(server.url, query, endS)));
  }
  return measurementsOf(results, expected);
}

type Results = Readonly<
  Record<'ready' | 'cpu' | 'memory' | 'disk' | 'lost', ReadonlyMap<ServerName, number>>
>;

function measurementsOf(results: Results, expected: number): readonly Measurement[] {
  const hash = `lost ${results.lost.get('narthex')} of ${expected}`;
  return [
    compared('start/ready', 'ms', results.ready),
    compared('start/cpu', 'CPU s', results.cpu),
    compared('start/memory', 'MB', results.memory),
    compared('start/disk', 'bytes/sample', results.disk),
    compared('start/lost', 'samples', results.lost, { hash }),
  ];
}
