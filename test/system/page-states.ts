import type { Locator, Page } from 'playwright-core';

// What a person can have on the screen: pages, what opens over them, and what an editor shows.

export interface PageState {
  readonly path: string;
  /** What is done there, until what is looked at is open. */
  readonly open?: (page: Page) => Promise<void>;
  /** Is there when the page shows what it is for. */
  readonly sees: (page: Page) => Locator;
  /** Also on a phone; what is narrow on a desktop too is not. */
  readonly isForPhones?: boolean;
}

type PageStates = Readonly<Record<string, PageState>>;

const KINDS = '/d/panel-kinds';
/** Comes sooner, where it is only what lies below. */
const FEW = '/d/few-panels';
const heading =
  (name: string): PageState['sees'] =>
  (page) =>
    page.getByRole('heading', { name, exact: true });
const text =
  (name: string | RegExp): PageState['sees'] =>
  (page) =>
    page.getByText(name).first();

async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name, exact: true }).first().click();
}

export const PAGES: PageStates = {
  containers: {
    path: '/containers',
    sees: (page) => page.getByRole('link', { name: 'shop-web-1' }),
    isForPhones: true,
  },
  'a container': {
    path: '/containers/shop-web-1',
    sees: (page) => page.locator('.u-over').first(),
    isForPhones: true,
  },
  'the application in a container': {
    path: '/containers/shop-web-1?tab=application',
    sees: (page) => page.locator('.u-over').first(),
  },
  'the doctor of a container': {
    path: '/containers/shop-web-1?tab=doctor',
    sees: text('Is it discovered?'),
  },
  'what a container is': { path: '/containers/shop-web-1?tab=details', sees: text('example/') },
  'what a container writes': { path: '/containers/shop-web-1?tab=logs', sees: text('listening') },
  'a container that has stopped': { path: '/containers/hungry', sees: text(/memory/i) },
  'no container': { path: '/containers/nobody', sees: text('There is no container') },
  targets: { path: '/targets', sees: text('shop-web-1'), isForPhones: true },
  'an empty query': { path: '/query', sees: heading('Query') },
  'a graph': {
    path: '/query?g0.expr=shop_requests&g0.tab=graph',
    sees: (page) => page.locator('.u-over'),
    isForPhones: true,
  },
  'a table': { path: '/query?g0.expr=shop_requests&g0.tab=table', sees: text('code') },
  'a query explained': {
    path: '/query?g0.expr=sum(rate(shop_requests[1m]))&g0.tab=explain',
    sees: text('rate'),
  },
  'a query that is wrong': { path: '/query?g0.expr=sum(&g0.tab=graph', sees: text(/not valid/) },
  'service discovery': { path: '/service-discovery', sees: heading('Service discovery') },
  status: { path: '/status', sees: text('Node.js') },
  'status of the TSDB': { path: '/tsdb-status', sees: (page) => page.getByRole('table').first() },
  flags: { path: '/flags', sees: text('web.listen-address') },
  configuration: { path: '/config', sees: text('scrape_configs') },
  'access to Docker': { path: '/docker', sees: heading('Docker access') },
  dashboards: { path: '/dashboards', sees: text('Every kind of panel'), isForPhones: true },
  'a new dashboard': { path: '/dashboards/new', sees: heading('New dashboard') },
  'an address that leads nowhere': { path: '/nowhere', sees: text('There is no page') },
  'a dashboard that is not there': { path: '/d/nobody', sees: text('There is no such dashboard') },
};

export const DASHBOARDS: PageStates = {
  'panels of all kinds': { path: KINDS, sees: heading('Every kind of panel'), isForPhones: true },
  'a panel alone': { path: `${KINDS}?viewPanel=1`, sees: text('Requests') },
  'a dashboard alone': { path: `${KINDS}?kiosk=1`, sees: text('Requests') },
  'a dashboard being edited': {
    path: `${KINDS}?edit=1`,
    sees: (page) => page.getByRole('group', { name: 'Editing' }),
    isForPhones: true,
  },
};

const MENU = 'Menu of Requests';

async function openMenu(page: Page): Promise<void> {
  await page.locator('[data-panel-id="1"]').hover();
  await press(page, MENU);
}

async function inspect(page: Page, item: string): Promise<void> {
  await openMenu(page);
  await page.getByRole('menuitem', { name: item }).click();
}

const dialog: PageState['sees'] = (page) => page.getByRole('dialog');
const menu: PageState['sees'] = (page) => page.getByRole('menu');

const PASTED = JSON.stringify({
  title: 'Pasted',
  panels: [{ id: 1, type: 'graph', title: 'T', targets: [{ refId: 'A', expr: 'no_such_metric' }] }],
});

/** Only what has opened is looked at: the page below is one of the others. */
export const OVERLAYS: PageStates = {
  'menu of a panel': { path: FEW, open: openMenu, sees: menu },
  'menu of a panel being edited': { path: `${FEW}?edit=1`, open: openMenu, sees: menu },
  'menu of what can be added': {
    path: `${FEW}?edit=1`,
    open: async (page) => await press(page, 'Add'),
    sees: menu,
  },
  'data of a panel': {
    path: FEW,
    open: async (page) => await inspect(page, 'Data and CSV'),
    sees: dialog,
  },
  'queries of a panel': {
    path: FEW,
    open: async (page) => await inspect(page, 'Queries'),
    sees: dialog,
  },
  'JSON of a panel': {
    path: FEW,
    open: async (page) => await inspect(page, 'JSON'),
    sees: dialog,
  },
  'choice of the time': {
    path: FEW,
    open: async (page) => {
      await press(page, /^Time range: /);
      // What is said of something wrong is looked at, too.
      await page.getByLabel('From', { exact: true }).fill('yesterdayish');
      await page.getByText('A date, or now-6h').waitFor();
    },
    sees: dialog,
    isForPhones: true,
  },
  'choice of a variable': {
    path: FEW,
    open: async (page) => await page.getByRole('combobox', { name: 'service' }).click(),
    sees: (page) => page.getByRole('listbox'),
  },
  doctor: {
    path: FEW,
    open: async (page) => {
      await press(page, /^Doctor/);
      await page
        .getByRole('dialog')
        .getByText(/ panels/)
        .first()
        .waitFor();
    },
    sees: dialog,
  },
  'import of a dashboard': {
    path: '/dashboards',
    open: async (page) => {
      await press(page, 'Import');
      await page.getByLabel('JSON of the dashboard').fill(PASTED);
      await page.getByRole('list', { name: 'Panels' }).waitFor();
    },
    sees: dialog,
    isForPhones: true,
  },
  ...Object.fromEntries(
    ['Link', 'File with data', 'JSON'].map((tab): [string, PageState] => [
      `share: ${tab}`,
      {
        path: FEW,
        open: async (page) => {
          await press(page, /^Share/);
          await page.getByRole('tab', { name: tab, exact: true }).click();
        },
        sees: dialog,
      },
    ]),
  ),
  'saving a dashboard': {
    path: `${FEW}?editview=settings`,
    open: async (page) => {
      await page.getByRole('textbox', { name: 'Title' }).fill('Renamed');
      await press(page, 'Save');
    },
    sees: dialog,
    isForPhones: true,
  },
  'settings of the page': {
    path: '/targets',
    open: async (page) => await press(page, 'Settings'),
    sees: (page) => page.getByRole('dialog', { name: 'Settings' }),
  },
  'keys of the page': {
    path: '/targets',
    open: async (page) => await page.keyboard.press('?'),
    sees: dialog,
  },
  'adding a query to a dashboard': {
    path: '/query?g0.expr=shop_requests&g0.tab=table',
    open: async (page) => {
      await press(page, /^More/);
      await page.getByRole('menuitem', { name: 'Add to a dashboard' }).click();
    },
    sees: dialog,
    isForPhones: true,
  },
  'menu of a row': {
    path: `${FEW}?edit=1`,
    open: async (page) => await press(page, 'Menu of row All kinds'),
    sees: menu,
  },
  'a row being edited': {
    path: `${FEW}?edit=1`,
    open: async (page) => {
      await press(page, 'Menu of row All kinds');
      await page.getByRole('menuitem', { name: 'Title and repeat' }).click();
    },
    sees: dialog,
  },
  metrics: {
    path: '/query',
    open: async (page) => {
      await press(page, /metrics/i);
      await page.getByRole('option').first().waitFor();
    },
    sees: dialog,
  },
};

const SETTINGS = {
  settings: 'General',
  variables: 'Variables',
  annotations: 'Annotations',
  links: 'Links',
  json: 'JSON',
  versions: 'Versions',
};

const editorOf = (id: number): Pick<PageState, 'path' | 'sees'> => ({
  path: `${KINDS}?editPanel=${id}`,
  sees: (page) => page.getByRole('region', { name: /^Editor of / }),
});

/** Between them they have every control. */
const EDITED_KINDS = ['Requests', 'Services', 'Share of memory', 'Latency, classic', 'States'];

/** Of the panels that have these titles, by their ids. */
export function editorStates(panels: readonly string[]): PageStates {
  const settings = Object.entries(SETTINGS).map(([tab, title]): [string, PageState] => [
    `settings: ${title}`,
    {
      path: `${FEW}?editview=${tab}`,
      sees: heading(title),
      isForPhones: tab === 'settings',
    },
  ]);
  const editors = EDITED_KINDS.map((title, i): [string, PageState] => [
    `editor of ${title}`,
    { ...editorOf(panels.indexOf(title) + 1), isForPhones: i === 0 },
  ]);
  const tabs = [
    ['Overrides', 2],
    ['Transformations', 6],
  ] as const;
  return {
    ...Object.fromEntries([...settings, ...editors]),
    ...Object.fromEntries(
      tabs.map(([tab, id]): [string, PageState] => [
        `editor: ${tab}`,
        {
          ...editorOf(id),
          open: async (page) => await page.getByRole('tab', { name: tab }).click(),
        },
      ]),
    ),
    'editor: a variable': {
      path: `${FEW}?editview=variables&editIndex=1`,
      sees: (page) => page.getByRole('textbox', { name: 'Name' }),
    },
    'editor: kinds of panels': {
      ...editorOf(1),
      open: async (page) => await press(page, /^Shown as/),
      sees: (page) => page.getByRole('button', { name: /^Heatmap/ }),
    },
  };
}
