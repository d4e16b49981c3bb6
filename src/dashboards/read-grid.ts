import type { GridPlace } from './dashboard.ts';
import type { Cursor } from './read-cursor.ts';

export const columnCount = 24;
/** Taller than any screen, so that one panel cannot make a page endless. */
const heightMax = 200;
const topMax = 1_000_000;

/** `gridPos`, within the grid; a panel without one stands at `bottom`. */
export function readPlace(panel: Cursor, bottom: number): GridPlace {
  const grid = panel.child('gridPos');
  const isRow = panel.text('type') === 'row';
  const w = bounded(grid.number('w'), isRow ? columnCount : 12, columnCount, 1);
  return {
    x: bounded(grid.number('x'), 0, columnCount - w, 0),
    y: bounded(grid.number('y'), Math.min(bottom, topMax), topMax, 0),
    w,
    h: bounded(grid.number('h'), isRow ? 1 : 8, heightMax, 1),
  };
}

function bounded(value: number | undefined, usual: number, max: number, min: number): number {
  return Math.min(Math.max(min, Math.round(value ?? usual)), max);
}
