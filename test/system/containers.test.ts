import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AnnotationData, AnnotationsData, ContainerData, ContainersData } from '#contract';
import { askApi, instantQuery } from './api.ts';
import { type BrowserSession, missingBrowser, startBrowser, type WatchedPage } from './browser.ts';
import { describeWith } from './describe-with.ts';
import {
  importNodeImage,
  missingDockerProgram,
  startDockerEngine,
  type DockerEngine,
} from './docker-engine.ts';
import { freePort, type NarthexProcess, startNarthex } from './narthex.ts';

// What people come for: Narthex is started without a configuration beside an application in containers, and
// shows them, their metrics, and why each of them ended, on a real Docker Engine and in a real browser.
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const examples = join(root, 'examples', 'image-gallery');

const NODE_IMAGE = 'node:22-bookworm-slim';
/** No other address on this machine is touched: containers have a network of Compose, or none. */
const ENGINE_FLAGS = ['--bridge=none'];

const GALLERY = [
  'gallery-accesslog-1',
  'gallery-accesslog-2',
  'gallery-accesslog-3',
  'gallery-image-gallery-1',
  'gallery-iotd-1',
];

/** Health checks of the three that are only looked at would start a program every second. */
const CALM = `
version: '2.4'
services:
  accesslog: { healthcheck: { disable: true } }
  image-gallery: { healthcheck: { disable: true } }
`;
/** Takes memory until it has none. */
const HUNGRY = `
const all = [];
setInterval(() => all.push(Buffer.alloc(1 << 20, 1)), 200);
`;
/** Sound until it is sent SIGUSR2. */
const FRAIL = `
FROM ${NODE_IMAGE}
HEALTHCHECK --interval=1s --timeout=5s --retries=2 CMD ["node", "-e", "process.exit(fs.existsSync('/tmp/broken') ? 1 : 0)"]
CMD ["node", "-e", "process.on('SIGUSR2', () => fs.writeFileSync('/tmp/broken', '')); setInterval(() => {}, 1000)"]
`;
/** Ends as soon as it is asked to. */
const OBEDIENT = "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000)";

/** Limits are those of a machine that has little else to do; where others compete for it, they are longer. */
function patient(limitMs: number): number {
  return limitMs * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
}

/** Of the list of containers. */
function rowOf(page: Page, name: string, words: RegExp): Locator {
  const link = page.getByRole('link', { name, exact: true });
  return page.getByRole('row').filter({ has: link, hasText: words });
}

const missing = missingDockerProgram() ?? missingBrowser();

describeWith(
  missing,
  'containers on a Docker Engine',
  () => {
    let dir = '';
    let engine: DockerEngine;
    let narthex: NarthexProcess;
    let browser: BrowserSession;
    let home: WatchedPage;
    let startMs = 0;

    const docker = async (...args: string[]): Promise<string> => await engine.run('docker', args);
    const compose = async (...args: string[]): Promise<string> =>
      await engine.run(
        'docker-compose',
        [
          '-f',
          join(examples, 'compose.yaml'),
          '-f',
          join(dir, 'calm.yaml'),
          '-p',
          'gallery',
          ...args,
        ],
        { GALLERY_PORT: '18110', IOTD_PORT: '18111', ACCESS_LOG_PORTS: '18112-18121' },
      );

    /** Of so long after the start. */
    const restMs = (limitMs: number): number => patient(limitMs) - (Date.now() - startMs);

    async function build(tag: string, dockerfile: string): Promise<void> {
      const folder = join(dir, tag.replaceAll(/\W/g, '-'));
      mkdirSync(folder);
      writeFileSync(join(folder, 'Dockerfile'), dockerfile);
      await docker('build', '-q', '-t', tag, folder);
    }

    async function containers(): Promise<readonly ContainerData[]> {
      const { data } = await askApi(narthex.url, 'containers');
      return (data as ContainersData).containers;
    }

    async function container(name: string): Promise<ContainerData | undefined> {
      return (await containers()).find((one) => one.name === name);
    }

    /** Compose 1 and 2 name containers differently; they are known by the same names. */
    async function idOf(name: string): Promise<string> {
      return (await container(name))?.id ?? '';
    }

    async function eventsOf(name: string): Promise<readonly AnnotationData[]> {
      const { data } = await askApi(narthex.url, 'annotations', { name });
      return (data as AnnotationsData).annotations;
    }

    async function until(
      what: string,
      limitMs: number,
      holds: () => Promise<boolean>,
    ): Promise<void> {
      const deadlineMs = Date.now() + patient(limitMs);
      let last: unknown;
      for (;;) {
        try {
          if (await holds()) return;
          last = undefined;
        } catch (error) {
          last = error;
        }
        if (Date.now() > deadlineMs) {
          const seen = (await containers().catch(() => [])).map(
            ({ name, state, health, stopReason }) => `${name}: ${state} ${health} ${stopReason}`,
          );
          const text = `${what} did not come within ${limitMs} ms:\n${seen.join('\n')}`;
          throw new Error(`${text}\n${narthex.output().slice(-3000)}`, { cause: last });
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }

    /** The end of a container, told in the list, on the page and as an event. */
    async function untilEnded(name: string, reason: string): Promise<AnnotationData> {
      await until(`the end of ${name}`, 30_000, async () => {
        const found = await container(name);
        return found?.state === 'exited' && found.stopReason.includes(reason);
      });
      const end = (await eventsOf(name)).findLast(({ kind }) => kind === 'die');
      expect(end?.text).toContain(reason);
      await rowOf(home.page, name, /exited/).waitFor();
      if (end === undefined) throw new Error(`no event tells the end of ${name}`);
      return end;
    }

    async function screenshot(page: Page, name: string): Promise<void> {
      const folder = process.env['NARTHEX_SCREENSHOTS'] ?? join(dir, 'screenshots');
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    }

    /** The application runs before Narthex does, as on the machine of somebody who tries it. */
    beforeAll(async () => {
      dir = mkdtempSync(join(tmpdir(), 'narthex-containers-'));
      engine = await startDockerEngine(join(dir, 'engine'), await freePort(), ENGINE_FLAGS);
      await importNodeImage(engine, dir, NODE_IMAGE);
      await build('frail', FRAIL);
      writeFileSync(join(dir, 'calm.yaml'), CALM);
      await compose(
        'up',
        '-d',
        '--build',
        '--scale',
        'accesslog=3',
        'image-gallery',
        'iotd',
        'accesslog',
      );
      browser = await startBrowser();
      startMs = Date.now();
      narthex = await startNarthex({ dir, flags: [`--docker.host=${engine.host}`] });
      home = await browser.openPage();
      home.page.setDefaultTimeout(patient(20_000));
      await home.page.goto(`${narthex.url}/`);
    });

    afterAll(async () => {
      await browser?.close();
      await narthex?.stop();
      if (engine !== undefined) {
        await docker('swarm', 'leave', '--force').catch(() => undefined);
        await engine.stop();
      }
      rmSync(dir, { recursive: true, force: true });
    });

    it('shows all of them ten seconds after its start, and their own metrics after twenty', async () => {
      for (const name of GALLERY) {
        await rowOf(home.page, name, /running|starting/).waitFor({ timeout: restMs(10_000) });
      }
      await until('metrics of the applications', 20_000, async () => {
        const [count] = await instantQuery(
          narthex.url,
          'count(count by (container) (access_log_total))',
        );
        return count?.value?.[1] === '3';
      });
      await until('what is measured', 10_000, async () => {
        const memory = await instantQuery(
          narthex.url,
          'container_memory_working_set_bytes{name=~"gallery-.*"}',
        );
        return memory.length === GALLERY.length;
      });
      await screenshot(home.page, 'containers-home');
    });

    it('tells a container that was killed by hand from one that ran out of memory', async () => {
      await docker(
        'run',
        '-d',
        '--name',
        'hungry',
        '--network=none',
        '-m',
        '64m',
        '--memory-swap',
        '64m',
        NODE_IMAGE,
        'node',
        '-e',
        HUNGRY,
      );
      await docker('kill', await idOf('gallery-accesslog-2'));
      const killed = await untilEnded('gallery-accesslog-2', 'docker kill');
      expect(killed).toMatchObject({
        severity: 'warning',
        attributes: { cause: 'killed', exitCode: '137' },
      });
      const starved = await untilEnded(
        'hungry',
        'killed by the kernel: out of memory (limit 64 MiB)',
      );
      expect(starved).toMatchObject({ severity: 'error', attributes: { cause: 'out-of-memory' } });
      expect(Number(starved.attributes['memoryBytes'])).toBeGreaterThan(20 << 20);
      expect((await eventsOf('hungry')).map(({ kind }) => kind)).toContain('oom');
      expect((await container('hungry'))?.oomKilled).toBe(true);
      await until('the kill as a series', 15_000, async () => {
        const [kills] = await instantQuery(narthex.url, 'container_oom_kills_total{name="hungry"}');
        return kills?.value?.[1] === '1';
      });
    });

    it('shows that one became unhealthy', async () => {
      await docker('run', '-d', '--name', 'frail', '--network=none', 'frail');
      await until(
        'a healthy container',
        15_000,
        async () => (await container('frail'))?.health === 'healthy',
      );
      await docker('kill', '-s', 'USR2', 'frail');
      await until(
        'an unhealthy container',
        15_000,
        async () => (await container('frail'))?.health === 'unhealthy',
      );
      const change = (await eventsOf('frail')).findLast(({ kind }) => kind === 'health');
      expect(change).toMatchObject({ severity: 'error' });
      expect(change?.text).toContain('frail is unhealthy');
      await rowOf(home.page, 'frail', /unhealthy/).waitFor();
      await docker('rm', '-f', 'frail');
    });

    it('continues the line of a container that is restarted, and made anew from another image', async () => {
      const name = 'gallery-iotd-1';
      const before = await container(name);
      await docker('restart', '-t', '1', before?.id ?? '');
      await until('a restart', 15_000, async () =>
        (await eventsOf(name)).some(({ kind }) => kind === 'restart'),
      );
      await until(
        'that it runs again',
        15_000,
        async () => (await container(name))?.state === 'running',
      );
      await until('a second start on its line', 15_000, async () => (await startsOf(name)) >= 2);

      await build(
        'narthex-examples/iotd',
        'FROM narthex-examples/iotd\nLABEL org.opencontainers.image.version=2\n',
      );
      await compose('up', '-d', '--no-build', '--no-deps', 'iotd');
      await until('its successor', 15_000, async () => {
        const after = await container(name);
        return after?.state === 'running' && after.id !== before?.id;
      });
      const image = (await eventsOf(name)).find(({ kind }) => kind === 'image');
      expect(image?.text).toContain(`${name} runs another image`);
      await until(
        'a third start on the same line',
        15_000,
        async () => (await startsOf(name)) >= 3,
      );
      const lines = await instantQuery(
        narthex.url,
        `count_over_time(container_memory_working_set_bytes{name="${name}"}[5m])`,
      );
      expect(lines).toHaveLength(1);
    });

    /** Different start times that the one series of a container has had. */
    async function startsOf(name: string): Promise<number> {
      const [series, ...others] = await instantQuery(
        narthex.url,
        `changes(container_start_time_seconds{name="${name}"}[5m]) + 1`,
      );
      expect(others).toEqual([]);
      return Number(series?.value?.[1] ?? 0);
    }

    it('draws what happened on the graph', async () => {
      const expr = 'container_memory_working_set_bytes{name="gallery-iotd-1"}';
      const params = new URLSearchParams({
        'g0.expr': expr,
        'g0.tab': 'graph',
        'g0.range_input': '5m',
      });
      const { page, problems } = await browser.openPage();
      page.setDefaultTimeout(patient(20_000));
      await page.goto(`${narthex.url}/query?${params.toString()}`);
      await expect
        .poll(() => page.locator('.nx-event-mark').count(), { timeout: patient(10_000) })
        .toBeGreaterThan(0);
      const list = page.getByRole('region', { name: 'Events' });
      await list.getByRole('button', { name: /Show all/ }).click();
      await list.locator('[data-kind="image"]').waitFor();
      await screenshot(page, 'containers-graph');
      await page.goto(`${narthex.url}/containers/hungry`);
      await page
        .getByText(/out of memory/i)
        .first()
        .waitFor();
      await page.locator('.nx-event-mark').first().waitFor();
      await screenshot(page, 'containers-hungry');
      expect(problems).toEqual([]);
    });

    it('leaves nothing behind of fifty containers that came and went', async () => {
      const before = await footprint();
      const names = Array.from({ length: 50 }, (_, i) => `churn-${i}`);
      const program = ['node', '-e', OBEDIENT];
      const worker = async (): Promise<void> => {
        for (let name = names.pop(); name !== undefined; name = names.pop()) {
          await docker('run', '-d', '--name', name, '--network=none', NODE_IMAGE, ...program);
          await docker('rm', '-f', name);
        }
      };
      await Promise.all(Array.from({ length: 4 }, worker));
      await until('that all are known to be gone', 15_000, async () => {
        const churned = (await containers()).filter(({ name }) => name.startsWith('churn-'));
        return churned.length === 50 && churned.every(({ state }) => state === 'removed');
      });
      await until('that nothing of them is open', 15_000, async () => {
        const after = await footprint();
        return after.files <= before.files && after.targets === before.targets;
      });
      expect((await footprint()).residentBytes - before.residentBytes).toBeLessThan(64 << 20);
    });

    async function footprint(): Promise<{ files: number; targets: number; residentBytes: number }> {
      const { data } = await askApi(narthex.url, 'targets', { state: 'active' });
      const { activeTargets } = data as { activeTargets: unknown[] };
      const open = readdirSync(`/proc/${narthex.pid}/fd`, { withFileTypes: true });
      const status = readFileSync(`/proc/${narthex.pid}/status`, 'utf8');
      const kibibytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN);
      return { files: open.length, targets: activeTargets.length, residentBytes: kibibytes * 1024 };
    }

    async function expectRunning(names: readonly string[]): Promise<void> {
      await until(`${names.join(', ') || 'nothing'} of the service`, 30_000, async () => {
        const found = (await containers()).filter(
          ({ service, state }) => service === 'web' && state === 'running',
        );
        return found.map(({ name }) => name).join(' ') === names.join(' ');
      });
    }

    async function absenceOf(name: string): Promise<string> {
      return (await container(name))?.targetsAbsentBecause ?? '';
    }

    it('follows a Swarm service: found, scaled, drained', async () => {
      await docker(
        'swarm',
        'init',
        '--advertise-addr',
        '127.0.0.1',
        '--listen-addr',
        '127.0.0.1:12377',
      );
      await docker(
        'service',
        'create',
        '--detach',
        '--no-resolve-image',
        '--name',
        'web',
        '--label',
        'narthex.scrape=false',
        '--replicas',
        '3',
        NODE_IMAGE,
        'node',
        '-e',
        OBEDIENT,
      );
      await expectRunning(['web.1', 'web.2', 'web.3']);
      expect(await absenceOf('web.1')).toBe('narthex.scrape="false" of its service');
      await docker('service', 'update', '--detach', '--label-add', 'narthex.scrape=true', 'web');
      await until('a changed label of the service', 5000, async () =>
        (await absenceOf('web.1')).includes('narthex.scrape="true" of its service'),
      );
      await docker('service', 'scale', '--detach', 'web=4');
      await expectRunning(['web.1', 'web.2', 'web.3', 'web.4']);
      await screenshot(home.page, 'containers-swarm');
      const node = (await docker('node', 'ls', '-q')).trim();
      await docker('node', 'update', '--availability', 'drain', node);
      await expectRunning([]);
      const end = (await eventsOf('web.4')).findLast(({ kind }) => kind === 'die');
      // The engine may tell that it asked later than that it ended.
      expect(end).toMatchObject({
        severity: 'info',
        attributes: { cause: expect.stringMatching(/^(asked|finished)$/) as string },
      });
      expect(home.problems).toEqual([]);
    });
  },
  600_000,
);
