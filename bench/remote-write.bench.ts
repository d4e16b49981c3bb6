import type { Benchmark, Measurement, Settings, Size } from './run.ts';
import { askNumber, sleep } from './side-by-side/http.ts';
import { ALONE, compared, median, type Values } from './side-by-side/measure.ts';
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
/** How often all series are replaced, and how many portions the steady samples are sent in. */
const RUNS = 3;

interface Plan {
  /** Rounds of samples of each portion. */
  readonly rounds: number;
  readonly seriesPerRequest: number;
  readonly connections: number;
  /** After each portion: what a server left for later is its cost, too. */
  readonly settleMs: number;
}

/**
 * Remote write as a Prometheus does it: one sample a series, 2,000 samples a request (its
 * `max_samples_per_send`), four shards with a connection each.
 */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const { numbers } = settings;
  const small = size === 'small';
  const count = numbers['series'] ?? (small ? 500 : 50_000);
  const plan: Plan = {
    rounds: numbers['rounds'] ?? (small ? 2 : 8),
    seriesPerRequest: numbers['batch'] ?? (small ? 100 : 2000),
    connections: numbers['connections'] ?? 4,
    settleMs: small ? 0 : 1500,
  };
  const sender = await startSender({ kind: 'plain', count });
  let servers: readonly Server[] = [];
  try {
    servers = await startServers(serverNames(settings), { settings });
    return await measure(sender, servers, plan);
  } finally {
    await stopServers(servers);
    await sender.stop();
  }
};

async function measure(
  sender: Sender,
  servers: readonly Server[],
  plan: Plan,
): Promise<readonly Measurement[]> {
  let step = 0;
  const send = async (steps: number): Promise<Cost> => {
    step += steps;
    return await costOf(servers, sender, { plan, steps });
  };
  // Compilers warm up and caches fill.
  await send(1 + plan.rounds);
  const created: Cost[] = [];
  for (let generation = 1; generation <= RUNS; generation++) {
    await sender.renew(generation, step);
    created.push(await send(1));
  }
  const logBytes = walBytes(servers);
  const steady: Cost[] = [];
  for (let portion = 0; portion < RUNS; portion++) steady.push(await send(plan.rounds));
  const logged = walBytes(servers);
  const hash = await countAll(servers, sender.seriesCount * step);

  const { seriesCount } = sender;
  const samples = seriesCount * plan.rounds;
  const of = (value: (name: ServerName, i: number) => number): Values =>
    new Map(servers.map(({ name }, i) => [name, value(name, i)]));
  const perSample = of((_, i) => median(steady.map(({ cpu }) => cpu[i] ?? NaN)) / samples);
  const perSeries = of((_, i) => median(created.map(({ cpu }) => cpu[i] ?? NaN)) / seriesCount);
  const waitedMs = of((_, i) => median(steady.map((cost) => cost.waitedMs[i] ?? NaN)));
  const written = of((name) => (logged.get(name) ?? NaN) - (logBytes.get(name) ?? NaN));
  const millions = (values: Values): Values => of((name) => (values.get(name) ?? NaN) * 1e6);
  return [
    compared('remote-write/new-series', 'CPU s/M series', millions(perSeries), {
      note: 'each with its first sample',
    }),
    compared(
      'remote-write/new-series-alone',
      'CPU s/M series',
      millions(of((name) => (perSeries.get(name) ?? NaN) - (perSample.get(name) ?? NaN))),
      { note: 'less what a sample costs otherwise' },
    ),
    compared('remote-write/samples', 'CPU s/M samples', millions(perSample), { hash }),
    compared(
      'remote-write/throughput',
      'M samples/s',
      of((name) => samples / (waitedMs.get(name) ?? NaN) / 1000),
    ),
    compared(
      'remote-write/wal',
      'bytes/sample',
      of((name) => (written.get(name) ?? NaN) / (samples * RUNS)),
    ),
  ];
}

/** By number of the server. */
interface Cost {
  readonly cpu: readonly number[];
  readonly waitedMs: readonly number[];
}

async function costOf(
  servers: readonly Server[],
  sender: Sender,
  { plan, steps }: { readonly plan: Plan; readonly steps: number },
): Promise<Cost> {
  const before = servers.map((server) => cpuSeconds(server.pid()));
  const { waitedMs } = await sender.send(servers, {
    samplesPerSeries: 1,
    seriesPerRequest: plan.seriesPerRequest,
    connections: plan.connections,
    startMs: WRITE_START_MS,
    stepMs: STEP_MS,
    steps,
  });
  await sleep(plan.settleMs);
  return { cpu: servers.map((s, i) => cpuSeconds(s.pid()) - (before[i] ?? 0)), waitedMs };
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
