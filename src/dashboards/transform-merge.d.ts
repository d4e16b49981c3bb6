import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
/**
 * All frames in one table. Rows that are equal in the fields that all frames have become one, where no other field
 * holds something else in each of them.
 */
export declare function merge(frames: readonly Frame[], options: Cursor): readonly Frame[];
