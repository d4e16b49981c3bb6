import type { Window } from '../evaluate/window.ts';

/** The samples at, or next to, the bounds of the range. */
export interface Ends {
  readonly first: number;
  readonly last: number;
}

/** Undefined where nothing is in range. `from` and `to` bound the rows of a longer window. */
export function findEnds(
  timesMs: ArrayLike<number>,
  rows: { readonly from: number; readonly to: number },
  window: Window,
): Ends | undefined {
  let last = rows.to - 1;
  let first = rows.from;
  while (first + 1 <= last && timesMs[first + 1] <= window.startMs) first++;
  if (first === last && first > rows.from && timesMs[first] > window.startMs) first--;
  if (window.smoothed) {
    let end = rows.from;
    while (end < last && timesMs[end] < window.endMs) end++;
    last = end;
  }
  if (timesMs[last] <= window.startMs) return undefined;
  if (window.smoothed && timesMs[first] > window.endMs) return undefined;
  return { first, last };
}
