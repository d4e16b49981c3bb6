import type { FilteredExpression, LabelFilter } from '#filters';

// In the page this stands for `#filters` (scripts/page-build.mjs), which has the parser of PromQL and RE2 in it.

type Apply = typeof import('#filters').applyFilters;

let apply: Apply | undefined;

export type { FilteredExpression, LabelFilter } from '#filters';

export async function loadFilters(): Promise<void> {
  apply ??= (await import('./query-filters.ts')).applyFilters;
}

/** As that of `#filters`. Throws for filters that are added before `loadFilters` has come to its end. */
export function applyFilters(expr: string, filters: readonly LabelFilter[]): FilteredExpression {
  if (filters.length === 0) return { ok: true, expr };
  if (apply === undefined) throw new Error('BUG: a filter is added before the parser is loaded');
  return apply(expr, filters);
}
