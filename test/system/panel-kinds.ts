import type { WrittenHistogram, WrittenSeries } from './remote-write.ts';

// A dashboard with a panel of each kind, as Grafana saves them, and an hour of data for it that is the same each time.

const HOUR_MS = 3_600_000;
const STEP_MS = 30_000;
const MIB = 2 ** 20;
const SERVICES = ['web', 'api', 'database', 'queue'] as const;

type Curve = (minute: number) => number;

/** What the panels ask for, over the hour before `endMs`. */
export function panelKindsData(endMs: number): readonly WrittenSeries[] {
  const series = (labels: Readonly<Record<string, string>>, curve: Curve): WrittenSeries => ({
    labels,
    points: pointsUntil(endMs, curve),
  });
  return [
    ...Object.entries({ 200: 42, 404: 9, 500: 2 }).map(([code, usual], i) =>
      series(
        { __name__: 'shop_requests', code },
        (minute) => usual * (1 + 0.4 * wave(minute, 25 + i * 9) + 0.1 * wave(minute, 4)),
      ),
    ),
    ...SERVICES.flatMap((service, i) => [
      series(
        { __name__: 'shop_memory_bytes', service },
        (minute) => (60 + i * 70 + 25 * wave(minute + i * 11, 40)) * MIB,
      ),
      series(
        { __name__: 'shop_cpu_ratio', service },
        (minute) => 0.16 + i * 0.22 + 0.1 * wave(minute + i * 7, 30),
      ),
      series({ __name__: 'shop_state', service }, (minute) => stateAt(minute, i)),
    ]),
    ...LATENCY_BOUNDS.map((bound, i) =>
      series({ __name__: 'shop_latency_bucket', le: String(bound) }, (minute) =>
        bucketTotals(minute)
          .slice(0, i + 1)
          .reduce((total, count) => total + count, 0),
      ),
    ),
    { labels: { __name__: 'shop_latency' }, points: histogramsUntil(endMs) },
  ];
}

function pointsUntil(endMs: number, curve: Curve): WrittenSeries['points'] {
  const count = HOUR_MS / STEP_MS + 1;
  return Array.from({ length: count }, (_, i) => {
    const atMs = i * STEP_MS;
    return [endMs - HOUR_MS + atMs, round(curve(atMs / 60_000))];
  });
}

/** Equal on every machine: the last digits of a sine are not. */
function round(value: number): number {
  return Number(value.toPrecision(9));
}

function wave(minute: number, periodMinutes: number): number {
  return Math.sin((minute / periodMinutes) * 2 * Math.PI);
}

/** 0: down, 1: up, 2: slow. */
function stateAt(minute: number, service: number): number {
  const phase = Math.floor((minute + service * 13) / 10) % 5;
  return phase === 3 ? (service % 2 === 0 ? 2 : 0) : 1;
}

const LATENCY_BOUNDS: readonly (number | '+Inf')[] = [0.125, 0.25, 0.5, 1, 2, 4, 8, '+Inf'];

/** Observations so far in each bucket: most are around one that goes up and down. */
function bucketTotals(minute: number): readonly number[] {
  return LATENCY_BOUNDS.map((_, bucket) => {
    let total = 0;
    for (let at = 0; at < minute; at += 0.5) {
      const away = bucket - (3 + 2 * wave(at, 50));
      total += Math.round(120 * Math.exp(-away * away));
    }
    return total;
  });
}

function histogramsUntil(endMs: number): WrittenSeries['points'] {
  return pointsUntil(endMs, (minute) => minute).map(([timestampMs, minute]) => {
    const buckets = bucketTotals(Number(minute));
    const sum = buckets.reduce((total, count, i) => total + count * 2 ** (i - 4), 0);
    return [timestampMs, { sum, buckets, firstBucket: -3 } satisfies WrittenHistogram];
  });
}

type Json = Readonly<Record<string, unknown>>;

export interface PanelKind {
  readonly type: string;
  readonly title: string;
  /** Of one query; several are separated by a line. */
  readonly expr: string;
  readonly query?: Json;
  readonly options?: Json;
  readonly defaults?: Json;
  readonly overrides?: readonly Json[];
  readonly transformations?: readonly Json[];
}

export const THRESHOLDS = {
  mode: 'absolute',
  steps: [
    { color: 'green', value: null },
    { color: 'orange', value: 0.6 },
    { color: 'red', value: 0.85 },
  ],
};

const STATES = [
  {
    type: 'value',
    options: {
      0: { text: 'down', color: 'red' },
      1: { text: 'up', color: 'green' },
      2: { text: 'slow', color: 'yellow' },
    },
  },
];

const NOW = { instant: true, range: false };
const byService = '{{service}}';

/** In the order of their ids, from 1 on. */
export const PANEL_KINDS: readonly PanelKind[] = [
  {
    type: 'timeseries',
    title: 'Requests',
    expr: 'shop_requests',
    query: { legendFormat: '{{code}}' },
    defaults: { unit: 'reqps', custom: { fillOpacity: 12, lineWidth: 2 } },
    options: {
      legend: { displayMode: 'table', placement: 'bottom', calcs: ['mean', 'max', 'lastNotNull'] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  },
  {
    type: 'timeseries',
    title: 'Memory and CPU',
    expr: 'shop_memory_bytes\navg(shop_cpu_ratio)',
    query: { legendFormat: byService },
    defaults: {
      unit: 'bytes',
      min: 0,
      custom: { drawStyle: 'bars', fillOpacity: 70, stacking: { mode: 'normal', group: 'A' } },
    },
    overrides: [
      {
        matcher: { id: 'byFrameRefID', options: 'B' },
        properties: [
          { id: 'unit', value: 'percentunit' },
          { id: 'displayName', value: 'CPU' },
          { id: 'custom.axisPlacement', value: 'right' },
          { id: 'custom.drawStyle', value: 'line' },
          { id: 'custom.stacking', value: { mode: 'none' } },
          { id: 'custom.lineWidth', value: 2 },
          { id: 'custom.fillOpacity', value: 0 },
          { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } },
        ],
      },
    ],
    options: { legend: { displayMode: 'list', placement: 'right' } },
  },
  {
    type: 'stat',
    title: 'Memory now',
    expr: 'shop_memory_bytes',
    query: { legendFormat: byService },
    defaults: {
      unit: 'bytes',
      decimals: 1,
      thresholds: {
        mode: 'absolute',
        steps: [
          { color: 'green', value: null },
          { color: 'red', value: 250 * MIB },
        ],
      },
    },
    options: { graphMode: 'area', colorMode: 'background' },
  },
  {
    type: 'gauge',
    title: 'CPU',
    expr: 'shop_cpu_ratio',
    query: { legendFormat: byService },
    defaults: { unit: 'percentunit', min: 0, max: 1, thresholds: THRESHOLDS },
  },
  {
    type: 'bargauge',
    title: 'CPU as bars',
    expr: 'shop_cpu_ratio',
    query: { legendFormat: byService },
    defaults: { unit: 'percentunit', min: 0, max: 1, thresholds: THRESHOLDS },
    options: { orientation: 'horizontal', displayMode: 'gradient' },
  },
  {
    type: 'table',
    title: 'Services',
    expr: 'sum by (service) (shop_memory_bytes)\nsum by (service) (shop_cpu_ratio)',
    query: { ...NOW, format: 'table' },
    transformations: [
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true },
          renameByName: { service: 'Service', 'Value #A': 'Memory', 'Value #B': 'CPU' },
        },
      },
    ],
    overrides: [
      {
        matcher: { id: 'byName', options: 'Memory' },
        properties: [{ id: 'unit', value: 'bytes' }],
      },
      {
        matcher: { id: 'byName', options: 'CPU' },
        properties: [
          { id: 'unit', value: 'percentunit' },
          { id: 'max', value: 1 },
          { id: 'min', value: 0 },
          { id: 'thresholds', value: THRESHOLDS },
          { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'gradient' } },
        ],
      },
    ],
    options: { sortBy: [{ displayName: 'Memory', desc: true }] },
  },
  {
    type: 'text',
    title: 'About',
    expr: '',
    options: {
      mode: 'markdown',
      content:
        '## The shop\n\nFour services, **one** queue:\n\n- `web` and `api`\n- [the database](https://example.org/)\n\n| what | who |\n|---|---|\n| page | web |\n',
    },
  },
  {
    type: 'piechart',
    title: 'Share of memory',
    expr: 'shop_memory_bytes',
    query: { legendFormat: byService },
    defaults: { unit: 'bytes' },
    options: {
      pieType: 'donut',
      displayLabels: ['percent'],
      legend: { displayMode: 'table', placement: 'right', values: ['value', 'percent'] },
    },
  },
  {
    type: 'heatmap',
    title: 'Latency, classic',
    expr: 'sum by (le) (rate(shop_latency_bucket[2m]))',
    query: { format: 'heatmap', legendFormat: '{{le}}' },
    options: {
      calculate: false,
      yAxis: { unit: 's' },
      color: { mode: 'scheme', scheme: 'Oranges', steps: 64 },
    },
  },
  {
    type: 'heatmap',
    title: 'Latency, native',
    expr: 'rate(shop_latency[2m])',
    query: { format: 'heatmap' },
    options: {
      calculate: false,
      yAxis: { unit: 's' },
      color: { mode: 'scheme', scheme: 'Viridis', steps: 32 },
    },
  },
  {
    type: 'barchart',
    title: 'Memory of each',
    expr: 'shop_memory_bytes',
    query: { ...NOW, format: 'table' },
    transformations: [
      { id: 'organize', options: { excludeByName: { Time: true, __name__: true } } },
    ],
    defaults: { unit: 'bytes', color: { mode: 'palette-classic' } },
    options: { xField: 'service', legend: { displayMode: 'list', placement: 'bottom' } },
  },
  {
    type: 'state-timeline',
    title: 'States',
    expr: 'shop_state',
    query: { legendFormat: byService },
    defaults: { mappings: STATES, custom: { fillOpacity: 80 } },
    options: { mergeValues: true, showValue: 'auto' },
  },
  {
    type: 'status-history',
    title: 'States, each minute',
    expr: 'shop_state',
    query: { legendFormat: byService, interval: '2m' },
    defaults: { mappings: STATES, custom: { fillOpacity: 80 } },
    options: { showValue: 'never' },
  },
  {
    type: 'histogram',
    title: 'How busy',
    expr: 'shop_cpu_ratio',
    query: { legendFormat: byService },
    defaults: { unit: 'percentunit', custom: { fillOpacity: 70 } },
    options: { bucketSize: 0.05, combine: false },
  },
  {
    type: 'dashlist',
    title: 'Others',
    expr: '',
    options: { showSearch: true, tags: ['narthex'], maxItems: 5, showHeadings: false },
  },
  { type: 'alertlist', title: 'Alerts', expr: '' },
  { type: 'logs', title: 'Log', expr: '{service="web"}' },
  {
    type: 'acme-flower-panel',
    title: 'A plugin',
    expr: 'shop_cpu_ratio',
    query: { legendFormat: byService },
  },
  {
    type: 'timeseries',
    title: 'CPU and its limits',
    expr: 'shop_cpu_ratio{service!="queue"}',
    query: { legendFormat: byService },
    defaults: {
      unit: 'percentunit',
      min: 0,
      max: 1,
      thresholds: THRESHOLDS,
      custom: { lineInterpolation: 'stepAfter', thresholdsStyle: { mode: 'line+area' } },
    },
  },
  {
    type: 'bargauge',
    title: 'CPU as lamps',
    expr: 'shop_cpu_ratio',
    query: { legendFormat: byService },
    defaults: { unit: 'percentunit', min: 0, max: 1, thresholds: THRESHOLDS },
    options: { orientation: 'vertical', displayMode: 'lcd' },
  },
  {
    type: 'timeseries',
    title: 'Points',
    expr: 'sum(shop_requests)\n-sum(shop_memory_bytes) / 1e6',
    query: { interval: '2m' },
    defaults: {
      color: { mode: 'continuous-BlPu' },
      custom: { drawStyle: 'points', pointSize: 6 },
    },
    options: { legend: { displayMode: 'hidden', showLegend: false } },
  },
];

const COLUMNS = 3;
const HEIGHT = 8;

/** Folds three panels under its last row. */
export function panelKindsDashboard(
  kinds: readonly PanelKind[] = PANEL_KINDS,
): Json & { readonly panels: readonly Json[] } {
  const shown = kinds.map(panelOf);
  const top = { type: 'row', title: 'All kinds', collapsed: false, gridPos: place(0, 0, 24, 1) };
  const bottom = Math.ceil(shown.length / COLUMNS) * HEIGHT + 1;
  return {
    title: 'Every kind of panel',
    uid: 'panel-kinds',
    schemaVersion: 39,
    tags: ['kinds'],
    time: { from: 'now-1h', to: 'now' },
    graphTooltip: 2,
    templating: {
      list: [
        { name: 'note', type: 'textbox', label: 'Note', query: 'hello' },
        {
          name: 'service',
          type: 'custom',
          query: SERVICES.join(','),
          multi: true,
          includeAll: true,
        },
        { name: 'step', type: 'interval', query: '1m,5m,1h' },
        { name: 'Filters', type: 'adhoc' },
      ],
    },
    links: [{ type: 'link', title: 'Runbook', url: 'https://example.org/runbook' }],
    panels: [
      { id: 100, ...top },
      ...shown,
      {
        id: 101,
        type: 'row',
        title: 'Folded',
        collapsed: true,
        gridPos: place(0, bottom, 24, 1),
        panels: [{ id: 102, type: 'text', title: 'In it', gridPos: place(0, bottom + 1, 8, 4) }],
      },
    ],
  };
}

function panelOf(kind: PanelKind, index: number): Json {
  const { type, title, expr, query = {}, options = {}, transformations = [] } = kind;
  const { defaults = {}, overrides = [] } = kind;
  const expressions = expr === '' ? [] : expr.split('\n');
  return {
    id: index + 1,
    type,
    title,
    ...(index === 0 ? { description: 'What the shop is **asked** for' } : {}),
    gridPos: place((index % COLUMNS) * 8, Math.floor(index / COLUMNS) * HEIGHT + 1, 8, HEIGHT),
    datasource: { type: 'prometheus', uid: 'default' },
    fieldConfig: { defaults, overrides },
    options,
    transformations,
    targets: expressions.map((text, i) =>
      Object.assign({ refId: String.fromCodePoint(65 + i), expr: text }, query),
    ),
  };
}

function place(x: number, y: number, w: number, h: number): Json {
  return { x, y, w, h };
}
