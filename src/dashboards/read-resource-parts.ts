import type { JsonObject } from './dashboard.ts';
import { isList, isObject } from './read-cursor.ts';

/** Of a query: `kind` was the type of the data source at first, later `group`, with its name beside it. */
export function datasourceOf(query: JsonObject): JsonObject | undefined {
  const type = textAt(query, 'group') || textAt(query, 'kind');
  const uid = textAt(objectAt(query, 'datasource'), 'name');
  return uid === '' && (type === '' || type === 'DataQuery') ? undefined : { uid, type };
}

export function objectAt(owner: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(owner, key) ? owner[key] : undefined;
  return isObject(value) ? value : {};
}

export function listAt(owner: JsonObject, key: string): JsonObject[] {
  const value = Object.hasOwn(owner, key) ? owner[key] : undefined;
  return isList(value) ? value.filter(isObject) : [];
}

export function textAt(owner: JsonObject, key: string): string {
  const value = Object.hasOwn(owner, key) ? owner[key] : undefined;
  return typeof value === 'string' ? value : '';
}
