import { readFileSync } from 'node:fs';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type BrowserSession,
  missingBrowser,
  PHONE,
  startBrowser,
  type WatchedPage,
} from './browser.ts';
import { describeWith } from './describe-with.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { remoteWrite, type WrittenSample } from './remote-write.ts';

// What a person does with a dashboard: chooses, looks closer, looks at one, takes data along; by mouse, keyboard, finger.

const END_MS = Math.floor(Date.now() / 30_000) * 30_000;
const FROM_MS = END_MS - 3_600_000;
const HOUR = `from=${FROM_MS}&to=${END_MS}&timezone=utc`;

const LEGEND = { displayMode: 'table', placement: 'bottom', calcs: ['mean', 'max'] };

const DASHBOARD = {
  title: 'Shop',
  uid: 'shop',
  schemaVersion: 39,
  time: { from: 'now-30m', to: 'now' },
  graphTooltip: 2,
  templating: {
    list: [
      variable('service', 'label_values(shop_memory_bytes, service)'),
      variable('peer', 'label_values(shop_cpu_ratio{service=~"$service"}, service)'),
      {
        name: 'scale',
        type: 'custom',
        query: 'one : 1,ten : 10',
        current: { text: 'one', value: '1' },
      },
      { name: 'note', type: 'textbox', query: 'calm' },
    ],
  },
  panels: [
    {
      ...panel(1, 'Memory of $service', 'shop_memory_bytes{service=~"$service"} * $scale'),
      options: { legend: LEGEND, tooltip: { mode: 'multi', sort: 'desc' } },
    },
    panel(2, 'CPU of $peer, $note', 'shop_cpu_ratio{service=~"$peer"}'),
    { ...panel(3, 'How many', 'count(shop_cpu_ratio{service=~"$peer"})'), type: 'stat' },
    { ...panel(4, 'Fresh', 'shop_fresh'), type: 'stat' },
    panel(5, 'Fresh over time', 'shop_fresh'),
  ],
};

/** Variables that ask for one another, and a repeat by none. */
const BROKEN = {
  title: 'Broken',
  uid: 'broken',
  schemaVersion: 39,
  templating: {
    list: [
      variable('one', 'label_values(shop_cpu_ratio{service=~"$two"}, service)'),
      variable('two', 'label_values(shop_cpu_ratio{service=~"$one"}, service)'),
    ],
  },
  panels: [{ ...panel(1, 'Memory', 'shop_memory_bytes'), repeat: 'three' }],
};

const SERVICES = ['web', 'api', 'database', 'queue'];
const MIB = 2 ** 20;

/** An hour, every half minute; the later a service stands in the list, the more it has. */
function shopData(): WrittenSample[] {
  const samples: WrittenSample[] = [];
  for (let timestampMs = FROM_MS; timestampMs <= END_MS; timestampMs += 30_000) {
    const minute = (timestampMs - FROM_MS) / 60_000;
    for (const [i, service] of SERVICES.entries()) {
      const wave = Math.sin(minute / 6 + i);
      const memory = { __name__: 'shop_memory_bytes', service };
      const cpu = { __name__: 'shop_cpu_ratio', service };
      samples.push({ labels: memory, timestampMs, value: (60 + i * 70 + 25 * wave) * MIB });
      samples.push({ labels: cpu, timestampMs, value: 0.16 + i * 0.22 + 0.1 * wave });
    }
  }
  return samples;
}

function freshSample(value: number, ageMs: number): WrittenSample {
  return { labels: { __name__: 'shop_fresh' }, timestampMs: Date.now() - ageMs, value };
}

function variable(name: string, query: string): object {
  const all = { text: ['All'], value: ['$__all'] };
  return { name, type: 'query', query, refresh: 2, multi: true, includeAll: true, current: all };
}

function panel(id: number, title: string, expr: string): object {
  return {
    id,
    type: 'timeseries',
    title,
    gridPos: { x: id % 2 === 1 ? 0 : 12, y: id < 3 ? 0 : 9, w: 12, h: id < 3 ? 9 : 4 },
    targets: [{ refId: 'A', expr, legendFormat: '{{service}}' }],
    options: { tooltip: { mode: 'multi' } },
  };
}

describeWith(missingBrowser(), 'using a dashboard', () => {
  let server: NarthexProcess;
  let browser: BrowserSession;
  let watched: WatchedPage;

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startNarthex({
        // The shortest step of a panel.
        config: () => 'global: { scrape_interval: 1s }\nscrape_configs: []\n',
        flags: ['--web.enable-remote-write-receiver'],
      }),
      startBrowser(),
    ]);
    expect(await remoteWrite(server.url, shopData())).toBe(204);
    for (const dashboard of [DASHBOARD, BROKEN]) {
      const response = await fetch(`${server.url}/api/v1/dashboards`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ dashboard }),
      });
      expect(response.status).toBe(200);
    }
    watched = await browser.openPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** Of all tests by mouse and keyboard the same page, on another address. */
  async function open(search: string): Promise<Page> {
    await watched.page.goto(`${server.url}/d/shop/shop?${search}`);
    await drawn(watched.page, 1).waitFor();
    return watched.page;
  }

  async function openAnew(search: string, options: BrowserContextOptions): Promise<WatchedPage> {
    const opened = await browser.openPage(options);
    await opened.page.goto(`${server.url}/d/shop/shop?${search}`);
    await drawn(opened.page, 1).waitFor();
    return opened;
  }

  it('asks again by itself, however slow the answers, and nothing flickers meanwhile', async () => {
    const minute = Array.from({ length: 60 }, (_, i) => freshSample(7, (60 - i) * 1000));
    expect(await remoteWrite(server.url, minute)).toBe(204);
    const page = await open('from=now-1m&to=now&refresh=1s');
    await drawn(page, 4).getByText('7', { exact: true }).waitFor();
    const refresh = page.getByRole('combobox', { name: 'Refresh by itself' });
    expect(await refresh.inputValue()).toBe('1s');
    const box = await boxOf(graph(page, 5));
    await page.mouse.move(box.x + box.width * 0.4, box.y + 30);
    await page.mouse.move(box.x + box.width * 0.4 + 3, box.y + 30);
    const cards = page.locator('.nx-hover-card:visible');
    await expect.poll(async () => await cards.count()).toBe(GRAPHS);
    await page.evaluate(WATCH_FLICKER);
    // Longer than it takes until it asks again.
    const slowMs = 1500;
    await page.route('**/api/v1/query_range?**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, slowMs));
      await route.continue().catch(() => undefined);
    });
    expect(await remoteWrite(server.url, [freshSample(8, 0)])).toBe(204);
    await drawn(page, 4).getByText('8', { exact: true }).waitFor();
    expect(await page.evaluate('window.flickers')).toEqual([]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await refresh.selectOption('Off');
    await expect.poll(() => paramsOf(page).get('refresh')).toBe('');
    expect(watched.problems).toEqual([]);
  });

  it('variables: several, all, and those that hang on others, by keyboard', async () => {
    const page = await open(HOUR);
    await region(page, 'Memory of All').waitFor();
    await drawn(page, 3).getByText('4', { exact: true }).waitFor();
    const service = page.getByRole('combobox', { name: 'service' });
    await service.focus();
    await page.keyboard.type('que');
    await optionOf(page, 'queue').waitFor();
    await page.keyboard.press('Enter');
    await region(page, 'Memory of queue').waitFor();
    await drawn(page, 3).getByText('1', { exact: true }).waitFor();
    await page.keyboard.type('api');
    await expect.poll(async () => await offered(page)).toEqual(['api']);
    await page.keyboard.press('Enter');
    await region(page, 'Memory of queue + api').waitFor();
    await drawn(page, 3).getByText('2', { exact: true }).waitFor();
    expect(paramsOf(page).getAll('var-service')).toEqual(['queue', 'api']);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await expect.poll(async () => await offered(page)).toEqual(['All', 'api', 'queue']);
    await page.keyboard.press('Escape');
    await page.reload();
    await region(page, 'Memory of queue + api').waitFor();
    await service.click();
    await optionOf(page, 'All').click();
    await region(page, 'Memory of All').waitFor();
    expect(paramsOf(page).getAll('var-service')).toEqual(['$__all']);
    await page.goBack();
    await region(page, 'Memory of queue + api').waitFor();
    await page.goBack();
    await region(page, 'Memory of queue').waitFor();
    expect(watched.problems).toEqual([]);
  });

  it('variables: one of several, and what is typed', async () => {
    const page = await open(HOUR);
    await page.getByRole('combobox', { name: 'scale' }).click();
    await optionOf(page, 'ten').click();
    await expect.poll(() => paramsOf(page).get('var-scale')).toBe('10');
    await page.getByRole('textbox', { name: 'note' }).fill('busy');
    await page.keyboard.press('Enter');
    await region(page, 'CPU of All, busy').waitFor();
    expect(paramsOf(page).get('var-note')).toBe('busy');
    expect(watched.problems).toEqual([]);
  });

  it('a range that is dragged is shown by all panels, and back leads out of it', async () => {
    const page = await open(HOUR);
    const box = await boxOf(graph(page, 1));
    await page.mouse.move(box.x + box.width * 0.25, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 80, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => minutesOf(page)).toBeCloseTo(15, 0);
    const from = Number(paramsOf(page).get('from')) - FROM_MS;
    expect(Math.abs(from / 60_000 - 15)).toBeLessThan(1);
    await page.getByRole('button', { name: /^Time range: 20/ }).waitFor();
    await page.goBack();
    await expect.poll(() => minutesOf(page)).toBe(60);
    const whole = await boxOf(graph(page, 1));
    await page.mouse.dblclick(whole.x + whole.width / 2, whole.y + 60);
    await expect.poll(() => spanOf(page)).toEqual([FROM_MS - 1_800_000, END_MS + 1_800_000]);
    expect(watched.problems).toEqual([]);
  });

  it('what the pointer is at is shown on the other graphs, with its values', async () => {
    const page = await open(HOUR);
    await drawn(page, 2).waitFor();
    const box = await boxOf(graph(page, 1));
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60);
    await page.mouse.move(box.x + box.width * 0.5 + 3, box.y + 60);
    const cards = page.locator('.nx-hover-card:visible');
    await expect.poll(async () => await cards.count()).toBe(2);
    const titles = await cards.locator('.nx-hover-title').allInnerTexts();
    expect(new Set(titles).size).toBe(1);
    const rows = await cards.first().locator('.nx-hover-row:visible').allInnerTexts();
    expect(rows.map((row) => row.split(/\s/)[0]?.trim())).toHaveLength(4);
    await page.mouse.move(5, 5);
    await expect.poll(async () => await cards.count()).toBe(0);
    expect(watched.problems).toEqual([]);
  });

  it('a legend shows one series alone, adds others, and is sorted by what it counts', async () => {
    const page = await open(HOUR);
    const legend = panelOf(page, 1).getByRole('group', { name: /^Series/ });
    const shown = async (): Promise<(string | undefined)[]> =>
      (
        await legend.locator('[aria-pressed="true"][title]:not([title^="Sort"])').allInnerTexts()
      ).map((text) => text.trim().split(/\s/)[0]);
    const all = ['api', 'database', 'queue', 'web'];
    await expect.poll(shown).toEqual(all);
    await legend.getByRole('button', { name: /^queue/ }).click();
    await expect.poll(shown).toEqual(['queue']);
    await legend.getByRole('button', { name: /^web/ }).click({ modifiers: ['Control'] });
    await expect.poll(shown).toEqual(['queue', 'web']);
    await legend.getByRole('button', { name: /^queue/ }).click({ modifiers: ['Control'] });
    await expect.poll(shown).toEqual(['web']);
    await legend.getByRole('button', { name: /^queue/ }).click({ modifiers: ['Control'] });
    await legend.getByRole('button', { name: 'Max' }).click();
    await expect.poll(shown).toEqual(['queue', 'web']);
    await legend.getByRole('button', { name: 'Max' }).click();
    await expect.poll(shown).toEqual(['web', 'queue']);
    await legend.getByRole('button', { name: /^web/ }).click();
    await legend.getByRole('button', { name: /^web/ }).click();
    await expect.poll(shown).toEqual(SERVICES);
    expect(watched.problems).toEqual([]);
  });

  it('the kiosk shows panels alone, until it is left', async () => {
    const page = await open(HOUR);
    await pressAll(page, 'd', 'k');
    await page.locator('.nx-header').waitFor({ state: 'hidden' });
    expect(paramsOf(page).get('kiosk')).toBe('1');
    await page.keyboard.press('Escape');
    await page.locator('.nx-header').waitFor();
    expect(paramsOf(page).has('kiosk')).toBe(false);
    expect(watched.problems).toEqual([]);
  });

  it('from the list to one panel and back by keyboard alone', async () => {
    const { page } = watched;
    await page.goto(`${server.url}/dashboards`);
    await page.getByRole('link', { name: 'Shop' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('shop');
    await expect.poll(async () => await page.locator('.nx-dash-row').count()).toBe(1);
    await tabTo(page, page.getByRole('link', { name: 'Shop' }));
    await page.keyboard.press('Enter');
    await drawn(page, 2).waitFor();
    const menu = page.getByRole('button', { name: /^Menu of CPU/ });
    await tabTo(page, menu);
    await page.keyboard.press('Enter');
    const items = page.getByRole('menu');
    await expect.poll(async () => await hasFocusWithin(items)).toBe(true);
    await page.keyboard.press('Escape');
    await items.waitFor({ state: 'detached' });
    await expect.poll(async () => await hasFocusWithin(menu)).toBe(true);
    await page.keyboard.press('Enter');
    const view = items.getByRole('menuitem', { name: /^View/ });
    await expect.poll(async () => await hasFocusWithin(view)).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForURL(/viewPanel=2/);
    expect(await page.locator('[data-panel-id]').count()).toBe(1);
    await drawn(page, 2).waitFor();
    await page.keyboard.press('Escape');
    await drawn(page, 1).waitFor();
    // Where it was left, so that the next panel is one step away.
    await expect.poll(async () => await hasFocusWithin(panelOf(page, 2))).toBe(true);
    await pressAll(page, 'v');
    await page.waitForURL(/viewPanel=2/);
    await pressAll(page, 'v');
    await drawn(page, 1).waitFor();
    await pressAll(page, 'g', 'd');
    await page.getByRole('heading', { level: 1, name: 'Dashboards' }).waitFor();
    expect(watched.problems).toEqual([]);
  });

  it('has Grafana’s keys for the panel under the pointer and for the whole, and lists them', async () => {
    const page = await open(HOUR);
    await drawn(page, 2).hover();
    await pressAll(page, 'i');
    await page.getByRole('dialog', { name: /^Inspect: CPU of All/ }).waitFor();
    await page.goBack();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await pressAll(page, 'e');
    await page.waitForURL(/editPanel=2/);
    await page.getByRole('textbox', { name: 'PromQL of query A' }).waitFor();
    await pressAll(page, 'Escape');
    await drawn(page, 1).waitFor();
    await pressAll(page, 'd', 's');
    await page.waitForURL(/editview=settings/);
    await pressAll(page, 'Escape');
    await pressAll(page, 'd', 'e');
    await page.getByRole('button', { name: /^Move Memory of/ }).waitFor();
    await pressAll(page, 'd', 'e');
    await drawn(page, 1).waitFor();
    await pressAll(page, 't', 'z');
    await expect.poll(() => minutesOf(page)).toBe(120);
    await pressAll(page, 't', 'ArrowLeft');
    await expect.poll(() => spanOf(page)[0]).toBeLessThan(FROM_MS - 3_600_000);
    await pressAll(page, '?');
    const help = page.getByRole('dialog', { name: 'Keyboard' });
    for (const does of ['Edit that panel', 'Settings of the dashboard', 'Edit the dashboard']) {
      await help.getByText(does).waitFor();
    }
    await pressAll(page, 'Escape');
    await help.waitFor({ state: 'detached' });
    expect(watched.problems).toEqual([]);
  });

  it('a panel tells what is behind it: data, a file of them, queries, JSON', async () => {
    const page = await open(`${HOUR}&var-service=queue&var-service=web`);
    await page.getByRole('button', { name: 'Menu of Memory of queue + web' }).click();
    await page.getByRole('menuitem', { name: /^Data/ }).click();
    const dialog = page.getByRole('dialog', { name: /Memory of queue \+ web/ });
    await dialog.getByText(/rows/).waitFor();
    expect(await dialog.getByRole('columnheader').first().innerText()).toBe('Time');
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'CSV' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('Memory of queue + web.csv');
    const [head, first] = readFileSync(await file.path(), 'utf8').split(/\r?\n/);
    expect(head).toMatch(/^"?Time"?,"?(queue|web)"?/);
    expect(first).toMatch(/^"?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d.*,"?\d+/);
    await dialog.getByRole('tab', { name: 'Queries' }).click();
    await dialog.getByText('shop_memory_bytes{service=~"(queue|web)"} * 1').first().waitFor();
    await dialog.getByRole('tab', { name: 'JSON' }).click();
    await dialog.getByText('"title": "Memory of $service"').waitFor();
    await page.reload();
    await dialog.getByText('"title": "Memory of $service"').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(watched.problems).toEqual([]);
  });

  it('time: quick, absolute, in a zone, earlier, later, wider', async () => {
    const page = await open('');
    const picker = page.getByRole('button', { name: /^Time range: / });
    expect(await picker.getAttribute('aria-label')).toBe('Time range: Last 30 minutes');
    await picker.click();
    await page.getByRole('textbox', { name: 'Search quick ranges' }).fill('6 h');
    await page.keyboard.press('Enter');
    await expect.poll(() => paramsOf(page).get('from')).toBe('now-6h');
    await picker.click();
    const chooser = page.getByRole('dialog', { name: /^Time range/ });
    await chooser.getByRole('textbox', { name: 'From' }).fill('2026-02-03 04:00:00');
    await chooser.getByRole('textbox', { name: 'To' }).fill('2026-02-03 03:00:00');
    await chooser.getByText('Before it begins').waitFor();
    await chooser.getByRole('textbox', { name: 'To' }).fill('2026-02-03 06:00:00');
    await chooser.getByRole('combobox', { name: 'Time zone' }).selectOption('utc');
    await chooser.getByRole('button', { name: 'Apply' }).click();
    await expect.poll(() => paramsOf(page).get('timezone')).toBe('utc');
    const at = Date.UTC(2026, 1, 3, 4);
    await expect.poll(() => spanOf(page)).toEqual([at, at + 2 * 3_600_000]);
    await page.getByRole('button', { name: /^Earlier/ }).click();
    await expect.poll(() => spanOf(page)).toEqual([at - 3_600_000, at + 3_600_000]);
    await page.getByRole('button', { name: /^Later/ }).click();
    await page.getByRole('button', { name: /^Zoom out/ }).click();
    await expect.poll(() => spanOf(page)).toEqual([at - 3_600_000, at + 3 * 3_600_000]);
    expect(watched.problems).toEqual([]);
  });

  it('links of Grafana’s mean what they meant', async () => {
    const page = await open(
      'orgId=1&from=now-15m&to=now&timezone=utc&var-service=queue&refresh=30s&kiosk=tv&viewPanel=panel-1',
    );
    await region(page, 'Memory of queue').waitFor();
    expect(await page.locator('[data-panel-id]').count()).toBe(1);
    expect(await page.locator('.nx-header').isVisible()).toBe(false);
    await page.goto(`${server.url}/d/shop?${HOUR}&panelId=2&fullscreen&var-service=All`);
    await drawn(page, 2).waitFor();
    expect(await page.locator('[data-panel-id]').count()).toBe(1);
    await region(page, 'CPU of All, calm').waitFor();
    await page.goto(`${server.url}/d/shop?time=${END_MS - 600_000}&time.window=600000`);
    await drawn(page, 1).waitFor();
    const shown = await page.getByRole('button', { name: /^Time range: / }).getAttribute('title');
    expect(shown).toContain(
      new Date(END_MS - 900_000).toISOString().slice(0, 19).replace('T', ' '),
    );
    expect(watched.problems).toEqual([]);
  });

  it('says what of the file could not be used, when it is asked', async () => {
    const { page } = watched;
    await page.goto(`${server.url}/d/broken?${HOUR}`);
    await drawn(page, 1).waitFor();
    await page.getByRole('button', { name: '2 problems with this dashboard' }).click();
    const told = page.getByRole('dialog');
    await told.getByText('variables depend on one another: one → two → one').waitFor();
    await told.getByText('cannot repeat by three: there is no such variable').waitFor();
    await page.keyboard.press('Escape');
    await told.waitFor({ state: 'detached' });
    expect(watched.problems).toEqual([]);
  });

  it('on a phone it stands in one column, and a touch shows values', async () => {
    const options = { viewport: PHONE, hasTouch: true, isMobile: true } as const;
    const { page, problems } = await openAnew(HOUR, options);
    const width = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate(width)).toBe(0);
    await graph(page, 1).scrollIntoViewIfNeeded();
    const box = await boxOf(graph(page, 1));
    await page.touchscreen.tap(box.x + box.width * 0.5, box.y + box.height * 0.5);
    const card = page.locator('.nx-hover-card:visible').first();
    await card.waitFor();
    const place = await boxOf(card);
    expect(place.x).toBeGreaterThanOrEqual(0);
    expect(place.x + place.width).toBeLessThanOrEqual(PHONE.width);
    expect(spanOf(page)).toEqual([FROM_MS, END_MS]);
    await page.getByRole('button', { name: /^Time range: / }).tap();
    await page.getByRole('button', { name: 'Last 3 hours' }).tap();
    await expect.poll(() => paramsOf(page).get('from')).toBe('now-3h');
    expect(await page.evaluate(width)).toBe(0);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

/** All of them show the same time. */
const GRAPHS = 3;

/** Panels that were not drawn for a moment, and frames without the values beside the pointer, on each graph. */
const WATCH_FLICKER = `(() => {
  window.flickers = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const { panelId, panelState } = target.dataset;
      if (panelState !== 'drawn') window.flickers.push('panel ' + panelId + ': ' + panelState);
    }
  }).observe(document.body, { subtree: true, attributeFilter: ['data-panel-state'] });
  const look = () => {
    const shown = document.querySelectorAll('.nx-hover-card:not([hidden])').length;
    if (shown !== ${GRAPHS}) window.flickers.push('values at ' + shown + ' graphs');
    if (window.flickers.length < 20) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

function panelOf(page: Page, id: number): Locator {
  return page.locator(`[data-panel-id="${id}"]`);
}

function drawn(page: Page, id: number): Locator {
  return page.locator(`[data-panel-id="${id}"][data-panel-state="drawn"]`);
}

function graph(page: Page, id: number): Locator {
  return drawn(page, id).locator('.u-over');
}

function region(page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true });
}

async function pressAll(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** Of the open list. */
function optionOf(page: Page, name: string): Locator {
  return page.getByRole('listbox').getByRole('option', { name, exact: true });
}

async function offered(page: Page): Promise<string[]> {
  return await page.getByRole('listbox').getByRole('option').allInnerTexts();
}

function paramsOf(page: Page): URLSearchParams {
  return new URL(page.url()).searchParams;
}

function spanOf(page: Page): number[] {
  return ['from', 'to'].map((name) => Number(paramsOf(page).get(name)));
}

function minutesOf(page: Page): number {
  const [from = NaN, to = NaN] = spanOf(page);
  return (to - from) / 60_000;
}

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

/** A graph is made anew with each answer. */
async function boxOf(element: Locator): Promise<Box> {
  let box: Box | null = null;
  await expect.poll(async () => (box = await element.boundingBox())).not.toBeNull();
  if (box === null) throw new Error('the element has no box');
  return box;
}

const STEPS_MAX = 80;

/** Tab after Tab, as somebody without a mouse comes there. */
async function tabTo(page: Page, element: Locator): Promise<void> {
  for (let step = 0; step < STEPS_MAX; step++) {
    await page.keyboard.press('Tab');
    if (await element.evaluate((found) => found === found.ownerDocument.activeElement)) return;
  }
  throw new Error(`${String(element)} is not reached by ${STEPS_MAX} Tabs`);
}

async function hasFocusWithin(element: Locator): Promise<boolean> {
  return await element.evaluate((found) => found.matches(':focus-within'));
}
