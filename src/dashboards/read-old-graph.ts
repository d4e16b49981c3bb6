import type { JsonObject, Transformation } from './dashboard.ts';
import type { FieldSettings, FieldSettingsOverride, SeriesStyle } from './field-settings.ts';
import type { LegendOptions, PanelOptions, TooltipOptions } from './panel-options.ts';
import type { Cursor } from './read-cursor.ts';
import { noFieldSettings, overrideOf, readDecimals, readOverrides } from './read-field-settings.ts';
import { readFieldLinks } from './read-links.ts';
import type { YAxis } from './read-old-axes.ts';
import { readGraphThresholds, readYAxes } from './read-old-axes.ts';
import { seriesOverridesOf } from './read-old-series.ts';
import type { PanelParts } from './read-panel.ts';
import { noLegend, reducerOf } from './read-panel-options.ts';
import { usualStyle } from './read-series-style.ts';

const aliasColoursMax = 1000;

/** Angular's `graph`: lines over time, a bar for each series, or a histogram. */
export function readGraph(panel: Cursor): PanelParts {
  const [left, right] = readYAxes(panel);
  const mode = panel.child('xaxis').oneOf('mode', ['time', 'series', 'histogram'], 'time');
  const parts = {
    defaults: readDefaults(panel, left),
    overrides: [
      ...readOverrides(panel),
      ...readAliasColours(panel),
      ...seriesOverridesOf(panel, right),
    ],
  };
  if (mode === 'series') {
    const transformations = [reductionOf(panel)];
    return { ...parts, options: barsOf(panel), transformations };
  }
  return { ...parts, options: mode === 'histogram' ? histogramOf(panel) : linesOf(panel) };
}

function readDefaults(panel: Cursor, left: YAxis): FieldSettings {
  const { thresholds, style: thresholdsStyle } = readGraphThresholds(panel);
  const style = readStyle(panel);
  return {
    ...noFieldSettings,
    links: readLinksOf(panel),
    unit: left.unit,
    decimals: readDecimals(panel) ?? left.decimals,
    min: left.min,
    max: left.max,
    thresholds,
    style: {
      ...style,
      logBase: left.logBase,
      thresholdsStyle,
      axis: { ...style.axis, label: left.label, placement: left.isShown ? 'auto' : 'hidden' },
    },
  };
}

/** In the options for some months of 2019. */
function readLinksOf(panel: Cursor): FieldSettings['links'] {
  const options = panel.child('options');
  if (options.has('dataLinks')) return readFieldLinks(options, 'dataLinks');
  return readFieldLinks(panel.child('fieldConfig').child('defaults'));
}

function readStyle(panel: Cursor): SeriesStyle {
  const hasBars = panel.flag('bars');
  const hasLines = panel.flag('lines', true);
  const hasPoints = panel.flag('points');
  const nulls = panel.oneOf('nullPointMode', ['null', 'connected', 'null as zero'], 'null');
  const dash = [panel.numberOr('dashLength', 10), panel.numberOr('spaceLength', 10)];
  return {
    ...usualStyle,
    draw: hasBars ? 'bars' : hasLines || !hasPoints ? 'line' : 'points',
    interpolation: panel.flag('steppedLine') ? 'stepAfter' : 'linear',
    lineWidth: hasLines
      ? Math.min(Math.max(0, panel.numberOr('linewidth', 1)), 10)
      : hasBars
        ? 1
        : 0,
    // Bars were always opaque.
    fillOpacity: hasBars ? 100 : readFill(panel) * 10,
    gradient: panel.numberOr('fillGradient', 0) > 0 ? 'opacity' : 'none',
    dash: panel.flag('dashes') ? dash : [],
    showPoints: hasPoints ? 'always' : 'never',
    pointSize: 2 + 2 * Math.min(Math.max(0, panel.numberOr('pointradius', 2)), 19),
    spanNulls: nulls === 'connected',
    nullsAsZero: nulls === 'null as zero',
    stacking: readStacking(panel),
  };
}

/** 0 to 10; bands between two series had one of their own. */
function readFill(panel: Cursor): number {
  const hasBands = panel.items('seriesOverrides', 500).some((item) => item.has('fillBelowTo'));
  if (hasBands) return 3.5;
  const gradient = panel.numberOr('fillGradient', 0);
  const fill = gradient > 0 ? gradient : panel.numberOr('fill', 1);
  return Math.min(Math.max(0, fill), 10);
}

function readStacking(panel: Cursor): SeriesStyle['stacking'] {
  if (!panel.flag('stack')) return usualStyle.stacking;
  return { mode: panel.flag('percentage') ? 'percent' : 'normal', group: 'A' };
}

/** A fixed colour for a series of that name. */
export function readAliasColours(panel: Cursor): FieldSettingsOverride[] {
  const colours = panel.child('aliasColors');
  return colours.names(aliasColoursMax).flatMap((name) => {
    const fixedColor = colours.text(name);
    if (fixedColor === '') return [];
    const properties: JsonObject = { color: { mode: 'fixed', fixedColor } };
    return overrideOf({ id: 'byName', options: name }, properties);
  });
}

const legendReducers = ['min', 'max', 'avg', 'current', 'total'] as const;

/** Titles of the columns in today's legends. */
const columnTitles: Readonly<Record<string, string>> = {
  min: 'Min',
  max: 'Max',
  avg: 'Mean',
  current: 'Last *',
  total: 'Total',
};

export function readOldLegend(panel: Cursor): LegendOptions {
  const legend = panel.child('legend');
  if (!legend.flag('show', true)) return noLegend;
  const shown = legend.flag('values')
    ? legendReducers.filter((name) => legend.flag(name)).map(reducerOf)
    : [];
  const sort = legend.text('sort');
  return {
    mode: legend.flag('alignAsTable') ? 'table' : 'list',
    placement: legend.flag('rightSide') ? 'right' : 'bottom',
    reducers: shown,
    width: Math.max(0, legend.numberOr('sideWidth', 0)),
    sortBy: Object.hasOwn(columnTitles, sort) ? (columnTitles[sort] ?? '') : '',
    sortsDescending: legend.flag('sortDesc'),
    hidesEmpty: legend.flag('hideEmpty'),
    hidesZero: legend.flag('hideZero'),
  };
}

function readOldTooltip(panel: Cursor): TooltipOptions {
  const tooltip = panel.child('tooltip');
  const sort = tooltip.numberOr('sort', 0);
  return {
    mode: tooltip.flag('shared', true) ? 'multi' : 'single',
    sort: sort === 1 ? 'asc' : sort === 2 ? 'desc' : 'none',
    hidesZeros: false,
  };
}

function linesOf(panel: Cursor): PanelOptions {
  return {
    kind: 'timeseries',
    legend: readOldLegend(panel),
    tooltip: readOldTooltip(panel),
  };
}

function barsOf(panel: Cursor): PanelOptions {
  return {
    kind: 'barchart',
    orientation: 'vertical',
    stacking: readStacking(panel).mode,
    showsValue: 'never',
    barWidth: 0.97,
    groupWidth: 0.7,
    xField: 'Field',
    colourField: '',
    nameRotation: 0,
    nameLengthMax: 0,
    legend: readOldLegend(panel),
    tooltip: readOldTooltip(panel),
  };
}

/** One value of each series. */
function reductionOf(panel: Cursor): Transformation {
  const [value] = panel.child('xaxis').texts('values', 10);
  const reducers = [reducerOf(value ?? 'total')];
  const options: JsonObject = { mode: 'seriesToRows', reducers, includeTimeField: false };
  return { id: 'reduce', options, isDisabled: false, filter: undefined };
}

function histogramOf(panel: Cursor): PanelOptions {
  return {
    kind: 'histogram',
    bucketCount: Math.min(Math.max(1, panel.child('xaxis').numberOr('buckets', 30)), 1000),
    bucketSize: undefined,
    bucketOffset: 0,
    isCombined: false,
    legend: readOldLegend(panel),
  };
}
