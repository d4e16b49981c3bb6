import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
/** Only the fields that are included, by name or pattern, and not those that are excluded. */
export declare function filterFieldsByName(
  frames: readonly Frame[],
  options: Cursor,
): readonly Frame[];
/** Only frames of the queries named. */
export declare function filterByRefId(frames: readonly Frame[], options: Cursor): readonly Frame[];
