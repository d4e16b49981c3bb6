import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findViolations } from './axe.ts';
import { type BrowserSession, DESKTOP, missingBrowser, PHONE, startBrowser } from './browser.ts';
import { type MetricPages, serveMetricPages } from './dashboard-targets.ts';
import { describeWith } from './describe-with.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { DASHBOARDS, editorStates, OVERLAYS, PAGES, type PageState } from './page-states.ts';
import { PANEL_KINDS, panelKindsDashboard, panelKindsData } from './panel-kinds.ts';
import { type PlayedContainer, type PlayedEngine, startPlayedEngine } from './played-engine.ts';
import { remoteWriteSeries } from './remote-write.ts';

/** Of a busy machine. */
const PAGE_TIMEOUT_MS = 20_000;
const MIB = 2 ** 20;

function playedContainers(port: number): readonly PlayedContainer[] {
  const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' };
  return [
    {
      name: 'shop-web-1',
      image: 'example/shop-web:2.4.1',
      labels: { ...labels, 'narthex.path': '/node' },
      health: 'healthy',
      memoryLimitBytes: 64 * MIB,
      cpus: 0.5,
      ip: '127.0.0.1',
      port,
      log: ['listening', 'Error: <b>no</b> connection'],
    },
    { name: 'shop-db-1', health: 'unhealthy', restarts: 3 },
    {
      name: 'hungry',
      status: 'exited',
      exitCode: 137,
      oomKilled: true,
      memoryLimitBytes: 32 * MIB,
    },
    { name: 'solo', status: 'paused' },
    { name: 'gone', labels: { 'narthex.path': '/' }, ip: '127.0.0.1', port: 1 },
  ];
}

describeWith(missingBrowser(), 'axe finds nothing of level A or AA', () => {
  let dir = '';
  let metrics: MetricPages;
  let engine: PlayedEngine;
  let server: NarthexProcess;
  let browser: BrowserSession;
  let page: Page;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'narthex-accessibility-'));
    metrics = await serveMetricPages();
    const socket = join(dir, 'docker.sock');
    engine = await startPlayedEngine(socket, playedContainers(metrics.port));
    [server, browser] = await Promise.all([
      startNarthex({
        flags: [`--docker.host=${engine.host}`, '--web.enable-remote-write-receiver'],
      }),
      startBrowser(),
    ]);
    expect(await remoteWriteSeries(server.url, panelKindsData(Date.now()))).toBe(204);
    const all = panelKindsDashboard();
    const few = { ...all, uid: 'few-panels', title: 'Few panels', panels: all.panels.slice(0, 2) };
    for (const dashboard of [all, few]) {
      const answer = await fetch(`${server.url}/api/v1/dashboards`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ dashboard }),
      });
      expect(answer.status).toBe(200);
    }
    // Half-faded text has no contrast.
    ({ page } = await browser.openPage({ reducedMotion: 'reduce' }));
    page.setDefaultTimeout(PAGE_TIMEOUT_MS);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await engine?.stop();
    await metrics?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  async function openState({ path, open, sees }: PageState): Promise<void> {
    await page.goto(server.url + path);
    await page.locator('h1, .nx-empty, .nx-pe').first().waitFor();
    await settled(page);
    await open?.(page);
    await sees(page).waitFor();
    await settled(page);
  }

  async function violationsOf(state: PageState, isOverlay: boolean): Promise<readonly string[]> {
    await openState(state);
    return await findViolations(isOverlay ? state.sees(page) : page.locator('html'));
  }

  it.each([
    ['on a page', PAGES, false],
    ['on a dashboard', DASHBOARDS, false],
    ['in an editor', editorStates(PANEL_KINDS.map(({ title }) => title)), false],
    ['in a menu or a dialog', OVERLAYS, true],
  ] as const)('%s', async (_where, states, isOverlay) => {
    const violations: string[] = [];
    // Every other one in the dark. What is looked at on a phone as well is seen in both colour schemes.
    const schemes = ['light', 'dark'] as const;
    for (const [i, [name, state]] of Object.entries(states).entries()) {
      for (const viewport of state.isForPhones === true ? [DESKTOP, PHONE] : [DESKTOP]) {
        const colorScheme = schemes[(i + (viewport === PHONE ? 1 : 0)) % 2] ?? 'light';
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        // One that does not open is not to hide what is wrong with the others.
        const found = await violationsOf(state, isOverlay).catch((error) => [String(error)]);
        const where = `${name}, ${viewport.width} px, ${colorScheme}`;
        violations.push(...found.map((violation) => `${where}: ${violation}`));
      }
    }
    expect(violations).toEqual([]);
  });

  it('but it does where there is something', async () => {
    await page.goto(`${server.url}/flags`);
    await page.getByRole('heading', { name: 'Flags' }).waitFor();
    await page.evaluate(`{
      document.title = '';
      document.querySelector('h1').style.color = '#8888';
    }`);
    const violations = await findViolations(page.locator('html'));
    expect(violations.map((text) => text.split(' ', 1)[0])).toEqual([
      'color-contrast',
      'document-title',
    ]);
  });
});

/** Nothing in view is still loading. */
async function settled(page: Page): Promise<void> {
  await expect
    .poll(
      async () =>
        await page.evaluate<number>(`[
          ...document.querySelectorAll('.nx-loading, [data-panel-state="loading"]'),
        ].filter((element) => element.getBoundingClientRect().top < innerHeight).length`),
    )
    .toBe(0);
}
