import type { Json, JsonObject } from './dashboard.ts';
import type { FieldMatcher } from './field-matchers.ts';
import { fieldMatcher } from './field-matchers.ts';
import type { FieldSettings, FieldSettingsOverride, SeriesStyle } from './field-settings.ts';
import type { FieldProperty, Frame } from './frame.ts';
import { expandDisplayName, fieldNames } from './legend.ts';
import { Cursor, isObject, ProblemList } from './read-cursor.ts';
import { readDecimals } from './read-field-settings.ts';
import { readFieldLinks } from './read-links.ts';
import { readMappings } from './read-mappings.ts';
import { readCell, readSeriesStyle } from './read-series-style.ts';
import { readThresholds } from './read-thresholds.ts';

export interface FieldValues {
  /** `settings[i][j]` of `frames[i].fields[j]`. Fields for which the same overrides hold share one object. */
  readonly settings: readonly (readonly FieldSettings[])[];
  /** What the person sees: the display name of the settings, else what the legend says. */
  readonly names: readonly (readonly string[])[];
  readonly problems: readonly string[];
}

interface Override {
  readonly matches: FieldMatcher;
  readonly apply: (settings: FieldSettings) => FieldSettings;
}

/** How each field of a panel is shown: the panel's defaults with the overrides that hold for it, in their order. */
export function fieldValues(
  frames: readonly Frame[],
  defaults: FieldSettings,
  overrides: readonly FieldSettingsOverride[],
): FieldValues {
  const problems: string[] = [];
  const known = overrides.flatMap((override) => compileOverride(override, problems));
  const names = fieldNames(frames);
  const shared = new Map<string, FieldSettings>();
  const shownNames: string[][] = [];
  const settings = frames.map((frame, i) => {
    const shown: string[] = [];
    shownNames.push(shown);
    return frame.fields.map((field, j) => {
      const plain = names[i]?.[j] ?? field.name;
      const isTime = field.type === 'time';
      const name =
        defaults.displayName === '' || isTime
          ? plain
          : expandDisplayName(defaults.displayName, field, plain);
      const holding = known.filter(({ matches }) => {
        return (
          matches({ field, frame, name }) ||
          (name !== plain && matches({ field, frame, name: plain }))
        );
      });
      const own =
        field.properties === undefined
          ? settingsOf(holding, known, { defaults, shared })
          : apply([...ofData(field.properties, problems), ...holding], defaults);
      const isRenamed = own.displayName !== defaults.displayName;
      shown.push(isRenamed ? expandDisplayName(own.displayName, field, plain) : name);
      return own;
    });
  });
  return { settings, names: shownNames, problems };
}

function settingsOf(
  holding: readonly Override[],
  known: readonly Override[],
  {
    defaults,
    shared,
  }: { readonly defaults: FieldSettings; readonly shared: Map<string, FieldSettings> },
): FieldSettings {
  if (holding.length === 0) return defaults;
  const key = holding.map((override) => known.indexOf(override)).join();
  const before = shared.get(key);
  if (before !== undefined) return before;
  const own = apply(holding, defaults);
  shared.set(key, own);
  return own;
}

function apply(overrides: readonly Override[], defaults: FieldSettings): FieldSettings {
  let own = defaults;
  for (const override of overrides) own = override.apply(own);
  return own;
}

/** What the data say of their own field. */
function ofData(properties: readonly FieldProperty[], problems: string[]): Override[] {
  return compileOverride({ matcher: { id: 'alwaysMatch', options: null }, properties }, problems);
}

function compileOverride(override: FieldSettingsOverride, problems: string[]): Override[] {
  const { matcher, properties } = override;
  const matches = fieldMatcher(matcher);
  if (matches === undefined) {
    const shown = JSON.stringify(matcher.options).slice(0, 200);
    problems.push(`cannot use the override ${matcher.id} ${shown}`);
    return [];
  }
  const list = new ProblemList();
  const setters = properties.flatMap((property) => {
    const setter = setterOf(property.id, property.value, list);
    if (setter === undefined && !silent.has(property.id)) {
      problems.push(`cannot use ${property.id.slice(0, 100)} of an override`);
    }
    return setter === undefined ? [] : [setter];
  });
  for (const { path, message } of list.toArray()) problems.push(`override ${path}: ${message}`);
  const applySetters = (settings: FieldSettings): FieldSettings => {
    let own = settings;
    for (const setter of setters) own = setter(own);
    return own;
  };
  return [{ matches, apply: applySetters }];
}

type Setter = (settings: FieldSettings) => FieldSettings;

/** Properties that change nothing of what we draw. */
const silent = new Set([
  'description',
  'filterable',
  'custom.inspect',
  'custom.lineStyle.fill',
  'custom.axisColorMode',
  'custom.axisBorderShow',
  'custom.insertNulls',
  'custom.barWidthFactor',
  'custom.barMaxWidth',
  'custom.showValues',
  'actions',
]);

function setterOf(id: string, value: Json, problems: ProblemList): Setter | undefined {
  if (id.startsWith('custom.')) return customSetter(id.slice('custom.'.length), value, problems);
  const owner = new Cursor({ [id]: value }, '', problems);
  switch (id) {
    case 'unit':
    case 'displayName':
    case 'noValue': {
      const text = owner.text(id);
      return (settings) => ({ ...settings, [id]: text });
    }
    case 'min':
    case 'max': {
      const number = owner.number(id);
      return (settings) => ({ ...settings, [id]: number });
    }
    case 'decimals': {
      const decimals = readDecimals(owner);
      return (settings) => ({ ...settings, decimals });
    }
    case 'mappings': {
      const mappings = readMappings(owner);
      return (settings) => ({ ...settings, mappings });
    }
    case 'thresholds': {
      const thresholds = readThresholds(owner);
      return (settings) => (thresholds === undefined ? settings : { ...settings, thresholds });
    }
    case 'links': {
      const links = readFieldLinks(owner);
      return (settings) => ({ ...settings, links });
    }
    case 'color':
      return colourSetter(owner, value);
    default:
      return undefined;
  }
}

function colourSetter(owner: Cursor, value: Json): Setter {
  if (typeof value === 'string') {
    return (settings) => ({ ...settings, colour: { mode: 'fixed', fixed: value, by: 'last' } });
  }
  const colour = owner.child('color');
  const by = colour.oneOf('seriesBy', ['last', 'min', 'max'], 'last');
  const fixed = colour.text('fixedColor');
  const mode = colour.text('mode');
  return (settings) => {
    const own = mode || (fixed === '' ? settings.colour.mode : 'fixed');
    return { ...settings, colour: { mode: own, fixed: fixed || settings.colour.fixed, by } };
  };
}

/** Which parts of a series' style a property of `custom` sets. */
const styleParts: Readonly<Record<string, readonly (keyof SeriesStyle)[]>> = {
  drawStyle: ['draw'],
  lineInterpolation: ['interpolation'],
  lineWidth: ['lineWidth'],
  lineStyle: ['dash', 'isDotted'],
  fillOpacity: ['fillOpacity'],
  gradientMode: ['gradient'],
  fillBelowTo: ['fillBelowTo'],
  showPoints: ['showPoints'],
  pointSize: ['pointSize'],
  spanNulls: ['spanNulls'],
  stacking: ['stacking'],
  barAlignment: ['barAlignment'],
  scaleDistribution: ['logBase'],
  transform: ['transform'],
  thresholdsStyle: ['thresholdsStyle'],
  hideFrom: ['hideFrom'],
};

const axisParts: Readonly<Record<string, keyof SeriesStyle['axis']>> = {
  axisPlacement: 'placement',
  axisLabel: 'label',
  axisSoftMin: 'softMin',
  axisSoftMax: 'softMax',
  axisCenteredZero: 'isCentredZero',
  axisWidth: 'width',
  axisGridShow: 'showsGrid',
};

const cellParts: Readonly<Record<string, readonly (keyof FieldSettings['cell'])[]>> = {
  cellOptions: ['kind', 'mode', 'coversRow', 'wrapsText'],
  wrapText: ['wrapsText'],
  displayMode: ['kind', 'mode'],
  align: ['align'],
  width: ['width'],
  minWidth: ['minWidth'],
  filterable: ['isFilterable'],
  hidden: ['isHidden'],
};

/** The property alone is read as a whole style would be; of what that gives only its own parts count. */
function customSetter(id: string, value: Json, problems: ProblemList): Setter | undefined {
  const custom = new Cursor(nested(id, value), 'custom', problems);
  const [name = ''] = id.split('.');
  const axisPart = Object.hasOwn(axisParts, name) ? axisParts[name] : undefined;
  const style = Object.hasOwn(styleParts, name) ? styleParts[name] : undefined;
  const cell = Object.hasOwn(cellParts, name) ? cellParts[name] : undefined;
  if (axisPart === undefined && style === undefined && cell === undefined) return undefined;
  return (settings) => {
    const { axis } = settings.style;
    const readStyle = readSeriesStyle(custom, settings.style);
    const parts = pick(readStyle, style ?? []);
    const axisOwn =
      axisPart === undefined ? {} : { axis: { ...axis, ...pick(readStyle.axis, [axisPart]) } };
    const cellOwn = pick(readCell(custom), name === 'hideFrom' ? ['isHidden'] : (cell ?? []));
    return {
      ...settings,
      style: { ...settings.style, ...parts, ...axisOwn },
      cell: { ...settings.cell, ...cellOwn },
    };
  };
}

function pick<T extends object>(from: T, keys: readonly (keyof T)[]): Partial<T> {
  const picked: Partial<T> = {};
  for (const key of keys) picked[key] = from[key];
  return picked;
}

/** `hideFrom.viz` as `{ hideFrom: { viz } }`. */
function nested(id: string, value: Json): JsonObject {
  const names = id.split('.').slice(0, 5);
  let inner: Json = value;
  for (const name of names.slice(1).toReversed()) inner = { [name]: inner };
  const top = names[0] ?? '';
  return isObject(inner) || names.length === 1 ? { [top]: inner } : {};
}
