import type { JsonObject } from './dashboard.ts';
import { jsonAt, type JsonPath, withJsonAt } from './edit-json.ts';
import { Cursor, isObject, ProblemList } from './read-cursor.ts';
import { placeRows } from './read-rows.ts';

/** A panel of a file, as the file has it. */
export interface PanelInFile {
  readonly path: JsonPath;
  readonly json: JsonObject;
}

/** The panel that goes by an id in `readDashboard`, also where the file gives it none. Rows are none. */
export function findPanel(json: JsonObject, id: number): PanelInFile | undefined {
  const rows = placeRows(new Cursor(json, '', new ProblemList()));
  const panel = rows.flatMap(({ panels }) => panels).find((one) => one.id === id);
  return panel && { path: parsePath(panel.cursor.path), json: panel.cursor.value };
}

/** The file with another panel in that one's place, which keeps its id; as it was where there is none. */
export function replacePanel(json: JsonObject, id: number, panel: JsonObject): JsonObject {
  const found = findPanel(json, id);
  if (found === undefined) return json;
  const numbered = found.json['id'] === id ? json : withPanelIds(json);
  return withJsonAt(numbered, found.path, panel['id'] === id ? panel : { ...panel, id });
}

/** The file with the ids in it that its panels and rows go by: one that had none must not take another's later. */
export function withPanelIds(json: JsonObject): JsonObject {
  let numbered = json;
  for (const { head, id, panels } of placeRows(new Cursor(json, '', new ProblemList()))) {
    for (const one of [{ cursor: head, id }, ...panels]) {
      if (one.cursor === undefined || one.cursor.value['id'] === one.id) continue;
      numbered = withJsonAt(numbered, [...parsePath(one.cursor.path), 'id'], one.id);
    }
  }
  return numbered;
}

/** `title`, for words about what is changed. */
export function panelName(json: JsonObject, id: number): string {
  const title = findPanel(json, id)?.json['title'];
  return typeof title === 'string' && title !== '' ? `“${title}”` : `panel ${id}`;
}

/** Paths to panels have only names that the reader knows. */
export function parsePath(path: string): JsonPath {
  return [...path.matchAll(/([A-Za-z_]+)|\[(\d+)\]/g)].map(([, name, index]) =>
    index === undefined ? (name ?? '') : Number(index),
  );
}

/** An object of a file; {} where there is none. */
export function objectAt(json: JsonObject, path: JsonPath): JsonObject {
  const value = jsonAt(json, path);
  return isObject(value) ? value : {};
}
