import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserSession, findChromium, startBrowser, type WatchedPage } from './browser.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import {
  PANEL_KINDS,
  type PanelKind,
  panelKindsDashboard,
  panelKindsData,
  THRESHOLDS,
} from './panel-kinds.ts';
import { remoteWriteSeries } from './remote-write.ts';
import { type Thumbnail, thumbnailsOf, unlikeParts } from './thumbnails.ts';

// A picture of each kind of panel over data that never change, held against how it looked when a person last saw it.
//
// Where a panel is meant to look different, run
//   RENEW_PICTURES=1 npx vitest run --project stack test/system/panel-pictures.test.ts
// which writes the thumbnails beside this file anew, and look at the pictures that it names.

const REFERENCES = fileURLToPath(new URL('panel-pictures.json', import.meta.url));
const isRenewed = process.env['RENEW_PICTURES'] === '1';

const END_MS = Date.UTC(2026, 4, 14, 12);

/** High enough for all panels, since what is not in view does not ask. */
const VIEWPORT = { width: 1440, height: 2500 };
const VARIANTS = {
  light: { viewport: VIEWPORT, reducedMotion: 'reduce', colorScheme: 'light' },
  dark: { viewport: VIEWPORT, reducedMotion: 'reduce', colorScheme: 'dark' },
} as const;
type Variant = keyof typeof VARIANTS;

const FAULTY = 'with-faults';

/** What somebody might break, in the panels that would show it. */
const FAULTS: Readonly<Record<string, Partial<PanelKind>>> = {
  // A series is missing.
  Requests: { expr: 'shop_requests{code!="404"}' },
  'Share of memory': { expr: 'shop_memory_bytes{service!="queue"}' },
  // The legend is gone.
  'Memory of each': { options: { xField: 'service', legend: { showLegend: false } } },
  // Thresholds do not count, or are not drawn.
  'Memory now': { defaults: { unit: 'bytes', decimals: 1, color: { mode: 'palette-classic' } } },
  'CPU and its limits': {
    defaults: {
      unit: 'percentunit',
      min: 0,
      max: 1,
      thresholds: THRESHOLDS,
      custom: { lineInterpolation: 'stepAfter', thresholdsStyle: { mode: 'area' } },
    },
  },
  // Other colours.
  CPU: { defaults: { unit: 'percentunit', min: 0, max: 1, color: { mode: 'palette-classic' } } },
  'Latency, classic': { options: { calculate: false, color: { mode: 'scheme', scheme: 'Blues' } } },
  // Nothing is said of the states.
  States: { defaults: { custom: { fillOpacity: 80 } } },
};

const missing = findChromium() === undefined ? ' (not run: no Chromium is installed)' : '';
if (missing !== '' && process.env['CI'] === 'true') {
  throw new Error('no Chromium is installed; .ci/run installs it');
}

type Pictures = Awaited<ReturnType<typeof thumbnailsOf>>;
type Thumbnails = Readonly<Record<string, Thumbnail>>;

const references = (
  existsSync(REFERENCES) ? JSON.parse(readFileSync(REFERENCES, 'utf8')) : {}
) as Partial<Record<Variant, Thumbnails>>;

describe.skipIf(missing !== '')(`pictures of panels${missing}`, () => {
  let server: NarthexProcess;
  let browser: BrowserSession;
  const renewed: Partial<Record<Variant, Thumbnails>> = {};

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startNarthex({
        config: () => 'scrape_configs: []\n',
        flags: ['--web.enable-remote-write-receiver'],
      }),
      startBrowser(),
    ]);
    expect(await remoteWriteSeries(server.url, panelKindsData(END_MS))).toBe(204);
    const faulty = PANEL_KINDS.map((kind) => Object.assign({}, kind, FAULTS[kind.title]));
    for (const dashboard of [
      panelKindsDashboard(),
      { ...panelKindsDashboard(faulty), uid: FAULTY, title: 'With faults' },
    ]) {
      const response = await fetch(`${server.url}/api/v1/dashboards`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ dashboard }),
      });
      expect(response.status).toBe(200);
    }
  });
  afterAll(async () => {
    if (isRenewed) writeFileSync(REFERENCES, `${JSON.stringify(renewed, null, 2)}\n`);
    await browser?.close();
    await server?.stop();
  });

  it.each(Object.keys(VARIANTS) as Variant[])('each is as it was, %s', async (variant) => {
    const { page, problems } = await openPanels({ server, browser, variant, uid: 'panel-kinds' });
    const { png, thumbnails } = await steadyThumbnailsOf(page);
    renewed[variant] = thumbnails;
    expect(problems).toEqual([]);
    if (isRenewed) {
      console.log(keepPicture(png, variant));
      return;
    }
    const unlike = unlikeTitles(thumbnails, references[variant] ?? {});
    expect(unlike, unlike.length === 0 ? '' : keepPicture(png, variant)).toEqual([]);
  });

  it.skipIf(isRenewed)('what is missing or has another colour is seen', async () => {
    const { page } = await openPanels({ server, browser, variant: 'light', uid: FAULTY });
    const { thumbnails } = await steadyThumbnailsOf(page);
    const titles = PANEL_KINDS.map(({ title }) => title).filter((title) => title in FAULTS);
    expect(unlikeTitles(thumbnails, references['light'] ?? {})).toEqual(titles);
  });
});

/** Once nothing moves any more: what has been drawn may still find its size. */
async function steadyThumbnailsOf(page: Page): Promise<Pictures> {
  const elements = new Map(
    PANEL_KINDS.map(({ title }, i) => [title, page.locator(`[data-panel-id="${i + 1}"]`)]),
  );
  let last = await thumbnailsOf(page, elements);
  await expect
    .poll(async () => {
      const before = last;
      last = await thumbnailsOf(page, elements);
      return Object.entries(last.thumbnails).filter(([name, it]) => before.thumbnails[name] !== it);
    })
    .toEqual([]);
  return last;
}

/**
 * Of 1152. Other fonts, with serifs or narrow ones, come to 7; a legend that is gone to 15 or more, a series or a
 * threshold that is not drawn to 26, colours that are swapped to 33.
 */
const UNLIKE_PARTS_MAX = 10;

/** Of the panels; also where one of both is not there. */
function unlikeTitles(thumbnails: Thumbnails, expected: Thumbnails): string[] {
  const titles = PANEL_KINDS.map(({ title }) => title);
  return titles.filter((title) => {
    const [one, other] = [thumbnails[title] ?? '', expected[title] ?? ''];
    return one === '' || other === '' || unlikeParts(one, other) > UNLIKE_PARTS_MAX;
  });
}

function keepPicture(png: Buffer, variant: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'narthex-pictures-')), `${variant}.png`);
  writeFileSync(path, png);
  return `see ${path}`;
}

interface Shown {
  readonly server: NarthexProcess;
  readonly browser: BrowserSession;
  readonly variant: Variant;
  readonly uid: string;
}

/** All of them drawn; what time it is and which alerts there are is fixed as well. */
async function openPanels({ server, browser, variant, uid }: Shown): Promise<WatchedPage> {
  const opened = await browser.openPage({ ...VARIANTS[variant], timezoneId: 'UTC' });
  const { page } = opened;
  await page.clock.setFixedTime(END_MS);
  await page.route('**/api/v1/alerts', async (route) => {
    await route.fulfill({ json: { status: 'success', data: { alerts: ALERTS } } });
  });
  await page.goto(
    `${server.url}/d/${uid}/kinds?from=${END_MS - 3_600_000}&to=${END_MS}&timezone=utc&kiosk`,
  );
  await page
    .locator('[data-panel-id]')
    .nth(PANEL_KINDS.length - 1)
    .waitFor();
  await expect
    .poll(async () => await statesOf(page))
    .toEqual(PANEL_KINDS.map(({ type }) => (NOT_DRAWN.has(type) ? 'unsupported' : 'drawn')));
  // Lists come after their panels are there.
  await page.locator('[data-panel-kind="dashlist"] li').nth(4).waitFor();
  await page.locator('[data-panel-kind="alertlist"] li').nth(1).waitFor();
  await page.locator('[data-panel-kind="unknown"] .u-over').waitFor();
  return opened;
}

const NOT_DRAWN: ReadonlySet<string> = new Set(['logs', 'acme-flower-panel']);

async function statesOf(page: Page): Promise<string[]> {
  return await page
    .locator('[data-panel-id]')
    .evaluateAll((panels) => panels.map((panel) => panel.getAttribute('data-panel-state') ?? ''));
}

const ALERTS = [
  {
    labels: { alertname: 'QueueIsLong', service: 'queue', severity: 'critical' },
    annotations: {},
    state: 'firing',
    activeAt: new Date(END_MS - 600_000).toISOString(),
    value: '1e+00',
  },
  {
    labels: { alertname: 'DatabaseIsSlow', service: 'database', severity: 'warning' },
    annotations: {},
    state: 'pending',
    activeAt: new Date(END_MS - 120_000).toISOString(),
    value: '1e+00',
  },
];
