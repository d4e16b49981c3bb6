import {
  addPanel,
  addRow,
  duplicatePanel,
  findInLayout,
  type JsonObject,
  type Layout,
  newPanel,
  type NewPanelWish,
  panelName,
  readLayout,
  removePanel,
  swapPanel,
  writeLayout,
} from '#dashboards';
import type { EditedDashboard } from './use-edited-dashboard.ts';
import { type CopiedPanel, keepCopiedPanel, readCopiedPanel } from './copied-panel.ts';

export function changeLayout(
  { json, change }: Pick<EditedDashboard, 'json' | 'change'>,
  what: string,
  edit: (layout: Layout) => Layout,
): void {
  const before = readLayout(json);
  const after = edit(before);
  if (after !== before) change(writeLayout(json, after), what);
}

/** Adds one and yields its id. */
export function addNewPanel(edited: EditedDashboard, wish: NewPanelWish, rowId?: number): number {
  const { layout, id } = addPanel(readLayout(edited.json), newPanel(edited.json, wish), rowId);
  edited.change(writeLayout(edited.json, layout), `Added panel ${id}`);
  return id;
}

export function addNewRow(edited: EditedDashboard): void {
  const { layout, id } = addRow(readLayout(edited.json), 'New row');
  edited.change(writeLayout(edited.json, layout), `Added row ${id}`);
}

export function duplicate(edited: EditedDashboard, id: number): void {
  const { json, change } = edited;
  const made = duplicatePanel(readLayout(json), id);
  if (made !== undefined) {
    change(writeLayout(json, made.layout), `Duplicated ${panelName(json, id)} as ${made.id}`);
  }
}

export function remove(edited: EditedDashboard, id: number): void {
  changeLayout(edited, `Removed ${panelName(edited.json, id)}`, (layout) =>
    removePanel(layout, id),
  );
}

export function swap(edited: EditedDashboard, id: number, direction: 'up' | 'down'): void {
  changeLayout(edited, `Moved ${panelName(edited.json, id)}`, (layout) =>
    swapPanel(layout, id, direction),
  );
}

/** For this dashboard or another one, in this tab or another. */
export function copy({ json }: EditedDashboard, id: number): void {
  const panel = findInLayout(readLayout(json), id)?.panel;
  if (panel !== undefined) keepCopiedPanel(panel);
}

/** Yields its id; undefined where nothing was copied. */
export function paste(edited: EditedDashboard, rowId?: number): number | undefined {
  const copied = readCopiedPanel();
  return copied && addCopiedPanel(edited, copied, rowId);
}

/** One that was made elsewhere; it asks what the others of the dashboard ask. */
export function addArrivingPanel(edited: EditedDashboard, { json, w, h }: CopiedPanel): void {
  const { datasource } = newPanel(edited.json, { type: 'timeseries', title: '' }).json;
  const panel = datasource === undefined ? json : { datasource, ...json };
  const { layout, id } = addPanel(readLayout(edited.json), { json: panel, w, h });
  edited.change(writeLayout(edited.json, layout), `Added panel ${id}`);
}

export function addCopiedPanel(
  edited: EditedDashboard,
  { json, w, h }: CopiedPanel,
  rowId?: number,
): number {
  const { id: _id, gridPos: _place, ...panel }: JsonObject = json;
  const { layout, id } = addPanel(readLayout(edited.json), { json: panel, w, h }, rowId);
  edited.change(writeLayout(edited.json, layout), `Pasted panel ${id}`);
  return id;
}
