import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
/** Columns out of what stands in one: JSON, `a=b` pairs, a pattern's groups, or parts between commas. */
export declare function extractFields(frames: readonly Frame[], options: Cursor): readonly Frame[];
