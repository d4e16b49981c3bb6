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
/** As in the benchmark `query`. */
const SHIFT_MS = 7001;
/** Between two refreshes a minute is written. */
const STEPS_A_ROUND = 4;

const PANELS = DASHBOARD_QUERIES.filter(({ kind }) => kind !== 'instant');

/** A dashboard that is refreshed each minute while samples come in; servers may keep what they computed. */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const { numbers } = settings;
  const small = size === 'small';
  const hours = numbers['hours'] ?? (small ? 0.25 : 6);
  const rounds = numbers['rounds'] ?? (small ? 2 : 8);
  const sender = await startSender({
    kind: 'dashboard',
    count: numbers['instances'] ?? (small ? 2 : 50),
  });
  let servers: readonly Server[] = [];
  try {
    servers = await startServers(serverNames(settings), { settings });
    const board = new Board(servers, sender, hours);
    await board.write((hours * 3_600_000) / STEP_MS, 60);
    await sleep(hours > 1 ? 5000 : 0);
    await board.refresh();
    board.forgetTimes();
    for (let round = 0; round < rounds; round++) {
      await board.write(STEPS_A_ROUND, 1);
      await board.refresh();
    }
    return await board.measurements();
  } finally {
    await stopServers(servers);
    await sender.stop();
  }
};

/** A dashboard that looks at some servers. */
class Board {
  readonly #servers: readonly Server[];
  readonly #sender: Sender;
  readonly #hours: number;
  #steps = 0;
  readonly #cpu = new Map<ServerName, number>();
  /** By panel and server, one for each refresh. */
  readonly #latenciesMs = new Map<DashboardQuery, Map<ServerName, number[]>>();

  constructor(servers: readonly Server[], sender: Sender, hours: number) {
    this.#servers = servers;
    this.#sender = sender;
    this.#hours = hours;
  }

  /** The next samples of all series. */
  async write(steps: number, samplesPerSeries: number): Promise<void> {
    await this.#sender.send(this.#servers, {
      steps,
      samplesPerSeries,
      seriesPerRequest: 1000,
      startMs: WRITE_START_MS + SHIFT_MS,
      stepMs: STEP_MS,
    });
    await flush(this.#servers);
    this.#steps += steps;
  }

  async refresh(): Promise<void> {
    for (const { name, pid } of this.#servers) this.#addCpu(name, -cpuSeconds(pid()));
    for (const panel of PANELS) {
      const times = this.#latenciesMs.get(panel) ?? new Map<ServerName, number[]>();
      this.#latenciesMs.set(panel, times);
      for (const { name, url } of this.#servers) {
        const { tookMs } = await get(url + this.#path(panel, true));
        times.set(name, [...(times.get(name) ?? []), tookMs]);
      }
    }
    for (const { name, pid } of this.#servers) this.#addCpu(name, cpuSeconds(pid()));
  }

  forgetTimes(): void {
    this.#latenciesMs.clear();
    this.#cpu.clear();
  }

  async measurements(): Promise<Measurement[]> {
    const checks = [];
    for (const panel of PANELS) checks.push(await this.#check(panel));
    const differing = checks.filter(({ difference }) => difference !== undefined);
    const notes = differing.map(({ panel, difference }) => `${panel.name}: ${difference}`);
    const rounds = this.#latenciesMs.values().next().value?.get('narthex')?.length ?? NaN;
    const cpu = [...this.#cpu].map(([name, seconds]) => [name, seconds / rounds] as const);
    return [
      ...PANELS.map((panel) => compared(`query-refresh/${panel.name}`, 'ms', this.#medians(panel))),
      this.#mean('query-refresh/mean', PANELS, digest(checks.map(({ hash }) => hash).join())),
      this.#mean(
        'query-refresh/mean-wide',
        PANELS.filter(({ wide }) => wide),
      ),
      compared('query-refresh/cpu', 'CPU s, each panel once', new Map(cpu)),
      {
        name: 'query-refresh/differing',
        value: differing.length,
        unit: 'panels',
        ...(notes.length > 0 && { note: notes.join('; ') }),
      },
    ];
  }

  #path(panel: DashboardQuery, fromCache: boolean): string {
    const endS = (WRITE_START_MS + this.#steps * STEP_MS) / 1000;
    return dashboardPath(panel, { endS, hours: this.#hours, fromCache });
  }

  #addCpu(name: ServerName, seconds: number): void {
    this.#cpu.set(name, (this.#cpu.get(name) ?? 0) + seconds);
  }

  #medians(panel: DashboardQuery): Map<ServerName, number> {
    const times = this.#latenciesMs.get(panel) ?? [];
    return new Map([...times].map(([name, all]) => [name, median(all)] as const));
  }

  #mean(name: string, panels: readonly DashboardQuery[], hash = ''): Measurement {
    const means = this.#servers.map(({ name: server }) => {
      const latencies = panels.map((panel) => this.#medians(panel).get(server) ?? NaN);
      return [server, geometricMean(latencies)] as const;
    });
    return compared(name, 'ms, geometric mean', new Map(means), hash === '' ? {} : { hash });
  }

  /** What Narthex answers from its cache, beside what it answers without and what Prometheus answers. */
  async #check(
    panel: DashboardQuery,
  ): Promise<{ panel: DashboardQuery; hash: string; difference: string | undefined }> {
    let difference: string | undefined;
    let ours: ReturnType<typeof readResult> = new Map();
    for (const { name, url } of this.#servers) {
      const { body } = await get(url + this.#path(panel, true));
      if (name === 'narthex') {
        ours = readResult(body);
        const plain = await get(url + this.#path(panel, false));
        if (!body.equals(plain.body)) difference ??= 'not what it is without the cache';
      } else if (name === 'prometheus') {
        difference ??= differenceOf(ours, readResult(body), panel.ties === true);
      }
    }
    return { panel, hash: resultHash(ours), difference };
  }
}
