import type { Json, JsonObject } from './dashboard.ts';
import { isList, isObject } from './read-cursor.ts';

/**
 * The file with other queries: whatever stands under `expr` as a key of `rewritten` becomes its value. All else, old
 * forms included, is the same object as before.
 */
export function withExpressions(
  json: JsonObject,
  rewritten: ReadonlyMap<string, string>,
): JsonObject {
  const next = replaced(json, rewritten);
  return isObject(next) ? next : json;
}

function replaced(json: Json, rewritten: ReadonlyMap<string, string>): Json {
  if (isList(json)) {
    const items = json.map((one) => replaced(one, rewritten));
    return items.every((one, i) => one === json[i]) ? json : items;
  }
  if (!isObject(json)) return json;
  let isSame = true;
  const entries = Object.entries(json).map(([key, value]) => {
    if (value === undefined) return [key, value];
    const isExpression = key === 'expr' && typeof value === 'string';
    const next = isExpression ? (rewritten.get(value) ?? value) : replaced(value, rewritten);
    isSame &&= next === value;
    return [key, next];
  });
  return isSame ? json : (Object.fromEntries(entries) as JsonObject);
}
