import type { Json, JsonObject, Transformation } from './dashboard.ts';
import type { FieldSettingsOverride, ValueMapping } from './field-settings.ts';
import type { PanelOptions } from './panel-options.ts';
import type { Cursor } from './read-cursor.ts';
import { matcherOf, noFieldSettings, overrideOf, readDecimals } from './read-field-settings.ts';
import { readOldMappings } from './read-mappings.ts';
import type { PanelParts } from './read-panel.ts';
import { reducerOf } from './read-panel-options.ts';
import { thresholdsOfParts } from './read-thresholds.ts';

const stylesMax = 500;
const columnsMax = 50;

/** Angular's table: how series become rows, and a style for each column. */
export function readOldTable(panel: Cursor): PanelParts {
  const transform = readTransform(panel);
  // Of the old styles the first that fits holds, of overrides the last.
  const overrides = panel.items('styles', stylesMax).toReversed().flatMap(overrideOfStyle);
  return {
    defaults: {
      ...noFieldSettings,
      unit: 'none',
      colour: { mode: 'thresholds', fixed: '', by: 'last' },
    },
    overrides,
    options: optionsOf(panel, transform),
    transformations: transformationsOf(panel, transform),
  };
}

/** What the answer is decides over what the file says, as it always did. */
function readTransform(panel: Cursor): string {
  if (panel.firstItem('targets')?.text('format') === 'table') return 'table';
  const transform = panel.text('transform', 'timeseries_to_rows');
  return transform === 'table' || transform === 'json' ? 'timeseries_to_rows' : transform;
}

function optionsOf(panel: Cursor, transform: string): PanelOptions {
  const sort = panel.child('sort');
  const column = sort.number('col');
  const name = column === undefined ? '' : columnNameOf(panel, transform, column);
  return {
    kind: 'table',
    showsHeader: panel.flag('showHeader', true),
    sortBy: name === '' ? [] : [{ name, isDescending: sort.flag('desc', true) }],
    footer: { isShown: false, reducers: [], fields: [], countsRows: false },
    frameIndex: 0,
    cellHeight: 'sm',
  };
}

/** Old files sort by a column's place. Where its name shows only with the answer, `#2` says the place. */
function columnNameOf(panel: Cursor, transform: string, index: number): string {
  if (transform === 'timeseries_aggregations') {
    return ['Metric', ...readColumns(panel).map(({ text }) => text)][index] ?? '';
  }
  if (transform === 'timeseries_to_rows') return ['Time', 'Metric', 'Value'][index] ?? '';
  return index === 0 ? 'Time' : `#${index}`;
}

function transformationsOf(panel: Cursor, transform: string): Transformation[] {
  switch (transform) {
    case 'timeseries_to_rows':
      return [transformation('seriesToRows', {})];
    case 'timeseries_to_columns':
      return [transformation('joinByField', { byField: 'Time', mode: 'outer' })];
    case 'timeseries_aggregations':
      return aggregationsOf(readColumns(panel));
    case 'table':
      return [transformation('merge', {})];
    default:
      panel.tell('transform', `${JSON.stringify(transform.slice(0, 40))} is not known`);
      return [];
  }
}

/** Titles of the columns a reduction gives today. */
const titles: Readonly<Record<string, string>> = {
  mean: 'Mean',
  lastNotNull: 'Last *',
  sum: 'Total',
  min: 'Min',
  max: 'Max',
  count: 'Count',
};

function aggregationsOf(columns: readonly { text: string; reducer: string }[]): Transformation[] {
  const reducers = columns.map(({ reducer }) => reducer);
  const renames: [string, string][] = columns.map(({ text, reducer }) => [
    Object.hasOwn(titles, reducer) ? (titles[reducer] ?? reducer) : reducer,
    text,
  ]);
  const renameByName = Object.fromEntries([['Field', 'Metric'], ...renames]) as JsonObject;
  return [
    transformation('reduce', { reducers, includeTimeField: false, mode: 'seriesToRows' }),
    transformation('organize', { renameByName, excludeByName: {}, indexByName: {} }),
  ];
}

function readColumns(panel: Cursor): { text: string; reducer: string }[] {
  const columns = panel.items('columns', columnsMax).flatMap((column) => {
    const reducer = reducerOf(column.text('value'));
    return reducer === '' ? [] : [{ text: column.text('text', reducer), reducer }];
  });
  return columns.length > 0 ? columns : [{ text: 'Avg', reducer: 'mean' }];
}

function transformation(id: string, options: JsonObject): Transformation {
  return { id, options, isDisabled: false, filter: undefined };
}

/** All properties of each, so that nothing of a wider pattern shines through. */
function overrideOfStyle(style: Cursor): FieldSettingsOverride[] {
  const pattern = style.text('pattern');
  if (pattern === '') return [];
  const type = style.oneOf('type', ['number', 'date', 'string', 'hidden'], 'string');
  if (type === 'hidden') return overrideOf(matcherOf(pattern), { 'custom.hidden': true });
  return overrideOf(matcherOf(pattern), {
    'custom.hidden': false,
    displayName: style.text('alias'),
    unit: unitOf(style, type),
    decimals: type === 'number' ? (readDecimals(style) ?? null) : null,
    ...coloursOf(style, type),
    mappings: readOldMappings(style).map(mappingJson),
    links: linksOf(style),
    'custom.align': style.oneOf('align', ['auto', 'left', 'center', 'right'], 'auto'),
  });
}

function unitOf(style: Cursor, type: 'number' | 'date' | 'string'): string {
  if (type === 'date') return `time:${style.text('dateFormat', 'YYYY-MM-DD HH:mm:ss')}`;
  return type === 'number' ? style.text('unit', 'short') : 'string';
}

function coloursOf(style: Cursor, type: string): JsonObject {
  const mode = style.oneOf('colorMode', ['cell', 'value', 'row', 'none'], 'none');
  const { steps } = thresholdsOfParts(
    style.texts('thresholds', 10).flatMap((bound) => bound.split(',')),
    style.texts('colors', 10),
  );
  const thresholds = { mode: 'absolute', steps: steps.map(stepJson) };
  if (mode === 'none' || (type !== 'number' && type !== 'string')) {
    return { 'custom.cellOptions': { type: 'auto' }, thresholds };
  }
  const cellOptions: JsonObject =
    mode === 'value'
      ? { type: 'color-text' }
      : { type: 'color-background', mode: 'basic', applyToRow: mode === 'row' };
  return { 'custom.cellOptions': cellOptions, thresholds, color: { mode: 'thresholds' } };
}

function stepJson(step: { value: number; colour: string }): Json {
  return { value: step.value === -Infinity ? null : step.value, color: step.colour };
}

/** In the form of files of today, as overrides have them. */
function mappingJson(mapping: ValueMapping): Json {
  const text = mapping.result.text ?? null;
  if (mapping.kind === 'value') return { type: 'value', options: { [mapping.value]: { text } } };
  if (mapping.kind === 'regex') {
    return { type: 'regex', options: { pattern: mapping.pattern, result: { text } } };
  }
  if (mapping.kind === 'special') {
    return { type: 'special', options: { match: mapping.match, result: { text } } };
  }
  const { from = null, to = null } = mapping;
  return { type: 'range', options: { from, to, result: { text } } };
}

/** `${__cell}` was the value itself, `${__cell_2}` that of another column. */
function linksOf(style: Cursor): Json[] {
  const url = style.text('linkUrl');
  if (!style.flag('link') || url === '') return [];
  return [
    {
      title: cellVariables(style.text('linkTooltip')),
      url: cellVariables(url),
      targetBlank: style.flag('linkTargetBlank'),
    },
  ];
}

function cellVariables(text: string): string {
  return text
    .replaceAll(/\$\{__cell_(\d{1,3})(?::[a-z]+)?\}|\$__cell_(\d{1,3})/g, (_, braced, plain) => {
      return `\${__data.fields[${String(braced ?? plain)}]}`;
    })
    .replaceAll(/\$\{__cell(?::[a-z]+)?\}|\$__cell(?![a-z_])/g, '${__value.raw}');
}
