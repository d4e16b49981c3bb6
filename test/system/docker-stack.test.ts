import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countDrawnPixels, missingBrowser, startBrowser } from './browser.ts';
import { describeWith } from './describe-with.ts';
import {
  importNodeImage,
  makeBridge,
  missingDockerProgram,
  startDockerEngine,
  type DockerEngine,
} from './docker-engine.ts';

// The scenario that the project is built from: the sample application in containers, the engine's own
// metrics, Narthex in a container beside them with the chapter's configuration, a person at the page.
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const examples = join(root, 'examples', 'image-gallery');
const chapter = join(root, '..', 'shared', 'corpus', 'stacks', 'image-gallery.prometheus.yml');

const NARTHEX_PORT = 19590;
const METRICS_PORT = 9323;
const BRIDGE = 'nxstack0';
const HOST_ADDRESS = '172.36.10.1';
/** The chapter leaves DNS at its default of 30 s; a refresh and a scrape must fit in. */
const REFRESH_TIMEOUT_MS = 60_000;

const missing = missingDockerProgram() ?? missingBrowser();

/** The engine's proxy accepts connections before the container listens. */
function limited(): RequestInit {
  return { signal: AbortSignal.timeout(3000) };
}

interface Target {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
}

describeWith(missing, 'image-gallery on a Docker Engine', () => {
  let engine: DockerEngine;
  let removeBridge: (() => Promise<void>) | undefined;
  let dir = '';
  let config = '';
  const url = `http://127.0.0.1:${NARTHEX_PORT}`;

  function compose(...args: string[]): Promise<string> {
    return engine.run(
      'docker-compose',
      ['-f', join(examples, 'compose.yaml'), '-p', 'narthextest', ...args],
      {
        NARTHEX_PORT: String(NARTHEX_PORT),
        GALLERY_PORT: '18010',
        IOTD_PORT: '18011',
        ACCESS_LOG_PORTS: '18012-18021',
        NARTHEX_CONFIG: config,
        NARTHEX_HOST_ADDRESS: HOST_ADDRESS,
      },
    );
  }

  async function activeTargets(): Promise<Target[]> {
    const response = await fetch(`${url}/api/v1/targets?state=active`, limited());
    const body = (await response.json()) as { data: { activeTargets: Target[] } };
    return body.data.activeTargets;
  }

  async function query(
    expr: string,
  ): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
    const response = await fetch(
      `${url}/api/v1/query?query=${encodeURIComponent(expr)}`,
      limited(),
    );
    const body = (await response.json()) as { data: { result: never[] } };
    return body.data.result;
  }

  async function waitFor(
    what: string,
    timeoutMs: number,
    isDone: () => Promise<boolean>,
  ): Promise<void> {
    const deadlineMs = Date.now() + timeoutMs;
    let last: unknown;
    for (;;) {
      try {
        if (await isDone()) return;
        last = undefined;
      } catch (error) {
        last = error;
      }
      if (Date.now() > deadlineMs) {
        const targets = await activeTargets().catch(() => []);
        const logs = await compose('logs', '--tail=40', 'narthex').catch(String);
        throw new Error(
          `${what} did not come within ${timeoutMs} ms: ${JSON.stringify(targets)}\n${logs}`,
          { cause: last },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async function upTargetsOf(pool: string): Promise<number> {
    const targets = await activeTargets();
    return targets.filter((target) => target.scrapePool === pool && target.health === 'up').length;
  }

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'narthex-docker-'));
    removeBridge = await makeBridge(BRIDGE, `${HOST_ADDRESS}/24`);
    engine = await startDockerEngine(join(dir, 'engine'), METRICS_PORT, [`--bridge=${BRIDGE}`]);
    await importNodeImage(engine, dir, 'node:22-bookworm-slim');
    config = join(dir, 'prometheus.yml');
    copyFileSync(existsSync(chapter) ? chapter : join(examples, 'prometheus.yml'), config);
    // Narthex last, so that the names are there when it looks for the first time.
    await compose('up', '-d', '--build', 'image-gallery', 'iotd', 'accesslog');
    await compose('up', '-d', '--build', 'narthex');
  });

  afterAll(async () => {
    if (engine !== undefined) {
      writeFileSync(join(dir, 'narthex.log'), await compose('logs', 'narthex').catch(String));
      await compose('down', '-v', '-t', '2').catch(() => undefined);
      await engine.stop();
    }
    await removeBridge?.();
    rmSync(dir, { recursive: true, force: true });
  });

  it('brings the four jobs of the chapter up', async () => {
    await waitFor('all jobs up', REFRESH_TIMEOUT_MS, async () => {
      const counts = await Promise.all(
        ['image-gallery', 'iotd-api', 'access-log', 'docker'].map(upTargetsOf),
      );
      return counts.every((count) => count === 1);
    });
  });

  it('counts what visitors do', async () => {
    for (let visit = 0; visit < 20; visit++) await fetch('http://127.0.0.1:18010/');
    await waitFor('the visits', 30_000, async () => {
      const [ok] = await query('sum(image_gallery_requests_total{code="200"})');
      const [logged] = await query('sum(access_log_total)');
      const [failed] = await query('sum(image_gallery_requests_total{code="500"})');
      return ok?.value[1] === '18' && logged?.value[1] === '18' && failed?.value[1] === '2';
    });
  });

  /** Of the chapter's file only the refresh of DNS is another: its default was waited for, if at all, before. */
  async function askDnsOften(): Promise<void> {
    const text = readFileSync(config, 'utf8').replace(/^ *refresh_interval: .*\n/m, '');
    const often = text.replace(/^( *)type: A$/m, '$1type: A\n$1refresh_interval: 1s');
    expect(often).toContain('refresh_interval: 1s');
    writeFileSync(config, often);
    const answer = await fetch(`${url}/-/reload`, { method: 'POST', ...limited() });
    expect(answer.status).toBe(200);
  }

  it('finds new replicas by DNS without a restart, and ends the series of those that go', async () => {
    await askDnsOften();
    await compose('up', '-d', '--no-recreate', '--scale', 'accesslog=3');
    await waitFor(
      'three access-log targets',
      REFRESH_TIMEOUT_MS,
      async () => (await upTargetsOf('access-log')) === 3,
    );
    await waitFor(
      'three series',
      15_000,
      async () => (await query('access_log_total')).length === 3,
    );

    await compose('up', '-d', '--no-recreate', '--scale', 'accesslog=1');
    await waitFor(
      'one access-log target',
      REFRESH_TIMEOUT_MS,
      async () =>
        (await activeTargets()).filter((target) => target.scrapePool === 'access-log').length === 1,
    );
    // Far sooner than the lookback of five minutes would end them.
    await waitFor('one series', 30_000, async () => (await query('access_log_total')).length === 1);
    expect(await query('up{job="access-log"} == 1')).toHaveLength(1);
  });

  it("draws the engine's own metric when a person chooses it from the list and presses Execute", async () => {
    const browser = await startBrowser();
    try {
      const { page, problems } = await browser.openPage();
      await page.goto(`${url}/query?g0.tab=graph&g0.range_input=5m`);
      await page.getByRole('button', { name: 'Metrics' }).click();
      await page
        .getByRole('combobox', { name: 'Search metrics' })
        .fill('container_actions_seconds_sum');
      await page.locator('[data-metric="engine_daemon_container_actions_seconds_sum"]').click();
      await page.getByRole('button', { name: 'Execute' }).click();
      await page.getByRole('tab', { name: 'Graph' }).click();
      await page.locator('.u-over').waitFor();
      await expect.poll(() => countDrawnPixels(page), { timeout: 10_000 }).toBeGreaterThan(50);
      expect(new URL(page.url()).searchParams.get('g0.expr')).toBe(
        'engine_daemon_container_actions_seconds_sum',
      );
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
