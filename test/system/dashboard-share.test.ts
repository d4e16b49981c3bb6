// What leaves the page: a file with the data, a picture, a link, paper; and a query that comes to a dashboard.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Download, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askApi, untilQuery } from './api.ts';
import {
  type BrowserSession,
  countDrawnPixels,
  missingBrowser,
  PHONE,
  startBrowser,
  type WatchedPage,
} from './browser.ts';
import { describeWith } from './describe-with.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';

const HOSTILE =
  '</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 2">\u2028';
const SOURCE = { type: 'prometheus', uid: 'internal-source' };

function panel(id: number, kind: string, expr: string, more: object = {}): object {
  const [type, title] = kind.split('/');
  const gridPos = { x: (id % 2) * 12, y: Math.floor(id / 2) * 8, w: 12, h: 8 };
  const targets = [{ refId: 'A', expr, datasource: SOURCE }];
  return { id, type, title, gridPos, targets, datasource: SOURCE, ...more };
}

/** Higher than any window, so that some panels are out of view at first. */
const DASHBOARD = {
  title: `Shared ${HOSTILE}`,
  uid: 'shared',
  schemaVersion: 39,
  time: { from: 'now-5m', to: 'now' },
  links: [{ title: 'internal', url: 'https://admin:internal-password@example.org/' }],
  templating: {
    list: [
      {
        name: 'job',
        type: 'query',
        query: 'label_values(up, job)',
        datasource: SOURCE,
        refresh: 1,
        multi: true,
        includeAll: true,
      },
      { name: 'api_token', type: 'constant', query: 'internal-token' },
    ],
  },
  panels: [
    panel(2, 'timeseries/Samples of $job', 'scrape_samples_scraped{job=~"$job"}'),
    // The same whenever it is asked for, also while a scrape is on its way.
    panel(3, 'table/Numbers', '', {
      targets: [{ refId: 'A', expr: 'up * 42.5', instant: true, format: 'table' }],
    }),
    panel(4, 'stat/How many', 'count(up{secret!="$api_token"})'),
    panel(5, 'gauge/Up', 'min(up)'),
    panel(6, 'timeseries/Nothing', 'no_such_metric'),
    panel(7, 'timeseries/Wrong', 'up{'),
    panel(8, `timeseries/${HOSTILE.replaceAll('/', '|')}`, 'up', {
      description: HOSTILE,
      targets: [{ refId: 'A', expr: 'up', legendFormat: HOSTILE }],
    }),
    panel(9, 'text/Words', '', { options: { mode: 'markdown', content: `Read this ${HOSTILE}` } }),
    panel(10, 'timeseries/Of $job', 'up{job="$job"}', { repeat: 'job' }),
    {
      id: 20,
      type: 'row',
      title: 'More',
      collapsed: true,
      gridPos: { x: 0, y: 90, w: 24, h: 1 },
      panels: [panel(21, 'timeseries/Later', 'up')],
    },
  ],
};

/** By panel: its id, and what became of it. */
const STATES: Readonly<Record<string, string>> = {
  2: 'drawn',
  3: 'drawn',
  4: 'drawn',
  5: 'drawn',
  6: 'empty',
  7: 'error',
  8: 'drawn',
  9: 'drawn',
  10: 'drawn',
};

function config(port: number): string {
  const job = (name: string): string =>
    `  - job_name: ${name}\n    static_configs: [{ targets: ['127.0.0.1:${port}'] }]\n`;
  return `global: { scrape_interval: 1s }\nscrape_configs:\n${job('one')}${job('two')}`;
}

describeWith(missingBrowser(), 'a dashboard is shared', () => {
  let server: NarthexProcess;
  let browser: BrowserSession;
  let dir: string;

  beforeAll(async () => {
    [server, browser, dir] = await Promise.all([
      startNarthex({ config }),
      startBrowser(),
      mkdtemp(join(tmpdir(), 'narthex-share-')),
    ]);
    await untilQuery(server.url, 'count_over_time(up[1m]) > 2', (result) => result.length === 2);
    const answer = await fetch(`${server.url}/api/v1/dashboards`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dashboard: DASHBOARD }),
    });
    expect(answer.status, await answer.clone().text()).toBe(200);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  async function open(path: string, options = {}): Promise<WatchedPage> {
    const opened = await browser.openPage(options);
    await opened.page.goto(`${server.url}${path}`);
    return opened;
  }

  it('as one file that opens without a network, and shows what the page showed', async () => {
    const { page } = await open('/d/shared');
    await panelOf(page, 4, 'drawn').waitFor();
    await panelOf(page, 3, 'drawn').waitFor();
    const numbers = await panelOf(page, 3, 'drawn').innerText();
    const dialog = await openShare(page, 'File with data');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save as a file' }).click(),
    ]);
    await dialog.getByText(/^Saved: /).waitFor();
    const path = await keep(download, 'shared.html');

    const { page: file, problems } = await browser.openPage({ offline: true });
    const asked: string[] = [];
    file.on('request', (request) => asked.push(request.url()));
    const address = pathToFileURL(path).href;
    await file.goto(address);
    await expect.poll(() => statesOf(file)).toEqual(STATES);
    expect((await file.title()).trim()).toBe(DASHBOARD.title.trim());
    expect(numbers).toContain('42.5');
    expect(await panelOf(file, 3, 'drawn').innerText()).toBe(numbers);
    expect(await panelOf(file, 4, 'drawn').innerText()).toContain('2');
    expect(await countDrawnPixels(file)).toBeGreaterThan(50);
    await file.getByRole('term').filter({ hasText: 'job' }).waitFor();

    await zoomInto(file, panelOf(file, 2, 'drawn'));
    await file.getByRole('button', { name: 'Whole time' }).waitFor();
    await expect.poll(() => statesOf(file)).toEqual(STATES);
    await file.goBack();
    await file.getByRole('button', { name: 'Whole time' }).waitFor({ state: 'detached' });
    await file.getByRole('button', { name: /^More/ }).click();
    await panelOf(file, 21, 'drawn').waitFor();

    expect(await file.evaluate('window.hacked')).toBeUndefined();
    expect(asked).toEqual([address]);
    expect(problems).toEqual([]);
    expect(textOf(path)).toContain('scrape_samples_scraped');
    expect(textOf(path)).not.toMatch(/internal-(?:source|password|token)/);
  });

  it('one panel as a picture', async () => {
    const { page, problems } = await open('/d/shared?viewPanel=2');
    const shown = panelOf(page, 2, 'drawn');
    await shown.waitFor();
    await shown.hover();
    await shown.getByRole('button', { name: /^Menu of / }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Image (PNG)' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('Samples of All.png');
    const picture = readFileSync(await keep(download, 'panel.png'));
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    const box = await shown.boundingBox();
    expect(picture.readUInt32BE(16)).toBe(Math.ceil((box?.width ?? 0) * 2));
    expect(picture.length).toBeGreaterThan(5000);
    expect(unexpected(problems)).toEqual([]);
  });

  it('as a link to what is shown now, on a phone, too', async () => {
    const { page, problems } = await open('/d/shared?var-job=one', { viewport: PHONE });
    const dialog = await openShare(page, 'Link');
    const link = dialog.getByRole('textbox', { name: 'Link' });
    expect(await link.inputValue()).toMatch(/\/d\/shared\?var-job=one&from=\d{13}&to=\d{13}$/);
    await dialog.getByText(/^Always: /).click();
    await dialog.getByRole('switch', { name: /without the page around it/ }).click();
    await expect.poll(() => link.inputValue()).toMatch(/\?var-job=one&from=now-5m&to=now&kiosk=1$/);
    await dialog.getByRole('switch', { name: /chosen of the variables/ }).click();
    await expect.poll(() => link.inputValue()).toMatch(/\?from=now-5m&to=now&kiosk=1$/);
    expect(
      await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
    ).toBeLessThanOrEqual(0);
    await page.goto(await link.inputValue());
    await panelOf(page, 2, 'drawn').waitFor();
    expect(await page.getByRole('link', { name: 'Containers', exact: true }).count()).toBe(0);
    expect(unexpected(problems)).toEqual([]);
  });

  it('on paper, in light colours, with all panels', async () => {
    const { page } = await browser.openPage({ colorScheme: 'dark' });
    await page.addInitScript('window.print = () => { window.isPrinted = true; };');
    await page.goto(`${server.url}/d/shared`);
    await panelOf(page, 2, 'drawn').waitFor();
    await page.keyboard.press('ControlOrMeta+p');
    await expect.poll(() => page.evaluate('window.isPrinted')).toBe(true);
    expect(await statesOf(page)).toEqual(STATES);
    expect(await schemeOf(page)).toBe('light');
    await page.emulateMedia({ media: 'print' });
    expect(await seen(page.getByText('Time', { exact: true }))).toBe(true);
    expect(await seen(page.getByRole('button', { name: 'Share', exact: true }))).toBe(false);
    expect(await seen(page.getByRole('navigation'))).toBe(false);
    expect(await seen(page.getByRole('group', { name: 'Variables' }))).toBe(false);
    await page.emulateMedia({ media: null });
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const sizes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(
      ([, width, height]) => Number(width) > Number(height),
    );
    expect(new Set(sizes)).toEqual(new Set([true]));
    expect(sizes.length).toBeGreaterThan(1);
    await expect.poll(() => schemeOf(page)).toBe('dark');
  });

  it('and gets a panel from the query page', async () => {
    const expr = 'sum by (job) (rate(process_cpu_bytes_total[1m]))';
    const { page, problems } = await open(
      `/query?g0.expr=${encodeURIComponent(expr)}&g0.tab=graph`,
    );
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Add to a dashboard' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add to a dashboard' });
    await dialog.getByRole('textbox', { name: 'Title of the panel' }).fill('Bytes a second');
    await dialog.getByRole('combobox', { name: 'Dashboard' }).click();
    await page.getByRole('option', { name: /^Shared/ }).click();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.waitForURL('**/d/shared?edit=1');
    await page.getByRole('region', { name: 'Bytes a second' }).waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const save = page.getByRole('dialog');
    await save.getByRole('button', { name: 'Save', exact: true }).click();
    await save.waitFor({ state: 'detached' });
    const { data } = await askApi(server.url, 'dashboards/uid/shared');
    const { panels } = (data as { readonly dashboard: { readonly panels: readonly object[] } })
      .dashboard;
    expect(panels).toHaveLength(DASHBOARD.panels.length + 1);
    expect(panels).toContainEqual(
      expect.objectContaining({
        type: 'timeseries',
        title: 'Bytes a second',
        datasource: SOURCE,
        targets: [{ refId: 'A', expr, legendFormat: '{{job}}', range: true, instant: false }],
        fieldConfig: { defaults: { unit: 'Bps' }, overrides: [] },
      }),
    );
    expect(unexpected(problems)).toEqual([]);
  });

  async function keep(download: Download, name: string): Promise<string> {
    const path = join(dir, name);
    await download.saveAs(path);
    return path;
  }
});

async function openShare(page: Page, tab: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Share this dashboard' });
  await dialog.getByRole('tab', { name: tab }).click();
  return dialog;
}

function panelOf(page: Page, id: number, state: string): Locator {
  return page.locator(`[data-panel-id="${id}"][data-panel-state="${state}"]`).first();
}

/** The wrong query and the picture of the text are answered as they should be. */
function unexpected(problems: readonly string[]): readonly string[] {
  return problems.filter((problem) => !problem.includes('Failed to load resource'));
}

/** Copies of repeats have numbers of their own; the first of them counts. */
async function statesOf(page: Page): Promise<unknown> {
  return await page.evaluate(`Object.fromEntries(
    [...document.querySelectorAll('[data-panel-id]')]
      .map(({ dataset }) => [dataset.panelKey.split(':')[0], dataset.panelState]))`);
}

async function seen(what: Locator): Promise<boolean> {
  return await what.first().isVisible();
}

async function schemeOf(page: Page): Promise<unknown> {
  return await page.evaluate('document.documentElement.dataset.mantineColorScheme');
}

/** The right third of its graph. */
async function zoomInto(page: Page, shown: Locator): Promise<void> {
  const box = await shown.locator('.u-over').boundingBox();
  if (box === null) throw new Error('cannot zoom: there is no graph');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.6, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 3, y, { steps: 5 });
  await page.mouse.up();
}

/** The data of a shared file as text. */
function textOf(path: string): string {
  const data = /id="snapshot">([^<]*)</.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
  return gunzipSync(Buffer.from(data, 'base64')).toString();
}
