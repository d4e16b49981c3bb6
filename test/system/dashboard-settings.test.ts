import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askApi, untilQuery } from './api.ts';
import { type BrowserSession, missingBrowser, startBrowser, type WatchedPage } from './browser.ts';
import { describeWith } from './describe-with.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';

/** Of a busy machine. */
const PAGE_TIMEOUT_MS = 20_000;

const SHOP = {
  title: 'Shop',
  uid: 'shop',
  schemaVersion: 39,
  ownField: { kept: [1] },
  time: { from: 'now-5m', to: 'now', zone: 'kept' },
  templating: {
    list: [
      {
        name: 'job',
        type: 'query',
        query: 'label_values(up, job)',
        refresh: 1,
        multi: true,
        includeAll: true,
        strange: 7,
      },
      { name: 'instance', type: 'query', query: 'label_values(up{job=~"$job"}, instance)' },
    ],
  },
  panels: [
    {
      id: 1,
      type: 'timeseries',
      title: 'Targets of $job',
      gridPos: { x: 0, y: 0, w: 12, h: 8 },
      targets: [{ refId: 'A', expr: 'up{job=~"$job"}' }],
    },
    {
      id: 2,
      type: 'text',
      title: 'Names nobody',
      gridPos: { x: 12, y: 0, w: 12, h: 8 },
      options: { mode: 'markdown', content: 'of $region' },
    },
  ],
};

function config(port: number): string {
  const target = `static_configs: [{ targets: ['127.0.0.1:${port}'] }]`;
  return `global: { scrape_interval: 1s }
scrape_configs:
  - { job_name: api, ${target} }
  - { job_name: web, ${target} }
`;
}

interface Edited {
  readonly title: string;
  readonly templating: { readonly list: readonly Readonly<Record<string, unknown>>[] };
  readonly [key: string]: unknown;
}

describeWith(missingBrowser(), 'settings of a dashboard', () => {
  let server: NarthexProcess;
  let browser: BrowserSession;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startNarthex({ config }), startBrowser()]);
    watched = await browser.openPage();
    ({ page } = watched);
    page.setDefaultTimeout(PAGE_TIMEOUT_MS);
    await untilQuery(server.url, 'up == 1', (result) => result.length === 2);
    const answer = await fetch(`${server.url}/api/v1/dashboards`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dashboard: SHOP }),
    });
    expect(answer.status).toBe(200);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function open(search: string): Promise<void> {
    await page.goto(`${server.url}/d/shop/shop?${search}`);
  }

  /** Saves and loads anew; the file as it is then. */
  async function saveAndReload(): Promise<Edited> {
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.reload();
    return await savedFile();
  }

  async function savedFile(): Promise<Edited> {
    const { data } = await askApi(server.url, 'dashboards/uid/shop');
    return (data as { readonly dashboard: Edited }).dashboard;
  }

  const field = (name: string): Locator => page.getByRole('textbox', { name, exact: true });
  const choice = (name: string): Locator => page.getByRole('combobox', { name, exact: true });
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
  /** One of those that a variable offers. */
  const value = (variable: string, text: string): Locator =>
    page
      .getByRole('region', { name: `Values of ${variable}`, exact: true })
      .getByRole('listitem')
      .filter({ hasText: text });

  async function typeQuery(label: string, text: string): Promise<void> {
    await page.getByRole('textbox', { name: label }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(text);
  }

  it('name, tags and time are changed, and nothing else', async () => {
    await open('editview=settings');
    await field('Title').fill('Shop today');
    await choice('Tags').fill('shop');
    await page.keyboard.press('Enter');
    await choice('Range').selectOption('Last 15 minutes');
    await page.getByText('A line on all graphs').click();
    await field('From').fill('yesterday');
    await page.getByText('A date, or something like now-6h').waitFor();
    await field('To').click();
    expect(await field('From').inputValue()).toBe('now-15m');
    const saved = await saveAndReload();
    expect(saved).toEqual({
      ...SHOP,
      title: 'Shop today',
      tags: ['shop'],
      time: { ...SHOP.time, from: 'now-15m' },
      graphTooltip: 1,
    });
    await page.getByRole('heading', { level: 1, name: 'Shop today' }).waitFor();
  });

  it('a variable tells its values and who uses it, is renamed everywhere, and moved', async () => {
    await open('editview=variables&editIndex=0');
    await value('job', 'api').waitFor();
    await value('job', 'web').waitFor();
    await field('Name').fill('instance');
    await page.getByText('Another variable has this name').waitFor();
    await field('Name').fill('service');
    await page.keyboard.press('Enter');
    const users = page.getByRole('list', { name: 'Who uses service' }).getByRole('listitem');
    await expect
      .poll(async () => await users.allInnerTexts())
      .toEqual(['Variable instance', 'Panel “Targets of $service”']);
    await page.getByRole('button', { name: /^Move instance: arrow keys/ }).press('ArrowUp');
    await page.getByText('instance is now number 1 of 2').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: /^service /, expanded: true }).waitFor();
    await button('Add region').click();
    await page.getByRole('button', { name: /^region /, expanded: true }).waitFor();
    await choice('Asks for').selectOption('Result of a query');
    await typeQuery('PromQL', 'count(scrape_samples_sc');
    await page.getByRole('option', { name: /^scrape_samples_scraped/ }).click();
    await page.keyboard.press('Enter');
    await value('region', '{} 2').waitFor();
    const saved = await saveAndReload();
    const [instance, service, region] = saved.templating.list;
    expect(instance).toMatchObject({
      name: 'instance',
      query: 'label_values(up{job=~"$service"}, instance)',
    });
    expect(service).toMatchObject({ name: 'service', strange: 7 });
    expect(region).toMatchObject({ name: 'region' });
    expect(JSON.stringify(region)).toContain('query_result(count(scrape_samples_scraped))');
    const [panel] = SHOP.panels;
    expect((saved['panels'] as unknown[])[0]).toEqual({
      ...panel,
      title: 'Targets of $service',
      targets: [{ refId: 'A', expr: 'up{job=~"$service"}' }],
    });
  });

  it('there are variables of each kind, each with a preview of what it offers', async () => {
    await open('editview=variables');
    const add = async (kind: string, name: string): Promise<void> => {
      await button('Add a variable').click();
      await page.getByRole('menuitem', { name: kind, exact: true }).click();
      await page.getByRole('button', { name: /^variable /, expanded: true }).waitFor();
      await field('Name').fill(name);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: new RegExp(`^${name} `) }).waitFor();
    };
    await add('List of one’s own', 'stage');
    await field('Values').fill('live : prod, test');
    await value('stage', 'live').waitFor();
    await choice('The dashboard begins with').selectOption('test');
    await add('Text', 'words');
    await field('Text it begins with').fill('hello');
    await add('Interval', 'window');
    await field('Intervals').fill('2m,3h');
    await value('window', '3h').waitFor();
    await add('Constant', 'fixed');
    await field('Value').fill('42');
    await add('Data source', 'source');
    await value('source', 'Narthex').waitFor();
    await add('Filters', 'filters');
    await button('Add a filter').click();
    await field('Value').fill('api');
    await page.getByRole('button', { name: /^fixed / }).click();
    await button('Remove fixed').click();
    const { templating } = await saveAndReload();
    expect(templating.list.slice(3)).toMatchObject([
      { name: 'stage', type: 'custom', query: 'live : prod, test', current: { value: 'test' } },
      { name: 'words', type: 'textbox', query: 'hello' },
      { name: 'window', type: 'interval', query: '2m,3h' },
      { name: 'source', type: 'datasource', query: 'prometheus' },
      { name: 'filters', type: 'adhoc', filters: [{ key: 'job', operator: '=', value: 'api' }] },
    ]);
    await open('');
    await page.getByRole('region', { name: /^Targets of / }).waitFor();
    await page.getByLabel('words').waitFor();
  });

  it('what a query finds is marked on panels in the colour that is chosen', async () => {
    await open('editview=annotations');
    await button('Add a query').click();
    await page.getByRole('button', { name: /^New annotation /, expanded: true }).waitFor();
    await field('Name').fill('Ups');
    await typeQuery('PromQL', 'up offset 1s > 0');
    await page.keyboard.press('Enter');
    await field('Step').fill('1s');
    await page.getByText(/^[1-9]\d* marks in the time that is shown/).waitFor();
    await page.getByRole('button', { name: /^Colour: / }).click();
    await field('Name or hex').fill('#ff00ff');
    await page.keyboard.press('Escape');
    const saved = await saveAndReload();
    expect(saved).toMatchObject({
      annotations: { list: [{ name: 'Ups', iconColor: '#ff00ff' }] },
    });
    await open('from=now-1m&to=now');
    await page.locator('[data-panel-id="1"][data-panel-state="drawn"]').waitFor();
    const marks = page.locator('[data-panel-id="1"] .nx-event-mark');
    await marks.first().waitFor();
    expect(await marks.first().getAttribute('style')).toContain('#ff00ff');
    await page
      .getByRole('group', { name: 'Annotations' })
      .getByRole('button', { name: /^Ups/ })
      .click();
    await marks.first().waitFor({ state: 'detached' });
  });

  it('links stand on the bar, unless they would run something', async () => {
    await open('editview=links');
    await button('Add a link').click();
    await field('Title').fill('Handbook');
    await field('Address').fill('/query');
    await button('Add a link').click();
    await page.getByRole('button', { name: /^New link /, expanded: true }).waitFor();
    await field('Title').fill('Harm');
    await field('Address').fill('javascript:alert(1)');
    const saved = await saveAndReload();
    expect(saved).toMatchObject({
      links: [
        { title: 'Handbook', url: '/query' },
        { title: 'Harm', url: 'javascript:alert(1)' },
      ],
    });
    await page.getByRole('link', { name: 'Handbook' }).waitFor();
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
  });

  it('JSON is refused with its place, and kept whole where it is right', async () => {
    await open('editview=json');
    const json = page.getByRole('textbox', { name: 'JSON of the dashboard' });
    await json.click();
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.type('\n"another": {"kept": 2} "x": 1,');
    await page.getByText(/^Line 2, column 24: /).waitFor();
    expect(await button('Apply').isDisabled()).toBe(true);
    await button('Undo what was typed').click();
    await json.click();
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.type('\n"another": {"kept": 2},');
    await button('Apply').click();
    const saved = await saveAndReload();
    expect(saved).toMatchObject({ another: { kept: 2 }, ownField: SHOP.ownField });
  });

  it('versions are compared, and the first one comes back whole', async () => {
    await open('editview=versions');
    const versions = page.getByRole('list', { name: 'Versions, newest first' }).locator('> li');
    const oldest = versions.last();
    await oldest.getByRole('button', { name: 'Compare' }).click();
    const comparison = page.getByRole('region', { name: /^From version 1 to/ });
    await comparison.getByText('Shop today').first().waitFor();
    await oldest.getByRole('button', { name: 'Restore' }).click();
    await expect.poll(async () => (await savedFile()).title).toBe('Shop');
    expect(await savedFile()).toEqual(SHOP);
    await page.getByRole('heading', { level: 1, name: 'Shop', exact: true }).waitFor();
    expect(watched.problems).toEqual([]);
  });
});
