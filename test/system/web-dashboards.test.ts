import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askApi, untilQuery } from './api.ts';
import {
  type BrowserSession,
  missingBrowser,
  PHONE,
  startBrowser,
  type WatchedPage,
} from './browser.ts';
import { describeWith } from './describe-with.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';

/** A file as Grafana 10 exports it; the version of the parts is what they mean, not how they look. */
const DASHBOARD = {
  title: 'Fleet & friends',
  uid: 'fleet-1',
  schemaVersion: 38,
  tags: ['fleet'],
  time: { from: 'now-5m', to: 'now' },
  graphTooltip: 1,
  strangeField: { kept: true },
  templating: {
    list: [
      {
        name: 'job',
        type: 'query',
        query: 'label_values(up, job)',
        refresh: 1,
        includeAll: true,
        multi: true,
        current: { text: ['All'], value: ['$__all'] },
      },
    ],
  },
  panels: [
    { id: 1, type: 'row', title: 'Up', collapsed: false, gridPos: { x: 0, y: 0, w: 24, h: 1 } },
    panel(2, 'timeseries/Targets of $job', [0, 1, 12, 8], 'up{job=~"$job"}'),
    panel(3, 'stat/How many', [12, 1, 12, 8], 'count(up{job=~"$job"})'),
    panel(4, 'timeseries/Nothing', [0, 9, 12, 8], 'no_such_metric'),
    panel(5, 'timeseries/Wrong', [12, 9, 12, 8], 'up{'),
    {
      id: 6,
      type: 'text',
      title: '',
      gridPos: { x: 0, y: 17, w: 24, h: 3 },
      options: { mode: 'markdown', content: '**Hello** <script>document.title = "bad"</script>' },
    },
    {
      id: 7,
      type: 'row',
      title: 'More',
      collapsed: true,
      gridPos: { x: 0, y: 20, w: 24, h: 1 },
      panels: [panel(8, 'timeseries/Later', [0, 21, 24, 8], 'up')],
    },
  ],
};

function panel(id: number, kind: string, place: readonly number[], expr: string): object {
  const [type, title] = kind.split('/');
  const [x, y, w, h] = place;
  return { id, type, title, gridPos: { x, y, w, h }, targets: [{ refId: 'A', expr }] };
}

function config(port: number): string {
  return `global:
  scrape_interval: 1s
scrape_configs:
  - job_name: self
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
  - job_name: other
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`;
}

describeWith(missingBrowser(), 'dashboards in Chromium', () => {
  let server: NarthexProcess;
  let browser: BrowserSession;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startNarthex({ config }), startBrowser()]);
    await untilQuery(server.url, 'count(up) == 2', (result) => result.length === 1);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function open(path: string, options = {}): Promise<WatchedPage> {
    const opened = await browser.openPage(options);
    await opened.page.goto(`${server.url}${path}`);
    return opened;
  }

  it('imports a file that is pasted, and says before what is in it', async () => {
    const { page, problems } = await open('/dashboards');
    await page.getByRole('button', { name: 'Import' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('JSON of the dashboard').fill(JSON.stringify(DASHBOARD));
    await dialog.getByRole('heading', { name: 'Fleet & friends' }).waitFor();
    const counts = await dialog.getByRole('list', { name: 'Panels' }).innerText();
    expect(counts).toMatch(/4\s+timeseries/);
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await page.waitForURL('**/d/fleet-1/fleet-friends');
    await page.getByRole('heading', { level: 1, name: 'Fleet & friends' }).waitFor();
    await expect.poll(async () => await page.title()).toBe('Fleet & friends – Narthex');
    const { data } = await askApi(server.url, 'dashboards/uid/fleet-1');
    expect(data).toMatchObject({ dashboard: DASHBOARD });
    // The answer to the wrong panel's query may have come by now, or not yet.
    const wrongQuery = / the server responded with a status of 400 /;
    expect(problems.filter((problem) => !wrongQuery.test(problem))).toEqual([]);
  });

  it('draws its panels, and tells of each how it is', async () => {
    const { page } = await open('/d/fleet-1');
    await state(page, 2, 'drawn').waitFor();
    await state(page, 3, 'drawn').waitFor();
    await state(page, 4, 'empty').waitFor();
    await state(page, 5, 'error').waitFor();
    await state(page, 6, 'drawn').scrollIntoViewIfNeeded();
    expect(await page.title()).toBe('Fleet & friends – Narthex');
    expect(await page.locator('[data-panel-id="8"]').count()).toBe(0);
    await page.getByRole('button', { name: /^More/ }).click();
    await page.locator('[data-panel-id="8"]').scrollIntoViewIfNeeded();
    await state(page, 8, 'drawn').waitFor();
  });

  it('asks for what is chosen of a variable, which the URL says', async () => {
    const { page, problems } = await open(
      '/d/fleet-1/any-name?var-job=self&from=now-15m&to=now&orgId=1',
    );
    await page.getByRole('region', { name: 'Targets of self' }).waitFor();
    await state(page, 3, 'drawn').getByText('1', { exact: true }).first().waitFor();
    await page.getByRole('combobox', { name: 'job' }).click();
    await page.getByRole('option', { name: 'other' }).click();
    await page.keyboard.press('Escape');
    await page.waitForURL(/var-job=self&.*var-job=other|var-job=self&var-job=other/);
    await state(page, 3, 'drawn').getByText('2', { exact: true }).first().waitFor();
    expect(problems.filter((problem) => !problem.includes('400'))).toEqual([]);
  });

  it('is moved in time, viewed alone and left alone by keys', async () => {
    const { page } = await open('/d/fleet-1?from=1700000000000&to=1700000600000');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('[data-panel-id="2"]').hover();
    await page.keyboard.press('v');
    await page.waitForURL('**viewPanel=2**');
    expect(await page.locator('[data-panel-id]').count()).toBe(1);
    await page.keyboard.press('t');
    await page.keyboard.press('z');
    await page.waitForURL(/from=1699999700000&to=1700000900000/);
    await page.keyboard.press('d');
    await page.keyboard.press('k');
    await page.waitForURL(/kiosk=1/);
    expect(await page.locator('.nx-header').isVisible()).toBe(false);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.url()).not.toMatch(/kiosk|viewPanel/);
    await page.goBack();
  });

  it('stands in one column on a phone', async () => {
    const { page } = await open('/d/fleet-1', { viewport: PHONE });
    await state(page, 2, 'drawn').waitFor();
    const widths = await page
      .locator('[data-panel-id]')
      .evaluateAll((panels) => panels.map((one) => one.getBoundingClientRect().width));
    expect(new Set(widths).size).toBe(1);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBe(0);
  });
});

function state(page: Page, id: number, name: string): Locator {
  return page.locator(`[data-panel-id="${id}"][data-panel-state="${name}"]`);
}
