import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DashboardData, DashboardEntry } from '../../src/contract/index.ts';
import { type BrowserSession, missingBrowser, startBrowser, type WatchedPage } from './browser.ts';
import { type DashboardStack, startDashboardStack } from './dashboard-stack.ts';
import { describeWith } from './describe-with.ts';
import { missingDockerProgram } from './docker-engine.ts';
import type { NarthexProcess } from './narthex.ts';
import { NODE_EXPORTER } from './node-exporter.ts';
import { PROMETHEUS } from './prometheus.ts';

// Dashboards that people have and those that come with Narthex, in a browser, over live data. Each panel says itself
// what became of it, and each one must be drawn.

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const SHIPPED = join(root, 'dashboards');
const CORPUS = join(root, '..', 'shared', 'corpus', 'dashboards');

/** High, so that there is less to scroll. */
const VIEWPORT = { width: 1440, height: 2400 };

/** Data are some seconds old: over six hours a graph would have no point of them. */
const RANGE = 'from=now-1m&to=now';

/** For the panels of one screen. */
const DRAWN_TIMEOUT_MS = 20_000;
const OLD_ENOUGH_MS = 120_000;

const missing =
  missingDockerProgram() ??
  [PROMETHEUS, NODE_EXPORTER].find((file) => !existsSync(file)) ??
  missingBrowser();

type Json = Readonly<Record<string, unknown>>;

const filesOf = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];

const readJson = (folder: string, file: string): Json =>
  JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json;

/** Drawn last: by then containers have been measured for a while. */
const OF_CONTAINERS =
  /^(?:narthex-(?:container|containers|docker-engine|image-gallery)|diamol|cadvisor|dockprom-(?!host)|swarmprom)/;

const isOfContainers = (file: string): boolean => OF_CONTAINERS.test(file);

describeWith(missing, 'dashboards in Chromium', () => {
  let stack: DashboardStack;
  let server: NarthexProcess;
  let browser: BrowserSession;
  let watched: WatchedPage;

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startDashboardStack(), startBrowser()]);
    server = stack.narthex;
    watched = await browser.openPage({ viewport: VIEWPORT });
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  /** Opens a dashboard, folds out its rows and goes to its end; how many panels ended in which state. */
  async function statesOf(uid: string, parameters = RANGE): Promise<Record<string, string[]>> {
    const { page } = watched;
    await page.goto(`${server.url}/d/${uid}/name?${parameters}`);
    await page.waitForSelector('.nx-dash-section');
    await page.evaluate(FOLD_OUT);
    for (;;) {
      await untilDrawn(page);
      if ((await page.evaluate(SCROLL_ON)) !== true) break;
    }
    const all = await page.evaluate<{ state: string; title: string }[]>(PANEL_STATES);
    const states: Record<string, string[]> = {};
    for (const { state, title } of all) (states[state] ??= []).push(title);
    return states;
  }

  /** Steps of a minute, on whole minutes, first find something when the stack is two minutes old. */
  async function drawnStatesOf(uid: string): Promise<Record<string, string[]>> {
    const deadlineMs = Date.now() + OLD_ENOUGH_MS;
    for (;;) {
      const states = await statesOf(uid);
      if (states['empty'] === undefined || Date.now() > deadlineMs) return states;
    }
  }

  function expectAllDrawn(name: string, states: Record<string, string[]>): void {
    const total = Object.values(states).flat().length;
    const drawn = states['drawn']?.length ?? 0;
    console.info(`${name}: ${drawn}/${total}`);
    expect(total).toBeGreaterThan(0);
    expect({ ...states, drawn: [] }).toEqual({ drawn: [] });
    expect(watched.problems).toEqual([]);
  }

  async function expectShippedDrawn(file: string): Promise<void> {
    const json = readJson(SHIPPED, file);
    const { entry, dashboard } = await ask<DashboardData>(server, `/uid/${String(json['uid'])}`);
    expect(entry.origin).toBe('shipped');
    expect(dashboard).toEqual(json);
    expectAllDrawn(file, await drawnStatesOf(entry.uid));
  }

  async function expectImportedDrawn(file: string): Promise<void> {
    const dashboard = readJson(CORPUS, file);
    const entry = await ask<DashboardEntry>(server, '', { dashboard });
    const exported = await ask<DashboardData>(server, `/uid/${entry.uid}`);
    const { uid } = dashboard;
    expect({ ...exported.dashboard, uid }).toEqual({ ...dashboard, uid });
    expectAllDrawn(file, await drawnStatesOf(entry.uid));
  }

  const shipped = filesOf(SHIPPED);
  const corpus = filesOf(CORPUS);

  it.each(shipped.filter((file) => !isOfContainers(file)))(
    '%s, which comes with Narthex, is drawn whole',
    expectShippedDrawn,
  );
  it.each(corpus.filter((file) => !isOfContainers(file)))(
    '%s is imported, drawn whole, and exported as it came',
    expectImportedDrawn,
  );

  it('containers are measured', async () => {
    await stack.containersMeasured();
  });
  it.each(shipped.filter(isOfContainers))(
    '%s, which comes with Narthex, is drawn whole',
    expectShippedDrawn,
  );
  it.each(corpus.filter(isOfContainers))(
    '%s is imported, drawn whole, and exported as it came',
    expectImportedDrawn,
  );
});

/** Not `waitForFunction`: that evaluates text in the page, which our content policy forbids. */
async function untilDrawn(page: Page): Promise<void> {
  const deadlineMs = Date.now() + DRAWN_TIMEOUT_MS;
  while ((await page.evaluate(NOTHING_LOADS)) !== true && Date.now() < deadlineMs) {
    await page.waitForTimeout(50);
  }
}

async function ask<T>(server: NarthexProcess, path: string, body?: object): Promise<T> {
  const response = await fetch(`${server.url}/api/v1/dashboards${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const answer = (await response.json()) as { status: string; data: T };
  expect(response.status, JSON.stringify(answer).slice(0, 500)).toBe(200);
  return answer.data;
}

const FOLD_OUT = `for (const row of document.querySelectorAll('.nx-dash-row-title button[aria-expanded="false"]')) row.click()`;

/** Of the panels that can be seen. */
const NOTHING_LOADS = `(() => {
  for (const panel of document.querySelectorAll('[data-panel-state="loading"]')) {
    const { top, bottom } = panel.getBoundingClientRect();
    if (bottom > 0 && top < window.innerHeight) return false;
  }
  return document.querySelector('[data-panel-id], .nx-dash-section') !== null;
})()`;

/** A little less than a screen; false at the end. */
const SCROLL_ON = `(() => {
  const panels = document.querySelectorAll('[data-panel-id]');
  const last = panels[panels.length - 1];
  if (last === undefined || last.getBoundingClientRect().bottom <= window.innerHeight) return false;
  for (const panel of panels) {
    if (panel.getBoundingClientRect().bottom > window.innerHeight) {
      const before = panel.getBoundingClientRect().top;
      panel.scrollIntoView({ block: 'start', behavior: 'instant' });
      return panel.getBoundingClientRect().top !== before;
    }
  }
  return false;
})()`;

const PANEL_STATES = `[...document.querySelectorAll('[data-panel-id]')].map((panel) => ({
  state: panel.dataset.panelState,
  title: panel.getAttribute('aria-label'),
}))`;
