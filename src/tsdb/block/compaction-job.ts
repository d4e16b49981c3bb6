import type { BlockMeta } from './block-meta.ts';

/** What the compaction thread is asked for; crosses threads. */
export type CompactionJob =
  /** Make a block of a part of the head. The end is exclusive; milliseconds. */
  | { readonly kind: 'cut'; readonly dir: string; readonly startMs: number; readonly endMs: number }
  /** Make one block out of several, given in time order. They stay. */
  | { readonly kind: 'merge'; readonly dir: string; readonly ulids: readonly string[] }
  | { readonly kind: 'remove'; readonly dir: string; readonly ulids: readonly string[] };

export type CompactionAnswer =
  /** Undefined: nothing was left to be written. */
  | { readonly meta: BlockMeta | undefined; readonly failure?: undefined }
  | { readonly failure: string };
