import type { Frame } from './frame.ts';
import type { Cell } from './frame-columns.ts';
import type { Cursor } from './read-cursor.ts';
/** What a cell of a sparkline holds. */
export interface Trend {
  readonly series: Frame;
  /** Reduced, shown beside the line and sorted by. */
  readonly value: Cell;
}
export declare function isTrend(cell: unknown): cell is Trend;
/** A table for each query: labels as columns, and the series itself as a cell (`Trend #A`). */
export declare function timeSeriesTable(
  frames: readonly Frame[],
  options: Cursor,
): readonly Frame[];
/** All fields of all frames side by side; shorter ones end in nothing. */
export declare function concatenate(frames: readonly Frame[]): readonly Frame[];
/** Series in one frame, each in its own, or as rows. */
export declare function prepareTimeSeries(
  frames: readonly Frame[],
  options: Cursor,
): readonly Frame[];
/** The type of fields, by name: text to numbers and instants, and back. */
export declare function convertFieldType(
  frames: readonly Frame[],
  options: Cursor,
): readonly Frame[];
