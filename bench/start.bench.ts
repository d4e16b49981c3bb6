import type { Benchmark, Measurement, Settings, Size } from './run.ts';
import { askNumber, sleep } from './side-by-side/http.ts';
import { ALONE, compared } from './side-by-side/measure.ts';
import { type Pages, type ScrapeAccount, startPages } from './side-by-side/pages.ts';
import { bytesBelow, cpuSeconds, ownBytes } from './side-by-side/process-usage.ts';
import { flush } from './side-by-side/sender.ts';
import {
  measureEach,
  NO_SCRAPES,
  type Server,
  type ServerName,
  startServer,
} from './side-by-side/servers.ts';

const SERIES_A_PAGE = 2000;
/** What scraping adds, so that no server falls behind. */
const SAMPLES_A_SECOND = 200_000;
/** While all series are new. */
const NEW_SERIES_A_SECOND = 66_000;
const LOAD_LIMIT_MS = 300_000;
const VICTORIA_WRITES_MS = 8000;
/** Prometheus makes one only where it is asked to. */
const FLAGS = ['--enable-feature=memory-snapshot-on-shutdown'];

interface Plan {
  readonly targets: number;
  readonly series: number;
  /** Scrapes of each target. */
  readonly rounds: number;
}

/** Starts servers that scraped for some minutes: after a kill, and after they were asked to end. */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const { numbers } = settings;
  const small = size === 'small';
  const series = numbers['series'] ?? (small ? 1000 : 100_000);
  const targets = Math.max(1, Math.round(series / SERIES_A_PAGE));
  const plan: Plan = {
    targets,
    series: Math.round(series / targets),
    rounds: numbers['rounds'] ?? (small ? 3 : 12),
  };
  const results = await measureEach(settings, async (name) => {
    const total = plan.targets * plan.series;
    const firstMs = 1000 * Math.ceil(Math.max(1, total / NEW_SERIES_A_SECOND));
    const pages = await startPages({ ...plan, intervalMs: firstMs, scrapesMax: plan.rounds });
    let server: Server | undefined;
    try {
      server = await startServer(name, { settings, config: pages.config, flags: FLAGS });
      await load(server, pages, plan);
      return await restart(server, plan);
    } finally {
      await server?.stop();
      await pages.stop();
    }
  });
  return measurementsOf(results, plan);
};

/** Resolves when each target has had its scrapes; those that follow are left without an answer. */
async function load(server: Server, pages: Pages, { targets, series }: Plan): Promise<void> {
  const deadlineMs = performance.now() + LOAD_LIMIT_MS;
  const until = async (done: (account: ScrapeAccount) => boolean): Promise<void> => {
    for (;;) {
      const account = (await pages.report()).get(server.name);
      if (account !== undefined && done(account)) return;
      if (performance.now() > deadlineMs) throw new Error(`${server.name} scrapes too slowly`);
      await sleep(50);
    }
  };
  await until(({ scrapedTargets }) => scrapedTargets === targets);
  const intervalS = Math.ceil(Math.max(1, (targets * series) / SAMPLES_A_SECOND));
  server.configure(pages.config(server.name, intervalS * 1000));
  await until(({ doneTargets }) => doneTargets === targets);
  // The last pages are stored; no scrape has failed yet.
  await sleep(Math.min(1000, intervalS * 500));
}

interface Started {
  readonly samples: number;
  readonly readyMs: number;
  readonly cpu: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly lost: number;
  readonly endedMs: number;
  readonly cleanReadyMs: number;
  readonly cleanCpu: number;
  readonly cleanLost: number;
}

async function restart(server: Server, plan: Plan): Promise<Started> {
  const { name } = server;
  const nowS = Date.now() / 1000;
  const query = 'sum(count_over_time({__name__=~"bench_.+"}[1h]))';
  const count = async (): Promise<number> => {
    const found = await askNumber(server.url, query, nowS);
    return Number.isNaN(found) ? 0 : found;
  };
  await flush([server]);
  const samples = await count();
  // VictoriaMetrics has no log and would lose what it has not written yet; here only its start counts.
  if (name === 'victoria-metrics') await sleep(VICTORIA_WRITES_MS);
  server.configure(NO_SCRAPES);
  await server.kill();
  const diskBytes = bytesBelow(server.dataDir);
  const readyMs = await server.start();
  const cpu = cpuSeconds(server.pid());
  const memoryBytes = ownBytes(server.pid());
  const lost = samples - (await count());
  const endedMs = await server.shutDown();
  const cleanReadyMs = await server.start();
  const cleanCpu = cpuSeconds(server.pid());
  const cleanLost = samples - (await count());
  const wanted = plan.targets * plan.series * plan.rounds;
  if (name === 'narthex' && samples < wanted * 0.9) throw new Error(`only ${samples} samples`);
  return {
    samples,
    readyMs,
    cpu,
    memoryBytes,
    diskBytes,
    lost,
    endedMs,
    cleanReadyMs,
    cleanCpu,
    cleanLost,
  };
}

function measurementsOf(
  results: ReadonlyMap<ServerName, Started>,
  { targets, series, rounds }: Plan,
): readonly Measurement[] {
  const line = (name: string, unit: string, of: (one: Started) => number): Measurement => {
    const values = [...results].map(([server, one]) => [server, of(one)] as const);
    return compared(`start/${name}`, unit, new Map(values));
  };
  const narthex = results.get('narthex');
  const note = `${targets * series} series, ${rounds} scrapes`;
  return [
    { ...line('ready', 'ms', (one) => one.readyMs), note },
    line('cpu', 'CPU s', (one) => one.cpu),
    line('memory', 'MB', (one) => one.memoryBytes / 1e6),
    line('disk', 'bytes/sample', (one) => one.diskBytes / one.samples),
    { ...line('lost', 'samples', (one) => one.lost), hash: `lost ${narthex?.lost}` },
    line('shutdown', 'ms', (one) => one.endedMs),
    line('clean-ready', 'ms', (one) => one.cleanReadyMs),
    line('clean-cpu', 'CPU s', (one) => one.cleanCpu),
    {
      ...line('clean-lost', 'samples', (one) => one.cleanLost),
      hash: `lost ${narthex?.cleanLost}`,
    },
  ];
}
