import type { JsonObject, PanelKind } from './dashboard.ts';
import type {
  ColourSettings,
  FieldSettings,
  FieldSettingsOverride,
  SeriesStyle,
} from './field-settings.ts';
import type { Cursor } from './read-cursor.ts';
import { readFieldLinks } from './read-links.ts';
import { readMappings } from './read-mappings.ts';
import { readCell, readSeriesStyle, usualCell, usualStyle } from './read-series-style.ts';
import { noThresholds, readThresholds, usualThresholds } from './read-thresholds.ts';

const overridesMax = 1000;
const propertiesMax = 100;

export const noFieldSettings: FieldSettings = {
  unit: '',
  decimals: undefined,
  min: undefined,
  max: undefined,
  displayName: '',
  noValue: '',
  mappings: [],
  thresholds: noThresholds,
  colour: { mode: 'palette-classic', fixed: '', by: 'last' },
  links: [],
  style: usualStyle,
  cell: usualCell,
};

/** `fieldConfig.defaults` of a panel of today. */
export function readFieldSettings(panel: Cursor, kind: PanelKind): FieldSettings {
  const defaults = panel.child('fieldConfig').child('defaults');
  const custom = defaults.child('custom');
  return {
    unit: defaults.text('unit'),
    decimals: readDecimals(defaults),
    min: defaults.number('min'),
    max: defaults.number('max'),
    displayName: defaults.text('displayName') || defaults.text('title'),
    noValue: defaults.text('noValue'),
    mappings: readMappings(defaults),
    thresholds: readThresholds(defaults) ?? usualThresholds,
    colour: readColour(defaults, kind),
    links: readFieldLinks(defaults),
    style: readSeriesStyle(custom, usualStyleOf(kind)),
    cell: readCell(custom),
  };
}

/** As many as the screen's digits at most; a negative number is none at all. */
export function readDecimals(owner: Cursor): number | undefined {
  const decimals = owner.number('decimals');
  if (decimals === undefined || decimals < 0) return undefined;
  return Math.min(Math.round(decimals), 20);
}

const colourModes: Partial<Record<PanelKind, string>> = {
  stat: 'thresholds',
  gauge: 'thresholds',
  bargauge: 'thresholds',
  table: 'thresholds',
  'status-history': 'thresholds',
  'state-timeline': 'continuous-GrYlRd',
};

function readColour(defaults: Cursor, kind: PanelKind): ColourSettings {
  const usualMode = colourModes[kind] ?? 'palette-classic';
  if (typeof defaults.raw('color') === 'string') {
    return { mode: 'fixed', fixed: defaults.text('color'), by: 'last' };
  }
  const colour = defaults.child('color');
  return {
    mode: colour.text('mode', usualMode),
    fixed: colour.text('fixedColor'),
    by: colour.oneOf('seriesBy', ['last', 'min', 'max'], 'last'),
  };
}

/** What holds of a kind where a file says nothing. */
export function usualStyleOf(kind: PanelKind): SeriesStyle {
  switch (kind) {
    case 'barchart':
    case 'histogram':
      return { ...usualStyle, fillOpacity: 80 };
    case 'state-timeline':
    case 'status-history':
      return { ...usualStyle, fillOpacity: 70 };
    default:
      return usualStyle;
  }
}

/** `fieldConfig.overrides`, in order; a later one wins. */
export function readOverrides(panel: Cursor): FieldSettingsOverride[] {
  const items = panel.child('fieldConfig').items('overrides', overridesMax);
  return items.flatMap((item) => {
    const matcher = item.child('matcher');
    const id = matcher.text('id');
    const properties = item.items('properties', propertiesMax).flatMap((property) => {
      const name = property.text('id');
      return name === '' ? [] : [{ id: name, value: property.raw('value') ?? null }];
    });
    if (id === '' || properties.length === 0) return [];
    return [{ matcher: { id, options: matcher.raw('options') ?? null }, properties }];
  });
}

/** An override in the words of today, for what an old file said of one series or column. */
export function overrideOf(
  matcher: FieldSettingsOverride['matcher'],
  properties: JsonObject,
): FieldSettingsOverride[] {
  const list = Object.entries(properties).flatMap(([id, value]) =>
    value === undefined ? [] : [{ id, value }],
  );
  return list.length === 0 ? [] : [{ matcher, properties: list }];
}

/** Old files name a series, or give a pattern between slashes. */
export function matcherOf(name: string): FieldSettingsOverride['matcher'] {
  return { id: /^\/.*\/[a-z]*$/s.test(name) ? 'byRegexp' : 'byName', options: name };
}
