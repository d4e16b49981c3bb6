import type { GridPlace } from '#dashboards';

export const COLUMNS = 24;

/** Beyond it a panel is higher than anybody's screen, and a made-up file could make the page endless. */
const HEIGHT_ROWS_MAX = 200;

/**
 * Where panels of one row stand, counted from its top: in the order of their places, each as high as those before
 * it leave room, so that gaps, overlaps and places outside the grid do no harm. Yields one place for each, in the
 * order given.
 */
export function layOut(places: readonly GridPlace[]): readonly GridPlace[] {
  const order = places
    .map((place, index) => ({ place: fit(place), index }))
    .toSorted((a, b) => a.place.y - b.place.y || a.place.x - b.place.x || a.index - b.index);
  const bottoms = Array.from({ length: COLUMNS }, () => 0);
  const laidOut: GridPlace[] = places.map(() => ({ x: 0, y: 0, w: 1, h: 1 }));
  for (const { place, index } of order) {
    const { x, w, h } = place;
    const y = Math.max(...bottoms.slice(x, x + w));
    bottoms.fill(y + h, x, x + w);
    laidOut[index] = { x, y, w, h };
  }
  return laidOut;
}

function fit(place: GridPlace): GridPlace {
  const w = whole(place.w, 1, COLUMNS);
  return {
    x: whole(place.x, 0, COLUMNS - w),
    y: Number.isFinite(place.y) ? place.y : 0,
    w,
    h: whole(place.h, 1, HEIGHT_ROWS_MAX),
  };
}

function whole(value: number, min: number, max: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(Math.round(value), min), max) : min;
}

const ROW_PX = 30;
const GAP_PX = 8;

/** Of a panel so many rows of the grid high. */
export function heightPx(rows: number): number {
  return rows * ROW_PX + (rows - 1) * GAP_PX;
}
