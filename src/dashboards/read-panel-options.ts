import type { PanelKind } from './dashboard.ts';
import type {
  AlertOrder,
  LegendOptions,
  Orientation,
  PanelOptions,
  Reduction,
  TooltipOptions,
} from './panel-options.ts';
import type { Cursor } from './read-cursor.ts';
import { numberOf } from './read-cursor.ts';

const reducersMax = 40;

/** Names that reducers had before 2020. */
const reducerNames: Readonly<Record<string, string>> = {
  avg: 'mean',
  current: 'lastNotNull',
  total: 'sum',
};

export function reducerOf(name: string): string {
  return Object.hasOwn(reducerNames, name) ? (reducerNames[name] ?? name) : name;
}

export function readReducers(owner: Cursor, key = 'calcs'): string[] {
  return owner.texts(key, reducersMax).map(reducerOf);
}

export const noLegend: LegendOptions = {
  mode: 'hidden',
  placement: 'bottom',
  reducers: [],
  width: 0,
  sortBy: '',
  sortsDescending: false,
  hidesEmpty: false,
  hidesZero: false,
};

/** Before 2022 a hidden legend was a mode, then `showLegend`. */
export function readLegend(options: Cursor, usual: 'list' | 'hidden' = 'list'): LegendOptions {
  if (!options.has('legend')) return { ...noLegend, mode: usual };
  const legend = options.child('legend');
  const mode = legend.oneOf('displayMode', ['list', 'table', 'hidden'], 'list');
  return {
    mode: legend.flag('showLegend', true) ? mode : 'hidden',
    placement: legend.oneOf('placement', ['bottom', 'right'], 'bottom'),
    reducers: readReducers(legend),
    width: Math.max(0, legend.numberOr('width', 0)),
    sortBy: legend.text('sortBy'),
    sortsDescending: legend.flag('sortDesc'),
    hidesEmpty: legend.flag('hideEmpty'),
    hidesZero: legend.flag('hideZero'),
  };
}

/** `tooltipOptions` for some months of 2021. */
export function readTooltip(options: Cursor): TooltipOptions {
  const tooltip = options.child(options.has('tooltip') ? 'tooltip' : 'tooltipOptions');
  return {
    mode: tooltip.oneOf('mode', ['single', 'multi', 'none'], 'single'),
    sort: tooltip.oneOf('sort', ['none', 'asc', 'desc'], 'none'),
    hidesZeros: tooltip.flag('hideZeros'),
  };
}

export function readReduction(options: Cursor): Reduction {
  const reduce = options.child('reduceOptions');
  const reducers = readReducers(reduce);
  return {
    reducers: reducers.length > 0 ? reducers : ['lastNotNull'],
    fields: reduce.text('fields'),
    showsAllValues: reduce.flag('values'),
    limit: Math.max(0, reduce.numberOr('limit', 0)),
  };
}

export function readOrientation(options: Cursor): Orientation {
  return options.oneOf('orientation', ['auto', 'horizontal', 'vertical'], 'auto');
}

type OptionsReader = (options: Cursor, panel: Cursor) => PanelOptions;

/** How the options of each of today's kinds are read. */
const readers: Readonly<Record<Exclude<PanelKind, 'unknown'>, OptionsReader>> = {
  timeseries: (options) => ({
    kind: 'timeseries',
    legend: readLegend(options),
    tooltip: readTooltip(options),
  }),
  stat: readStat,
  gauge: (options) => ({
    kind: 'gauge',
    reduction: readReduction(options),
    orientation: readOrientation(options),
    showsThresholdLabels: options.flag('showThresholdLabels'),
    showsThresholdMarkers: options.flag('showThresholdMarkers', true),
  }),
  bargauge: (options) => ({
    kind: 'bargauge',
    reduction: readReduction(options),
    orientation: readOrientation(options),
    display: options.oneOf('displayMode', ['basic', 'gradient', 'lcd'], 'gradient'),
    showsUnfilled: options.flag('showUnfilled', true),
    names: options.oneOf('namePlacement', ['auto', 'top', 'left', 'hidden'], 'auto'),
  }),
  table: readTable,
  text: readText,
  piechart: readPie,
  heatmap: readHeatmap,
  barchart: readBarChart,
  'state-timeline': (options) => ({
    kind: 'state-timeline',
    mergesValues: options.flag('mergeValues', true),
    showsValue: readShowValue(options),
    rowHeight: options.numberOr('rowHeight', 0.9),
    legend: readLegend(options),
  }),
  'status-history': (options) => ({
    kind: 'status-history',
    showsValue: readShowValue(options),
    rowHeight: options.numberOr('rowHeight', 0.9),
    columnWidth: options.numberOr('colWidth', 0.9),
    legend: readLegend(options),
  }),
  histogram: (options) => ({
    kind: 'histogram',
    bucketCount: Math.min(Math.max(1, options.numberOr('bucketCount', 30)), 1000),
    bucketSize: options.number('bucketSize'),
    bucketOffset: options.numberOr('bucketOffset', 0),
    isCombined: options.flag('combine'),
    legend: readLegend(options),
  }),
  dashlist: readDashboardList,
  alertlist: readAlertList,
  logs: () => ({ kind: 'logs' }),
};

/** Undefined where it is none of today's kinds. */
export function readPanelOptions(type: string, panel: Cursor): PanelOptions | undefined {
  if (!Object.hasOwn(readers, type)) return undefined;
  return readers[type as keyof typeof readers](panel.child('options'), panel);
}

function readStat(options: Cursor): PanelOptions {
  const text = options.child('text');
  return {
    kind: 'stat',
    reduction: readReduction(options),
    text: options.oneOf('textMode', ['auto', 'value', 'name', 'value_and_name', 'none'], 'auto'),
    graph:
      options.oneOf('graphMode', ['none', 'area', 'line'], 'area') === 'none' ? 'none' : 'area',
    colour: options.oneOf(
      'colorMode',
      ['none', 'value', 'background', 'background_solid'],
      'value',
    ),
    orientation: readOrientation(options),
    justify: options.oneOf('justifyMode', ['auto', 'center'], 'auto'),
    prefix: '',
    postfix: '',
    titleSize: Math.max(0, text.numberOr('titleSize', 0)),
    valueSize: Math.max(0, text.numberOr('valueSize', 0)),
  };
}

/** Since 2025 a footer is a setting of the fields. */
function readTable(options: Cursor, panel: Cursor): PanelOptions {
  const footer = options.child('footer');
  const ofFields = panel.child('fieldConfig').child('defaults').child('custom').child('footer');
  const reducers = [...readReducers(footer, 'reducer'), ...readReducers(ofFields, 'reducers')];
  return {
    kind: 'table',
    showsHeader: options.flag('showHeader', true),
    sortBy: options.items('sortBy', 20).map((item) => ({
      name: item.text('displayName'),
      isDescending: item.flag('desc'),
    })),
    footer: {
      isShown: footer.flag('show') || readReducers(ofFields, 'reducers').length > 0,
      reducers,
      fields: footer.texts('fields', 200),
      countsRows: footer.flag('countRows') && readReducers(footer, 'reducer')[0] === 'count',
    },
    frameIndex: Math.max(0, Math.floor(options.numberOr('frameIndex', 0))),
    cellHeight: options.oneOf('cellHeight', ['sm', 'md', 'lg'], 'sm'),
  };
}

/** Before 2021 `mode` and `content` stood in the panel itself. */
function readText(options: Cursor, panel: Cursor): PanelOptions {
  const holder = options.has('content') || options.has('mode') ? options : panel;
  const mode = holder.oneOf('mode', ['markdown', 'html', 'code', 'text'], 'markdown');
  return {
    kind: 'text',
    mode: mode === 'text' ? 'code' : mode,
    content: holder.text('content'),
    language: holder.child('code').text('language', 'plaintext'),
  };
}

function readPie(options: Cursor): PanelOptions {
  const labels = options.texts('displayLabels', 10);
  return {
    kind: 'piechart',
    reduction: readReduction(options),
    shape: options.oneOf('pieType', ['pie', 'donut'], 'pie'),
    sort: options.oneOf('sort', ['asc', 'desc', 'none'], 'desc'),
    labels: (['name', 'value', 'percent'] as const).filter((label) => labels.includes(label)),
    legend: {
      ...readLegend(options),
      values: options.child('legend').texts('values', 10),
    },
    tooltip: readTooltip(options),
  };
}

function readHeatmap(options: Cursor): PanelOptions {
  const colour = options.child('color');
  const yAxis = options.child('yAxis');
  return {
    kind: 'heatmap',
    hasBuckets: !options.flag('calculate'),
    scheme: colour.text('scheme', 'Oranges'),
    colourScale: colour.oneOf('scale', ['exponential', 'linear'], 'exponential'),
    exponent: colour.numberOr('exponent', 0.5),
    steps: Math.min(Math.max(2, colour.numberOr('steps', 64)), 128),
    isReversed: colour.flag('reverse'),
    unit: yAxis.text('unit'),
    decimals: yAxis.number('decimals'),
    cellGap: Math.min(Math.max(0, options.numberOr('cellGap', 1)), 25),
    showsLegend: options.child('legend').flag('show', true),
    hidesBelow: options.child('filterValues').number('le'),
  };
}

function readBarChart(options: Cursor): PanelOptions {
  return {
    kind: 'barchart',
    orientation: readOrientation(options),
    stacking: options.oneOf('stacking', ['none', 'normal', 'percent'], 'none'),
    showsValue: readShowValue(options),
    barWidth: options.numberOr('barWidth', 0.97),
    groupWidth: options.numberOr('groupWidth', 0.7),
    xField: options.text('xField'),
    colourField: options.text('colorByField'),
    // uPlot turns the other way.
    nameRotation: Math.min(Math.max(-90, 0 - options.numberOr('xTickLabelRotation', 0)), 90),
    nameLengthMax: Math.max(0, options.numberOr('xTickLabelMaxLength', 0)),
    legend: readLegend(options),
    tooltip: readTooltip(options),
  };
}

function readShowValue(options: Cursor): 'auto' | 'always' | 'never' {
  return options.oneOf('showValue', ['auto', 'always', 'never'], 'auto');
}

/** Before 2021 what it lists stood in the panel itself. */
function readDashboardList(options: Cursor, panel: Cursor): PanelOptions {
  const isOld = Object.keys(options.value).length === 0;
  const holder = isOld ? panel : options;
  return {
    kind: 'dashlist',
    showsStarred: holder.flag(isOld ? 'starred' : 'showStarred', !isOld),
    showsRecent: holder.flag(isOld ? 'recent' : 'showRecentlyViewed'),
    showsSearch: holder.flag(isOld ? 'search' : 'showSearch'),
    query: holder.text('query'),
    tags: holder.texts('tags', 100),
    countMax: countOf(holder, isOld ? 'limit' : 'maxItems', 10),
    keepsTime: holder.flag('keepTime'),
    keepsVariables: holder.flag('includeVars'),
  };
}

/** As Grafana numbers them. */
const alertOrders: Readonly<Record<number, AlertOrder | undefined>> = {
  1: 'name',
  2: 'name-desc',
  4: 'time',
  5: 'time-desc',
};

/** States as a list, or as `{ firing: true }`. */
function readAlertList(options: Cursor, panel: Cursor): PanelOptions {
  const isOld = Object.keys(options.value).length === 0;
  const holder = isOld ? panel : options;
  const key = holder.has('stateFilter') ? 'stateFilter' : 'alertStateFilter';
  const value = holder.raw(key);
  const states = Array.isArray(value)
    ? holder.texts(key, 20)
    : holder
        .child(key)
        .names(20)
        .filter((state) => holder.child(key).flag(state));
  return {
    kind: 'alertlist',
    states,
    nameFilter: holder.text(holder.has('alertName') ? 'alertName' : 'nameFilter'),
    order: alertOrders[holder.numberOr('sortOrder', 3)] ?? 'state',
    countMax: countOf(holder, isOld ? 'limit' : 'maxItems', 20),
  };
}

function countOf(holder: Cursor, key: string, usual: number): number {
  const count = numberOf(holder.raw(key)) ?? usual;
  return Math.min(Math.max(1, count), 1000);
}
