import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
/** One more field for each frame, made of its others. */
export declare function calculateField(frames: readonly Frame[], options: Cursor): readonly Frame[];
