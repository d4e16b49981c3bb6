import type { Json } from './dashboard.ts';
import type { Cursor } from './read-cursor.ts';
import { isList, isObject } from './read-cursor.ts';
import { readDatasource } from './read-datasource.ts';
import { isFilterOfMany } from './ad-hoc-filter.ts';
import type { AdHocFilter, Variable, VariableOption } from './variable.ts';

const variablesMax = 500;
const optionsMax = 5000;
const filtersMax = 200;
const nameCharactersMax = 200;

const kinds = [
  'query',
  'custom',
  'textbox',
  'interval',
  'constant',
  'datasource',
  'adhoc',
] as const satisfies readonly Variable['kind'][];

/** `templating.list`, in order; of two of one name the first counts. */
export function readVariables(file: Cursor): Variable[] {
  const names = new Set<string>();
  return file
    .child('templating')
    .items('list', variablesMax)
    .flatMap((item) => {
      const name = item.text('name');
      const kind = kinds.find((one) => one === item.text('type', 'query'));
      const objection = objectionTo(name, kind, names);
      if (objection !== '' || kind === undefined) {
        item.tell(kind === undefined ? 'type' : 'name', objection);
        return [];
      }
      names.add(name);
      return [readVariable(item, name, kind)];
    });
}

function objectionTo(name: string, kind: string | undefined, names: ReadonlySet<string>): string {
  if (kind === undefined) return 'a variable of an unknown type is left out';
  if (name === '') return 'a variable without a name is left out';
  if (name === '__proto__' || name.length > nameCharactersMax) {
    return 'a variable cannot have such a name';
  }
  return names.has(name) ? 'a second variable of this name is left out' : '';
}

function readVariable(item: Cursor, name: string, kind: Variable['kind']): Variable {
  const query = readQuery(item);
  const options = readOptions(item);
  const includesAll = item.flag('includeAll');
  return {
    name,
    kind,
    label: item.text('label'),
    hide: readHide(item),
    query,
    datasource: readDatasource(item),
    regex: item.text('regex'),
    sort: readSort(item),
    refresh: readRefresh(item),
    isMulti: item.flag('multi'),
    includesAll,
    allValue: item.text('allValue'),
    current: readCurrent(item, kind, query),
    options,
    auto: item.flag('auto')
      ? { count: readAutoCount(item), min: item.text('auto_min', '10s') }
      : undefined,
    filters: readFilters(item),
  };
}

/** A text, or an object of the query's editor that has it. */
function readQuery(item: Cursor): string {
  const value = item.raw('query');
  if (!isObject(value)) return item.text('query') || item.text('definition');
  const query = item.child('query');
  return query.text('query') || query.text('expr') || item.text('definition');
}

function readHide(item: Cursor): Variable['hide'] {
  const hide = item.raw('hide');
  if (hide === 2 || item.flag('hideVariable')) return 'all';
  return hide === 1 || item.flag('hideLabel') ? 'label' : 'none';
}

function readSort(item: Cursor): number {
  const sort = item.numberOr('sort', 0);
  return Number.isInteger(sort) && sort >= 0 && sort <= 8 ? sort : 0;
}

/** Yes and no before 2016. */
function readRefresh(item: Cursor): Variable['refresh'] {
  const refresh = item.raw('refresh');
  if (refresh === true || refresh === 1) return 'load';
  return refresh === 2 ? 'time' : 'never';
}

function readAutoCount(item: Cursor): number {
  return Math.min(Math.max(1, item.numberOr('auto_count', 30)), 10_000);
}

function readOptions(item: Cursor): VariableOption[] {
  return item.items('options', optionsMax).flatMap((option) => {
    const [value] = option.texts('value', 1);
    if (value === undefined) return [];
    const [text] = option.texts('text', 1);
    return [{ text: text ?? value, value }];
  });
}

function readCurrent(item: Cursor, kind: Variable['kind'], query: string): string[] {
  if (kind === 'constant') return [query];
  if (kind === 'adhoc') return [];
  const saved = item.raw('current');
  const values = isObject(saved) ? valuesOf(saved['value'] ?? saved['text']) : valuesOf(saved);
  if (kind === 'textbox') return [values[0] ?? query];
  const chosen = values.filter((value) => value !== '');
  if (isAll(saved, chosen)) return ['$__all'];
  return chosen.length > 0 ? chosen : selectedOptions(item);
}

/** Old files have `All` as the text, with whatever it stood for then as the value. */
function isAll(saved: Json | undefined, values: readonly string[]): boolean {
  if (values.includes('$__all')) return true;
  if (!isObject(saved)) return false;
  const text = valuesOf(saved['text']);
  return text.length === 1 && text[0] === 'All' && values.length !== 1;
}

function selectedOptions(item: Cursor): string[] {
  const selected = item.items('options', optionsMax).filter((option) => option.flag('selected'));
  return selected.flatMap((option) => option.texts('value', 1)).filter((value) => value !== '');
}

function valuesOf(value: Json | undefined): string[] {
  if (isList(value)) return value.slice(0, optionsMax).flatMap((one) => textOf(one));
  return textOf(value);
}

function textOf(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
}

function readFilters(item: Cursor): AdHocFilter[] {
  return item.items('filters', filtersMax).flatMap((filter) => {
    const key = filter.text('key');
    const operator = filter.text('operator', '=');
    if (key === '') return [];
    const value = filter.text('value');
    if (!isFilterOfMany(operator)) return [{ key, operator, value }];
    const values = filter.texts('values', filtersMax);
    return [{ key, operator, value, values: values.length > 0 ? values : [value] }];
  });
}
