import type { Json, JsonObject } from './dashboard.ts';
import { jsonAt, type JsonPath, withJsonAt } from './edit-json.ts';
import { isList } from './read-cursor.ts';

/** Lists of a panel whose items are added, ordered and removed: queries, transformations, overrides, links. */
export function listAt(panel: JsonObject, path: JsonPath): readonly Json[] {
  const list = jsonAt(panel, path);
  return isList(list) ? list : [];
}

export function addItem(panel: JsonObject, path: JsonPath, item: Json): JsonObject {
  return withJsonAt(panel, path, [...listAt(panel, path), item]);
}

export function removeItem(panel: JsonObject, path: JsonPath, index: number): JsonObject {
  return withJsonAt(panel, [...path, index], undefined);
}

/** One place up (-1) or down (1); as it was where there is none. */
export function moveItem(
  panel: JsonObject,
  path: JsonPath,
  { index, by }: { readonly index: number; readonly by: -1 | 1 },
): JsonObject {
  const list = [...listAt(panel, path)];
  const item = list[index];
  const other = list[index + by];
  if (item === undefined || other === undefined) return panel;
  list[index] = other;
  list[index + by] = item;
  return withJsonAt(panel, path, list);
}
