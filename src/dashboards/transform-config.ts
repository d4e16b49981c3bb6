import type { Json } from './dashboard.ts';
import { fieldMatcher } from './field-matchers.ts';
import type { Field, FieldProperty, Frame } from './frame.ts';
import { type Cell, cellAt, cellText, fieldOfCells } from './frame-columns.ts';
import { type Cursor, isObject } from './read-cursor.ts';
import { reduceField, reducerId } from './reducers.ts';
import { isNamed, type NamedField, namedFields, tableOf, withFields } from './transform.ts';

const mappingsMax = 100;
const valuesMax = 1000;
/** Fields that rows become: each is a column or a series of its own. */
const rowsMax = 1000;

/** What a field of the data says of other fields. */
interface Told {
  /** Grafana's key: `min`, `unit`, `threshold1`, `mappings.value`, `field.name`, `__ignore`. */
  readonly key: string;
  readonly reducer: string;
  readonly source: NamedField;
}

/** Fields that are called as what they are for need no mapping. */
const keysByName: Readonly<Record<string, string>> = {
  min: 'min',
  max: 'max',
  unit: 'unit',
  decimals: 'decimals',
  displayname: 'displayName',
  'display name': 'displayName',
  color: 'color',
  name: 'field.name',
  'field.name': 'field.name',
  value: 'field.value',
  'field.value': 'field.value',
};

function readTold(fields: readonly NamedField[], options: Cursor): Told[] {
  const mappings = options.items('mappings', mappingsMax);
  return fields.map((source): Told => {
    const mapping = mappings.find((one) => isNamed(source, one.text('fieldName')));
    const own = mapping?.text('handlerKey') ?? '';
    const name = source.name.toLowerCase();
    const usual = Object.hasOwn(keysByName, name) ? keysByName[name] : undefined;
    const reducer = reducerId(mapping?.text('reducerId') ?? '') ?? 'lastNotNull';
    return { key: own || (usual ?? ''), reducer, source };
  });
}

/** What one query says (bounds, units, thresholds) becomes settings of the fields of the others. */
export function configFromData(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const refId = options.text('configRefId', 'config');
  const index = frames.findIndex((frame) => frame.refId === refId);
  const told = index < 0 ? undefined : namedFields(frames)[index];
  if (told === undefined) return frames;
  const properties = propertiesOf(readTold(told, options), undefined);
  const others = frames.filter((frame) => frame.refId !== refId);
  const applyTo = options.raw('applyTo');
  const matches = isObject(applyTo)
    ? fieldMatcher({
        id: options.child('applyTo').text('id'),
        options: options.child('applyTo').raw('options') ?? null,
      })
    : fieldMatcher({ id: 'byType', options: 'number' });
  if (matches === undefined || properties.length === 0) return others;
  const names = namedFields(others);
  return others.map((frame, i) => {
    const fields = (names[i] ?? []).map((one) =>
      matches(one) ? withProperties(one.field, properties) : one.field,
    );
    return withFields(frame, fields);
  });
}

/** Each row as a field of one value, with what else stands in the row as its settings and labels. */
export function rowsToFields(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  return namedFields(frames).map((fields, i): Frame => {
    const frame = frames[i] ?? { refId: '', name: '', kind: 'table', length: 0, fields: [] };
    const told = readTold(fields, options);
    const name =
      told.find(({ key }) => key === 'field.name') ??
      told.find(({ key, source }) => key === '' && source.field.type === 'text');
    const value =
      told.find(({ key }) => key === 'field.value') ??
      told.find(({ key, source }) => key === '' && source.field.type === 'number');
    if (name === undefined || value === undefined) return frame;
    const rest = told.filter((one) => one !== name && one !== value);
    const labelled = rest.filter(isLabel);
    const count = Math.min(frame.length, rowsMax);
    if (count < frame.length) options.tell('', `only the first ${count} rows`);
    const made = Array.from({ length: count }, (_, row): Field => {
      const labels = Object.fromEntries(
        labelled.map(({ source }) => [source.name, cellText(cellAt(source.field, row))]),
      );
      const named = { name: cellText(cellAt(name.source.field, row)), labels, legend: '' };
      const field = fieldOfCells(named, [cellAt(value.source.field, row)]);
      return withProperties(field, propertiesOf(rest, row));
    });
    return tableOf(frame.refId, made);
  });
}

function isLabel({ key, source }: Told): boolean {
  return key === 'field.label' || (key === '' && source.field.type === 'text');
}

function withProperties(field: Field, properties: readonly FieldProperty[]): Field {
  if (properties.length === 0) return field;
  return { ...field, properties: [...(field.properties ?? []), ...properties] };
}

/** Of one row, or of all of them reduced. */
function propertiesOf(told: readonly Told[], row: number | undefined): FieldProperty[] {
  const cellOf = ({ source, reducer }: Told): Cell =>
    row === undefined ? reduceField(source.field, reducer) : cellAt(source.field, row);
  const properties: FieldProperty[] = [];
  const steps: Json[] = [];
  for (const one of told) {
    const cell = cellOf(one);
    if (cell === null || cell === '') continue;
    if (one.key.startsWith('threshold')) {
      if (steps.length === 0) steps.push({ value: null, color: 'green' });
      steps.push({ value: Number(cellText(cell)), color: thresholdColour(one) });
    } else if (one.key === 'color') {
      properties.push({ id: 'color', value: { mode: 'fixed', fixedColor: cellText(cell) } });
    } else if (['min', 'max', 'decimals'].includes(one.key)) {
      properties.push({ id: one.key, value: Number(cellText(cell)) });
    } else if (one.key === 'unit' || one.key === 'displayName') {
      properties.push({ id: one.key, value: cellText(cell) });
    }
  }
  if (steps.length > 0) properties.push({ id: 'thresholds', value: { mode: 'absolute', steps } });
  return [...properties, ...mappingsOf(told, row)];
}

function thresholdColour({ key }: Told): string {
  return key === 'threshold1' ? 'orange' : 'red';
}

/** Values with what is shown in their place: of all rows, unless a row has settings of its own. */
function mappingsOf(told: readonly Told[], row: number | undefined): FieldProperty[] {
  const of = (key: string): Field | undefined =>
    told.find((one) => one.key === `mappings.${key}`)?.source.field;
  const values = of('value');
  if (values === undefined) return [];
  const rows =
    row === undefined
      ? Array.from({ length: Math.min(values.values.length, valuesMax) }, (_, i) => i)
      : [row];
  const options: Record<string, Json> = Object.create(null) as Record<string, Json>;
  for (const [index, at] of rows.entries()) {
    const text = textAt(of('text'), at);
    const color = textAt(of('color'), at);
    options[cellText(cellAt(values, at))] = {
      index,
      ...(text === '' ? {} : { text }),
      ...(color === '' ? {} : { color }),
    };
  }
  return [{ id: 'mappings', value: [{ type: 'value', options }] }];
}

function textAt(field: Field | undefined, row: number): string {
  return field === undefined ? '' : cellText(cellAt(field, row));
}
