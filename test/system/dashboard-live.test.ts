// A dashboard that the server continues: pushed steps, a tab that nobody sees, a connection that is lost.
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { untilQuery } from './api.ts';
import { type BrowserSession, missingBrowser, startBrowser, type WatchedPage } from './browser.ts';
import { describeWith } from './describe-with.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';

/** Stands before the server: counts what is asked, and can cut what is open. */
interface Gate {
  readonly url: string;
  /** Paths below /api/v1/ in the order in which they were asked. */
  readonly asked: string[];
  /** Live connections that are open. */
  readonly liveCount: () => number;
  /** Ends them in the middle. */
  readonly cut: () => void;
  readonly close: () => void;
}

async function openGate(target: string): Promise<Gate> {
  const asked: string[] = [];
  const live = new Set<Socket>();
  const server: Server = createServer((incoming, outgoing) => {
    const path = (incoming.url ?? '').split('?', 1)[0] ?? '';
    if (path.startsWith('/api/v1/')) asked.push(path.slice('/api/v1/'.length));
    if (path === '/api/v1/query_live') {
      live.add(outgoing.req.socket);
      outgoing.once('close', () => live.delete(outgoing.req.socket));
    }
    const { method, headers } = incoming;
    const onward = request(`${target}${incoming.url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    liveCount: () => live.size,
    cut: () => {
      for (const socket of live) socket.destroy();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function panel(id: number, expr: string, more: object = {}): object {
  const targets = [{ refId: 'A', expr, legendFormat: expr, ...more }];
  const gridPos = { x: (id % 2) * 12, y: 0, w: 12, h: 8 };
  const fieldConfig = { defaults: { min: 0 }, overrides: [] };
  return { id, type: id === 1 ? 'timeseries' : 'stat', title: expr, targets, gridPos, fieldConfig };
}

const DASHBOARD = {
  uid: 'live',
  title: 'Live',
  schemaVersion: 39,
  time: { from: 'now-1m', to: 'now' },
  refresh: 'live',
  panels: [
    panel(1, 'prometheus_http_requests_total', { range: true }),
    panel(2, 'time()', { instant: true, range: false }),
  ],
};

const HIDE = (isHidden: boolean): string => `
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} });
  document.dispatchEvent(new Event('visibilitychange'));`;

describeWith(missingBrowser(), 'a live dashboard in Chromium', () => {
  let server: NarthexProcess;
  let gate: Gate;
  let browser: BrowserSession;
  let watched: WatchedPage;

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startNarthex({
        config: (port) => `
global: { scrape_interval: 1s }
scrape_configs:
  - { job_name: prometheus, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }
`,
      }),
      startBrowser(),
    ]);
    gate = await openGate(server.url);
    const saved = await fetch(`${server.url}/api/v1/dashboards`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dashboard: DASHBOARD }),
    });
    expect(saved.status).toBe(200);
    await untilQuery(server.url, 'prometheus_http_requests_total', (found) => found.length > 0);
    watched = await browser.openPage();
    await watched.page.goto(`${gate.url}/d/live/live`);
  });
  afterAll(async () => {
    await browser?.close();
    gate?.close();
    await server?.stop();
  });

  const countOf = (...paths: string[]): number =>
    gate.asked.filter((path) => paths.includes(path)).length;
  const value = async (): Promise<string> =>
    (await watched.page.locator('[data-panel-id="2"] .nx-tile-body').textContent()) ?? '';
  const liveState = watchedLocator('.nx-live-state');

  function watchedLocator(selector: string): (name: string) => Promise<string | null> {
    return async (name) => await watched.page.locator(selector).getAttribute(name);
  }

  async function untilNewValue(): Promise<void> {
    const before = await value();
    await expect.poll(value).not.toBe(before);
  }

  it('draws new samples of all panels over one connection, without asking', async () => {
    await watched.page.locator('[data-panel-id="1"][data-panel-state="drawn"]').waitFor();
    await watched.page.locator('[data-panel-id="2"][data-panel-state="drawn"]').waitFor();
    await expect.poll(() => liveState('data-live')).toBe('open');
    await untilNewValue();
    await untilNewValue();
    expect(gate.liveCount()).toBe(1);
    expect(countOf('query', 'query_range', 'query_batch')).toBe(0);
  });

  it('stops while nobody sees the tab', async () => {
    const before = countOf('query_live');
    await watched.page.evaluate(HIDE(true));
    await expect.poll(() => gate.liveCount()).toBe(0);
    expect(countOf('query_live')).toBe(before);
    await watched.page.evaluate(HIDE(false));
    await expect.poll(() => gate.liveCount()).toBe(1);
    await untilNewValue();
  });

  it('comes back after the connection was lost', async () => {
    const before = countOf('query_live');
    gate.cut();
    await expect.poll(() => countOf('query_live')).toBeGreaterThan(before);
    await expect.poll(() => liveState('data-live')).toBe('open');
    await untilNewValue();
  });
});
