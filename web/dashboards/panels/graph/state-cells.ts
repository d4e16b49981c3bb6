/** What is shown of a value: two values that look alike are one state. */
export interface ShownState {
  readonly text: string;
  readonly colour: string;
  /** What it counts as in the legend; '' for what is not in it. */
  readonly group: string;
}

export interface StateCell extends ShownState {
  /** Milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Cells of one row; more would not be told apart on any screen. */
const CELLS_MAX = 20_000;

/**
 * The states of a row: each lasts until the next time, at most to `endMs`; undefined ends it. Equal neighbours are
 * one where they are merged.
 */
export function stateCells(
  times: Float64Array,
  states: readonly (ShownState | undefined)[],
  { endMs, isMerged }: { readonly endMs: number; readonly isMerged: boolean },
): StateCell[] {
  const cells: StateCell[] = [];
  for (let i = 0; i < times.length && cells.length < CELLS_MAX; i++) {
    const state = states[i];
    if (state === undefined) continue;
    const fromMs = times[i] ?? 0;
    const toMs = Math.max(fromMs, times[i + 1] ?? endMs);
    const last = cells.at(-1);
    const continues =
      isMerged && last?.toMs === fromMs && last.text === state.text && last.colour === state.colour;
    if (continues) cells[cells.length - 1] = { ...last, toMs };
    else cells.push({ fromMs, toMs, ...state });
  }
  return cells;
}

/** The cell at a time, found by halves. */
export function cellAt(cells: readonly StateCell[], timeMs: number): StateCell | undefined {
  let low = 0;
  let high = cells.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const cell = cells[middle];
    if (cell === undefined) return undefined;
    if (timeMs < cell.fromMs) high = middle - 1;
    else if (timeMs >= cell.toMs) low = middle + 1;
    else return cell;
  }
  return undefined;
}
