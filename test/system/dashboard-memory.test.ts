// A dashboard that is refreshed again and again holds no more than before: time is driven, answers come at once.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrowserSession, missingBrowser, startBrowser } from './browser.ts';
import { describeWith } from './describe-with.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { openRefreshed, refreshedDashboard } from './refreshed-page.ts';

/** Compiled code and what the engine learned of it still grow; ten KB a refresh would be more. */
const GROWN_BYTES_MAX = 1_500_000;
/** One graph that stayed would have more. */
const GROWN_NODES_MAX = 15;

describeWith(missingBrowser(), 'the memory of a dashboard in Chromium', () => {
  let server: NarthexProcess;
  let browser: BrowserSession;

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startNarthex({ config: () => 'scrape_configs: []\n' }),
      startBrowser(),
    ]);
    const saved = await fetch(`${server.url}/api/v1/dashboards`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dashboard: refreshedDashboard('refreshed') }),
    });
    expect(saved.status).toBe(200);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it.each([
    ['is continued by the server', { refresh: 'live', stepMs: 1000, warm: 60, steps: 120 }],
    ['asks again and again', { refresh: '5s', stepMs: 5000, warm: 30, steps: 60 }],
  ])('stays as it is where it %s', { timeout: 120_000 }, async (_, { warm, steps, ...driven }) => {
    const { page, problems } = await browser.openPage();
    const url = `${server.url}/d/refreshed/refreshed`;
    const { pass, held, shownUntilMs } = await openRefreshed(page, url, driven);
    await pass(warm);
    const [before, fromMs] = [await held(), await shownUntilMs()];
    await pass(steps);
    const [after, untilMs] = [await held(), await shownUntilMs()];
    expect(untilMs - fromMs).toBeGreaterThan((steps - 2) * driven.stepMs);
    expect(after.nodes - before.nodes).toBeLessThan(GROWN_NODES_MAX);
    expect(after.listeners - before.listeners).toBeLessThan(GROWN_NODES_MAX);
    expect(after.bytes - before.bytes).toBeLessThan(GROWN_BYTES_MAX);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
