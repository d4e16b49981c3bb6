import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CDPSession, Page } from 'playwright-core';
import { type BrowserSession, findChromium, startBrowser } from '../test/system/browser.ts';
import {
  type DashboardSize,
  importDashboard,
  panelsDashboard,
  STEP_MS,
  wideDashboard,
  writeSamples,
} from './page/dashboards.ts';
import { openRefreshed, refreshedDashboard } from '../test/system/refreshed-page.ts';
import {
  cpuDuring,
  framesDuring,
  profiled,
  untilDrawn,
  untilMoved,
  WATCH_PANELS,
} from './page/watched-page.ts';
import type { Benchmark, Measurement, Settings } from './run.ts';
import { sleep } from './side-by-side/http.ts';
import { ALONE, median, rounded } from './side-by-side/measure.ts';
import { startServer, type Server } from './side-by-side/servers.ts';

const HOUR_MS = 3_600_000;
const VIEWPORT = { width: 1440, height: 1000 };
const CORPUS = fileURLToPath(new URL('../../shared/corpus/dashboards', import.meta.url));

/** Dashboards in Chromium: how soon they are drawn, how smooth they are, what they hold after an hour. */
export const run: Benchmark['run'] = async (size, settings: Settings = ALONE) => {
  if (findChromium() === undefined) {
    return [{ name: 'page/not-run', value: 1, unit: 'no Chromium is installed' }];
  }
  const small = size === 'small';
  const { numbers } = settings;
  const bench = new PageBench({
    settings,
    runs: numbers['runs'] ?? (small ? 1 : 3),
    panels: numbers['panels'] ?? (small ? 4 : 30),
    series: numbers['series'] ?? (small ? 5 : 100),
    wideSeries: numbers['wide'] ?? (small ? 50 : 1000),
    moves: small ? 20 : 150,
    refreshes: numbers['refreshes'] ?? (small ? 5 : 720),
  });
  try {
    return await bench.run();
  } finally {
    await bench.stop();
  }
};

interface PageBenchOptions extends DashboardSize {
  readonly settings: Settings;
  /** 0: nothing is drawn but what is refreshed. */
  readonly runs: number;
  /** Of the pointer, at each of hovering and dragging. */
  readonly moves: number;
  /** Of a dashboard every five seconds, 720 an hour, and a third as many every second; 0: none. */
  readonly refreshes: number;
}

class PageBench {
  readonly #options: PageBenchOptions;
  #server: Server | undefined;
  #browser: BrowserSession | undefined;

  constructor(options: PageBenchOptions) {
    this.#options = options;
  }

  async run(): Promise<Measurement[]> {
    this.#server = await startServer('narthex', {
      settings: this.#options.settings,
      config: () => 'global: { scrape_interval: 15s }\nscrape_configs: []\n',
    });
    this.#browser = await startBrowser();
    const nowMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
    const span = { fromMs: nowMs - 1.75 * HOUR_MS, toMs: nowMs };
    await writeSamples(this.#server.url, this.#options, span);
    const { runs, refreshes } = this.#options;
    const parts = [
      ...(runs > 0
        ? [() => this.#drawing(), () => this.#moving(), () => this.#hostDashboard()]
        : []),
      ...(refreshes > 0
        ? [
            () => this.#refreshing('5s', 5000, refreshes),
            () => this.#refreshing('live', 1000, Math.ceil(refreshes / 3)),
          ]
        : []),
    ];
    const found: Measurement[] = [];
    for (const part of parts) found.push(...(await part()));
    return found;
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    await this.#server?.stop();
  }

  async #drawing(): Promise<Measurement[]> {
    const { panels, series } = this.#options;
    const uid = await this.#import(panelsDashboard(this.#options));
    const cold: number[] = [];
    const coldCpu: number[] = [];
    const warm: number[] = [];
    const again: number[] = [];
    await this.#eachRun('panels', async (page) => {
      const draw = async (): Promise<void> => {
        await page.goto(this.#url(uid));
        cold.push(await untilDrawn(page));
      };
      coldCpu.push(await cpuDuring(page, draw));
      await page.reload();
      warm.push(await untilDrawn(page));
      again.push(await untilMoved(page));
    });
    const note = `${panels} panels of ${series} series over 1 h`;
    return [
      measured('page/drawn', cold, 'ms from an empty cache', note),
      measured('page/drawn-cpu', coldCpu, 'CPU ms of the page from an empty cache'),
      measured('page/drawn-again', warm, 'ms, reloaded'),
      measured('page/moved', again, 'ms, half the range earlier'),
    ];
  }

  async #moving(): Promise<Measurement[]> {
    const { wideSeries, moves } = this.#options;
    const uid = await this.#import(wideDashboard());
    const drawn: number[] = [];
    const frames = new Map<string, { perSecond: number[]; longestMs: number[] }>();
    await this.#eachRun('wide', async (page) => {
      await page.goto(this.#url(uid));
      await untilDrawn(page);
      drawn.push(await untilMoved(page));
      const plot = page.locator('.u-over').first();
      const box = await plot.boundingBox();
      if (box === null) throw new Error('there is no graph');
      const sweep = async (): Promise<void> => {
        for (let i = 0; i <= moves; i++) {
          const y = box.y + box.height * (0.5 + 0.3 * Math.sin(i / 9));
          await page.mouse.move(box.x + box.width * (0.1 + (0.8 * i) / moves), y);
        }
      };
      const drag = async (): Promise<void> => {
        await page.mouse.down();
        await sweep();
      };
      const measure = async (name: string, act: () => Promise<void>): Promise<void> => {
        await page.mouse.move(box.x + box.width * 0.1, box.y + box.height * 0.5);
        const { perSecond, longestMs } = await framesDuring(page, act);
        const all = frames.get(name) ?? { perSecond: [], longestMs: [] };
        all.perSecond.push(perSecond);
        all.longestMs.push(longestMs);
        frames.set(name, all);
      };
      await measure('hover', sweep);
      await page.keyboard.down('Shift');
      await measure('pan', drag);
      await page.mouse.up();
      await page.keyboard.up('Shift');
      await untilDrawn(page);
    });
    const note = `${wideSeries} series over 1 h`;
    return [
      measured('page/wide-moved', drawn, 'ms, half the range earlier', note),
      ...[...frames].flatMap(([name, { perSecond, longestMs }]) => [
        measured(`page/${name}`, perSecond, 'frames a second', note),
        measured(`page/${name}-longest`, longestMs, 'ms, longest frame'),
      ]),
    ];
  }

  /** Of the machine as it is. */
  async #hostDashboard(): Promise<Measurement[]> {
    const file = join(CORPUS, 'node-exporter-full-1860.json');
    if (!existsSync(file)) {
      const note = 'left out: ../shared/corpus is not there';
      return [{ name: 'page/host-left-out', value: 1, unit: 'dashboards', note }];
    }
    const server = await startServer('narthex', {
      settings: this.#options.settings,
      config: () => `
global: { scrape_interval: 1s }
scrape_configs:
  - { job_name: node, metrics_path: /metrics/host, static_configs: [{ targets: ['SELF'] }] }
`,
    });
    try {
      const address = new URL(server.url).host;
      server.configure(`
global: { scrape_interval: 1s }
scrape_configs:
  - { job_name: node, metrics_path: /metrics/host, static_configs: [{ targets: ['${address}'] }] }
`);
      const uid = await importDashboard(server.url, JSON.parse(readFileSync(file, 'utf8')));
      await sleep(HOST_SAMPLES_MS);
      const drawn: number[] = [];
      const again: number[] = [];
      await this.#eachRun('host', async (page) => {
        await page.goto(`${server.url}/d/${uid}/bench?from=now-5m&to=now`);
        drawn.push(await untilDrawn(page));
        again.push(await untilMoved(page));
      });
      return [
        measured('page/host-drawn', drawn, 'ms from an empty cache', 'node-exporter-full'),
        measured('page/host-moved', again, 'ms, half the range earlier'),
      ];
    } finally {
      await server.stop();
    }
  }

  /** What the page holds after many refreshes; their time is driven. */
  async #refreshing(refresh: string, stepMs: number, refreshes: number): Promise<Measurement[]> {
    const uid = await this.#import(refreshedDashboard('bench-refreshed'));
    const { page, problems } = await this.#open();
    const driven = await openRefreshed(page, this.#url(uid), { refresh, stepMs });
    await driven.pass(Math.ceil(refreshes / 6));
    const before = await driven.held();
    const cpuMs = await cpuDuring(page, async () => await driven.pass(refreshes));
    const after = await driven.held();
    if (problems.length > 0) throw new Error(problems.join('\n'));
    await page.context().close();
    const name = `page/refresh-${refresh}`;
    const note = `${refreshes} refreshes, ${rounded((refreshes * stepMs) / 60_000)} minutes`;
    return [
      { name, value: rounded(cpuMs / refreshes), unit: 'CPU ms/refresh', note },
      { name: `${name}-held`, value: rounded(before.bytes / 1e6), unit: 'MB' },
      { name: `${name}-grown`, value: rounded((after.bytes - before.bytes) / 1e6), unit: 'MB' },
      { name: `${name}-nodes`, value: after.nodes - before.nodes, unit: 'more nodes' },
      { name: `${name}-listeners`, value: after.listeners - before.listeners, unit: 'more' },
    ];
  }

  /** Each with a browser profile of its own, so with an empty cache. */
  async #eachRun(name: string, act: (page: Page) => Promise<void>): Promise<void> {
    const { runs, settings } = this.#options;
    for (let i = 0; i < runs; i++) {
      const { page, problems } = await this.#open();
      const session = await page.context().newCDPSession(page);
      if (settings.profileDir === undefined) await act(page);
      else
        await keepProfile(
          session,
          join(settings.profileDir, `${name}-${i}`),
          async () => await act(page),
        );
      if (problems.length > 0) throw new Error(problems.join('\n'));
      await page.context().close();
    }
  }

  async #open(): Promise<Awaited<ReturnType<BrowserSession['openPage']>>> {
    if (this.#browser === undefined) throw new Error('the browser is not started');
    const opened = await this.#browser.openPage({ viewport: VIEWPORT });
    await opened.page.addInitScript(WATCH_PANELS);
    return opened;
  }

  async #import(json: unknown): Promise<string> {
    return await importDashboard(this.#server?.url ?? '', json);
  }

  #url(uid: string): string {
    return `${this.#server?.url ?? ''}/d/${uid}/bench`;
  }
}

/** Rates of a minute have something to say after it. */
const HOST_SAMPLES_MS = 5000;

async function keepProfile(
  session: CDPSession,
  path: string,
  act: () => Promise<void>,
): Promise<void> {
  const profile = await profiled(session, act);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(`${path}.cpuprofile`, profile);
}

// oxlint-disable-next-line max-params -- a row of the table above
function measured(
  name: string,
  values: readonly number[],
  unit: string,
  note?: string,
): Measurement {
  return { name, value: rounded(median(values)), unit, ...(note !== undefined && { note }) };
}
