import type { TooltipOptions } from '#dashboards';

export interface HoverColumns {
  /** As measured; NaN where there is nothing. */
  readonly values: readonly Float64Array[];
  /** Series that the tooltip leaves out. */
  readonly isHidden: readonly boolean[];
}

export interface HoverOrder {
  /** Indexes of series, as many as there is room for. */
  readonly indexes: readonly number[];
  readonly restCount: number;
}

/** Which series a tooltip shows at a time, in which order. The nearest one is always among them. */
export function orderHover(
  columns: HoverColumns,
  at: { readonly index: number; readonly nearest: number; readonly rowsMax: number },
  options: TooltipOptions,
): HoverOrder {
  const { index, nearest, rowsMax } = at;
  if (options.mode === 'single') return { indexes: [nearest], restCount: 0 };
  const valueOf = (series: number): number => columns.values[series]?.[index] ?? NaN;
  const shown: number[] = [];
  for (let series = 0; series < columns.values.length; series++) {
    const value = valueOf(series);
    if (Number.isNaN(value) || columns.isHidden[series] === true) continue;
    if (!options.hidesZeros || value !== 0) shown.push(series);
  }
  if (options.sort === 'asc') shown.sort((a, b) => valueOf(a) - valueOf(b));
  if (options.sort === 'desc') shown.sort((a, b) => valueOf(b) - valueOf(a));
  if (shown.length <= rowsMax) return { indexes: shown, restCount: 0 };
  const indexes = shown.slice(0, rowsMax);
  if (shown.includes(nearest) && !indexes.includes(nearest)) indexes[rowsMax - 1] = nearest;
  return { indexes, restCount: shown.length - rowsMax };
}
