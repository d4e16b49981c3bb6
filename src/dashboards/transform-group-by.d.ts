import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
import type { NamedField } from './transform.ts';
/** One row for each combination of values of the group fields, with the others reduced: `Value (mean)`. */
export declare function groupBy(frames: readonly Frame[], options: Cursor): readonly Frame[];
/** Rows with equal cells in all fields, in order of appearance. */
export declare function groupRows(keys: readonly NamedField[], length: number): number[][];
