import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askApi, untilQuery } from './api.ts';
import { type BrowserSession, missingBrowser, startBrowser, type WatchedPage } from './browser.ts';
import { describeWith } from './describe-with.ts';
import { brokenDashboard, circles, hostileDashboard, manyPanels } from './hostile-dashboards.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';

/** Of a busy machine. */
const PAGE_TIMEOUT_MS = 60_000;

function config(port: number): string {
  const target = `static_configs: [{ targets: ['127.0.0.1:${port}'] }]`;
  return `global: { scrape_interval: 1s }
scrape_configs:
  - { job_name: self, ${target} }
  - { job_name: host, metrics_path: /metrics/host, ${target} }
`;
}

type Json = Readonly<Record<string, unknown>>;

function panelOf(id: number, expr: string): Json {
  const gridPos = { x: ((id - 1) % 3) * 8, y: Math.floor((id - 1) / 3) * 6, w: 8, h: 6 };
  const title = `Panel ${id}`;
  return { id, type: 'stat', title, gridPos, targets: [{ refId: 'A', expr }] };
}

const OLD_NAMES = {
  uid: 'old-names',
  title: 'Old names',
  schemaVersion: 39,
  time: { from: 'now-5m', to: 'now' },
  panels: [
    panelOf(1, 'count(node_memory_MemTotal)'),
    panelOf(2, 'no_such_metric'),
    panelOf(3, 'up{job="hostt"}'),
    panelOf(4, 'up'),
  ],
};

const RESOURCE = {
  apiVersion: 'dashboard.grafana.app/v2beta1',
  kind: 'Dashboard',
  metadata: { name: 'as-resource', annotations: { kept: 'yes' } },
  spec: {
    title: 'As a resource',
    timeSettings: { from: 'now-5m', to: 'now' },
    elements: {
      first: {
        kind: 'Panel',
        spec: {
          id: 1,
          title: 'Memory',
          data: {
            kind: 'QueryGroup',
            spec: {
              queries: [
                {
                  kind: 'PanelQuery',
                  spec: {
                    refId: 'A',
                    query: {
                      kind: 'DataQuery',
                      group: 'prometheus',
                      spec: { expr: 'sum(node_memory_MemTotal)' },
                    },
                  },
                },
              ],
            },
          },
          vizConfig: { kind: 'VizConfig', group: 'stat', spec: { options: {}, fieldConfig: {} } },
        },
      },
    },
    layout: {
      kind: 'GridLayout',
      spec: {
        items: [
          {
            kind: 'GridLayoutItem',
            spec: {
              x: 0,
              y: 0,
              width: 12,
              height: 6,
              element: { kind: 'ElementReference', name: 'first' },
            },
          },
        ],
      },
    },
  },
};

function large(bytes: number): string {
  return JSON.stringify({ ...manyPanels(1), uid: 'large', filling: 'x'.repeat(bytes) });
}

describeWith(missingBrowser(), 'dashboards of others', () => {
  let server: NarthexProcess;
  let browser: BrowserSession;
  let watched: WatchedPage;
  let page: Page;
  /** What a file made the page do that it must not. */
  const harm: string[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([startNarthex({ config }), startBrowser()]);
    watched = await browser.openPage();
    ({ page } = watched);
    page.setDefaultTimeout(PAGE_TIMEOUT_MS);
    page.on('dialog', (dialog) => {
      if (dialog.type() !== 'beforeunload') harm.push(`dialog: ${dialog.message()}`);
      void dialog.accept();
    });
    page.on('popup', (popup) => harm.push(`popup: ${popup.url()}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) harm.push(`request: ${request.url()}`);
    });
    await untilQuery(server.url, 'node_memory_MemTotal_bytes', (result) => result.length === 1);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function paste(text: string): Promise<void> {
    await page.goto(`${server.url}/dashboards`);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    const field = page.getByRole('textbox', { name: 'JSON of the dashboard' });
    await field.fill(text);
  }

  async function importByDialog(dashboard: Json): Promise<void> {
    await paste(JSON.stringify(dashboard));
    await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
    await page.waitForURL('**/d/**');
  }

  async function importByApi(dashboard: Json): Promise<void> {
    const answer = await fetch(`${server.url}/api/v1/dashboards`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dashboard }),
    });
    expect(answer.status, await answer.clone().text()).toBe(200);
  }

  async function savedFile(uid: string): Promise<unknown> {
    const { data } = await askApi(server.url, `dashboards/uid/${uid}`);
    return (data as { readonly dashboard: unknown }).dashboard;
  }

  async function save(): Promise<void> {
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  async function rewriteOneQuery(): Promise<void> {
    await page.getByRole('button', { name: /^Doctor/ }).click();
    await page.getByRole('button', { name: 'Rewrite 1 query' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('Queries rewritten: 1').waitFor();
  }

  async function expectNoHarm(): Promise<void> {
    expect(await page.evaluate(FIND_HARM)).toEqual([]);
    expect(harm).toEqual([]);
    expect(watched.problems).toEqual([]);
  }

  it('the doctor says what is missing, and rewrites what has another name today', async () => {
    await paste(JSON.stringify(OLD_NAMES));
    const dialog = page.getByRole('dialog');
    await dialog.getByText('no_such_metric is not here').waitFor();
    await dialog.getByText('there is "host"').waitFor();
    const offer = dialog.getByRole('checkbox', { name: 'count(node_memory_MemTotal_bytes)' });
    expect(await offer.isChecked()).toBe(true);
    await offer.uncheck();
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await page.waitForURL('**/d/old-names/**');
    await page.locator('[data-panel-id="1"][data-panel-state="empty"]').waitFor();
    expect(await savedFile('old-names')).toEqual(OLD_NAMES);

    await page.getByRole('button', { name: /^Doctor/ }).click();
    await page.getByText('1 of 4 panels have data').waitFor();
    await page.getByText('Without: Panel 1, Panel 2, Panel 3').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await rewriteOneQuery();
    await page.locator('[data-panel-id="1"][data-panel-state="drawn"]').waitFor();
    await save();
    const [first, ...rest] = OLD_NAMES.panels;
    expect(await savedFile('old-names')).toEqual({
      ...OLD_NAMES,
      panels: [
        { ...first, targets: [{ refId: 'A', expr: 'count(node_memory_MemTotal_bytes)' }] },
        ...rest,
      ],
    });
  });

  it('a resource of Grafana’s API is shown and rewritten, and says that it is not edited', async () => {
    await importByApi(RESOURCE);
    await page.goto(`${server.url}/d/as-resource/x`);
    await page.locator('[data-panel-id="1"][data-panel-state="empty"]').waitFor();
    await page.getByText('Shown, not edited').waitFor();
    expect(await page.getByRole('button', { name: 'Edit', exact: true }).count()).toBe(0);
    await rewriteOneQuery();
    await page.locator('[data-panel-id="1"][data-panel-state="drawn"]').waitFor();
    await save();
    const file = JSON.stringify(await savedFile('as-resource'));
    expect(file).toBe(JSON.stringify(RESOURCE).replace('MemTotal', 'MemTotal_bytes'));
    for (const asked of ['edit=1', 'editPanel=1', 'editview=settings']) {
      await page.goto(`${server.url}/d/as-resource/x?${asked}`);
      await page.getByText('not edited here').waitFor();
      await page.locator('[data-panel-id="1"][data-panel-state="drawn"]').waitFor();
    }
  });

  it('script wherever a file may have text stays text, on the page and in its editor', async () => {
    const hostile = hostileDashboard();
    await importByDialog(hostile);
    await page.getByRole('heading', { level: 1 }).waitFor();
    for (const { id } of hostile.panels) {
      const panel = page.locator(`[data-panel-id="${id}"]`).first();
      await panel.scrollIntoViewIfNeeded();
      await expect
        .poll(async () => await panel.getAttribute('data-panel-state'))
        .not.toBe('loading');
    }
    await expectNoHarm();
    const views = ['variables', 'annotations', 'links'].map(
      (view) => `editview=${view}&editIndex=0`,
    );
    for (const asked of [...views, 'editview=settings', 'editview=json', 'editPanel=3']) {
      await page.goto(`${server.url}/d/hostile/x?${asked}`);
      await page.getByRole('group', { name: 'Editing' }).waitFor();
      await page.locator('.nx-settings-body, .nx-pe-right').waitFor();
      await expectNoHarm();
    }
    await page.goto(`${server.url}/dashboards`);
    await page.getByText('onload=').first().waitFor();
    await expectNoHarm();
    expect(await savedFile('hostile')).toEqual(hostile);
  });

  it('circles of variables and repeats come to an end, and are told', async () => {
    await importByApi(circles());
    await page.goto(`${server.url}/d/circles/x`);
    await page.locator('[data-panel-state="drawn"]').first().waitFor();
    await page.getByRole('button', { name: /problems? with this dashboard$/ }).click();
    await page.getByText('variables depend on one another: a → b → a').waitFor();
    await expectNoHarm();
  });

  it('a thousand panels can be gone through', async () => {
    await importByApi(manyPanels(1000));
    await page.goto(`${server.url}/d/many/x`);
    await page.locator('[data-panel-id="1"][data-panel-state="drawn"]').waitFor();
    await page.keyboard.press('End');
    await page.locator('[data-panel-id="1000"][data-panel-state="drawn"]').waitFor();
    await expectNoHarm();
  });

  it('what has wrong types everywhere is told of, and the rest is shown', async () => {
    await paste(JSON.stringify(brokenDashboard()));
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Not all of it could be read as it was meant').waitFor();
    await dialog.getByText('templating.list[0] cannot read an object from 7').waitFor();
    await dialog.getByText(/^and \d+ more$/).waitFor();
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await page.waitForURL('**/d/**');
    await page.getByRole('region', { name: 'Whole' }).waitFor();
    await page.goto(`${server.url}/d/broken/x?from=now-1m&to=now`);
    await page.locator('[data-panel-id="9"][data-panel-state="drawn"]').waitFor();
    await expectNoHarm();
  });

  it('what is too large or no JSON is refused with why and where; ten megabytes are shown', async () => {
    await paste('{"title": "a",\n"panels": [}');
    await page.getByText('This is not JSON: line 2, column 12').waitFor();
    const directory = mkdtempSync(join(tmpdir(), 'narthex-import-'));
    const file = join(directory, 'large.json');
    writeFileSync(file, large(11 << 20));
    await page.locator('input[type="file"]').setInputFiles(file);
    await page.getByText('This is larger than 10 MiB.').waitFor();
    rmSync(directory, { recursive: true });
    const answer = await fetch(`${server.url}/api/v1/dashboards`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"dashboard":${large(10 << 20)}}`,
    });
    expect(answer.status).toBe(413);
    expect(await answer.text()).toContain('10 MB');
    await importByApi(JSON.parse(large(9 << 20)) as Json);
    await page.goto(`${server.url}/d/large/x`);
    await page.locator('[data-panel-id="1"][data-panel-state="drawn"]').waitFor();
    await expectNoHarm();
  });
});

const FIND_HARM = `(() => {
  const found = [];
  if (window.harmed !== undefined) found.push('a script ran');
  for (const element of document.querySelectorAll('#root *, [data-portal] *')) {
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name)) found.push(name + ' on ' + element.tagName);
      const leads = /^(?:href|src|action|formaction|xlink:href|srcdoc)$/i.test(name);
      if (leads && /^\\s*(?:javascript|data|vbscript):/i.test(value)) found.push(name + '=' + value);
    }
    if (/^(?:script|iframe|object|embed|base|meta|link)$/i.test(element.tagName)) found.push(element.tagName);
  }
  return found;
})()`;
