import type { GridPlace, JsonObject, Row } from './dashboard.ts';
import { Cursor } from './read-cursor.ts';
import { readPlace } from './read-grid.ts';
import { layOutOldRows } from './read-old-rows.ts';
import { readPanel } from './read-panel.ts';

/** More than a browser can hold; Grafana's own pages grow slow at some hundreds. */
export const panelsMax = 2000;

/** A panel or the head of a row where it stands, before it is read itself. */
export interface PlacedPanel {
  readonly cursor: Cursor;
  readonly place: GridPlace;
}

export interface PlacedRow {
  /** Undefined for panels that stand in no row. */
  readonly head: Cursor | undefined;
  readonly isCollapsed: boolean;
  readonly panels: readonly PlacedPanel[];
}

/** A panel of the file with the id that it goes by. */
export interface NumberedPanel extends PlacedPanel {
  readonly id: number;
}

export interface NumberedRow extends PlacedRow {
  readonly id: number;
  readonly panels: readonly NumberedPanel[];
}

/** `panels` of today's files, or `rows` of those before 2018. */
export function readRows(file: Cursor): Row[] {
  return placeRows(file).map((row) => ({
    id: row.id,
    title: row.head?.text('title') ?? '',
    isCollapsed: row.isCollapsed,
    repeat: row.head?.text('repeat') ?? '',
    panels: row.panels.map(({ cursor, id, place }) =>
      readPanel(withLibraryModel(cursor, file), id, place),
    ),
  }));
}

/** Where rows and panels stand in the file and on the page. */
export function placeRows(file: Cursor): NumberedRow[] {
  const items = file.items('panels', panelsMax);
  const placed = items.length > 0 ? placeInRows(items) : layOutOldRows(file, panelsMax);
  const kept = atMost(withoutCopies(placed), file);
  const ids = new IdGiver(kept);
  return kept.map(({ head, isCollapsed, panels }) => ({
    id: ids.next(head),
    head,
    isCollapsed,
    panels: panels.map(({ cursor, place }) => ({ id: ids.next(cursor), cursor, place })),
  }));
}

/** Panels below a row's head stand in it, up to the next; those of a collapsed one are inside of it. */
function placeInRows(items: readonly Cursor[]): PlacedRow[] {
  const rows: (PlacedRow & { panels: PlacedPanel[] })[] = [];
  for (const { cursor, place } of inOrder(items)) {
    if (cursor.text('type') === 'row') {
      const isCollapsed = cursor.flag('collapsed');
      rows.push({ head: cursor, isCollapsed, panels: nestedPanels(cursor, place.y + 1) });
      continue;
    }
    const last = rows.at(-1);
    if (last !== undefined && !last.isCollapsed) last.panels.push({ cursor, place });
    else rows.push({ head: undefined, isCollapsed: false, panels: [{ cursor, place }] });
  }
  return rows;
}

/** Rows stand in no row: heads inside of one are skipped. */
function nestedPanels(row: Cursor, y: number): PlacedPanel[] {
  const panels = inOrder(row.items('panels', panelsMax)).filter(
    ({ cursor }) => cursor.text('type') !== 'row',
  );
  const shift = y - Math.min(...panels.map(({ place }) => place.y));
  return panels.map(({ cursor, place }) => ({ cursor, place: { ...place, y: place.y + shift } }));
}

function inOrder(items: readonly Cursor[]): PlacedPanel[] {
  let bottom = 0;
  const placed = items.map((cursor) => {
    const place = readPlace(cursor, bottom);
    bottom = Math.max(bottom, place.y + place.h);
    return { cursor, place };
  });
  return placed.toSorted((a, b) => a.place.y - b.place.y || a.place.x - b.place.x);
}

/** Repeats that were saved along with what they repeat; they are made anew. */
function withoutCopies(rows: readonly PlacedRow[]): PlacedRow[] {
  const ids = new Set(
    rows.flatMap(({ head, panels }) => [
      head?.number('id'),
      ...panels.map(({ cursor }) => cursor.number('id')),
    ]),
  );
  const isCopy = (cursor: Cursor | undefined): boolean => {
    const original = cursor?.number('repeatPanelId');
    return original !== undefined && original !== cursor?.number('id') && ids.has(original);
  };
  return rows
    .filter(({ head }) => !isCopy(head))
    .map(({ head, isCollapsed, panels }) => ({
      head,
      isCollapsed,
      panels: panels.filter(({ cursor }) => !isCopy(cursor)),
    }));
}

function atMost(rows: readonly PlacedRow[], file: Cursor): PlacedRow[] {
  let left = panelsMax;
  return rows.flatMap((row) => {
    if (left <= 0) return [];
    const panels = row.panels.slice(0, left);
    left -= row.panels.length;
    if (left < 0) file.tell('panels', `only the first ${panelsMax} panels are read`);
    return [{ ...row, panels }];
  });
}

/** Files exported to be shared bring the panels of the library along. */
function withLibraryModel(panel: Cursor, file: Cursor): Cursor {
  if (!panel.has('libraryPanel')) return panel;
  const uid = panel.child('libraryPanel').text('uid');
  const element = file.child('__elements').child(uid);
  if (uid === '' || !element.has('model')) {
    if (!panel.has('type')) panel.tell('libraryPanel', 'the file does not bring this panel along');
    return panel;
  }
  const model = element.child('model');
  const value: JsonObject = { ...model.value, ...panel.value, type: model.text('type') };
  return new Cursor(value, panel.path, panel.problems);
}

/** Keeps the ids of a file where they are numbers of their own, and gives others to the rest. */
class IdGiver {
  readonly #given = new Set<number>();
  #last: number;

  constructor(rows: readonly PlacedRow[]) {
    const ids = rows.flatMap(({ head, panels }) => [
      idOf(head) ?? 0,
      ...panels.map(({ cursor }) => idOf(cursor) ?? 0),
    ]);
    this.#last = ids.reduce((max, id) => Math.max(max, id), 0);
  }

  next(cursor: Cursor | undefined): number {
    const own = idOf(cursor);
    const id = own === undefined || this.#given.has(own) ? ++this.#last : own;
    this.#given.add(id);
    return id;
  }
}

/** Larger ones could not be counted on from. */
function idOf(cursor: Cursor | undefined): number | undefined {
  const id = cursor?.number('id');
  return id !== undefined && Number.isInteger(id) && id > 0 && id < 2 ** 40 ? id : undefined;
}
