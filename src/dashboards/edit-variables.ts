import type { Json, JsonObject } from './dashboard.ts';
import { jsonAt, type JsonPath, withJsonAt } from './edit-json.ts';
import { objectAt } from './edit-panel.ts';
import { addItem, listAt } from './edit-panel-lists.ts';
import { isList, isObject } from './read-cursor.ts';
import { readDashboard } from './read-dashboard.ts';
import type { Variable, VariableOption } from './variable.ts';
import { ALL_TEXT, ALL_VALUE, customOptions, intervalOptions } from './variable-options.ts';
import { variableNames, withReferencesRenamed } from './variable-uses.ts';

export const VARIABLES_PATH: JsonPath = ['templating', 'list'];

export type VariableKind = Variable['kind'];

/** Those that the file has in place of a variable; undefined where it is none that can be read. */
export function readVariableItem(item: JsonObject): Variable | undefined {
  return readDashboard({ panels: [], templating: { list: [item] } }).variables[0];
}

/** The file with one more variable at the end of the list, which works in Grafana, too. */
export function addVariable(json: JsonObject, kind: VariableKind, name = 'variable'): JsonObject {
  const free = freeName(json, name);
  const item = { name: free, label: '', ...partsOf(json, kind), hide: 0, skipUrlSync: false };
  return addItem(json, VARIABLES_PATH, item);
}

/** A second one right behind the first. */
export function duplicateVariable(json: JsonObject, index: number): JsonObject {
  const list = listAt(json, VARIABLES_PATH);
  const item = list[index];
  if (!isObject(item)) return json;
  const { name } = item;
  const copy = { ...item, name: freeName(json, typeof name === 'string' ? name : 'variable') };
  return withJsonAt(json, VARIABLES_PATH, list.toSpliced(index + 1, 0, copy));
}

function freeName(json: JsonObject, name: string): string {
  const taken = new Set(variableNames(json));
  if (!taken.has(name)) return name;
  const stem = name.replace(/\d+$/, '');
  let number = 2;
  while (taken.has(`${stem}${number}`)) number++;
  return `${stem}${number}`;
}

const NAME_CHARACTERS_MAX = 200;

/** Why the variable at this place cannot be named so; '' where it can. */
export function variableNameProblem(json: JsonObject, index: number, name: string): string {
  if (name === '') return 'A variable needs a name';
  if (!/^\w+$/.test(name)) return 'Letters, digits and _ only';
  if (name.startsWith('__')) return 'Names with __ are those of built-in variables';
  if (name.length > NAME_CHARACTERS_MAX) return `At most ${NAME_CHARACTERS_MAX} characters`;
  const isTaken = listAt(json, VARIABLES_PATH).some(
    (item, i) => i !== index && isObject(item) && item['name'] === name,
  );
  return isTaken ? 'Another variable has this name' : '';
}

/** Under another name, which all that named the old one names then; as it was where that cannot be. */
export function renameVariable(json: JsonObject, index: number, name: string): JsonObject {
  const path = [...VARIABLES_PATH, index, 'name'];
  const before = jsonAt(json, path);
  if (typeof before !== 'string' || before === name) return json;
  if (variableNameProblem(json, index, name) !== '') return json;
  const renamed = before === '' ? json : withReferencesRenamed(json, before, name);
  return withJsonAt(renamed, path, name);
}

/** What only some kinds have. A variable that becomes another kind keeps all else. */
const KIND_KEYS: ReadonlySet<string> = new Set(
  (
    'type query definition datasource regex sort refresh multi includeAll allValue options current ' +
    'auto auto_count auto_min filters baseFilters defaultKeys queryValue useTags tagsQuery tags'
  ).split(' '),
);

export function changeVariableKind(
  json: JsonObject,
  index: number,
  kind: VariableKind,
): JsonObject {
  const path = [...VARIABLES_PATH, index];
  const before = objectAt(json, path);
  if (before['type'] === kind) return json;
  const kept = Object.entries(before).filter(([key]) => !KIND_KEYS.has(key));
  const item: JsonObject = { ...Object.fromEntries(kept), ...partsOf(json, kind) };
  return withJsonAt(json, path, item);
}

function partsOf(json: JsonObject, kind: VariableKind): JsonObject {
  const choices = { multi: false, includeAll: false, options: [], current: {} };
  switch (kind) {
    case 'query':
      return {
        type: kind,
        datasource: usualDatasource(json),
        query: { qryType: QUERY_TYPES.label_values, query: '', refId: QUERY_REF_ID },
        definition: '',
        regex: '',
        sort: 1,
        refresh: 1,
        ...choices,
      };
    case 'custom':
      return { type: kind, query: '', ...choices };
    case 'interval':
      return {
        type: kind,
        query: '1m,10m,30m,1h,6h,12h,1d',
        auto: false,
        auto_count: 30,
        auto_min: '10s',
        refresh: 2,
        options: [],
        current: { text: '1m', value: '1m' },
      };
    case 'datasource':
      return { type: kind, query: 'prometheus', regex: '', refresh: 1, ...choices };
    case 'adhoc':
      return { type: kind, datasource: usualDatasource(json), filters: [] };
    case 'textbox':
    case 'constant':
      return { type: kind, query: '', options: [], current: {} };
  }
}

const QUERY_REF_ID = 'PrometheusVariableQueryEditor-VariableQuery';

/** As Grafana's editor of queries numbers its forms. */
const QUERY_TYPES = {
  label_names: 0,
  label_values: 1,
  metrics: 2,
  query_result: 3,
  series: 4,
} as const;

/** The variable for data sources where the file has one, else what its other queries name. */
export function usualDatasource(json: JsonObject): JsonObject {
  const { variables, rows } = readDashboard(json);
  const variable = variables.find(({ kind }) => kind === 'datasource');
  if (variable !== undefined) return { type: 'prometheus', uid: `\${${variable.name}}` };
  const used = [
    ...variables.map(({ datasource }) => datasource),
    ...rows
      .flatMap(({ panels }) => panels.flatMap(({ queries }) => queries))
      .map((one) => one.datasource),
  ].find(({ uid, type }) => /^[^-]/.test(uid) && (type === 'prometheus' || type === ''));
  return { type: 'prometheus', ...(used === undefined ? {} : { uid: used.uid }) };
}

/** Another query, choices, text or constant; what the file derives from it (`definition`, `options`) follows. */
export function withVariableQuery(item: JsonObject, text: string): JsonObject {
  const { query } = item;
  if (isObject(query)) return withQueryObject(item, query, text);
  const written = { ...withJsonAt(item, ['query'], text) };
  const defined = 'definition' in item ? withJsonAt(written, ['definition'], text) : written;
  return withDerived(defined);
}

function withQueryObject(item: JsonObject, query: JsonObject, text: string): JsonObject {
  const form = /^\s*(label_names|label_values|metrics|query_result)\s*\(/.exec(text)?.[1];
  const type = QUERY_TYPES[(form ?? 'series') as keyof typeof QUERY_TYPES];
  const written = withJsonAt(item, ['query', 'query'], text);
  const typed = 'qryType' in query ? withJsonAt(written, ['query', 'qryType'], type) : written;
  return withJsonAt(typed, ['definition'], text);
}

/** What Grafana saves beside the query and takes in its place: options, and the one that is chosen. */
export function withDerived(item: JsonObject): JsonObject {
  const variable = readVariableItem(item);
  if (variable === undefined) return item;
  const { kind, query } = variable;
  if (kind === 'textbox' || kind === 'constant') {
    return withChosen(withSavedOptions(item, [{ text: query, value: query }]), [query]);
  }
  if (kind !== 'custom' && kind !== 'interval') return item;
  const options = kind === 'custom' ? customOptions(query) : intervalOptions(variable);
  const [first] = options;
  const isStill = variable.current.some(
    (value) => value === ALL_VALUE || options.some((option) => option.value === value),
  );
  const saved = withSavedOptions(item, options);
  return isStill || first === undefined ? saved : withChosen(saved, [first.value], options);
}

function withSavedOptions(item: JsonObject, options: readonly VariableOption[]): JsonObject {
  const { options: before } = item;
  if (!isList(before) || before.length === 0) return item;
  const all = before.find((option) => isObject(option) && option['value'] === ALL_VALUE);
  const made = options.map(({ text, value }) => ({ selected: false, text, value }));
  return withJsonAt(item, ['options'], all === undefined ? made : [all, ...made]);
}

/** What the dashboard begins with, where its address says nothing. */
export function withChosen(
  item: JsonObject,
  values: readonly string[],
  options: readonly VariableOption[] = [],
): JsonObject {
  const textOf = new Map(options.map(({ text, value }) => [value, text]));
  const texts = values.map((value) =>
    value === ALL_VALUE ? ALL_TEXT : (textOf.get(value) ?? value),
  );
  const isMany = item['multi'] === true;
  const before = item['current'];
  const current: Record<string, Json | undefined> = {
    ...(isObject(before) ? before : {}),
    text: isMany ? texts : (texts[0] ?? ''),
    value: isMany ? [...values] : (values[0] ?? ''),
  };
  let next = withJsonAt(item, ['current'], current);
  for (const [i, option] of listAt(item, ['options']).entries()) {
    if (!isObject(option) || !('selected' in option)) continue;
    const isChosen = values.some((value) => value === option['value']);
    next = withJsonAt(next, ['options', i, 'selected'], isChosen);
  }
  return next;
}
