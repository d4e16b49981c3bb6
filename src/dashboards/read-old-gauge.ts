import type { PanelOptions, Reduction } from './panel-options.ts';
import { Cursor } from './read-cursor.ts';
import { noFieldSettings, readDecimals } from './read-field-settings.ts';
import { readFieldLinks } from './read-links.ts';
import { readMappings } from './read-mappings.ts';
import type { PanelParts } from './read-panel.ts';
import { readPanelOptions, readReducers, reducerOf } from './read-panel-options.ts';
import { readThresholds, usualThresholds } from './read-thresholds.ts';

/**
 * Gauges, bar gauges and stats of 2018 to early 2020, whose units and thresholds stood among their options; undefined
 * for those of today.
 */
export function readOldGauge(
  type: 'gauge' | 'bargauge' | 'stat',
  panel: Cursor,
): PanelParts | undefined {
  const options = panel.child(panel.has('options-gauge') ? 'options-gauge' : 'options');
  const field = options.child('fieldOptions');
  const value = options.child('valueOptions');
  const isOld =
    ['fieldOptions', 'valueOptions', 'thresholds', 'valueMappings'].some((key) =>
      options.has(key),
    ) || panel.has('options-gauge');
  const base = isOld ? readPanelOptions(type, panel) : undefined;
  if (base === undefined) return undefined;
  const defaults = joined(field.child('defaults'), field.child('override'));
  const holder = value.has('unit') || value.has('stat') ? value : options;
  const prefix = value.text('prefix') || options.text('prefix');
  const postfix = value.text('suffix') || options.text('suffix');
  return {
    defaults: {
      ...noFieldSettings,
      unit: defaults.text('unit') || holder.text('unit'),
      decimals: readDecimals(defaults) ?? readDecimals(holder),
      min: defaults.number('min') ?? options.number('minValue'),
      max: defaults.number('max') ?? options.number('maxValue'),
      displayName: defaults.text('displayName') || defaults.text('title'),
      noValue: defaults.text('noValue'),
      mappings: [
        ...readMappings(defaults),
        ...readMappings(field),
        ...readMappings(options, 'valueMappings'),
      ],
      thresholds:
        readThresholds(defaults) ??
        readThresholds(field) ??
        readThresholds(options) ??
        usualThresholds,
      colour: { mode: 'thresholds', fixed: '', by: 'last' },
      links: readFieldLinks(defaults),
    },
    overrides: [],
    options: withParts(base, reductionOf(field, holder), prefix, postfix),
  };
}

function joined(defaults: Cursor, override: Cursor): Cursor {
  const value = { ...defaults.value, ...override.value };
  return new Cursor(value, defaults.path, defaults.problems);
}

function reductionOf(field: Cursor, holder: Cursor): Reduction {
  const reducers = readReducers(field);
  return {
    reducers: reducers.length > 0 ? reducers : [reducerOf(holder.text('stat', 'lastNotNull'))],
    fields: '',
    showsAllValues: field.flag('values'),
    limit: Math.max(0, field.numberOr('limit', 0)),
  };
}

function withParts(
  base: PanelOptions,
  reduction: Reduction,
  prefix: string,
  postfix: string,
): PanelOptions {
  if (base.kind === 'stat') return { ...base, reduction, prefix, postfix };
  return base.kind === 'gauge' || base.kind === 'bargauge' ? { ...base, reduction } : base;
}
