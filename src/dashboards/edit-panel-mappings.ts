import type { Json, JsonObject } from './dashboard.ts';
import { jsonAt, withJsonAt } from './edit-json.ts';
import { textOf } from './field-matchers.ts';
import { isList, isObject } from './read-cursor.ts';

export type MappingKind = 'value' | 'range' | 'regex' | 'special';

/** One line of the form: what is replaced, and by what. */
export interface MappingRow {
  /** Undefined: of a kind that is not known, which stays as the file has it. */
  readonly kind: MappingKind | undefined;
  /** Of `value`. */
  readonly value: string;
  /** `{ from, to }`, `{ pattern }` or `{ match }`, with what else the file says there. */
  readonly options: JsonObject;
  /** `{ text, color }`, with what else the file says there. */
  readonly result: JsonObject;
  /** As the file has it, where the kind is not known. */
  readonly source: Json;
}

const kinds: ReadonlySet<string> = new Set(['value', 'range', 'regex', 'special']);

/** `mappings` of today, a row for each value. Numbered kinds of 2019 are read as today's. */
export function readMappingRows(mappings: Json | undefined): MappingRow[] {
  return (isList(mappings) ? mappings : []).flatMap((mapping): MappingRow[] => {
    const type = jsonAt(mapping, ['type']);
    const options = objectIn(mapping, 'options');
    if (type === 'value') return valueRows(options);
    if (typeof type === 'string' && kinds.has(type)) {
      const result = objectIn(options, 'result');
      return [{ ...emptyRow(type as MappingKind), options: without(options, 'result'), result }];
    }
    if (type === 1 || type === 2) return [oldRow(mapping, type)];
    return [{ ...emptyRow(undefined), source: mapping }];
  });
}

export function emptyRow(kind: MappingKind | undefined): MappingRow {
  const options: Partial<Record<MappingKind, JsonObject>> = {
    range: { from: null, to: null },
    regex: { pattern: '' },
    special: { match: 'null+nan' },
  };
  const own = kind === undefined ? undefined : options[kind];
  return { kind, value: '', options: own ?? {}, result: {}, source: null };
}

function valueRows(options: JsonObject): MappingRow[] {
  const rows = Object.entries(options).map(([value, result]): MappingRow => {
    const own = isObject(result) ? result : {};
    return { kind: 'value', value, options: {}, result: own, source: null };
  });
  const indexOf = ({ result }: MappingRow): number => Number(result['index'] ?? 0);
  return rows.toSorted((a, b) => indexOf(a) - indexOf(b));
}

function oldRow(mapping: Json, type: 1 | 2): MappingRow {
  const result: JsonObject = { text: jsonAt(mapping, ['text']) ?? '' };
  const value = jsonAt(mapping, ['value']);
  if (type === 1) return { ...emptyRow('value'), value: textOf(value), result };
  const options = { from: boundOf(mapping, 'from'), to: boundOf(mapping, 'to') };
  return { ...emptyRow('range'), options, result };
}

function boundOf(mapping: Json, key: string): number | null {
  const bound = Number(jsonAt(mapping, [key]) ?? Number.NaN);
  return Number.isNaN(bound) ? null : bound;
}

function objectIn(value: Json, key: string): JsonObject {
  const inner = jsonAt(value, [key]);
  return isObject(inner) ? inner : {};
}

function without(object: JsonObject, key: string): JsonObject {
  return withJsonAt(object, [key], undefined);
}

/** `mappings` as Grafana writes it: values in a row are one object. Of one value given twice the last counts. */
export function printMappingRows(rows: readonly MappingRow[]): Json {
  const mappings: Json[] = [];
  let values: [string, Json][] = [];
  const endValues = (): void => {
    // Not by assignment: a value may be `__proto__`.
    const options = Object.fromEntries(values) as JsonObject;
    if (values.length > 0) mappings.push({ type: 'value', options });
    values = [];
  };
  for (const [index, row] of rows.entries()) {
    const result: JsonObject = { ...row.result, index };
    if (row.kind === 'value') values.push([row.value, result]);
    else {
      endValues();
      const { kind, options, source } = row;
      mappings.push(kind === undefined ? source : { type: kind, options: { ...options, result } });
    }
  }
  endValues();
  return mappings;
}
