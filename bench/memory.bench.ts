import type { Benchmark, Measurement, Settings, Size } from './run.ts';
import { apiUrl, askNumber, get, sleep } from './side-by-side/http.ts';
import type { CollectorPauses } from './side-by-side/collector-pauses.ts';
import { ALONE, ascending, compared, quantile } from './side-by-side/measure.ts';
import { type Pages, startPages } from './side-by-side/pages.ts';
import { cpuSeconds, ownBytes, residentBytes } from './side-by-side/process-usage.ts';
import { measureEach, type ServerName, startServer } from './side-by-side/servers.ts';

const SERIES_PER_PAGE = 2000;
const COUNT_TIMEOUT_MS = 30_000;
/** A server that is not done then is measured as it is. */
const APPEAR_INTERVALS_MAX = 6;

/** Many series appear by scraping, one server after the other. `series=1000000` is the whole of it. */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const small = size === 'small';
  const series = settings.numbers['series'] ?? (small ? 2000 : 200_000);
  const settleMs = 1000 * (settings.numbers['settle'] ?? (small ? 0 : 20));
  // A target's first scrape lies anywhere in its first interval.
  const intervalMs = small ? 1000 : 15_000;
  const results = await measureEach(settings, async (name) => {
    const targets = Math.max(1, Math.round(series / SERIES_PER_PAGE));
    const pages = await startPages({ targets, series: SERIES_PER_PAGE, intervalMs });
    try {
      return await weigh({ name, settings, pages, targets, settleMs, intervalMs });
    } finally {
      await pages.stop();
    }
  });
  return measurementsOf(results);
};

interface Weighing {
  readonly name: ServerName;
  readonly settings: Settings;
  readonly pages: Pages;
  readonly targets: number;
  readonly settleMs: number;
  readonly intervalMs: number;
}

interface Weighed {
  readonly idleBytes: number;
  readonly series: number;
  readonly settledBytes: number;
  readonly peakBytes: number;
  readonly fileBytes: number;
  /** Of `count(up)` while the series appeared, ascending. */
  readonly latenciesMs: readonly number[];
  /** From the start of the server on until each target was scraped once. */
  readonly appearedS: number;
  readonly appearedCpu: number;
  readonly pauses: CollectorPauses;
}

async function weigh({
  name,
  settings,
  pages,
  targets,
  settleMs,
  intervalMs,
}: Weighing): Promise<Weighed> {
  const idleBytes = await weighIdle(name, settings);
  const server = await startServer(name, { settings, config: pages.config });
  try {
    const startMs = performance.now();
    const startCpu = cpuSeconds(server.pid());
    const deadlineMs = startMs + 15_000 + intervalMs * APPEAR_INTERVALS_MAX;
    const latenciesMs: number[] = [];
    while (performance.now() < deadlineMs) {
      latenciesMs.push(await countUp(server.url));
      if ((await scrapedTargets(server.url)) === targets) break;
      await sleep(50);
    }
    const appearedS = (performance.now() - startMs) / 1000;
    const appearedCpu = cpuSeconds(server.pid()) - startCpu;
    await sleep(settleMs);
    const counted = await askNumber(server.url, 'count({__name__=~"bench_.+"})');
    const { anonymous, shared, file, peak } = residentBytes(server.pid());
    return {
      idleBytes,
      series: counted,
      settledBytes: anonymous + shared,
      peakBytes: peak,
      fileBytes: file,
      latenciesMs: ascending(latenciesMs),
      appearedS,
      appearedCpu,
      pauses: await server.pauses(),
    };
  } finally {
    await server.stop();
  }
}

async function weighIdle(name: ServerName, settings: Settings): Promise<number> {
  const server = await startServer(name, { settings });
  try {
    await sleep(1500);
    return ownBytes(server.pid());
  } finally {
    await server.stop();
  }
}

/** How long it took; what is not answered in time took that long. */
async function countUp(url: string): Promise<number> {
  const asked = get(apiUrl(url, 'query', { query: 'count(up)', nocache: '1' }), COUNT_TIMEOUT_MS);
  return await asked.then(
    ({ tookMs }) => tookMs,
    () => COUNT_TIMEOUT_MS,
  );
}

async function scrapedTargets(url: string): Promise<number> {
  return await askNumber(url, 'count(up == 1)').catch(() => NaN);
}

function measurementsOf(results: ReadonlyMap<ServerName, Weighed>): readonly Measurement[] {
  const of = (value: (one: Weighed) => number): Map<ServerName, number> =>
    new Map([...results].map(([name, one]) => [name, value(one)]));
  const series = of((one) => one.series);
  const hash = String(series.get('narthex'));
  return [
    compared(
      'memory/idle',
      'MB',
      of((one) => one.idleBytes / 1e6),
    ),
    compared('memory/series', 'series', series, { hash }),
    compared(
      'memory/settled',
      'bytes/series',
      of((one) => (one.settledBytes - one.idleBytes) / one.series),
    ),
    compared(
      'memory/peak',
      'bytes/series, files included',
      of((one) => (one.peakBytes - one.idleBytes) / one.series),
    ),
    compared(
      'memory/files',
      'MB of mapped files',
      of((one) => one.fileBytes / 1e6),
    ),
    compared(
      'memory/appeared',
      's',
      of((one) => one.appearedS),
    ),
    compared(
      'memory/new-series',
      'CPU s/M series',
      of((one) => (one.appearedCpu * 1e6) / one.series),
    ),
    compared(
      'memory/collector-longest',
      'ms',
      of((one) => one.pauses.longestMs),
    ),
    compared(
      'memory/collector-p99',
      'ms',
      of((one) => one.pauses.p99Ms),
    ),
    compared(
      'memory/collector-elsewhere',
      'ms',
      of((one) => one.pauses.longestElsewhereMs),
    ),
    compared(
      'memory/count-up-median',
      'ms',
      of((one) => quantile(one.latenciesMs, 0.5)),
    ),
    compared(
      'memory/count-up-max',
      'ms',
      of((one) => quantile(one.latenciesMs, 1)),
    ),
  ];
}
