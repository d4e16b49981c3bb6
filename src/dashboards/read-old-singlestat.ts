import type { ColourSettings, FieldSettings } from './field-settings.ts';
import type { PanelOptions, Reduction } from './panel-options.ts';
import type { Cursor } from './read-cursor.ts';
import { noFieldSettings, readDecimals } from './read-field-settings.ts';
import { readOldMappings } from './read-mappings.ts';
import type { PanelParts } from './read-panel.ts';
import { reducerOf } from './read-panel-options.ts';
import { thresholdsOfParts } from './read-thresholds.ts';

/** What a file without colours meant: good, doubtful, bad. */
const usualColours = ['green', 'orange', 'red'];

/** Angular's `singlestat`: one large value, or with `gauge.show` a gauge. */
export function readSingleStat(panel: Cursor): PanelParts {
  const isGauge = panel.child('gauge').flag('show');
  return {
    defaults: readDefaults(panel, isGauge),
    overrides: [],
    options: isGauge ? gaugeOf(panel) : statOf(panel),
  };
}

function readDefaults(panel: Cursor, isGauge: boolean): FieldSettings {
  const gauge = panel.child('gauge');
  const colours = panel.texts('colors', 10);
  const bounds = panel.text('thresholds').split(',');
  return {
    ...noFieldSettings,
    unit: panel.text('format', 'none'),
    decimals: readDecimals(panel),
    min: isGauge ? gauge.numberOr('minValue', 0) : panel.child('sparkline').number('ymin'),
    max: isGauge ? gauge.numberOr('maxValue', 100) : panel.child('sparkline').number('ymax'),
    noValue: panel.text('nullText'),
    mappings: readOldMappings(panel),
    thresholds: thresholdsOfParts(
      bounds.length > 2 ? bounds.slice(-2) : bounds,
      colours.length > 0 ? colours : usualColours,
    ),
    colour: readColour(panel, isGauge),
  };
}

/** Where the value itself has no colour, the line behind it may have one. */
function readColour(panel: Cursor, isGauge: boolean): ColourSettings {
  const byThreshold = isGauge || panel.flag('colorBackground') || panel.flag('colorValue');
  const line = panel.child('sparkline').text('lineColor');
  if (byThreshold || line === '') return { mode: 'thresholds', fixed: '', by: 'last' };
  return { mode: 'fixed', fixed: line, by: 'last' };
}

function gaugeOf(panel: Cursor): PanelOptions {
  const gauge = panel.child('gauge');
  return {
    kind: 'gauge',
    reduction: readReduction(panel),
    orientation: 'auto',
    showsThresholdLabels: gauge.flag('thresholdLabels'),
    showsThresholdMarkers: gauge.flag('thresholdMarkers', true),
  };
}

function statOf(panel: Cursor): PanelOptions {
  return {
    kind: 'stat',
    reduction: readReduction(panel),
    text: panel.text('valueName') === 'name' ? 'name' : 'value',
    graph: panel.child('sparkline').flag('show') ? 'area' : 'none',
    colour: panel.flag('colorBackground')
      ? 'background'
      : panel.flag('colorValue')
        ? 'value'
        : 'none',
    orientation: 'auto',
    justify: 'auto',
    prefix: panel.text('prefix'),
    postfix: panel.text('postfix'),
    titleSize: 0,
    valueSize: 0,
  };
}

/** `tableColumn` counts where the answer is a table. */
function readReduction(panel: Cursor): Reduction {
  const name = panel.text('valueName', 'avg');
  const column = panel.text('tableColumn');
  const isTable = panel.firstItem('targets')?.text('format') === 'table';
  return {
    reducers: [name === 'name' || name === 'last_time' ? 'lastNotNull' : reducerOf(name)],
    fields: isTable ? column : '',
    showsAllValues: false,
    limit: 0,
  };
}
