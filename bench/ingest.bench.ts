import type { Benchmark, Measurement, Settings, Size } from './run.ts';
import { askNumber, sleep } from './side-by-side/http.ts';
import type { CollectorPauses } from './side-by-side/collector-pauses.ts';
import { ALONE, compared } from './side-by-side/measure.ts';
import { type Pages, type PagePlan, type ScrapeAccount, startPages } from './side-by-side/pages.ts';
import { bytesBelow, cpuSeconds, residentBytes } from './side-by-side/process-usage.ts';
import { flush } from './side-by-side/sender.ts';
import { measureEach, type Server, type ServerName, startServer } from './side-by-side/servers.ts';

interface Plan extends PagePlan {
  /** Until caches and compilers are warm; Prometheus scrapes nothing for the first five. */
  readonly warmUpSeconds: number;
  /** Of each phase. */
  readonly seconds: number;
}

/** Scrapes the same pages, then containers that come and go, one server after the other. */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const { numbers } = settings;
  const small = size === 'small';
  const plan: Plan = {
    targets: numbers['targets'] ?? (small ? 4 : 50),
    series: numbers['series'] ?? (small ? 100 : 2000),
    intervalMs: 1000,
    warmUpSeconds: numbers['warm'] ?? (small ? 2 : 12),
    seconds: numbers['seconds'] ?? (small ? 2 : 15),
  };
  const results = await measureEach(settings, async (name) => {
    const pages = await startPages(plan);
    let server: Server | undefined;
    try {
      server = await startServer(name, { settings, config: pages.config });
      return await watchAll({ plan, pages, server });
    } finally {
      await server?.stop();
      await pages.stop();
    }
  });
  return measurementsOf(results);
};

interface Watched {
  readonly plan: Plan;
  readonly pages: Pages;
  readonly server: Server;
}

interface Phase {
  /** CPU seconds for a million samples. */
  readonly cost: number;
  /** Of the log, for a sample; NaN where there is none. */
  readonly logBytes: number;
  readonly account: ScrapeAccount;
}

interface Ingested {
  readonly steady: Phase;
  readonly churn: Phase;
  readonly ownBytes: number;
  readonly fileBytes: number;
  readonly pauses: CollectorPauses;
  /** Samples on pages that were served, of scrapes that failed since they took too long. */
  readonly tooLate: number;
  /** Samples that a scrape took and that are not there. */
  readonly lost: number;
}

async function watchAll(watched: Watched): Promise<Ingested> {
  const { plan, pages, server } = watched;
  await sleep(plan.warmUpSeconds * 1000);
  let served = await servedPages(watched);
  const steady = await watch(watched);
  await pages.churn();
  const churn = await watch(watched);
  const { anonymous, shared, file } = residentBytes(server.pid());
  const pauses = await server.pauses();
  await pages.close();
  // The scrapes under way end.
  await sleep(plan.intervalMs + 500);
  served += steady.account.pages + churn.account.pages + (await servedPages(watched));
  await flush([server]);
  const stored = await askNumber(server.url, 'sum(count_over_time({__name__=~"bench_.+"}[1h]))');
  // A scrape that came too late says that it took nothing.
  const taken = await askNumber(server.url, 'sum(sum_over_time(scrape_samples_scraped[1h]))');
  return {
    steady,
    churn,
    ownBytes: anonymous + shared,
    fileBytes: file,
    pauses,
    tooLate: served * plan.series - taken,
    lost: taken - stored,
  };
}

async function watch({ plan, pages, server }: Watched): Promise<Phase> {
  const usage = (): readonly [number, number] => [
    cpuSeconds(server.pid()),
    bytesBelow(`${server.dataDir}/wal`),
  ];
  const [cpuBefore, logBefore] = usage();
  await sleep(plan.seconds * 1000);
  const [cpu, log] = usage();
  const account = (await pages.report()).get(server.name);
  if (account === undefined) throw new Error(`${server.name} scraped nothing`);
  const samples = account.pages * plan.series;
  return {
    cost: ((cpu - cpuBefore) * 1e6) / samples,
    logBytes: server.name === 'victoria-metrics' ? NaN : (log - logBefore) / samples,
    account,
  };
}

async function servedPages({ pages, server }: Watched): Promise<number> {
  return (await pages.report()).get(server.name)?.pages ?? 0;
}

function measurementsOf(results: ReadonlyMap<ServerName, Ingested>): readonly Measurement[] {
  const line = (name: string, unit: string, of: (one: Ingested) => number): Measurement => {
    const values = [...results].map(([server, one]) => [server, of(one)] as const);
    return compared(`ingest/${name}`, unit, new Map(values));
  };
  const phases = (['steady', 'churn'] as const).flatMap((phase) => [
    line(`${phase}/cpu`, 'CPU s/M samples', (one) => one[phase].cost),
    line(`${phase}/wal`, 'bytes/sample', (one) => one[phase].logBytes),
    line(`${phase}/missed`, 'scrapes', (one) => one[phase].account.missed),
    line(`${phase}/late-p99`, 'ms', (one) => one[phase].account.lateP99Ms),
  ]);
  return [
    ...phases,
    line('too-late', 'samples', (one) => one.tooLate),
    {
      ...line('lost', 'samples', (one) => one.lost),
      hash: `lost ${results.get('narthex')?.lost}`,
    },
    line('collector-longest', 'ms', (one) => one.pauses.longestMs),
    line('collector-p99', 'ms', (one) => one.pauses.p99Ms),
    line('memory', 'MB', (one) => one.ownBytes / 1e6),
    line('memory-files', 'MB of mapped files', (one) => one.fileBytes / 1e6),
  ];
}
