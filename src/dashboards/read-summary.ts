import type { Dashboard, PanelKind } from './dashboard.ts';

/** What an import says of a file before anything is drawn. */
export interface DashboardSummary {
  readonly panelCount: number;
  readonly rowCount: number;
  readonly queryCount: number;
  readonly variableCount: number;
  readonly annotationCount: number;
  readonly problemCount: number;
  /** Most frequent first. */
  readonly kinds: readonly { readonly kind: PanelKind; readonly count: number }[];
  /** Types that are not known, as the file names them. */
  readonly unknownTypes: readonly string[];
}

export function describeDashboard(dashboard: Dashboard): DashboardSummary {
  const panels = dashboard.rows.flatMap((row) => row.panels);
  const counts = new Map<PanelKind, number>();
  for (const { options } of panels) counts.set(options.kind, (counts.get(options.kind) ?? 0) + 1);
  const unknown = panels.filter(({ options }) => options.kind === 'unknown');
  return {
    panelCount: panels.length,
    rowCount: dashboard.rows.filter((row) => row.title !== '').length,
    queryCount: panels.reduce((sum, panel) => sum + panel.queries.length, 0),
    variableCount: dashboard.variables.length,
    annotationCount: dashboard.annotations.length,
    problemCount: dashboard.problems.length,
    kinds: [...counts]
      .map(([kind, count]) => ({ kind, count }))
      .toSorted((a, b) => b.count - a.count || a.kind.localeCompare(b.kind)),
    unknownTypes: [...new Set(unknown.map(({ sourceType }) => sourceType))].toSorted(),
  };
}
