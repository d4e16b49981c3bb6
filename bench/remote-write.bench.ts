import type { Benchmark, Measurement, Settings, Size } from './run.ts';
import { askNumber } from './side-by-side/http.ts';
import { ALONE, compared } from './side-by-side/measure.ts';
import { bytesBelow, cpuSeconds } from './side-by-side/process-usage.ts';
import { flush, type Sender, startSender, WRITE_START_MS } from './side-by-side/sender.ts';
import {
  type Server,
  serverNames,
  type ServerName,
  startServers,
  stopServers,
} from './side-by-side/servers.ts';

const STEP_MS = 15_000;

/** Remote write with one sample a series in a request, as real senders do. */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const small = size === 'small';
  const seriesCount = settings.numbers['series'] ?? (small ? 500 : 50_000);
  const rounds = settings.numbers['rounds'] ?? (small ? 6 : 30);
  const seriesPerRequest = settings.numbers['batch'] ?? (small ? 250 : 1000);
  const sender = await startSender({ kind: 'plain', count: seriesCount });
  let servers: readonly Server[] = [];
  try {
    servers = await startServers(serverNames(settings), { settings });
    return await measure(sender, servers, { rounds, seriesPerRequest });
  } finally {
    await stopServers(servers);
    await sender.stop();
  }
};

interface Plan {
  readonly rounds: number;
  readonly seriesPerRequest: number;
}

async function measure(
  sender: Sender,
  servers: readonly Server[],
  { rounds, seriesPerRequest }: Plan,
): Promise<readonly Measurement[]> {
  const { seriesCount } = sender;
  const sending = {
    samplesPerSeries: 1,
    seriesPerRequest,
    startMs: WRITE_START_MS,
    stepMs: STEP_MS,
  };
  const send = async (steps: number): Promise<Cost> =>
    await costOf(servers, async () => await sender.send(servers, { ...sending, steps }));
  const created = await send(1);
  // Compilers warm up and caches fill.
  const warmUp = Math.ceil(rounds / 6);
  await send(warmUp);
  const logBytes = walBytes(servers);
  const steady = await send(rounds);
  const logged = walBytes(servers);
  const samples = seriesCount * rounds;
  const perSample = new Map(
    [...logged].map(([name, bytes]) => [name, (bytes - (logBytes.get(name) ?? 0)) / samples]),
  );
  const newSeries = perMillion(created.cpu, seriesCount);
  const throughput = new Map(
    [...steady.waitedMs].map(([name, ms]) => [name, samples / ms / 1000] as const),
  );
  const hash = await countAll(servers, seriesCount * (1 + warmUp + rounds));
  return [
    compared('remote-write/new-series', 'CPU s/M series', newSeries),
    compared('remote-write/samples', 'CPU s/M samples', perMillion(steady.cpu, samples), { hash }),
    compared('remote-write/throughput', 'M samples/s', throughput),
    compared('remote-write/wal', 'bytes/sample', perSample),
  ];
}

interface Cost {
  readonly cpu: ReadonlyMap<ServerName, number>;
  readonly waitedMs: ReadonlyMap<ServerName, number>;
}

async function costOf(
  servers: readonly Server[],
  act: () => Promise<{ readonly waitedMs: readonly number[] }>,
): Promise<Cost> {
  const before = servers.map((server) => cpuSeconds(server.pid()));
  const { waitedMs } = await act();
  return {
    cpu: new Map(servers.map((s, i) => [s.name, cpuSeconds(s.pid()) - (before[i] ?? 0)])),
    waitedMs: new Map(servers.map((s, i) => [s.name, waitedMs[i] ?? NaN])),
  };
}

function perMillion(cpu: ReadonlyMap<ServerName, number>, count: number): Map<ServerName, number> {
  return new Map([...cpu].map(([name, seconds]) => [name, (seconds * 1e6) / count]));
}

/** VictoriaMetrics has no log. */
function walBytes(servers: readonly Server[]): Map<ServerName, number> {
  const logging = servers.filter(({ name }) => name !== 'victoria-metrics');
  return new Map(logging.map(({ name, dataDir }) => [name, bytesBelow(`${dataDir}/wal`)]));
}

/** How many samples Narthex has. Throws where a server has others than were sent. */
async function countAll(servers: readonly Server[], expected: number): Promise<string> {
  await flush(servers);
  const endS = (WRITE_START_MS + 86_400_000) / 1000;
  const query = 'sum(count_over_time({job="demo"}[2d]))';
  for (const { name, url } of servers) {
    const count = await askNumber(url, query, endS);
    if (count !== expected) throw new Error(`${name} has ${count} samples of ${expected}`);
  }
  return String(expected);
}
