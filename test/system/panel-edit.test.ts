import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { untilQuery } from './api.ts';
import {
  type BrowserSession,
  missingBrowser,
  PHONE,
  startBrowser,
  type WatchedPage,
} from './browser.ts';
import { describeWith } from './describe-with.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';

const DASHBOARD = {
  title: 'Edited',
  uid: 'edited-1',
  schemaVersion: 38,
  time: { from: 'now-5m', to: 'now' },
  panels: [
    {
      id: 1,
      type: 'timeseries',
      title: 'Targets',
      gridPos: { x: 0, y: 0, w: 12, h: 8 },
      targets: [{ refId: 'A', expr: 'up', strange: 1 }],
      options: { strange: true },
      fieldConfig: { defaults: { unit: 'short' }, overrides: [] },
    },
    {
      id: 2,
      type: 'graph',
      title: 'Old',
      gridPos: { x: 12, y: 0, w: 12, h: 8 },
      targets: [{ refId: 'A', expr: 'up' }],
      yaxes: [{ format: 'bytes' }, {}],
    },
  ],
};

function config(port: number): string {
  return `global:
  scrape_interval: 1s
scrape_configs:
  - job_name: self
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`;
}

describeWith(missingBrowser(), 'the editor of a panel', () => {
  let server: NarthexProcess;
  let browser: BrowserSession;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startNarthex({ config }), startBrowser()]);
    await untilQuery(server.url, 'up == 1', (result) => result.length === 1);
    const answer = await fetch(`${server.url}/api/v1/dashboards`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dashboard: DASHBOARD }),
    });
    expect(answer.status, await answer.clone().text()).toBeLessThan(300);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function open(search: string, options = {}): Promise<WatchedPage> {
    const opened = await browser.openPage(options);
    await opened.page.goto(`${server.url}/d/edited-1/edited${search}`);
    return opened;
  }

  it('shows at once what a query and options change, and takes it back', async () => {
    const { page, problems } = await open('?editPanel=1');
    const preview = page.getByRole('region', { name: 'Preview of Targets' });
    await drawn(page, 'timeseries');

    const query = page.getByRole('textbox', { name: 'PromQL of query A' });
    await query.click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('count(scrape_samples_sc');
    // CodeMirror takes no key for a list that has only just appeared.
    await page.getByRole('option', { name: /^scrape_samples_scraped/ }).click();
    await expect.poll(async () => await query.innerText()).toContain('scrape_samples_scraped)');
    await page.keyboard.press('Enter');
    await drawn(page, 'timeseries');

    await page.getByRole('button', { name: /^Shown as/ }).click();
    await page.getByRole('button', { name: /^Stat / }).click();
    await drawn(page, 'stat');

    await page.getByRole('combobox', { name: 'Unit', exact: true }).fill('milliseconds');
    await page.getByRole('option', { name: /^milliseconds / }).click();
    await preview.getByText(/ms$/).first().waitFor();

    await page.getByRole('button', { name: 'Add threshold' }).click();
    await page.getByRole('textbox', { name: 'Threshold 2' }).fill('90');
    expect(await page.getByRole('textbox', { name: 'Threshold 2' }).inputValue()).toBe('90');

    await page.getByRole('button', { name: 'Take back all' }).click();
    await drawn(page, 'timeseries');
    expect(await page.getByRole('button', { name: 'Take back all' }).isDisabled()).toBe(true);
    expect(problems).toEqual([]);
  });

  it('tells where a query is wrong', async () => {
    const { page } = await open('?editPanel=1');
    await page.getByRole('textbox', { name: 'PromQL of query A' }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('up up');
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Legend' }).click();
    const query = page.getByRole('region', { name: 'Query A' });
    await query.getByText('The query is not valid').waitFor();
    await query.getByText('^', { exact: false }).first().waitFor();
  });

  it('applies, and the dashboard shows it', async () => {
    const { page } = await open('?editPanel=1');
    await page.getByRole('textbox', { name: 'Title', exact: true }).fill('Renamed');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL((url) => !url.search.includes('editPanel'));
    await page.getByRole('region', { name: 'Renamed' }).waitFor();
    await page.keyboard.press('ControlOrMeta+z');
    await page.getByRole('region', { name: 'Targets' }).waitFor();
  });

  it('rewrites an old panel when it is asked to, on a phone, too', async () => {
    const { page, problems } = await open('?editPanel=2', { viewport: PHONE });
    await drawn(page, 'timeseries');
    await page.getByRole('button', { name: 'Rewrite it' }).click();
    await page.getByRole('button', { name: 'Rewrite it' }).waitFor({ state: 'detached' });
    await drawn(page, 'timeseries');
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBe(0);
    expect(problems).toEqual([]);
  });
});

async function drawn(page: Page, kind: string): Promise<void> {
  const panel = `[data-panel-kind="${kind}"][data-panel-state="drawn"]`;
  await page.locator(`.nx-pe-preview${panel}`).waitFor();
}
