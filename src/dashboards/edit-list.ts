import type { JsonObject } from './dashboard.ts';
import { type JsonPath, withJsonAt } from './edit-json.ts';
import { listAt } from './edit-panel-lists.ts';

/** An item of a list goes to another place, those between move up or down; as it was where there is none. */
export function moveItemTo(
  json: JsonObject,
  path: JsonPath,
  { from, to }: { readonly from: number; readonly to: number },
): JsonObject {
  const list = listAt(json, path);
  const item = list[from];
  const isInside = to >= 0 && to < list.length;
  if (item === undefined || !isInside || from === to) return json;
  return withJsonAt(json, path, list.toSpliced(from, 1).toSpliced(to, 0, item));
}

/** A second one right behind the first. */
export function duplicateItem(json: JsonObject, path: JsonPath, index: number): JsonObject {
  const list = listAt(json, path);
  const item = list[index];
  return item === undefined ? json : withJsonAt(json, path, list.toSpliced(index + 1, 0, item));
}
