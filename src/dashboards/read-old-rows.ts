import type { GridPlace } from './dashboard.ts';
import type { Cursor } from './read-cursor.ts';
import { columnCount } from './read-grid.ts';
import type { PlacedPanel, PlacedRow } from './read-rows.ts';

/** A row of today's grid with its gap. */
const gridRowPixels = 38;
const rowHeightPixels = 250;
const heightMinPixels = 90;
const heightMaxPixels = 7600;
/** Of 12. */
const usualSpan = 4;
const rowsMax = 500;

/**
 * `rows` of files before 2018, in which panels stood side by side in spans of 12 until the row was full. Heads of rows
 * show if any of them did.
 */
export function layOutOldRows(file: Cursor, panelsMax: number): PlacedRow[] {
  const rows = file.items('rows', rowsMax).filter((row) => !row.has('repeatIteration'));
  const showsHeads = rows.some(
    (row) => row.flag('collapse') || row.flag('showTitle') || row.text('repeat') !== '',
  );
  let y = 0;
  const laidOut = rows.map((row) => {
    if (showsHeads) y++;
    const flow = new RowFlow(y, gridHeightOf(row, rowHeightPixels));
    const panels: PlacedPanel[] = row.items('panels', panelsMax).map((cursor) => ({
      cursor,
      place: flow.place(widthOf(cursor), heightOf(cursor, row)),
    }));
    y = flow.bottom();
    return { head: showsHeads ? row : undefined, isCollapsed: row.flag('collapse'), panels };
  });
  if (showsHeads || laidOut.length === 0) return laidOut;
  const panels = laidOut.flatMap((row) => row.panels);
  return [{ head: undefined, isCollapsed: false, panels }];
}

function widthOf(panel: Cursor): number {
  const span = Math.floor(panel.numberOr('span', usualSpan)) || usualSpan;
  return Math.min(Math.max(1, span), 12) * 2;
}

function heightOf(panel: Cursor, row: Cursor): number {
  return panel.has('height') && panel.raw('height') !== ''
    ? gridHeightOf(panel, rowHeightPixels)
    : gridHeightOf(row, rowHeightPixels);
}

/** `250px`, `250` */
function gridHeightOf(owner: Cursor, usualPixels: number): number {
  const pixels = owner.numberOr('height', usualPixels) || usualPixels;
  const bounded = Math.min(Math.max(heightMinPixels, pixels), heightMaxPixels);
  return Math.ceil(bounded / gridRowPixels);
}

/** Places from left to right; a low panel leaves room for another below it beside a high one. */
class RowFlow {
  #lineTop: number;
  #lineHeight: number;
  /** Of each column, the first free row. */
  readonly #tops: number[];

  constructor(top: number, height: number) {
    this.#lineTop = top;
    this.#lineHeight = height;
    this.#tops = Array.from({ length: columnCount }, () => top);
  }

  place(w: number, h: number): GridPlace {
    const spot = this.#spotFor(w, h) ?? this.#breakLine();
    for (let column = spot.x; column < spot.x + w; column++) this.#tops[column] = spot.y + h;
    this.#lineHeight = Math.max(this.#lineHeight, spot.y + h - this.#lineTop);
    return { ...spot, w, h };
  }

  bottom(): number {
    return this.#lineTop + this.#lineHeight;
  }

  /** The highest place in this line of panels, then the leftmost. */
  #spotFor(w: number, h: number): { x: number; y: number } | undefined {
    let best: { x: number; y: number } | undefined;
    for (let x = 0; x + w <= columnCount; x++) {
      const y = Math.max(...this.#tops.slice(x, x + w));
      const fits = y === this.#lineTop || y + h <= this.#lineTop + this.#lineHeight;
      if (fits && (best === undefined || y < best.y)) best = { x, y };
    }
    return best;
  }

  #breakLine(): { x: number; y: number } {
    this.#lineTop += this.#lineHeight;
    this.#lineHeight = 0;
    this.#tops.fill(this.#lineTop);
    return { x: 0, y: this.#lineTop };
  }
}
