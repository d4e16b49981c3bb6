import type { Json, JsonObject } from './dashboard.ts';
import { isList, isObject } from './read-cursor.ts';

/** From a file to something in it: `['panels', 3, 'title']`. */
export type JsonPath = readonly (string | number)[];

/** Undefined where there is nothing. */
export function jsonAt(json: Json | undefined, path: JsonPath): Json | undefined {
  let value = json;
  for (const key of path) value = innerOf(value, key);
  return value;
}

function innerOf(value: Json | undefined, key: string | number): Json | undefined {
  if (typeof key === 'number') return isList(value) ? value[key] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * The same JSON with another value at a path, which keeps all else and its order; objects on the way that are not there
 * are made. undefined removes: a key of an object, or an item of a list with those after it moving up.
 */
export function withJsonAt(json: JsonObject, path: JsonPath, value: Json | undefined): JsonObject {
  const next = put(json, path, value);
  return isObject(next) ? next : json;
}

function put(json: Json | undefined, path: JsonPath, value: Json | undefined): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const inner = put(innerOf(json, key), rest, value);
  if (typeof key === 'number') return putItem(isList(json) ? json : [], key, inner);
  return putKey(isObject(json) ? json : {}, key, inner);
}

function putKey(json: JsonObject, key: string, value: Json | undefined): JsonObject {
  if (value === undefined && !Object.hasOwn(json, key)) return json;
  if (value !== undefined) return withOwn(json, key, value);
  return Object.fromEntries(Object.entries(json).filter(([name]) => name !== key));
}

/** Not by assignment: a key may be `__proto__`. */
function withOwn(json: JsonObject, key: string, value: Json): JsonObject {
  const isThere = Object.hasOwn(json, key);
  const entries = Object.entries(json).map(([name, old]) => [name, name === key ? value : old]);
  if (!isThere) entries.push([key, value]);
  return Object.fromEntries(entries) as JsonObject;
}

function putItem(list: readonly Json[], index: number, value: Json | undefined): readonly Json[] {
  if (value === undefined) return list.filter((_, i) => i !== index);
  if (index >= list.length) return [...list, value];
  return list.map((old, i) => (i === index ? value : old));
}

/** Equal in content; the order of keys does not count. */
export function isSameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a)) {
    return isList(b) && a.length === b.length && a.every((value, i) => isSameJson(value, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = keysOf(a);
  return (
    keys.length === keysOf(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSameJson(a[key], b[key]))
  );
}

/** What is undefined is not in the file. */
function keysOf(value: JsonObject): string[] {
  return Object.keys(value).filter((key) => value[key] !== undefined);
}

/** `next`, made of the parts of `before` where they are equal: so many versions of one file take little memory. */
export function reuseEqual(before: Json | undefined, next: Json): Json {
  if (before === next) return next;
  if (isList(next)) {
    const old = isList(before) ? before : [];
    const items = next.map((value, i) => reuseEqual(old[i], value));
    const isSame = items.length === old.length && items.every((value, i) => value === old[i]);
    return isSame ? old : items;
  }
  if (!isObject(next)) return next;
  const old: JsonObject = isObject(before) ? before : {};
  const entries = Object.entries(next).map(([key, value]) => [
    key,
    value === undefined ? value : reuseEqual(innerOf(old, key), value),
  ]);
  const names = Object.keys(old);
  const isSame =
    isObject(before) &&
    names.length === entries.length &&
    entries.every(([key, value], i) => names[i] === key && innerOf(old, String(key)) === value);
  return isSame ? before : (Object.fromEntries(entries) as JsonObject);
}
