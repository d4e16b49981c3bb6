import type { Transformation } from './dashboard.ts';
import type { Frame } from './frame.ts';
/** What a panel's frames become by its transformations, in order. An unknown one is told and left out; nothing is thrown. */
export declare function transformFrames(
  frames: readonly Frame[],
  transformations: readonly Transformation[],
): {
  readonly frames: readonly Frame[];
  readonly problems: readonly string[];
};
/** What the `transform` of an old table says in today's words. */
export declare function legacyTransformations(transform: string): readonly Transformation[];
