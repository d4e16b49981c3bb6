import type { JsonObject } from './dashboard.ts';
import { joined, type Layout, type LayoutRow, tidyLayout } from './edit-layout.ts';
import { type ChangedLayout, nextId } from './edit-places.ts';

/** At the end, or after another. Panels that follow it and stand in no row become its own. */
export function addRow(layout: Layout, title: string): ChangedLayout {
  const id = nextId(layout);
  const head = { type: 'row', title, collapsed: false, panels: [] };
  return { layout: [...layout, { id, head, isCollapsed: false, panels: [] }], id };
}

export function setRowCollapsed(layout: Layout, id: number, isCollapsed: boolean): Layout {
  return changeRow(layout, id, (row) => ({ ...row, isCollapsed }));
}

/** `repeat`: the name of a variable; '' for none. */
export function setRowHead(
  layout: Layout,
  id: number,
  { title, repeat }: { readonly title: string; readonly repeat: string },
): Layout {
  return changeRow(layout, id, ({ head, ...row }) => {
    if (head === undefined) return { ...row, head };
    const { repeat: _, ...rest } = head;
    return { ...row, head: { ...rest, title, ...(repeat !== '' && { repeat }) } };
  });
}

/** With its panels, over the row above or below it. Panels above the first row stay above all. */
export function moveRow(layout: Layout, id: number, direction: 'up' | 'down'): Layout {
  const index = layout.findIndex((row) => row.id === id);
  const other = index + (direction === 'up' ? -1 : 1);
  const [row, neighbour] = [layout[index], layout[other]];
  if (row === undefined || neighbour === undefined || !canChangePlaces(layout, index, other)) {
    return layout;
  }
  return tidyLayout(layout.map((one, i) => (i === index ? neighbour : i === other ? row : one)));
}

export function canMoveRow(layout: Layout, id: number, direction: 'up' | 'down'): boolean {
  const index = layout.findIndex((row) => row.id === id);
  return canChangePlaces(layout, index, index + (direction === 'up' ? -1 : 1));
}

function canChangePlaces(layout: Layout, index: number, other: number): boolean {
  const rows = [layout[index], layout[other]];
  return index >= 0 && rows.every((row) => row?.head !== undefined);
}

/** Its panels go with it, or to the end of what stands above it. */
export function removeRow(layout: Layout, id: number, keepsPanels: boolean): Layout {
  const index = layout.findIndex((row) => row.id === id);
  const row = layout[index];
  if (row === undefined) return layout;
  if (!keepsPanels) return tidyLayout(layout.filter((one) => one !== row));
  const above = layout[index - 1];
  if (above === undefined || above.isCollapsed) {
    return tidyLayout(layout.map((one) => (one === row ? withoutHead(row) : one)));
  }
  const merged = { ...above, panels: joined(above.panels, row.panels) };
  return tidyLayout(layout.flatMap((one) => (one === row ? [] : one === above ? [merged] : [one])));
}

function withoutHead({ id, panels }: LayoutRow): LayoutRow {
  return { id, head: undefined, isCollapsed: false, panels };
}

function changeRow(layout: Layout, id: number, change: (row: LayoutRow) => LayoutRow): Layout {
  return tidyLayout(layout.map((row) => (row.id === id ? change(row) : row)));
}

/** `title` of a row's head; '' where it has none. */
export function rowTitle(head: JsonObject | undefined): string {
  const title = head?.['title'];
  return typeof title === 'string' ? title : '';
}
