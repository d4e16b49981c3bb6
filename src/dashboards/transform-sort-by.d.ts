import type { Field, Frame } from './frame.ts';
import type { Cell } from './frame-columns.ts';
import type { Cursor } from './read-cursor.ts';
/** Rows in the order of one field; nothing stands last. */
export declare function sortBy(frames: readonly Frame[], options: Cursor): readonly Frame[];
export declare function sortedFrame(frame: Frame, key: Field, isDescending: boolean): Frame;
export declare function compareCells(a: Cell, b: Cell, isDescending: boolean): number;
/** The first rows; a negative count takes the last. */
export declare function limit(frames: readonly Frame[], options: Cursor): readonly Frame[];
