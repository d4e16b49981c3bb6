import type { Json, JsonObject } from './dashboard.ts';
import type { FieldSettingsOverride } from './field-settings.ts';
import type { Cursor } from './read-cursor.ts';
import { matcherOf, overrideOf } from './read-field-settings.ts';
import type { YAxis } from './read-old-axes.ts';

const overridesMax = 500;

/** `seriesOverrides` of an old graph: what one series, or those of a pattern, do otherwise. */
export function seriesOverridesOf(panel: Cursor, right: YAxis): FieldSettingsOverride[] {
  return panel.items('seriesOverrides', overridesMax).flatMap((item) => {
    const alias = item.text('alias');
    if (alias === '') return [];
    return overrideOf(matcherOf(alias), {
      ...drawingOf(item),
      ...lookOf(item),
      ...(item.number('yaxis') === 2 ? rightAxisOf(right) : {}),
    });
  });
}

type Properties = Record<string, Json | undefined>;

function drawingOf(item: Cursor): Properties {
  const properties: Properties = {};
  if (item.has('lines')) {
    if (item.flag('lines')) properties['custom.drawStyle'] = 'line';
    else properties['custom.lineWidth'] = 0;
  }
  if (item.has('bars')) properties['custom.drawStyle'] = item.flag('bars') ? 'bars' : 'line';
  if (item.flag('bars')) properties['custom.fillOpacity'] = 100;
  if (item.has('points'))
    properties['custom.showPoints'] = item.flag('points') ? 'always' : 'never';
  if (item.flag('points') && item.has('lines') && !item.flag('lines')) {
    properties['custom.drawStyle'] = 'points';
  }
  const width = item.number(item.has('linewidth') ? 'linewidth' : 'lineWidth');
  if (width !== undefined && properties['custom.lineWidth'] === undefined) {
    properties['custom.lineWidth'] = width;
  }
  if (item.has('steppedLine')) {
    properties['custom.lineInterpolation'] = item.flag('steppedLine') ? 'stepAfter' : 'linear';
  }
  if (item.has('nullPointMode')) {
    properties['custom.spanNulls'] = item.text('nullPointMode') === 'connected';
  }
  const radius = item.number('pointradius');
  if (radius !== undefined) properties['custom.pointSize'] = 2 + 2 * radius;
  return { ...properties, ...dashOf(item) };
}

function dashOf(item: Cursor): Properties {
  if (!['dashes', 'dashLength', 'spaceLength'].some((key) => item.has(key))) return {};
  if (!item.flag('dashes', true)) return { 'custom.lineStyle': { fill: 'solid' } };
  const dash = [item.numberOr('dashLength', 10), item.numberOr('spaceLength', 10)];
  return { 'custom.lineStyle': { fill: 'dash', dash } };
}

function lookOf(item: Cursor): Properties {
  const fill = item.number('fill');
  const gradient = item.number('fillGradient');
  const fixedColor = item.text('color');
  return {
    ...(fill === undefined ? {} : { 'custom.fillOpacity': Math.min(fill, 10) * 10 }),
    ...(gradient === undefined ? {} : gradientOf(gradient)),
    ...(item.has('fillBelowTo') ? { 'custom.fillBelowTo': item.text('fillBelowTo') } : {}),
    ...(fixedColor === '' ? {} : { color: { mode: 'fixed', fixedColor } }),
    ...(item.has('transform') ? { 'custom.transform': item.text('transform') } : {}),
    ...(item.has('zindex') ? { 'custom.zIndex': item.numberOr('zindex', 0) } : {}),
    ...stackingOf(item),
    ...hidingOf(item),
  };
}

function gradientOf(gradient: number): Properties {
  if (gradient <= 0) return { 'custom.gradientMode': 'none' };
  const fillOpacity = Math.min(gradient, 10) * 10;
  return { 'custom.gradientMode': 'opacity', 'custom.fillOpacity': fillOpacity };
}

/** Yes, no, or the name of the stack. */
function stackingOf(item: Cursor): Properties {
  const stack = item.raw('stack');
  if (stack === undefined) return {};
  const group = typeof stack === 'string' && stack.length === 1 ? stack : 'A';
  const isStacked = typeof stack === 'string' ? stack !== 'false' : item.flag('stack');
  return { 'custom.stacking': { mode: isStacked ? 'normal' : 'none', group } };
}

function hidingOf(item: Cursor): Properties {
  const from = {
    viz: item.flag('hiddenSeries'),
    legend: item.has('legend') && !item.flag('legend', true),
    tooltip: item.flag('hideTooltip'),
  };
  return from.viz || from.legend || from.tooltip ? { 'custom.hideFrom': from } : {};
}

function rightAxisOf(right: YAxis): Properties {
  const log: JsonObject = { type: 'log', log: right.logBase };
  return {
    'custom.axisPlacement': right.isShown ? 'right' : 'hidden',
    unit: right.unit,
    'custom.axisLabel': right.label,
    // What the left axis says does not hold for the right one.
    min: right.min ?? null,
    max: right.max ?? null,
    decimals: right.decimals,
    'custom.scaleDistribution': right.logBase === 0 ? { type: 'linear' } : log,
  };
}
