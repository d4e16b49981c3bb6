import type { GridPlace, Json, JsonObject } from './dashboard.ts';
import { isSameJson, type JsonPath } from './edit-json.ts';
import { parsePath } from './edit-panel.ts';
import { bottomOf, layOut } from './grid-layout.ts';
import { Cursor, isList, isObject, ProblemList } from './read-cursor.ts';
import { columnCount } from './read-grid.ts';
import { placeRows } from './read-rows.ts';

/** A panel of the file in the layout that is edited. */
export interface LayoutPanel {
  /** As `readDashboard` has it. */
  readonly id: number;
  /** Counted from the top of its row, and none covers another. */
  readonly place: GridPlace;
  readonly json: JsonObject;
}

export interface LayoutRow {
  readonly id: number;
  /** Undefined for panels that stand in no row: the first of all, or after a row that is closed. */
  readonly head: JsonObject | undefined;
  readonly isCollapsed: boolean;
  readonly panels: readonly LayoutPanel[];
}

export type Layout = readonly LayoutRow[];

/** The rows of a file, also of one with old rows, without what repeats made of them. */
export function readLayout(json: JsonObject): Layout {
  return placeRows(new Cursor(json, '', new ProblemList())).map((row) => {
    const places = layOut(row.panels.map(({ place }) => place));
    return {
      id: row.id,
      head: row.head?.value,
      isCollapsed: row.isCollapsed,
      panels: row.panels.map(({ id, cursor, place }, i) => ({
        id,
        place: places[i] ?? place,
        json: cursor.value,
      })),
    };
  });
}

/** Panels stand in `rows`, as files had them before 2018, which a change of the layout rewrites. */
export function hasOldRows(json: JsonObject): boolean {
  const { panels, rows } = json;
  return (!isList(panels) || panels.length === 0) && isList(rows) && rows.length > 0;
}

/**
 * The file with this layout: each panel at its place in the grid, those of closed rows inside of them. What does not
 * move stays as it is, in its order; panels and rows that are not in the layout go, and so do copies that were saved
 * of what repeats. Old rows become today's.
 */
export function writeLayout(json: JsonObject, layout: Layout): JsonObject {
  const written = placeAll(layout);
  if (!hasOldRows(json)) return { ...json, panels: inOrderOfFile(json, written) };
  const { rows: _, ...rest } = json;
  return { ...rest, panels: written.map(({ json: panel }) => panel) };
}

interface WrittenPanel {
  readonly id: number;
  readonly json: JsonObject;
}

function placeAll(layout: Layout): readonly WrittenPanel[] {
  const written: WrittenPanel[] = [];
  let y = 0;
  for (const { id, head, isCollapsed, panels } of layout) {
    const headY = y;
    if (head !== undefined) y++;
    const top = y;
    const placed = panels.map((panel) => ({ id: panel.id, json: placePanel(panel, top) }));
    const inside = isCollapsed ? placed.map((panel) => panel.json) : [];
    if (head !== undefined)
      written.push({ id, json: placeHead(head, { id, y: headY, inside, isCollapsed }) });
    if (isCollapsed) continue;
    written.push(...placed);
    y += bottomOf(panels.map(({ place }) => place));
  }
  return written;
}

function placePanel({ id, place, json }: LayoutPanel, top: number): JsonObject {
  const { span: _, ...rest } = json;
  const { x, y, w, h } = place;
  return withPlace({ panel: isObject(json['gridPos']) ? json : rest, id }, { h, w, x, y: top + y });
}

interface HeadPlace {
  readonly id: number;
  readonly y: number;
  readonly inside: readonly JsonObject[];
  readonly isCollapsed: boolean;
}

function placeHead(head: JsonObject, { id, y, inside, isCollapsed }: HeadPlace): JsonObject {
  const todays = head['type'] === 'row' ? head : fromOldRow(head);
  const isSame = todays['collapsed'] === isCollapsed && isSameJson(todays['panels'], inside);
  const panel = isSame ? todays : { ...todays, collapsed: isCollapsed, panels: inside };
  return withPlace({ panel, id }, { h: 1, w: columnCount, x: 0, y });
}

/** What only old rows have; the rest of theirs is kept. */
function fromOldRow(row: JsonObject): JsonObject {
  const { collapse: _c, height: _h, showTitle: _s, titleSize: _t, repeat, ...rest } = row;
  const repeats = typeof repeat === 'string' && repeat !== '';
  return { ...rest, type: 'row', ...(repeats && { repeat }) };
}

interface NumberedJson {
  readonly panel: JsonObject;
  readonly id: number;
}

function withPlace({ panel, id }: NumberedJson, place: JsonObject): JsonObject {
  const old = isObject(panel['gridPos']) ? panel['gridPos'] : {};
  const gridPos = { ...old, ...place };
  if (panel['id'] === id && isSameJson(old, gridPos)) return panel;
  return { ...panel, id, gridPos };
}

function inOrderOfFile(json: JsonObject, written: readonly WrittenPanel[]): readonly Json[] {
  const left = new Map(written.map((panel) => [panel.id, panel.json]));
  const idByIndex = idsByIndex(json);
  const kept: Json[] = [];
  for (const [index, item] of listOf(json['panels']).entries()) {
    const id = idByIndex.get(index);
    const next = id === undefined ? undefined : left.get(id);
    if (id !== undefined) left.delete(id);
    if (next !== undefined) kept.push(next);
    // What was not read is not ours to drop, but for copies that are made anew.
    else if (id === undefined && !isSavedCopy(item)) kept.push(item);
  }
  return [...kept, ...left.values()];
}

/** Of those that stand in the list itself. */
function idsByIndex(json: JsonObject): ReadonlyMap<number, number> {
  const ids = new Map<number, number>();
  for (const { head, id, panels } of placeRows(new Cursor(json, '', new ProblemList()))) {
    for (const one of [{ cursor: head, id }, ...panels]) {
      const path: JsonPath = one.cursor === undefined ? [] : parsePath(one.cursor.path);
      const [, index] = path;
      if (path.length === 2 && typeof index === 'number') ids.set(index, one.id);
    }
  }
  return ids;
}

function isSavedCopy(item: Json): boolean {
  return isObject(item) && typeof item['repeatPanelId'] === 'number';
}

function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

/** Panels after a row that was opened are that row's; a row without a head and panels is none. */
export function tidyLayout(layout: Layout): Layout {
  const rows: LayoutRow[] = [];
  for (const row of layout) {
    const last = rows.at(-1);
    if (row.head !== undefined || last === undefined || last.isCollapsed) rows.push(row);
    else rows.splice(-1, 1, { ...last, panels: joined(last.panels, row.panels) });
  }
  return rows.filter(({ head, panels }) => head !== undefined || panels.length > 0);
}

/** The second ones below the first. */
export function joined(
  upper: readonly LayoutPanel[],
  lower: readonly LayoutPanel[],
): readonly LayoutPanel[] {
  const bottom = bottomOf(upper.map(({ place }) => place));
  const moved = lower.map(({ id, json, place }) => ({
    id,
    json,
    place: { ...place, y: place.y + bottom },
  }));
  return placedAnew([...upper, ...moved]);
}

/** Without gaps and overlaps. */
export function placedAnew(panels: readonly LayoutPanel[]): readonly LayoutPanel[] {
  return withPlaces(panels, layOut(panels.map(({ place }) => place)));
}

export function withPlaces(
  panels: readonly LayoutPanel[],
  places: readonly GridPlace[],
): readonly LayoutPanel[] {
  return panels.map((panel, i) => {
    const { id, json } = panel;
    return { id, json, place: places[i] ?? panel.place };
  });
}
