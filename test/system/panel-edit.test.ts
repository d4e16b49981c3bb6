import type { Locator, Page } from 'playwright-core';
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
import { type NarthexProcess, scrapesItself, startNarthex } from './narthex.ts';

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
    {
      id: 3,
      type: 'table',
      title: 'States',
      gridPos: { x: 0, y: 8, w: 12, h: 8 },
      targets: [{ refId: 'A', expr: 'up', format: 'table', instant: true }],
    },
  ],
};

describeWith(missingBrowser(), 'the editor of a panel', () => {
  let server: NarthexProcess;
  let browser: BrowserSession;

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startNarthex({ config: scrapesItself }),
      startBrowser(),
    ]);
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

  it('shows mappings, overrides and transformations in the panel', async () => {
    const { page, problems } = await open('?editPanel=3');
    const preview = page.getByRole('region', { name: 'Preview of States' });
    const column = (name: string): Locator =>
      preview.getByRole('columnheader', { name, exact: true });
    await drawn(page, 'table');
    await column('__name__').waitFor();
    await page.getByRole('button', { name: 'Value mappings' }).click();
    await page.getByRole('button', { name: 'Add mapping' }).click();
    await page.getByRole('menuitem', { name: /^Value / }).click();
    await page.getByRole('textbox', { name: 'Value of mapping 1' }).fill('1');
    await page.getByRole('textbox', { name: 'Text of mapping 1' }).fill('Running');
    await preview.getByText('Running').waitFor();

    await page.getByRole('tab', { name: /^Overrides/ }).click();
    await page.getByRole('button', { name: 'Add override' }).click();
    await page.getByRole('menuitem', { name: /^Name / }).click();
    await page.getByRole('combobox', { name: 'Override 1 for' }).fill('Value');
    await page.getByRole('option', { name: 'Value', exact: true }).click();
    await page.getByRole('combobox', { name: 'Add a property to override 1' }).click();
    await page.getByRole('option', { name: 'Display name' }).click();
    await page.getByRole('textbox', { name: 'Display name of override 1' }).fill('State');
    await column('State').waitFor();

    await page.getByRole('tab', { name: /^Transformations/ }).click();
    await page.getByRole('button', { name: 'Add transformation' }).click();
    await page.getByRole('menuitem', { name: /^Organize columns / }).click();
    await page.getByRole('button', { name: 'Hide column __name__' }).click();
    await column('__name__').waitFor({ state: 'detached' });
    await page.getByRole('textbox', { name: 'Column job is called' }).fill('Service');
    await column('Service').waitFor();
    await page.getByRole('switch', { name: 'Organize columns is on' }).click({ force: true });
    await column('__name__').waitFor();
    await page.getByRole('button', { name: 'Remove override 1' }).click();
    await column('State').waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  });

  it('is gone through by Tab alone, and what has the focus is seen', async () => {
    const { page } = await open('?editPanel=1');
    await drawn(page, 'timeseries');
    await page.getByRole('textbox', { name: 'PromQL of query A' }).waitFor();
    await page.getByRole('heading', { level: 2, name: /^Edit / }).click();
    const reached: Focused[] = [];
    for (let tabs = 0; tabs < 50; tabs++) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate<Focused>(FOCUSED));
    }
    const names = reached.map(({ name }) => name);
    for (const name of EXPECTED_BY_TAB) expect(names).toContain(name);
    expect(reached.filter(({ isSeen }) => !isSeen)).toEqual([]);
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

interface Focused {
  readonly name: string;
  readonly isSeen: boolean;
}

const EXPECTED_BY_TAB: readonly string[] = [
  'Apply',
  'Queries 1',
  'Name of query A',
  'PromQL of query A',
  'Legend',
  'Duplicate query A',
  'Search options',
  'Title',
];

/** Its outline, or that of the field around it, or a shadow. */
const FOCUSED = `(() => {
  const focused = document.activeElement;
  const label = focused.labels?.[0]?.innerText ?? '';
  const name = focused.getAttribute('aria-label') ?? (label || focused.innerText || focused.placeholder || '');
  const isShown = (element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
  };
  let isSeen = false;
  for (let up = 0, element = focused; up < 5 && element !== null; up++, element = element.parentElement) {
    isSeen ||= isShown(element) || [...element.children].some((child) => up < 2 && isShown(child));
  }
  return { name: name.replace(/\\s+/g, ' ').trim(), isSeen };
})()`;

async function drawn(page: Page, kind: string): Promise<void> {
  const panel = `[data-panel-kind="${kind}"][data-panel-state="drawn"]`;
  await page.locator(`.nx-pe-preview${panel}`).waitFor();
}
