import type { Benchmark, Measurement, Settings, Size } from './run.ts';
import { differenceOf, readResult, resultHash } from './side-by-side/compare-results.ts';
import { dashboardPath } from './side-by-side/dashboard-path.ts';
import { DASHBOARD_QUERIES, type DashboardQuery } from './side-by-side/dashboard-queries.ts';
import { get, sleep } from './side-by-side/http.ts';
import { ALONE, compared, digest, geometricMean, median } from './side-by-side/measure.ts';
import { cpuSeconds } from './side-by-side/process-usage.ts';
import { flush, type Sender, startSender, WRITE_START_MS } from './side-by-side/sender.ts';
import {
  type Server,
  serverNames,
  type ServerName,
  startServers,
  stopServers,
} from './side-by-side/servers.ts';

const STEP_MS = 15_000;
/** Samples lie between the steps of the queries: whether a window's edges count differs by version. */
const SHIFT_MS = 7001;
/** Each query runs until it took this long on a server, but not less than five times or more than 30. */
const QUERY_BUDGET_MS = 600;
const RUNS_MIN = 5;
/** Before any is timed: what compiles while it runs needs a few, and a dashboard asks again and again. */
const WARM_RUNS = 5;
const RUNS_MAX = 30;

/** Dashboard queries over the same data in all servers; results are compared before times. */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const { numbers } = settings;
  const small = size === 'small';
  const hours = numbers['hours'] ?? (small ? 0.25 : 6);
  const instances = numbers['instances'] ?? (small ? 2 : 50);
  const sender = await startSender({ kind: 'dashboard', count: instances });
  let servers: readonly Server[] = [];
  try {
    servers = await startServers(serverNames(settings), { settings });
    await load(sender, servers, hours);
    const timed: Timed[] = [];
    for (const query of DASHBOARD_QUERIES) {
      timed.push(await time(query, servers, { hours, runsMax: small ? 1 : RUNS_MAX }));
    }
    return [...timed.map(measurementOf), ...summaryOf(timed, servers)];
  } finally {
    await stopServers(servers);
    await sender.stop();
  }
};

async function load(sender: Sender, servers: readonly Server[], hours: number): Promise<void> {
  await sender.send(servers, {
    steps: (hours * 3_600_000) / STEP_MS,
    // Many at once: loading is not what is measured.
    samplesPerSeries: 60,
    seriesPerRequest: 1000,
    startMs: WRITE_START_MS + SHIFT_MS,
    stepMs: STEP_MS,
  });
  await flush(servers);
  // What the servers tidy up after so many samples.
  await sleep(hours > 1 ? 5000 : 0);
}

interface Timed {
  readonly query: DashboardQuery;
  readonly latencyMs: ReadonlyMap<ServerName, number>;
  readonly cpu: ReadonlyMap<ServerName, number>;
  readonly hash: string;
  readonly differences: readonly string[];
}

interface Timing {
  readonly hours: number;
  readonly runsMax: number;
}

async function time(
  query: DashboardQuery,
  servers: readonly Server[],
  { hours, runsMax }: Timing,
): Promise<Timed> {
  const path = pathOf(query, hours);
  const { hash, differences } = await compare(query, servers, path);
  const latencies = new Map<ServerName, number[]>();
  const cpu = new Map<ServerName, number>();
  const before = servers.map((server) => cpuSeconds(server.pid()));
  // In turn, so that what else happens on the machine meets all alike.
  for (let round = 0; round < runsMax; round++) {
    for (const { name, url } of servers) {
      const own = latencies.get(name) ?? [];
      if (isEnough(own)) continue;
      own.push((await get(url + path)).tookMs);
      latencies.set(name, own);
    }
  }
  for (const [i, { name, pid }] of servers.entries()) {
    const runs = latencies.get(name)?.length ?? NaN;
    cpu.set(name, (cpuSeconds(pid()) - (before[i] ?? NaN)) / runs);
  }
  const latencyMs = new Map([...latencies].map(([name, all]) => [name, median(all)] as const));
  return { query, latencyMs, cpu, hash, differences };
}

function isEnough(latenciesMs: readonly number[]): boolean {
  const spentMs = latenciesMs.reduce((sum, one) => sum + one, 0);
  return spentMs > QUERY_BUDGET_MS && latenciesMs.length >= RUNS_MIN;
}

function pathOf(query: DashboardQuery, hours: number): string {
  const endS = WRITE_START_MS / 1000 + hours * 3600;
  return dashboardPath(query, { endS, hours, fromCache: false });
}

/** Asks everyone, several times so that all are warm. */
async function compare(
  query: DashboardQuery,
  servers: readonly Server[],
  path: string,
): Promise<Pick<Timed, 'hash' | 'differences'>> {
  let ours: ReturnType<typeof readResult> = new Map();
  const differences: string[] = [];
  for (const { name, url } of servers) {
    for (let i = 1; i < WARM_RUNS; i++) await get(url + path);
    const { body } = await get(url + path);
    const result = readResult(body);
    if (name === 'narthex') ours = result;
    else if (name === 'prometheus' || query.sameInVictoriaMetrics) {
      const difference = differenceOf(ours, result, query.ties === true);
      if (difference !== undefined) differences.push(`${name}: ${difference}`);
    }
  }
  return { hash: resultHash(ours), differences };
}

function measurementOf({ query, latencyMs, hash, differences }: Timed): Measurement {
  const note = differences.length > 0 ? { note: `results differ: ${differences.join('; ')}` } : {};
  return compared(`query/${query.name}`, 'ms', latencyMs, { hash, ...note });
}

function summaryOf(timed: readonly Timed[], servers: readonly Server[]): Measurement[] {
  const hash = digest(timed.map((one) => one.hash).join());
  const differing = timed.filter(({ differences }) => differences.length > 0).length;
  const wide = timed.filter(({ query }) => query.wide);
  return [
    mean('query/mean', timed, servers, { hash }),
    mean('query/mean-wide-range', wide.filter(isRange), servers),
    mean(
      'query/mean-wide-instant',
      wide.filter((one) => !isRange(one)),
      servers,
    ),
    compared('query/cpu', 'CPU s, each query once', total(timed, servers)),
    compared('query/cpu-wide-range', 'CPU s', total(wide.filter(isRange), servers)),
    compared(
      'query/cpu-wide-instant',
      'CPU s',
      total(
        wide.filter((one) => !isRange(one)),
        servers,
      ),
    ),
    { name: 'query/differing', value: differing, unit: 'queries' },
  ];
}

function isRange({ query }: Timed): boolean {
  return query.kind !== 'instant';
}

/** The ratios of geometric means are the geometric means of ratios. */
function mean(
  name: string,
  timed: readonly Timed[],
  servers: readonly Server[],
  more: Pick<Measurement, 'hash'> = {},
): Measurement {
  const means = servers.map(({ name: server }) => {
    const latencies = timed.map(({ latencyMs }) => latencyMs.get(server) ?? NaN);
    return [server, geometricMean(latencies)] as const;
  });
  return compared(name, 'ms, geometric mean', new Map(means), more);
}

function total(timed: readonly Timed[], servers: readonly Server[]): Map<ServerName, number> {
  const sums = servers.map(
    ({ name }) => [name, timed.reduce((sum, { cpu }) => sum + (cpu.get(name) ?? NaN), 0)] as const,
  );
  return new Map(sums);
}
