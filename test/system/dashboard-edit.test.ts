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
import { type NarthexProcess, scrapesItself, startNarthex } from './narthex.ts';

/** Of a busy machine. */
const PAGE_TIMEOUT_MS = 20_000;

describeWith(missingBrowser(), 'a dashboard is edited', () => {
  let server: NarthexProcess;
  let browser: BrowserSession;

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startNarthex({ config: scrapesItself }),
      startBrowser(),
    ]);
    await untilQuery(server.url, 'up', (result) => result.length === 1);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function openPage(options = {}): Promise<WatchedPage> {
    const opened = await browser.openPage(options);
    opened.page.setDefaultTimeout(PAGE_TIMEOUT_MS);
    return opened;
  }

  it('from nothing to a panel that is saved and still there after a reload', async () => {
    const { page, problems } = await openPage();
    await page.goto(`${server.url}/dashboards/new`);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByRole('button', { name: 'Add', exact: true }).first().click();
    await page.getByRole('menuitem').first().click();
    await page.waitForURL('**editPanel=1');
    await page.getByRole('textbox', { name: 'PromQL of query A' }).click();
    await page.keyboard.type('vector(1)');
    await page.keyboard.press('Enter');
    await page.locator('[data-panel-state="drawn"]').first().waitFor();
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.locator('[data-panel-id="1"][data-panel-state="drawn"]').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Made here');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await page.waitForURL('**/d/made-here/**');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Made here' }).waitFor();
    await page.locator('[data-panel-id="1"][data-panel-state="drawn"]').waitFor();
    const { data } = await askApi(server.url, 'dashboards/uid/made-here');
    expect(data).toMatchObject({
      dashboard: { title: 'Made here', panels: [{ id: 1, targets: [{ expr: 'vector(1)' }] }] },
    });
    expect(problems).toEqual([]);
  });

  it('changes are kept in its history, and an older version comes back', async () => {
    const { page, problems } = await openPage();
    await page.goto(`${server.url}/d/made-here?editview=settings`);
    await page.getByRole('textbox', { name: 'Title' }).fill('Renamed');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'What for' }).fill('a better name');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(() => titleOf('made-here')).toBe('Renamed');
    await page.goto(`${server.url}/d/made-here?editview=versions`);
    await page.getByText('a better name').first().waitFor();
    await page
      .getByRole('button', { name: /^Restore/ })
      .first()
      .click();
    const confirm = page.getByRole('dialog').getByRole('button', { name: /^Restore/ });
    if ((await confirm.count()) > 0) await confirm.click();
    await expect.poll(() => titleOf('made-here')).toBe('Made here');
    expect(problems).toEqual([]);
  });

  it('fits on a phone', async () => {
    const { page, problems } = await openPage({ viewport: PHONE });
    await page.goto(`${server.url}/d/made-here?edit=1`);
    await page.locator('[data-panel-id="1"][data-panel-state="drawn"]').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(
      await page.evaluate<number>('document.documentElement.clientWidth'),
    );
    await page.goto(`${server.url}/d/made-here?editview=settings`);
    await page.getByRole('textbox', { name: 'Title' }).fill('On a phone');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = page.getByRole('dialog');
    for (const name of ['Download JSON', 'Save as a copy…', 'Save']) {
      const box = await dialog.getByRole('button', { name, exact: true }).boundingBox();
      expect(box?.x).toBeGreaterThan(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan(PHONE.width);
    }
    expect(problems).toEqual([]);
  });

  async function titleOf(uid: string): Promise<unknown> {
    const { data } = await askApi(server.url, `dashboards/uid/${uid}`);
    return (data as { readonly dashboard: { readonly title: unknown } }).dashboard.title;
  }
});
