import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
/** Fields hidden, put in order and renamed, by name. */
export declare function organize(frames: readonly Frame[], options: Cursor): readonly Frame[];
