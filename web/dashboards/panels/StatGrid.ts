import type { Orientation } from '#dashboards';

export interface CellGrid {
  readonly columns: number;
  readonly rows: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

export interface GridWish {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** How much wider than high a cell should be. */
  readonly aspect: number;
  readonly minHeight: number;
  readonly minWidth: number;
}

export const CELL_GAP = 6;

/** Cells of equal size: as large as they can be. More than fit are scrolled. */
export function layOutCells(wish: GridWish): CellGrid {
  const count = Math.max(1, wish.count);
  if (wish.orientation === 'horizontal') return gridOf(wish, 1);
  if (wish.orientation === 'vertical') return gridOf(wish, count);
  let best = gridOf(wish, 1);
  for (let columns = 2; columns <= count; columns++) {
    const grid = gridOf(wish, columns);
    if (shareOf(wish.width, columns) < wish.minWidth) break;
    if (sizeOf(grid, wish) > sizeOf(best, wish) * 1.001) best = grid;
  }
  return best;
}

function gridOf(wish: GridWish, columns: number): CellGrid {
  const rows = Math.ceil(Math.max(1, wish.count) / columns);
  return {
    columns,
    rows,
    cellWidth: Math.max(shareOf(wish.width, columns), Math.min(wish.minWidth, wish.width)),
    cellHeight: Math.max(shareOf(wish.height, rows), Math.min(wish.minHeight, wish.height)),
  };
}

/** Without scrolling, so that what must scroll has as few rows as it can. */
function sizeOf({ columns, rows }: CellGrid, { width, height, aspect }: GridWish): number {
  return Math.min(shareOf(width, columns) / aspect, shareOf(height, rows));
}

function shareOf(length: number, parts: number): number {
  return Math.floor((length - CELL_GAP * (parts - 1)) / parts);
}
