import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

/** Two jobs: the server itself with a relabelled and a dropped target, and one that nobody answers. */
const config = (prefix: string) => (port: number) =>
  `
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: narthex
    metrics_path: ${prefix}/metrics
    static_configs:
      - targets: ['127.0.0.1:${port}']
        labels: { tier: inner }
      - targets: ['127.0.0.2:${port}']
        labels: { tier: outer }
    relabel_configs:
      - { source_labels: [tier], regex: outer, action: drop }
      - { source_labels: [tier], target_label: zone }
  - job_name: nobody
    static_configs:
      - targets: ['127.0.0.1:1']
`;

/** Deep, with long names and shared parts. */
const LONG =
  'sum by (job, instance) (rate(scrape_duration_seconds{job=~"narthex|nobody",instance!=""}[1m])) / ' +
  'on (job, instance) group_left () (count by (job, instance) (rate(scrape_duration_seconds{job=~"narthex|nobody",' +
  'instance!=""}[1m])) + 2 * 3) > quantile_over_time(0.5, (scrape_samples_scraped * 2)[10m:30s])';

const PAGES: readonly [path: string, heading: string][] = [
  ['query', 'Query'],
  ['query?g0.expr=up&g0.tab=table', 'Query'],
  ['query?g0.expr=up&g0.tab=graph&g0.range_input=1m', 'Query'],
  [`query?g0.expr=${encodeURIComponent(LONG)}&g0.tab=explain&g0.range_input=1m`, 'Query'],
  ['targets', 'Targets'],
  ['service-discovery', 'Service discovery'],
  ['status', 'Runtime & build'],
  ['tsdb-status', 'TSDB status'],
  ['flags', 'Flags'],
  ['config', 'Configuration'],
];

/** CodeMirror takes no key for a list of completions that has only just appeared (75 ms). */
const COMPLETION_REST_MS = 250;

describeWith(missingBrowser(), 'the web page in Chromium', () => {
  let server: NarthexProcess;
  let browser: BrowserSession;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startNarthex({ config: config('') }), startBrowser()]);
    await waitForSamples(server.url, 4);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  describe.each([
    ['desktop', DESKTOP, 'light'],
    ['desktop', DESKTOP, 'dark'],
    ['phone', PHONE, 'light'],
    ['phone', PHONE, 'dark'],
  ] as const)('at the width of a %s, %o, %s', (_name, viewport, colorScheme) => {
    let watched: WatchedPage;
    beforeAll(async () => {
      watched = await browser.openPage({ viewport, colorScheme });
    });
    afterAll(async () => await watched.page.close());

    it.each(PAGES)(
      '%s opens without an error and without scrolling sideways',
      async (path, heading) => {
        const { page, problems } = watched;
        // A page of another origin first, so that none is left as the last one was.
        await page.goto('about:blank');
        await page.goto(`${server.url}/${path}`);
        await page.getByRole('heading', { level: 1, name: heading }).waitFor();
        await settle(page);
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(overflow).toBe(0);
        expect(await page.title()).toContain('Narthex');
        expect(problems).toEqual([]);
      },
    );
  });

  it('draws a metric that is chosen from the list and executed', async () => {
    const { page, problems } = await openQuery();
    await page.getByRole('button', { name: 'Metrics' }).click();
    await page.getByRole('combobox', { name: 'Search metrics' }).fill('scrape_duration');
    await page.locator('[data-metric="scrape_duration_seconds"]').click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByText('2 series').waitFor();
    await page.getByRole('tab', { name: 'Graph' }).click();
    await page.getByRole('textbox', { name: 'Range', exact: true }).fill('1m');
    await page.keyboard.press('Enter');
    await page.locator('.u-over').waitFor();
    await expect.poll(async () => await countDrawnPixels(page)).toBeGreaterThan(50);
    const params = new URL(page.url()).searchParams;
    expect(Object.fromEntries(params)).toMatchObject({
      'g0.expr': 'scrape_duration_seconds',
      'g0.tab': 'graph',
      'g0.range_input': '1m',
    });
    expect(problems).toEqual([]);
    await page.close();
  });

  it('follows a graph by itself, until it is given a fixed end', async () => {
    const { page, problems } = await openQuery('?g0.expr=up&g0.tab=graph&g0.range_input=1m');
    const refresh = page.getByRole('combobox', { name: 'Run the query again automatically' });
    await refresh.selectOption('Live');
    await page.getByText('Live', { exact: true }).and(page.getByRole('status')).waitFor();
    await page.getByText('2 series').waitFor();
    expect(new URL(page.url()).searchParams.get('g0.refresh')).toBe('live');
    const chart = page.getByLabel(/^Graph of up: 2 series/);
    const labels = new Set<string | null>();
    // Each step that is pushed moves the graph's end.
    await expect
      .poll(async () => labels.add(await chart.getAttribute('aria-label')).size, {
        timeout: 20_000,
      })
      .toBeGreaterThan(3);
    await expect.poll(async () => await countDrawnPixels(page)).toBeGreaterThan(50);
    await page.getByRole('button', { name: 'Earlier' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.has('g0.end_input')).toBe(true);
    expect(await refresh.inputValue()).toBe('0');
    await expect.poll(async () => await liveClients(server.url)).toBe(0);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('follows no more graphs than a browser has connections for', async () => {
    const panels = Array.from(
      { length: 5 },
      (_, i) => `g${i}.expr=up&g${i}.tab=graph&g${i}.range_input=1m&g${i}.refresh=live`,
    );
    const { page } = await openQuery(`?${panels.join('&')}`);
    await page.getByText('4 graphs are followed already').waitFor();
    await expect.poll(async () => await liveClients(server.url)).toBe(4);
    await page.getByRole('combobox', { name: 'Run the query again' }).first().selectOption('Off');
    // The place goes to the one that waits for it.
    await page.getByText('4 graphs are followed already').waitFor({ state: 'detached' });
    await page.close();
  });

  it('says what is wrong with a query that is to be followed', async () => {
    const { page } = await openQuery('?g0.expr=sum(&g0.tab=graph&g0.refresh=live');
    await page.getByText('The query is not valid').waitFor();
    await page.close();
  });

  it('zooms by dragging, and back leads to the wider range', async () => {
    const { page, problems } = await openQuery('?g0.expr=up&g0.tab=0&g0.range_input=10m');
    const plot = page.locator('.u-over');
    await plot.waitFor();
    const box = await plot.boundingBox();
    if (box === null) throw new Error('the plot has no box');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 80, { steps: 6 });
    await page.mouse.up();
    await expect.poll(() => rangeOf(page)).toMatch(/^2m(29|30|31|32)s$/);
    expect(new URL(page.url()).searchParams.get('g0.end_input')).toMatch(/^\d{4}-\d\d-\d\d /);
    await page.goBack();
    await expect.poll(() => rangeOf(page)).toBe('10m');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('works by keyboard alone', async () => {
    const { page, problems } = await openQuery();
    await page.locator('.cm-content').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('m');
    await page.getByRole('combobox', { name: 'Search metrics' }).waitFor();
    await page.keyboard.type('scrape samples scraped');
    await page.getByText(/^1 of/).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await expect.poll(async () => await isEditorFocused(page)).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByText('scrape_samples_scraped{').first().waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  it('completes the names of metrics, labels and values', async () => {
    const { page, problems } = await openQuery();
    await page.locator('.cm-content').click();
    for (const [typed, completion] of [
      ['scrape_dur', 'scrape_duration_seconds'],
      ['{jo', 'job'],
      ['="nob', 'nobody'],
    ] as const) {
      await page.keyboard.type(typed, { delay: 30 });
      const options = page.locator('.cm-tooltip-autocomplete [role="option"]');
      await options.filter({ hasText: completion }).first().waitFor();
      await page.waitForTimeout(COMPLETION_REST_MS);
      await page.keyboard.press('Enter');
    }
    const text = await page.locator('.cm-content').innerText();
    expect(text).toBe('scrape_duration_seconds{job="nobody"}');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('runs a query that is typed in full on the first Enter', async () => {
    const { page } = await openQuery();
    await page.locator('.cm-content').click();
    await page.keyboard.type('up', { delay: 30 });
    await page.locator('.cm-tooltip-autocomplete').waitFor();
    await page.waitForTimeout(COMPLETION_REST_MS);
    await page.keyboard.press('Enter');
    await page.getByText('2 series').waitFor();
    await page.close();
  });

  it('explains a query: operators, series, samples and time of each', async () => {
    const { page, problems } = await openQuery('?g0.expr=sum(up)/count(up)&g0.range_input=1m');
    await page.getByRole('tab', { name: 'Explain' }).click();
    const rows = page.getByRole('list', { name: 'Plan of the query' }).getByRole('listitem');
    await expect.poll(async () => await rows.count()).toBe(5);
    expect(new URL(page.url()).searchParams.get('g0.tab')).toBe('explain');
    const read = rows.nth(2);
    expect(await read.innerText()).toMatch(/^3\s+up\s+series by series\s+read once for 2 and 4/);
    expect(await read.innerText()).toMatch(/ms\s+2\s+\d+$/);
    expect(await rows.nth(4).innerText()).toMatch(/^3\s+up\s+evaluated above$/);
    await read.locator('summary').click();
    await read.getByText('Gives').waitFor();
    await page.getByText('As table').click();
    await read.getByText('2 samples', { exact: true }).waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  it('shows a part of a plan that nobody reads to its end, and all of it when asked', async () => {
    const query = Array.from({ length: 300 }, (_, i) => `up offset ${i}s`).join(' + ');
    const { page, problems } = await openQuery(
      `?g0.expr=${encodeURIComponent(query)}&g0.tab=explain`,
    );
    const rows = page.getByRole('list', { name: 'Plan of the query' }).getByRole('listitem');
    await page.getByText('The first 500 of 599 operators.').waitFor();
    expect(await rows.count()).toBe(500);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(async () => await rows.count()).toBe(599);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('shows the plan of a query that fails, and why it does', async () => {
    const { page } = await openQuery('?g0.expr=up+%2B+on()+up&g0.tab=explain');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('many-to-many');
    await page.getByRole('list', { name: 'Plan of the query' }).waitFor();
    await page.close();
  });

  it("understands Prometheus' old links", async () => {
    const { page } = await browser.openPage();
    await page.goto(`${server.url}/graph?g0.expr=up&g0.tab=0&g0.stacked=1&g0.range_input=5m`);
    await page.locator('.u-over').waitFor();
    expect(new URL(page.url()).pathname).toBe('/query');
    await expect(page.getByRole('radio', { name: 'Stacked' }).isChecked()).resolves.toBe(true);
    await page.close();
  });

  it('keeps its panels apart when one of them goes', async () => {
    const { page } = await openQuery('?g0.expr=up&g1.expr=scrape_duration_seconds&g2.expr=1');
    const second = page.getByRole('region', { name: 'Query 2' });
    await second.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Remove query' }).click();
    await expect.poll(() => expressionsOf(page)).toEqual(['up', '1']);
    await page.getByRole('button', { name: 'Add query' }).click();
    await expect.poll(() => expressionsOf(page)).toEqual(['up', '1', '']);
    await page.close();
  });

  it('says where a query is wrong', async () => {
    const { page } = await openQuery('?g0.expr=sum(up))&g0.tab=table');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toContain('parse error');
    expect(await alert.locator('pre').innerText()).toBe('sum(up))\n        ^');
    await page.close();
  });

  it('shows the targets, their errors and their labels before and after relabelling', async () => {
    const { page, problems } = await browser.openPage();
    await page.goto(`${server.url}/targets`);
    const down = page.locator('.nx-target[data-health="down"]');
    await down.getByRole('link', { name: 'http://127.0.0.1:1/metrics' }).waitFor();
    expect(await down.innerText()).toMatch(/refused/);
    await page.getByLabel('Filter by address or labels').fill('zone=inner');
    await expect.poll(async () => await page.locator('.nx-target').count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('search')).toBe('zone=inner');
    const target = page.locator('.nx-target[data-health="up"]');
    await target.getByRole('button', { name: 'Labels' }).click();
    const [before, after] = [target.locator('table').first(), target.locator('table').last()];
    expect(await before.innerText()).toContain('__address__');
    expect(await after.innerText()).toMatch(/zone\s+inner/);
    expect(problems).toEqual([]);
    await page.close();
  });

  it("shows a pool's configuration and folds the pool", async () => {
    const { page, problems } = await browser.openPage();
    await page.goto(`${server.url}/targets`);
    await page.getByRole('button', { name: 'Configuration of nobody' }).click();
    const yaml = page.getByRole('dialog').getByLabel('YAML');
    await yaml.waitFor();
    expect(await yaml.innerText()).toContain('job_name: nobody');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: /^nobody/ }).click();
    await page.locator('.nx-target[data-health="down"]').waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('collapsed')).toBe('nobody');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('shows what relabelling dropped, and at which step', async () => {
    const { page, problems } = await browser.openPage();
    await page.goto(`${server.url}/service-discovery?state=dropped`);
    await page.getByText('dropped by relabelling').waitFor();
    await page.getByRole('button', { name: /discovered labels/ }).click();
    await page.getByRole('button', { name: 'Relabelling step by step' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Dropped here').waitFor();
    expect(await dialog.innerText()).toContain('regex: outer');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('goes through its pages on a phone by the drawer', async () => {
    const { page, problems } = await browser.openPage({ viewport: PHONE });
    await page.goto(`${server.url}/query`);
    await page.getByRole('button', { name: 'Pages' }).click();
    await page.getByRole('dialog').getByRole('link', { name: 'Configuration' }).click();
    await page.getByRole('heading', { name: 'Configuration' }).waitFor();
    expect(await page.getByLabel('YAML').innerText()).toContain('job_name: narthex');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('remembers the colour scheme', async () => {
    const { page } = await browser.openPage({ colorScheme: 'light' });
    await page.goto(`${server.url}/flags`);
    const scheme = 'document.documentElement.dataset.mantineColorScheme';
    const button = page.getByRole('button', { name: /^Colours:/ });
    await button.click();
    await button.click();
    await expect.poll(async () => await page.evaluate(scheme)).toBe('dark');
    await page.reload();
    await button.waitFor();
    expect(await page.evaluate(scheme)).toBe('dark');
    await page.close();
  });

  it('works under a path prefix', async () => {
    const prefixed = await startNarthex({ config: config('/some/prefix'), prefix: '/some/prefix' });
    try {
      await waitForSamples(prefixed.url, 1);
      const { page, problems } = await browser.openPage();
      await page.goto(`${prefixed.url}/`);
      const pages = page.getByRole('navigation', { name: 'Pages' });
      await pages.getByRole('link', { name: 'Targets' }).click();
      await page.locator('.nx-target[data-health="up"]').waitFor();
      expect(new URL(page.url()).pathname).toBe('/some/prefix/targets');
      expect(problems).toEqual([]);
      await page.close();
    } finally {
      await prefixed.stop();
    }
  });

  async function openQuery(search = ''): Promise<WatchedPage> {
    const opened = await browser.openPage();
    await opened.page.goto(`${server.url}/query${search}`);
    return opened;
  }
});

/** Until the server has scraped itself so many times. */
async function liveClients(url: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(/^narthex_live_clients (\d+)$/m.exec(page)?.[1]);
}

async function waitForSamples(url: string, count: number): Promise<void> {
  const query = encodeURIComponent('count_over_time(up{job="narthex"}[5m])');
  const read = async (): Promise<void> => {
    const response = await fetch(`${url}/api/v1/query?query=${query}`);
    const answer = (await response.json()) as {
      data?: { result?: { value: [number, string] }[] };
    };
    const scraped = Number(answer.data?.result?.[0]?.value[1] ?? 0);
    if (scraped < count) throw new Error(`only ${scraped} of ${count} scrapes are there`);
  };
  await vi.waitFor(read, { timeout: 60_000, interval: 250 });
}

/** Until what stands for content to come has gone. */
async function settle(page: Page): Promise<void> {
  await page.locator('.nx-loading, .mantine-Skeleton-root').first().waitFor({ state: 'hidden' });
  await page.locator('.nx-loading, .mantine-Skeleton-root').first().waitFor({ state: 'detached' });
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
  );
}

async function isEditorFocused(page: Page): Promise<boolean> {
  return (await page.evaluate(`document.activeElement.classList.contains('cm-content')`)) === true;
}

function rangeOf(page: Page): string | null {
  return new URL(page.url()).searchParams.get('g0.range_input');
}

function expressionsOf(page: Page): string[] {
  return [...new URL(page.url()).searchParams]
    .filter(([name]) => name.endsWith('.expr'))
    .map(([, value]) => value);
}
