import type { VectorSelector } from '../parse/ast.ts';
import type { RangeColumns } from './range-columns.ts';

/** The samples of an anchored or smoothed range with those at its bounds made up. */
export function extendFloats(
  columns: RangeColumns,
  _selector: VectorSelector,
  _bounds: { readonly startMs: number; readonly endMs: number },
): RangeColumns {
  return columns;
}
