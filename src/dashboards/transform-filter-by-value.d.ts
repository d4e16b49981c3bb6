import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
/** Only the rows (or all but the rows) for which any or all of the conditions hold. */
export declare function filterByValue(frames: readonly Frame[], options: Cursor): readonly Frame[];
