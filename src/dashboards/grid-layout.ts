import type { GridPlace } from './dashboard.ts';
import { columnCount } from './read-grid.ts';

/** Beyond it a panel is higher than anybody's screen, and a made-up file could make the page endless. */
const heightMax = 200;

/**
 * Where panels of one row stand, counted from its top: in the order of their places, each as high as those before
 * it leave room, so that gaps, overlaps and places outside the grid do no harm. Yields one place for each, in the
 * order given.
 */
export function layOut(places: readonly GridPlace[]): readonly GridPlace[] {
  const fitted = places.map(fitToGrid);
  return stack(fitted, orderOf(fitted));
}

/** As `layOut`, in an order that is given by indices. */
function stack(places: readonly GridPlace[], order: readonly number[]): readonly GridPlace[] {
  const bottoms = Array.from({ length: columnCount }, () => 0);
  const laidOut = [...places];
  for (const index of order) {
    const place = places[index];
    if (place === undefined) continue;
    const { x, w, h } = place;
    const y = Math.max(...bottoms.slice(x, x + w));
    bottoms.fill(y + h, x, x + w);
    laidOut[index] = { x, y, w, h };
  }
  return laidOut;
}

function orderOf(places: readonly GridPlace[]): readonly number[] {
  return [...places.entries()]
    .toSorted(([i, a], [j, b]) => a.y - b.y || a.x - b.x || i - j)
    .map(([index]) => index);
}

export function fitToGrid(place: GridPlace): GridPlace {
  const w = whole(place.w, 1, columnCount);
  return {
    x: whole(place.x, 0, columnCount - w),
    y: Number.isFinite(place.y) ? place.y : 0,
    w,
    h: whole(place.h, 1, heightMax),
  };
}

function whole(value: number, min: number, max: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(Math.round(value), min), max) : min;
}

/** The first row below all. */
export function bottomOf(places: readonly GridPlace[]): number {
  return places.reduce((bottom, { y, h }) => Math.max(bottom, y + h), 0);
}

/**
 * One of the places moved or resized, the others out of its way. Who is dragged past the middle of another changes
 * places with it; what is below goes down, and up where room was left.
 */
export function placeInGrid(
  places: readonly GridPlace[],
  index: number,
  wanted: GridPlace,
): readonly GridPlace[] {
  const before = layOut(places);
  const from = before[index];
  if (from === undefined) return before;
  const to = fitToGrid(wanted);
  const isResized = to.w !== from.w || to.h !== from.h;
  const isBelow = (other: GridPlace): boolean =>
    isResized ? staysBelowResized(other, from) : staysBelowMoved(other, from, to);
  return makeRoom(before, { index, to, isBelow });
}

/** Another one in a grid, the others out of its way. It is the last of what is yielded. */
export function insertInGrid(
  places: readonly GridPlace[],
  wanted: GridPlace,
): readonly GridPlace[] {
  const before = layOut(places);
  const to = fitToGrid(wanted);
  const isBelow = (other: GridPlace): boolean => to.y < middleOf(other);
  return makeRoom([...before, to], { index: before.length, to, isBelow });
}

function staysBelowMoved(other: GridPlace, from: GridPlace, to: GridPlace): boolean {
  const wasBelow = sharesColumns(other, from) && other.y >= from.y + from.h;
  return wasBelow ? to.y + to.h <= middleOf(other) : to.y < middleOf(other);
}

/** What stood above stays there, all else gives way. */
function staysBelowResized(other: GridPlace, from: GridPlace): boolean {
  return other.y + other.h > from.y;
}

function middleOf({ y, h }: GridPlace): number {
  return y + h / 2;
}

export function sharesColumns(a: GridPlace, b: GridPlace): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w;
}

interface Arrival {
  readonly index: number;
  readonly to: GridPlace;
  /** Of those that share columns with it. */
  readonly isBelow: (other: GridPlace) => boolean;
}

/** Those above it first, then itself, then what is to be below it with all that stands on that. */
function makeRoom(
  places: readonly GridPlace[],
  { index, to, isBelow }: Arrival,
): readonly GridPlace[] {
  const order = orderOf(places).filter((other) => other !== index);
  const below = new Set<number>();
  for (const other of order) {
    const place = places[other];
    if (place === undefined) continue;
    const standsOnOne = [...below].some((one) => {
      const upper = places[one];
      return upper !== undefined && sharesColumns(upper, place) && upper.y < place.y;
    });
    if (standsOnOne || (sharesColumns(place, to) && isBelow(place))) below.add(other);
  }
  const above = order.filter((other) => !below.has(other));
  const moved = places.map((place, i) => (i === index ? to : place));
  return stack(moved, [...above, index, ...order.filter((other) => below.has(other))]);
}

/** The first room that is so wide and high, from the top, at most one panel's height below all others. */
export function freePlace(places: readonly GridPlace[], w: number, h: number): GridPlace {
  const laidOut = layOut(places);
  const bottoms = Array.from({ length: columnCount }, () => 0);
  for (const { x, y, w: width, h: height } of laidOut) {
    for (let column = x; column < x + width; column++) {
      bottoms[column] = Math.max(bottoms[column] ?? 0, y + height);
    }
  }
  let best: GridPlace = { x: 0, y: bottomOf(laidOut), w, h };
  for (let x = 0; x + w <= columnCount; x++) {
    const y = Math.max(...bottoms.slice(x, x + w));
    if (y < best.y) best = { x, y, w, h };
  }
  return best;
}
