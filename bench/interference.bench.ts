import type { Benchmark, Measurement, Settings, Size } from './run.ts';
import { apiUrl, askNumber, get, sleep } from './side-by-side/http.ts';
import { ALONE, ascending, compared, quantile } from './side-by-side/measure.ts';
import { type Pages, type ScrapeAccount, startPages } from './side-by-side/pages.ts';
import { type Sender, startSender } from './side-by-side/sender.ts';
import { type Server, serverNames, type ServerName, startServer } from './side-by-side/servers.ts';

const QUERIES_AT_ONCE = 8;
/** Not more than an hour: Prometheus takes nothing that is older than that beside fresh scrapes. */
const HISTORY_MS = 50 * 60_000;
const STEP_MS = 15_000;

const HEAVY = [
  'sum by (handler) (rate(http_requests_total[5m]))',
  'histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))',
  'topk(5, sum by (instance) (increase(http_requests_total[10m])))',
  'quantile by (code) (0.5, rate(http_requests_total[5m]))',
];

interface Plan {
  readonly seconds: number;
  readonly instances: number;
  readonly targets: number;
  readonly series: number;
}

/** Heavy queries without pause beside scrapes at 1 s, one server after the other. */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const { numbers } = settings;
  const small = size === 'small';
  const plan: Plan = {
    seconds: numbers['seconds'] ?? (small ? 2 : 20),
    instances: numbers['instances'] ?? (small ? 1 : 10),
    targets: numbers['targets'] ?? (small ? 4 : 50),
    series: numbers['series'] ?? (small ? 50 : 500),
  };
  const results = new Map<ServerName, Disturbed>();
  for (const name of serverNames(settings)) {
    results.set(name, await measure(name, plan, settings));
  }
  return measurementsOf(results);
};

async function measure(name: ServerName, plan: Plan, settings: Settings): Promise<Disturbed> {
  const { targets, series, instances } = plan;
  const pages = await startPages({ targets, series, intervalMs: 1000 });
  const sender = await startSender({ kind: 'dashboard', count: instances });
  let server: Server | undefined;
  try {
    server = await startServer(name, { settings, config: pages.config });
    await load(sender, server);
    return await disturb(server, pages, plan);
  } finally {
    await server?.stop();
    await sender.stop();
    await pages.stop();
  }
}

async function load(sender: Sender, server: Server): Promise<void> {
  await sender.send([server], {
    steps: HISTORY_MS / STEP_MS,
    samplesPerSeries: 20,
    seriesPerRequest: 500,
    startMs: Date.now() - HISTORY_MS,
    stepMs: STEP_MS,
  });
  // Prometheus takes its time until it knows its targets.
  const deadlineMs = performance.now() + 15_000;
  while (Number.isNaN(await askNumber(server.url, 'count(up{job="bench"} == 1)'))) {
    if (performance.now() > deadlineMs) throw new Error(`${server.name} scrapes nothing`);
    await sleep(200);
  }
  await sleep(2000);
}

interface Disturbed {
  readonly account: ScrapeAccount;
  /** From Narthex' own histogram of lateness: the bucket in which the 99th percentile is. */
  readonly ownLatenessS: number;
  readonly answered: number;
  readonly failed: number;
  /** Of `/-/healthy`, ascending. */
  readonly healthyMs: readonly number[];
}

async function disturb(server: Server, pages: Pages, { seconds }: Plan): Promise<Disturbed> {
  const latenessBefore = await latenessBuckets(server);
  await pages.report();
  const endMs = performance.now() + seconds * 1000;
  const healthyMs: number[] = [];
  const watch = async (): Promise<void> => {
    while (performance.now() < endMs) {
      healthyMs.push((await get(`${server.url}/-/healthy`)).tookMs);
      await sleep(20);
    }
  };
  const asked = Array.from({ length: QUERIES_AT_ONCE }, (_, i) => askUntil(server, i, endMs));
  await watch();
  const account = (await pages.report()).get(server.name);
  const lateness = await latenessBuckets(server);
  const counts = await Promise.all(asked);
  if (account === undefined) throw new Error(`${server.name} scraped nothing`);
  return {
    account,
    ownLatenessS: p99OfBuckets(latenessBefore, lateness),
    answered: counts.reduce((sum, one) => sum + one.answered, 0),
    failed: counts.reduce((sum, one) => sum + one.failed, 0),
    healthyMs: ascending(healthyMs),
  };
}

async function askUntil(
  { url }: Server,
  first: number,
  endMs: number,
): Promise<{ answered: number; failed: number }> {
  let [answered, failed] = [0, 0];
  for (let i = first; performance.now() < endMs; i++) {
    const end = Math.floor(Date.now() / 1000);
    const range = { start: String(end - HISTORY_MS / 1000), end: String(end), step: '2' };
    const query = HEAVY[i % HEAVY.length] ?? '';
    const params = { query, ...range, nocache: '1' };
    const { status } = await get(apiUrl(url, 'query_range', params));
    if (status === 200) answered++;
    else failed++;
  }
  return { answered, failed };
}

/** Upper bound in seconds and cumulative count; empty where the server is not ours. */
type Buckets = readonly (readonly [number, number])[];

async function latenessBuckets({ name, url }: Server): Promise<Buckets> {
  if (name !== 'narthex') return [];
  const page = (await get(`${url}/metrics`)).body.toString();
  const lines = page.matchAll(/^narthex_scrape_lateness_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm);
  return [...lines].map(([, le, count]) => [le === '+Inf' ? Infinity : Number(le), Number(count)]);
}

function p99OfBuckets(before: Buckets, after: Buckets): number {
  const counts = after.map(([bound, count], i) => [bound, count - (before[i]?.[1] ?? 0)] as const);
  const all = counts.at(-1)?.[1] ?? 0;
  return counts.find(([, count]) => count >= all * 0.99)?.[0] ?? NaN;
}

function measurementsOf(results: ReadonlyMap<ServerName, Disturbed>): readonly Measurement[] {
  const of = (value: (one: Disturbed) => number): Map<ServerName, number> =>
    new Map([...results].map(([name, one]) => [name, value(one)]));
  const lateness = new Map([['narthex', results.get('narthex')?.ownLatenessS ?? NaN] as const]);
  const failed = of((one) => one.failed);
  return [
    compared(
      'interference/queries',
      'answered',
      of((one) => one.answered),
    ),
    compared('interference/failed', 'queries', failed, { hash: `failed ${failed.get('narthex')}` }),
    compared('interference/lateness-p99', 's, at most', lateness),
    compared(
      'interference/gap-late-p99',
      'ms',
      of(({ account }) => account.lateP99Ms),
    ),
    compared(
      'interference/missed',
      'scrapes',
      of(({ account }) => account.missed),
    ),
    compared(
      'interference/healthy-p99',
      'ms',
      of(({ healthyMs }) => quantile(healthyMs, 0.99)),
    ),
    compared(
      'interference/healthy-max',
      'ms',
      of(({ healthyMs }) => quantile(healthyMs, 1)),
    ),
  ];
}
