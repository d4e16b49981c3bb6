import type { CellSettings, SeriesStyle } from './field-settings.ts';
import type { Cursor } from './read-cursor.ts';

export const usualStyle: SeriesStyle = {
  draw: 'line',
  interpolation: 'linear',
  lineWidth: 1,
  dash: [],
  isDotted: false,
  fillOpacity: 0,
  gradient: 'none',
  fillBelowTo: '',
  showPoints: 'auto',
  pointSize: 5,
  spanNulls: false,
  nullsAsZero: false,
  stacking: { mode: 'none', group: 'A' },
  barAlignment: 0,
  axis: {
    placement: 'auto',
    label: '',
    softMin: undefined,
    softMax: undefined,
    isCentredZero: false,
    width: undefined,
    showsGrid: undefined,
  },
  logBase: 0,
  transform: 'none',
  zIndex: 0,
  thresholdsStyle: 'off',
  hideFrom: { graph: false, legend: false, tooltip: false },
};

export const usualCell: CellSettings = {
  kind: 'auto',
  mode: '',
  align: 'auto',
  width: 0,
  minWidth: 0,
  isFilterable: false,
  isHidden: false,
  coversRow: false,
  wrapsText: false,
};

/** `custom` of a graph's field settings. */
export function readSeriesStyle(custom: Cursor, usual: SeriesStyle): SeriesStyle {
  const draw = custom.oneOf('drawStyle', ['line', 'bars', 'points'], usual.draw);
  return {
    draw,
    interpolation: custom.oneOf(
      'lineInterpolation',
      ['linear', 'smooth', 'stepBefore', 'stepAfter'],
      usual.interpolation,
    ),
    lineWidth: bounded(custom.numberOr('lineWidth', usual.lineWidth), 0, 10),
    ...readDash(custom),
    fillOpacity: bounded(custom.numberOr('fillOpacity', usual.fillOpacity), 0, 100),
    gradient: custom.oneOf('gradientMode', ['none', 'opacity', 'hue', 'scheme'], 'none'),
    fillBelowTo: custom.text('fillBelowTo'),
    showPoints: custom.oneOf('showPoints', ['auto', 'always', 'never'], 'auto'),
    pointSize: bounded(custom.numberOr('pointSize', usual.pointSize), 1, 40),
    spanNulls: readSpanNulls(custom),
    nullsAsZero: false,
    stacking: readStacking(custom),
    barAlignment: readBarAlignment(custom),
    axis: readAxis(custom),
    logBase: readLogBase(custom),
    transform: custom.oneOf('transform', ['none', 'negative-Y', 'constant'], 'none'),
    zIndex: bounded(custom.numberOr('zIndex', 0), -10, 10),
    thresholdsStyle: readThresholdsStyle(custom),
    hideFrom: readHideFrom(custom),
  };
}

function readDash(custom: Cursor): Pick<SeriesStyle, 'dash' | 'isDotted'> {
  const style = custom.child('lineStyle');
  const fill = style.oneOf('fill', ['solid', 'dash', 'dot', 'square'], 'solid');
  if (fill === 'solid') return { dash: [], isDotted: false };
  const given = style.list('dash', 20).filter((part) => typeof part === 'number' && part >= 0);
  const dash =
    given.length > 0 ? (given as readonly number[]) : fill === 'dot' ? [0, 10] : [10, 10];
  return { dash, isDotted: fill === 'dot' };
}

function readSpanNulls(custom: Cursor): boolean | number {
  const value = custom.raw('spanNulls');
  return typeof value === 'number' && value > 0 ? value : custom.flag('spanNulls');
}

/** A list of groups of the first beta of today's graph is read as one. */
function readStacking(custom: Cursor): SeriesStyle['stacking'] {
  const stacking = custom.child('stacking');
  const mode = stacking.oneOf('mode', ['none', 'normal', 'percent', 'standard'], 'none');
  return { mode: mode === 'standard' ? 'normal' : mode, group: stacking.text('group', 'A') };
}

function readBarAlignment(custom: Cursor): -1 | 0 | 1 {
  const alignment = custom.numberOr('barAlignment', 0);
  return alignment < 0 ? -1 : alignment > 0 ? 1 : 0;
}

function readAxis(custom: Cursor): SeriesStyle['axis'] {
  return {
    placement: readPlacement(custom),
    label: custom.text('axisLabel'),
    softMin: custom.number('axisSoftMin'),
    softMax: custom.number('axisSoftMax'),
    isCentredZero: custom.flag('axisCenteredZero'),
    width: custom.number('axisWidth'),
    showsGrid: custom.has('axisGridShow') ? custom.flag('axisGridShow', true) : undefined,
  };
}

/** Above and below are for bars that lie, whose axis is where it is. */
function readPlacement(custom: Cursor): SeriesStyle['axis']['placement'] {
  const places = ['auto', 'left', 'right', 'hidden', 'top', 'bottom'] as const;
  const place = custom.oneOf('axisPlacement', places, 'auto');
  return place === 'top' || place === 'bottom' ? 'auto' : place;
}

function readLogBase(custom: Cursor): number {
  const scale = custom.child('scaleDistribution');
  const type = scale.oneOf('type', ['linear', 'log', 'symlog', 'ordinal'], 'linear');
  if (type !== 'log' && type !== 'symlog') return 0;
  return bounded(scale.numberOr('log', 10), 2, 1000);
}

function readThresholdsStyle(custom: Cursor): SeriesStyle['thresholdsStyle'] {
  const style = custom.child('thresholdsStyle');
  const modes = ['off', 'line', 'dashed', 'area', 'line+area', 'dashed+area', 'series'] as const;
  const mode = style.oneOf('mode', modes, 'off');
  return mode === 'series' ? 'off' : mode;
}

/** `viz` is the graph, and also the column of a table. */
function readHideFrom(custom: Cursor): SeriesStyle['hideFrom'] {
  const from = custom.child('hideFrom');
  return {
    graph: from.flag('viz') || from.flag('graph'),
    legend: from.flag('legend'),
    tooltip: from.flag('tooltip'),
  };
}

/** Words of 2021, and cells that are shown as text. */
const otherCells: Readonly<Record<string, Pick<CellSettings, 'kind' | 'mode'>>> = {
  'color-background-solid': { kind: 'color-background', mode: 'basic' },
  'gradient-gauge': { kind: 'gauge', mode: 'gradient' },
  'lcd-gauge': { kind: 'gauge', mode: 'lcd' },
  basic: { kind: 'gauge', mode: 'basic' },
  'json-view': { kind: 'json', mode: '' },
  actions: { kind: 'data-links', mode: '' },
  custom: { kind: 'auto', mode: '' },
  geo: { kind: 'auto', mode: '' },
  markdown: { kind: 'auto', mode: '' },
  pill: { kind: 'auto', mode: '' },
};

/** `custom` of a table's field settings; before 2023 the kind was one word, `displayMode`. */
export function readCell(custom: Cursor): CellSettings {
  const cell = custom.child('cellOptions');
  return {
    ...readCellKind(custom),
    align: custom.oneOf('align', ['auto', 'left', 'center', 'right'], 'auto'),
    width: bounded(custom.numberOr('width', 0), 0, 10_000),
    minWidth: bounded(custom.numberOr('minWidth', 0), 0, 10_000),
    isFilterable: custom.flag('filterable'),
    isHidden: custom.flag('hidden') || custom.child('hideFrom').flag('viz'),
    coversRow: cell.flag('applyToRow'),
    wrapsText: custom.flag('wrapText') || cell.flag('wrapText'),
  };
}

function readCellKind(custom: Cursor): Pick<CellSettings, 'kind' | 'mode'> {
  const cell = custom.child('cellOptions');
  const [holder, key] = cell.has('type') ? [cell, 'type'] : [custom, 'displayMode'];
  const word = holder.text(key, 'auto');
  const old = Object.hasOwn(otherCells, word) ? otherCells[word] : undefined;
  if (old !== undefined) return old;
  const kinds = [
    'auto',
    'color-text',
    'color-background',
    'gauge',
    'sparkline',
    'json',
    'image',
    'data-links',
  ] as const;
  return { kind: holder.oneOf(key, kinds, 'auto'), mode: cell.text('mode') };
}

function bounded(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
