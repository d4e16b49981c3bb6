import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
/** Names in which a pattern is found, with what it matched replaced. */
export declare function renameByRegex(frames: readonly Frame[], options: Cursor): readonly Frame[];
