import type { GridPlace, JsonObject } from './dashboard.ts';
import {
  type Layout,
  type LayoutPanel,
  type LayoutRow,
  placedAnew,
  withPlaces,
} from './edit-layout.ts';
import { bottomOf, freePlace, insertInGrid, placeInGrid, sharesColumns } from './grid-layout.ts';
import { columnCount } from './read-grid.ts';

export interface PanelTarget {
  /** Of the row, which is open. */
  readonly rowId: number;
  /** Counted from the top of the row. */
  readonly place: GridPlace;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** A panel of the layout and where it stands. */
export interface PlacedInLayout {
  readonly row: LayoutRow;
  readonly rowIndex: number;
  readonly panel: LayoutPanel;
  readonly index: number;
}

export function findInLayout(layout: Layout, id: number): PlacedInLayout | undefined {
  for (const [rowIndex, row] of layout.entries()) {
    const index = row.panels.findIndex((panel) => panel.id === id);
    const panel = row.panels[index];
    if (panel !== undefined) return { row, rowIndex, panel, index };
  }
  return undefined;
}

/** The panel moved or resized, or moved into another row; the others make room. */
export function movePanel(layout: Layout, id: number, { rowId, place }: PanelTarget): Layout {
  const found = findInLayout(layout, id);
  if (found === undefined) return layout;
  const { row, panel, index } = found;
  if (row.id === rowId) {
    const places = placeInGrid(placesOf(row), index, place);
    return withPanels(layout, row, withPlaces(row.panels, places));
  }
  const target = layout.find((other) => other.id === rowId);
  if (target === undefined) return layout;
  return insertPanel(removePanel(layout, id), target.id, { ...panel, place });
}

/** By one column or row; at the edge of the grid and of the smallest panel it stays. */
export function resizePanel(layout: Layout, id: number, direction: Direction): Layout {
  const found = findInLayout(layout, id);
  if (found === undefined) return layout;
  const { x, y, w, h } = found.panel.place;
  const wider = direction === 'right' ? 1 : direction === 'left' ? -1 : 0;
  const higher = direction === 'down' ? 1 : direction === 'up' ? -1 : 0;
  const place = {
    x,
    y,
    w: Math.min(Math.max(1, w + wider), columnCount - x),
    h: Math.max(1, h + higher),
  };
  return movePanel(layout, id, { rowId: found.row.id, place });
}

/** By one column; or over the panel above or below it, and at the end of its row into the next that is open. */
export function stepPanel(layout: Layout, id: number, direction: Direction): Layout {
  const found = findInLayout(layout, id);
  if (found === undefined) return layout;
  const target = stepTarget(layout, found, direction);
  return target === undefined ? layout : movePanel(layout, id, target);
}

function stepTarget(
  layout: Layout,
  { row, rowIndex, panel }: PlacedInLayout,
  direction: Direction,
): PanelTarget | undefined {
  const { place } = panel;
  if (direction === 'left' || direction === 'right') {
    const x = place.x + (direction === 'left' ? -1 : 1);
    return {
      rowId: row.id,
      place: { ...place, x: Math.min(Math.max(0, x), columnCount - place.w) },
    };
  }
  const others = row.panels.filter((other) => other !== panel).map((other) => other.place);
  const y = direction === 'up' ? yAboveNext(others, place) : yBelowNext(others, place);
  if (y !== undefined) return { rowId: row.id, place: { ...place, y } };
  const isUp = direction === 'up';
  const rows = isUp ? layout.slice(0, rowIndex).toReversed() : layout.slice(rowIndex + 1);
  const next = rows.find((other) => !other.isCollapsed);
  if (next === undefined) return undefined;
  return { rowId: next.id, place: { ...place, y: isUp ? bottomOf(placesOf(next)) : 0 } };
}

function yAboveNext(others: readonly GridPlace[], place: GridPlace): number | undefined {
  const above = others.filter((other) => sharesColumns(other, place) && other.y < place.y);
  return above.length === 0 ? undefined : Math.max(...above.map(({ y }) => y));
}

/** So far that its lower edge is just past the middle of the next. */
function yBelowNext(others: readonly GridPlace[], place: GridPlace): number | undefined {
  const below = others.filter((other) => sharesColumns(other, place) && other.y > place.y);
  const [next] = below.toSorted((a, b) => a.y - b.y);
  return next && Math.floor(next.y + next.h / 2) - place.h + 1;
}

/** Changes places with the one before or after it in the order of reading; for where there is but one column. */
export function swapPanel(layout: Layout, id: number, direction: 'up' | 'down'): Layout {
  const found = findInLayout(layout, id);
  if (found === undefined) return layout;
  const { row, panel } = found;
  const order = inReadingOrder(row.panels);
  const other = order[order.indexOf(panel) + (direction === 'up' ? -1 : 1)];
  if (other === undefined) return stepPanel(layout, id, direction);
  const swapped = row.panels.map((one) => {
    if (one === panel) return moved(panel, other.place);
    return one === other ? moved(other, panel.place) : one;
  });
  return withPanels(layout, row, placedAnew(swapped));
}

/** Keeps its size. */
function moved({ id, json, place: { w, h } }: LayoutPanel, { x, y }: GridPlace): LayoutPanel {
  return { id, json, place: { x: Math.min(x, columnCount - w), y, w, h } };
}

export function inReadingOrder(panels: readonly LayoutPanel[]): readonly LayoutPanel[] {
  return panels.toSorted((a, b) => a.place.y - b.place.y || a.place.x - b.place.x);
}

/** Into a row where it is to stand; without a place, where there is room at the end. */
export function insertPanel(
  layout: Layout,
  rowId: number,
  { id, json, place }: LayoutPanel,
): Layout {
  const row = layout.find((one) => one.id === rowId);
  if (row === undefined) return layout;
  const panels = [...row.panels, { id, json, place }];
  return withPanels(layout, row, withPlaces(panels, insertInGrid(placesOf(row), place)));
}

export function removePanel(layout: Layout, id: number): Layout {
  const found = findInLayout(layout, id);
  if (found === undefined) return layout;
  const left = found.row.panels.filter((panel) => panel !== found.panel);
  return withPanels(layout, found.row, placedAnew(left));
}

export interface NewPanel {
  readonly json: JsonObject;
  readonly w: number;
  readonly h: number;
}

export interface ChangedLayout {
  readonly layout: Layout;
  /** Of what is new. */
  readonly id: number;
}

/** At the end of a row, where there is room; without a row, above the first. */
export function addPanel(layout: Layout, { json, w, h }: NewPanel, rowId?: number): ChangedLayout {
  const id = nextId(layout);
  const [first] = layout;
  const row =
    rowId === undefined
      ? first?.head === undefined
        ? first
        : undefined
      : layout.find((one) => one.id === rowId);
  if (row !== undefined) {
    const place = freePlace(placesOf(row), w, h);
    return { layout: insertPanel(layout, row.id, { id, json, place }), id };
  }
  const panels = [{ id, json, place: { x: 0, y: 0, w, h } }];
  return { layout: [{ id: id + 1, head: undefined, isCollapsed: false, panels }, ...layout], id };
}

/** Beside the panel, or below it where it is too wide. */
export function duplicatePanel(layout: Layout, id: number): ChangedLayout | undefined {
  const found = findInLayout(layout, id);
  if (found === undefined) return undefined;
  const { row, panel } = found;
  const { x, y, w, h } = panel.place;
  const place = x + 2 * w <= columnCount ? { x: x + w, y, w, h } : { x, y: y + h, w, h };
  const newId = nextId(layout);
  const { id: _, ...json } = panel.json;
  return { layout: insertPanel(layout, row.id, { id: newId, json, place }), id: newId };
}

/** Above all ids of the layout. */
export function nextId(layout: Layout): number {
  const ids = layout.flatMap(({ id, panels }) => [id, ...panels.map((panel) => panel.id)]);
  return ids.reduce((highest, id) => Math.max(highest, id), 0) + 1;
}

function placesOf({ panels }: LayoutRow): readonly GridPlace[] {
  return panels.map(({ place }) => place);
}

function withPanels(layout: Layout, row: LayoutRow, panels: readonly LayoutPanel[]): Layout {
  const { id, head, isCollapsed } = row;
  return layout.map((one) => (one === row ? { id, head, isCollapsed, panels } : one));
}
