import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
/** Labels as columns of their own; or as rows of name and value, a table for each series. */
export declare function labelsToFields(frames: readonly Frame[], options: Cursor): readonly Frame[];
/** All points of all series in one table: time, name, value; the newest first. */
export declare function seriesToRows(frames: readonly Frame[], options: Cursor): readonly Frame[];
