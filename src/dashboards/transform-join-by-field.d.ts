import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
/** Frames side by side, rows with the same value in one field together. Without a name, the time. */
export declare function joinByField(frames: readonly Frame[], options: Cursor): readonly Frame[];
export declare function joinFrames(
  frames: readonly Frame[],
  byField: string,
  how: {
    readonly mode: 'outer' | 'inner' | 'outerTabular';
    readonly options: Cursor;
  },
): readonly Frame[];
