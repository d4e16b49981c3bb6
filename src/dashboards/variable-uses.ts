import type { Json, JsonObject } from './dashboard.ts';
import type { JsonPath } from './edit-json.ts';
import { objectAt } from './edit-panel.ts';
import { listAt } from './edit-panel-lists.ts';
import { renameVariableIn, variablesIn } from './interpolate.ts';
import { isList, isObject } from './read-cursor.ts';

export interface VariableUses {
  /** By name, of each variable of the file: where it is named, in the order of the file, each place once. */
  readonly uses: ReadonlyMap<string, readonly string[]>;
  /** Names that are named and that nothing has. */
  readonly unknown: ReadonlyMap<string, readonly string[]>;
}

const variablesPath: JsonPath = ['templating', 'list'];

/** Who names the variables of a file: `Panel “CPU”`, `Variable instance`, `Annotation “Deploys”`, `Link “Docs”`. */
export function variableUses(json: JsonObject): VariableUses {
  const names = variableNames(json);
  const given = new Set([...names, ...inputNames(json)]);
  const uses = new Map<string, Set<string>>(names.map((name) => [name, new Set()]));
  const unknown = new Map<string, Set<string>>();
  walkTexts(json, [], (text, path) => {
    for (const name of namesAt(text, path)) {
      const place = placeOf(json, path);
      if (place === `Variable ${name}`) continue;
      const isUnknown = !given.has(name) && !isBuiltIn(name) && !path.includes('datasource');
      if (isUnknown) (unknown.get(name) ?? put(unknown, name)).add(place);
      else uses.get(name)?.add(place);
    }
  });
  return { uses: listed(uses), unknown: listed(unknown) };
}

function put(map: Map<string, Set<string>>, name: string): Set<string> {
  const places = new Set<string>();
  map.set(name, places);
  return places;
}

function listed(map: ReadonlyMap<string, ReadonlySet<string>>): Map<string, readonly string[]> {
  return new Map([...map].map(([name, places]) => [name, [...places]]));
}

/** Also those that cannot be read, each once. */
export function variableNames(json: JsonObject): string[] {
  const names = listAt(json, variablesPath).map((item) => (isObject(item) ? item['name'] : ''));
  return [...new Set(names.filter((name) => typeof name === 'string' && name !== ''))] as string[];
}

/** What an exported file asks for before it is imported: `DS_PROMETHEUS`. */
function inputNames(json: JsonObject): string[] {
  const names = listAt(json, ['__inputs']).map((item) => (isObject(item) ? item['name'] : ''));
  return names.filter((name) => typeof name === 'string');
}

/** `$__interval`, and `$1` of what a pattern found. */
function isBuiltIn(name: string): boolean {
  return name.startsWith('__') || /^\d+$/.test(name);
}

/** What a text at this place of a file names. Panels and rows name what they repeat by without a sign. */
function namesAt(text: string, path: JsonPath): readonly string[] {
  if (isSavedChoice(path)) return [];
  if (isRepeat(path) && text !== '' && !text.includes('$')) return [text];
  return variablesIn(text).map((name) => name.replace(/^__auto_interval_/, ''));
}

function isRepeat(path: JsonPath): boolean {
  const [list, index, key] = path.slice(-3);
  return key === 'repeat' && typeof index === 'number' && (list === 'panels' || list === 'rows');
}

/** What was chosen when the file was saved: options are values, no texts. */
function isSavedChoice([first, , , key]: JsonPath): boolean {
  return first === 'templating' && (key === 'current' || key === 'options');
}

function walkTexts(
  value: Json | undefined,
  path: JsonPath,
  visit: (text: string, path: JsonPath) => void,
): void {
  if (typeof value === 'string') visit(value, path);
  else if (isList(value))
    for (const [i, one] of value.entries()) walkTexts(one, [...path, i], visit);
  else if (isObject(value)) {
    for (const [key, one] of Object.entries(value)) walkTexts(one, [...path, key], visit);
  }
}

/** The innermost thing that has a name for people. */
function placeOf(json: JsonObject, path: JsonPath): string {
  const [first, second, third] = path;
  if (first === 'templating' && typeof third === 'number') {
    return `Variable ${textAt(json, path.slice(0, 3), 'name')}`;
  }
  if (first === 'annotations' && typeof third === 'number') {
    return `Annotation “${textAt(json, path.slice(0, 3), 'name')}”`;
  }
  if (first === 'links' && typeof second === 'number') {
    return `Link “${textAt(json, path.slice(0, 2), 'title')}”`;
  }
  const depth = path.findLastIndex((key, i) => isPanelList(key) && typeof path[i + 1] === 'number');
  return depth < 0 ? 'The dashboard' : panelPlace(json, path.slice(0, depth + 2));
}

function isPanelList(key: string | number): boolean {
  return key === 'panels' || key === 'rows';
}

function panelPlace(json: JsonObject, path: JsonPath): string {
  const isRow = textAt(json, path, 'type') === 'row' || path.at(-2) === 'rows';
  const title = textAt(json, path, 'title');
  const name = title === '' ? textAt(json, path, 'id') : `“${title}”`;
  return `${isRow ? 'Row' : 'Panel'} ${name}`.trim();
}

function textAt(json: JsonObject, path: JsonPath, key: string): string {
  const value = objectAt(json, path)[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The file with another name in all places that name a variable; the variable itself keeps its own. */
export function withReferencesRenamed(json: JsonObject, from: string, to: string): JsonObject {
  const renamed = renameIn(json, [], { from, to });
  return isObject(renamed) ? renamed : json;
}

interface Renaming {
  readonly from: string;
  readonly to: string;
}

/** What names nothing of it stays the very same. */
function renameIn(value: Json, path: JsonPath, names: Renaming): Json {
  if (typeof value === 'string') {
    if (isRepeat(path)) return value === names.from ? names.to : renameText(value, names);
    return renameText(value, names);
  }
  if (isList(value)) {
    const items = value.map((one, i) => renameIn(one, [...path, i], names));
    return items.every((one, i) => one === value[i]) ? value : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(
    ([key, one]) => [key, one === undefined ? one : renameIn(one, [...path, key], names)] as const,
  );
  const isSame = entries.every(([key, one]) => one === value[key]);
  return isSame ? value : Object.fromEntries<Json | undefined>(entries);
}

function renameText(text: string, { from, to }: Renaming): string {
  const renamed = renameVariableIn(text, from, to);
  return renameVariableIn(renamed, `__auto_interval_${from}`, `__auto_interval_${to}`);
}
