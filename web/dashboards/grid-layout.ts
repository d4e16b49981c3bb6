/** What the style has as the grid's rows and gaps. */
export const ROW_PX = 30;
export const GAP_PX = 8;

/** Of a panel so many rows of the grid high. */
export function heightPx(rows: number): number {
  return rows * ROW_PX + (rows - 1) * GAP_PX;
}
