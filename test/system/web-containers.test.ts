import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type BrowserSession,
  countDrawnPixels,
  DESKTOP,
  missingBrowser,
  PHONE,
  startBrowser,
  type WatchedPage,
} from './browser.ts';
import { describeWith } from './describe-with.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { type PlayedContainer, type PlayedEngine, startPlayedEngine } from './played-engine.ts';

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

const MIB = 2 ** 20;
const MANY = 120;

function compose(project: string, service: string, number: number): Record<string, string> {
  return {
    'com.docker.compose.project': project,
    'com.docker.compose.service': service,
    'com.docker.compose.container-number': String(number),
  };
}

/** What is looked at, and many others, so that not all can be in the document. */
function playedContainers(port: number): PlayedContainer[] {
  const many = Array.from({ length: MANY }, (_, i): PlayedContainer => {
    const labels = compose(`stack${i % 10}`, 'worker', i + 1);
    return { name: `stack${i % 10}-worker-${i + 1}`, image: 'example/worker:1', labels };
  });
  return [
    {
      name: 'shop-web-1',
      image: 'example/shop-web:2.4.1',
      labels: { ...compose('shop', 'web', 1), 'narthex.path': '/metrics' },
      health: 'healthy',
      memoryLimitBytes: 64 * MIB,
      cpus: 0.5,
      ip: '127.0.0.1',
      port,
      log: ['listening', 'Error: <b>no</b> connection'],
    },
    { name: 'shop-db-1', labels: compose('shop', 'db', 1), health: 'unhealthy', restarts: 3 },
    {
      name: 'hungry',
      status: 'exited',
      exitCode: 137,
      oomKilled: true,
      memoryLimitBytes: 32 * MIB,
    },
    { name: 'solo', status: 'paused' },
    ...many,
  ];
}

/** The program of shop-web-1. */
async function startApplication(): Promise<Server> {
  const startMs = Date.now();
  const server = createServer((_request, response) => {
    const seconds = (Date.now() - startMs) / 1000;
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`# TYPE http_requests_total counter
http_requests_total{code="200"} ${Math.round(seconds * 12)}
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 41000000
`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describeWith(missingBrowser(), 'the pages of containers in Chromium', () => {
  let dir = '';
  let application: Server;
  let engine: PlayedEngine;
  let server: NarthexProcess;
  let browser: BrowserSession;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'narthex-web-containers-'));
    application = await startApplication();
    const { port } = application.address() as AddressInfo;
    engine = await startPlayedEngine(join(dir, 'docker.sock'), playedContainers(port));
    [server, browser] = await Promise.all([
      startNarthex({ flags: [`--docker.host=${engine.host}`] }),
      startBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await engine?.stop();
    application?.close();
    application?.closeAllConnections();
    rmSync(dir, { recursive: true, force: true });
  });

  function fail(name: string): void {
    const dead = { status: 'exited', exitCode: 139 } as const;
    engine.change(name, dead, { action: 'die', attributes: { exitCode: '139' } });
  }

  async function open(path: string, options = {}): Promise<WatchedPage> {
    const opened = await browser.openPage(options);
    await opened.page.goto(`${server.url}${path}`);
    return opened;
  }

  it('leads from the bare address to all containers, with what is measured of them', async () => {
    const { page, problems } = await open('/');
    await row(page, 'shop-web-1').waitFor();
    expect(new URL(page.url()).pathname).toBe('/containers');
    expect(await page.title()).toBe('Containers – Narthex');
    const summary = page.locator('.nx-engine-line');
    await summary.getByText('Docker Engine 99.1').waitFor();
    await expect.poll(async () => await summary.innerText()).toContain(`${MANY + 3} running`);
    // Two scrapes make a rate.
    await row(page, 'shop-web-1')
      .getByText(/^[1-9]\d?\.\d+%$/)
      .waitFor({ timeout: 30_000 });
    const text = await row(page, 'shop-web-1').innerText();
    expect(text).toMatch(/running\s+healthy\s+1h/);
    expect(text).toMatch(/of 50%\s+40\.0 MiB\s+of 64\.0 MiB/);
    expect(await row(page, 'shop-db-1').innerText()).toMatch(/unhealthy/);
    await row(page, 'shop-web-1')
      .getByRole('link', { name: /^scraped/ })
      .waitFor();
    await page.getByRole('textbox').fill('hungry');
    await row(page, 'hungry').waitFor();
    const dead = await row(page, 'hungry').innerText();
    expect(dead).toMatch(/exited\s+code 137\s+\d+min ago\s+killed by the kernel: out of memory/i);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('keeps what is not in sight out of the document, and finds it', async () => {
    const { page, problems } = await open('/containers?group=none');
    await row(page, 'hungry').waitFor();
    expect(await page.getByRole('row').count()).toBeLessThan(60);
    await page.keyboard.press('/');
    await page.keyboard.type('stack7 worker-118');
    await row(page, 'stack7-worker-118').waitFor();
    await expect.poll(async () => await page.getByRole('row').count()).toBe(2);
    expect(new URL(page.url()).searchParams.get('search')).toBe('stack7 worker-118');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('sorts, groups and filters, and the link keeps it', async () => {
    const { page, problems } = await open('/containers');
    await page.getByRole('button', { name: /^shop/ }).click();
    await row(page, 'shop-web-1').waitFor({ state: 'detached' });
    await page.locator('label', { hasText: 'Flat' }).click();
    await page.getByRole('columnheader', { name: 'Restarts' }).getByRole('button').click();
    await expect.poll(async () => await names(page, 1)).toEqual(['shop-db-1']);
    await page.locator('label', { hasText: /^Stopped/ }).click();
    await expect.poll(async () => await names(page, 9)).toEqual(['hungry']);
    const params = Object.fromEntries(new URL(page.url()).searchParams);
    expect(params).toEqual({ folded: 'shop', group: 'none', sort: '-restarts', state: 'stopped' });
    await page.reload();
    await expect.poll(async () => await names(page, 9)).toEqual(['hungry']);
    const heading = page.getByRole('columnheader', { name: 'Restarts' });
    expect(await heading.getAttribute('aria-sort')).toBe('descending');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('shows what happens without being loaded again', async () => {
    const { page, problems } = await open('/containers?search=stack3-worker-4');
    await row(page, 'stack3-worker-4').getByText('running', { exact: true }).waitFor();
    fail('stack3-worker-4');
    await row(page, 'stack3-worker-4').getByText('exited').waitFor();
    expect(await row(page, 'stack3-worker-4').innerText()).toMatch(/code 139\s+\d+s ago\s+\S/);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('shows why a container stopped, and leads back to the list as it was', async () => {
    fail('stack3-worker-14');
    const { page, problems } = await open('/containers?search=stack3-worker-14');
    await page.getByRole('link', { name: 'stack3-worker-14', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'stack3-worker-14' }).waitFor();
    expect(await page.title()).toBe('stack3-worker-14 – Narthex');
    const stop = page.getByRole('region', { name: 'Last stop' });
    await stop.getByText(/139 \(SIGSEGV\)/).waitFor();
    await page.getByRole('link', { name: 'Containers', exact: true }).last().click();
    await row(page, 'stack3-worker-14').waitFor();
    expect(new URL(page.url()).search).toBe('?search=stack3-worker-14');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('draws what a container uses, with its events, and zooms by dragging', async () => {
    engine.change('shop-web-1', {}, { action: 'oom' });
    const { page, problems } = await open('/containers/shop-web-1');
    const memory = page.getByRole('region', { name: 'Memory' });
    await memory.locator('.nx-event-mark').first().waitFor();
    await expect.poll(async () => await countDrawnPixels(page)).toBeGreaterThan(20);
    await page.locator('label', { hasText: '1h' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('range')).toBe('1h');
    const back = page.getByRole('button', { name: 'Back to now' });
    // The graph of an hour may come while the mouse is down, and with it a new place to drag over.
    await expect
      .poll(async () => {
        const box = await boxOf(memory.locator('.u-over'));
        await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 0.75, box.y + 50, { steps: 5 });
        await page.mouse.up();
        return await back.isVisible();
      })
      .toBe(true);
    await back.click();
    expect(new URL(page.url()).search).toBe('');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('shows the metrics of its application, and leads to each of them', async () => {
    const { page, problems } = await open('/containers/shop-web-1?tab=application');
    await page.getByRole('region', { name: 'Requests' }).locator('.u-over').waitFor();
    await page.getByRole('link', { name: 'process_resident_memory_bytes' }).click();
    await page.locator('.u-over').waitFor();
    expect(new URL(page.url()).searchParams.get('g0.expr')).toContain('instance="shop-web-1"');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('examines how an application is scraped, step by step', async () => {
    const { page, problems } = await open('/containers/shop-web-1?tab=doctor');
    const steps = page.getByRole('region', { name: 'Scrape doctor' }).getByRole('listitem');
    await steps.nth(6).waitFor();
    for (const step of await steps.all()) {
      expect(await step.getAttribute('data-status')).toBe('ok');
    }
    await page.goto(`${server.url}/containers/solo?tab=doctor`);
    await steps.and(page.locator('[data-status="skipped"]')).nth(3).waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  it('reads the last lines of a log where somebody looks', async () => {
    const { page, problems } = await open('/containers/shop-web-1');
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByText('listening').waitFor();
    const error = page.locator('.nx-log [data-stream="stderr"]');
    expect(await error.innerText()).toContain('Error: <b>no</b> connection');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('says what the engine may be asked, and that only this was', async () => {
    const { page, problems } = await open('/docker');
    const logs = page.getByRole('row').filter({ hasText: '/containers/{id}/logs' });
    await logs.getByText('1', { exact: true }).waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'GET' }).count()).toBeGreaterThan(8);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('says why there is nothing to see where there is no engine, and what is there', async () => {
    const host = `unix://${join(dir, 'nobody.sock')}`;
    const lonely = await startNarthex({ flags: [`--docker.host=${host}`] });
    try {
      const { page, problems } = await browser.openPage();
      await page.goto(`${lonely.url}/`);
      const card = page.getByRole('region', { name: 'No engine' });
      await card.getByText('Meanwhile Narthex watches this host and itself').waitFor();
      await card.getByText('Host memory').waitFor({ timeout: 20_000 });
      expect(await card.innerText()).toContain('nobody.sock');
      expect(problems).toEqual([]);
      await page.close();
    } finally {
      await lonely.stop();
    }
  });

  const PAGES = [
    '/containers',
    '/containers/shop-web-1',
    '/containers/shop-web-1?tab=application',
    '/containers/shop-web-1?tab=doctor',
    '/containers/shop-web-1?tab=details',
    '/containers/hungry',
    '/docker',
  ];

  it.each([
    ['desktop', DESKTOP, 'light'],
    ['phone', PHONE, 'dark'],
  ] as const)('fits a %s, %o, %s', async (_name, viewport, colorScheme) => {
    const { page, problems } = await browser.openPage({ viewport, colorScheme });
    for (const path of PAGES) {
      await page.goto(`${server.url}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('.nx-loading').first().waitFor({ state: 'detached' });
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow, path).toBe(0);
    }
    expect(problems).toEqual([]);
    await page.close();
  });
});

function row(page: Page, name: string): Locator {
  const link = page.getByRole('link', { name, exact: true });
  return page.getByRole('row').filter({ has: link });
}

/** A graph is made anew when its range changes. */
async function boxOf(graph: Locator): Promise<Box> {
  let box: Box | null = null;
  await expect.poll(async () => (box = await graph.boundingBox())).not.toBeNull();
  if (box === null) throw new Error('the graph has no box');
  return box;
}

async function names(page: Page, count: number): Promise<string[]> {
  return (await page.locator('.nx-container-name').allInnerTexts()).slice(0, count);
}
