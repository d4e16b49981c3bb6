import type { LegendOptions } from '#dashboards';

export interface LegendCell {
  /** What rows are sorted by; NaN where there is no value. */
  readonly value: number;
  readonly text: string;
}

export interface LegendRow {
  /** Equal for none other. */
  readonly key: string;
  readonly name: string;
  readonly colour: string;
  /** One for each reducer. */
  readonly cells: readonly LegendCell[];
  readonly isEmpty: boolean;
  readonly isZero: boolean;
}

export interface LegendSort {
  /** Title of a column; '' for the order of the series. */
  readonly by: string;
  readonly isDescending: boolean;
}

/** The rows that are shown, in order; `titles` are those of the cells. */
export function arrangeRows(
  rows: readonly LegendRow[],
  titles: readonly string[],
  { sort, options }: { readonly sort: LegendSort; readonly options: LegendOptions },
): LegendRow[] {
  const shown = rows.filter(
    (row) => !(options.hidesEmpty && row.isEmpty) && !(options.hidesZero && row.isZero),
  );
  if (sort.by === '') return shown;
  const sign = sort.isDescending ? -1 : 1;
  if (sort.by === NAME_TITLE) return shown.toSorted((a, b) => sign * a.name.localeCompare(b.name));
  const column = titles.indexOf(sort.by);
  if (column < 0) return shown;
  return shown.toSorted((a, b) => compareCells(a.cells[column], b.cells[column], sign));
}

export const NAME_TITLE = 'Name';

/** What has no value comes last, in either order. */
function compareCells(a: LegendCell | undefined, b: LegendCell | undefined, sign: number): number {
  const [left, right] = [a?.value ?? NaN, b?.value ?? NaN];
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : 1;
  return Number.isNaN(right) ? -1 : sign * (left - right);
}

/** A click on a title: ascending, descending, as the series are. */
export function nextSort({ by, isDescending }: LegendSort, title: string): LegendSort {
  if (by !== title) return { by: title, isDescending: true };
  return isDescending ? { by: title, isDescending: false } : { by: '', isDescending: false };
}

export interface LegendPlace {
  readonly placement: 'bottom' | 'right' | 'none';
  /** CSS pixels, of the legend; the graph has the rest. */
  readonly width: number;
  readonly height: number;
}

/** As the style sheet has it; smaller ones are hard to touch. */
export const LEGEND_ROW_PX = 24;
const CHARACTER_PX = 7;
const ITEM_EXTRA_PX = 34;
const BESIDE_EXTRA_PX = 14;
const HEIGHT_PX_MIN = 110;
/** Of a panel with a legend beside its graph; a phone has less. */
const WIDTH_PX_MIN = 400;
const SHARE_MAX = 0.35;

/** How much room a legend has, so that the graph keeps most of its panel; none in a panel that is too small for both. */
export function placeLegend(
  rows: readonly LegendRow[],
  options: LegendOptions,
  size: { readonly width: number; readonly height: number },
): LegendPlace {
  const none: LegendPlace = { placement: 'none', width: 0, height: 0 };
  if (options.mode === 'hidden' || rows.length === 0 || size.height < HEIGHT_PX_MIN) return none;
  if (options.placement === 'right' && size.width >= WIDTH_PX_MIN) {
    const wanted = options.width > 0 ? options.width : longestPx(rows, options);
    const width = Math.round(Math.min(Math.max(wanted, 90), size.width * 0.45));
    return { placement: 'right', width, height: size.height };
  }
  const lines = options.mode === 'table' ? rows.length + 1 : wrappedLines(rows, size.width);
  const height = Math.min(
    lines * LEGEND_ROW_PX + 4,
    Math.max(size.height * SHARE_MAX, LEGEND_ROW_PX + 4),
  );
  return { placement: 'bottom', width: size.width, height: Math.round(height) };
}

function longestPx(rows: readonly LegendRow[], { mode, reducers }: LegendOptions): number {
  const name = rows.reduce((most, row) => Math.max(most, row.name.length), 0);
  const cells = mode === 'table' ? reducers.length * 70 : reducers.length * 90;
  return name * CHARACTER_PX + ITEM_EXTRA_PX + BESIDE_EXTRA_PX + cells;
}

function wrappedLines(rows: readonly LegendRow[], width: number): number {
  let lines = 1;
  let used = 0;
  for (const row of rows) {
    const cells = row.cells.reduce((sum, cell) => sum + cell.text.length + 8, 0);
    const wanted = Math.min((row.name.length + cells) * CHARACTER_PX + ITEM_EXTRA_PX, width);
    if (used > 0 && used + wanted > width) {
      lines++;
      used = 0;
    }
    used += wanted;
  }
  return lines;
}
