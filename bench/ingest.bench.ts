import type { Benchmark, Measurement, Settings, Size } from './run.ts';
import { askNumber, sleep } from './side-by-side/http.ts';
import { ALONE, compared } from './side-by-side/measure.ts';
import { type Pages, type PagePlan, type ScrapeAccount, startPages } from './side-by-side/pages.ts';
import { bytesBelow, cpuSeconds, residentBytes } from './side-by-side/process-usage.ts';
import { flush } from './side-by-side/sender.ts';
import {
  type Server,
  serverNames,
  type ServerName,
  startServers,
  stopServers,
} from './side-by-side/servers.ts';

/** Scrapes the same pages with all servers at the same time, then with containers that come and go. */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const { numbers } = settings;
  const small = size === 'small';
  const plan: PagePlan = {
    targets: numbers['targets'] ?? (small ? 4 : 50),
    series: numbers['series'] ?? (small ? 100 : 2000),
    intervalMs: 1000,
  };
  const seconds = numbers['seconds'] ?? (small ? 2 : 30);
  const pages = await startPages(plan);
  let servers: readonly Server[] = [];
  try {
    servers = await startServers(serverNames(settings), { settings, config: pages.config });
    const watched: Watched = { plan, pages, servers, between: [] };
    await sleep(small ? 2000 : 12_000);
    const steady = await watch(watched, seconds);
    await pages.churn();
    const churn = await watch(watched, seconds);
    const end = await atEnd(watched, [steady, churn]);
    return [...phaseOf('steady', steady), ...phaseOf('churn', churn), ...end];
  } finally {
    await stopServers(servers);
    await pages.stop();
  }
};

interface Watched {
  readonly plan: PagePlan;
  readonly pages: Pages;
  readonly servers: readonly Server[];
  /** Accounts of the time before and between the phases: what was scraped then must be there too. */
  readonly between: PerServer<ScrapeAccount>[];
}

type PerServer<T> = ReadonlyMap<ServerName, T>;

interface Phase {
  /** CPU seconds for a million samples. */
  readonly cost: PerServer<number>;
  readonly log: PerServer<number>;
  readonly accounts: PerServer<ScrapeAccount>;
}

async function watch({ plan, pages, servers, between }: Watched, seconds: number): Promise<Phase> {
  const usage = (): readonly (readonly [number, number])[] =>
    servers.map((s) => [cpuSeconds(s.pid()), bytesBelow(`${s.dataDir}/wal`)] as const);
  between.push(await pages.report());
  const before = usage();
  await sleep(seconds * 1000);
  const after = usage();
  const accounts = await pages.report();
  const per = (field: 0 | 1, unit: number): PerServer<number> =>
    new Map(
      servers.map(({ name }, i) => {
        const samples = (accounts.get(name)?.pages ?? 0) * plan.series;
        return [name, (((after[i]?.[field] ?? 0) - (before[i]?.[field] ?? 0)) * unit) / samples];
      }),
    );
  const log = new Map([...per(1, 1)].filter(([name]) => name !== 'victoria-metrics'));
  return { cost: per(0, 1e6), log, accounts };
}

function phaseOf(name: string, { cost, log, accounts }: Phase): Measurement[] {
  const of = (value: (account: ScrapeAccount) => number): PerServer<number> =>
    new Map([...accounts].map(([server, account]) => [server, value(account)]));
  return [
    compared(`ingest/${name}/cpu`, 'CPU s/M samples', cost),
    compared(`ingest/${name}/wal`, 'bytes/sample', log),
    compared(
      `ingest/${name}/missed`,
      'scrapes',
      of(({ missed }) => missed),
    ),
    compared(
      `ingest/${name}/late-p99`,
      'ms',
      of(({ lateP99Ms }) => lateP99Ms),
    ),
  ];
}

/** Whether every sample that was served is there, and what holding them takes. */
async function atEnd(watched: Watched, phases: readonly Phase[]): Promise<Measurement[]> {
  const { plan, pages, servers } = watched;
  const memory = servers.map((server) => residentBytes(server.pid()));
  await pages.close();
  // The scrapes under way end.
  await sleep(plan.intervalMs + 500);
  await flush(servers);
  const all = [...watched.between, ...phases.map(({ accounts }) => accounts)];
  all.push(await pages.report());
  const refused = new Map<ServerName, number>();
  const lost = new Map<ServerName, number>();
  for (const { name, url } of servers) {
    const served = all.reduce((sum, one) => sum + (one.get(name)?.pages ?? 0), 0) * plan.series;
    const stored = await askNumber(url, 'sum(count_over_time({__name__=~"bench_.+"}[1h]))');
    refused.set(name, served - stored);
    // A scrape that came too late says that it took nothing.
    const taken = await askNumber(url, 'sum(sum_over_time(scrape_samples_scraped[1h]))');
    lost.set(name, taken - stored);
  }
  const megabytes = (value: (one: ReturnType<typeof residentBytes>) => number): PerServer<number> =>
    new Map(servers.map(({ name }, i) => [name, value(memory[i] ?? NONE) / 1e6]));
  return [
    compared('ingest/too-late', 'samples served, not taken', refused),
    compared('ingest/lost', 'samples taken, not stored', lost, {
      hash: `lost ${lost.get('narthex')}`,
    }),
    compared(
      'ingest/memory',
      'MB anonymous and shared',
      megabytes(({ anonymous, shared }) => anonymous + shared),
    ),
    compared(
      'ingest/memory-files',
      'MB of mapped files',
      megabytes(({ file }) => file),
    ),
  ];
}

const NONE = { anonymous: NaN, shared: NaN, file: NaN, peak: NaN };
