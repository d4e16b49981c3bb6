import { type Search, simpleSearch } from '#patterns';

// In the page this stands for `#patterns` (scripts/page-build.mjs): RE2 is a fifth of the page's code, and most
// dashboards have no pattern that needs it.

type Compile = typeof import('#patterns').compileSearch;

let compile: Compile | undefined;

export { simpleSearch };
export type { Search, SearchMatcher } from '#patterns';

export async function loadPatterns(): Promise<void> {
  compile ??= (await import('./re2.ts')).compileSearch;
}

/** As that of `#patterns`. Throws for a pattern that needs RE2 before `loadPatterns` has come to its end. */
export function compileSearch(source: string, flags: string): Search {
  const simple = simpleSearch(source, flags);
  if (simple !== undefined) return simple;
  if (compile === undefined) throw new Error('BUG: a pattern is used before RE2 is loaded');
  return compile(source, flags);
}
