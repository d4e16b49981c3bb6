import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
/** Fields to rows, one column for each reducer; or each frame to its one row. */
export declare function reduce(frames: readonly Frame[], options: Cursor): readonly Frame[];
