import { type ReactElement, useMemo } from 'react';
import type { DashboardEntry } from '#contract';
import { type Dashboard, isDashboardResource } from '#dashboards';
import { AnnotationSwitches } from './AnnotationSwitches.tsx';
import { DashboardBar } from './DashboardBar.tsx';
import { type DashboardScope, ScopeContext } from './dashboard-scope.ts';
import { EditorMount } from './editor/EditorMount.tsx';
import { useEdited } from './editor/use-edited-dashboard.ts';
import { PanelRows } from './PanelRows.tsx';
import { parsePageParams } from './page-params.ts';
import { PrintMount } from './share/PrintMount.tsx';
import { useAnnotations } from './use-annotations.ts';
import { useDashboardKeys } from './use-dashboard-keys.ts';
import { useDashboardLive } from './use-dashboard-live.ts';
import { useDashboardTime } from './use-dashboard-time.ts';
import { useExpanded } from './use-expanded.ts';
import { usePageSearch } from './use-page-search.ts';
import { useKiosk } from './use-kiosk.ts';
import { useRefresh } from './use-refresh.ts';
import { useScrapeIntervals } from './use-scrape-interval.ts';
import { useVariables, type Variables } from './use-variables.ts';
import { VariablesBar } from './VariablesBar.tsx';

interface DashboardViewProps {
  readonly dashboard: Dashboard;
  readonly entry: DashboardEntry;
  readonly isDark: boolean;
}

/** An open dashboard: what it goes by is in the URL, or in the file where the URL says nothing. */
export function DashboardView(props: DashboardViewProps): ReactElement {
  const { scope, variables } = useDashboardScope(props);
  const { dashboard, params } = scope;
  useKiosk(params.isKiosk);
  useDashboardKeys(scope, !isDashboardResource(useEdited().json));
  return (
    <ScopeContext value={scope}>
      <div className="nx-dash" data-kiosk={params.isKiosk}>
        <DashboardBar scope={scope} variables={variables} />
        <PrintMount scope={scope} variables={variables} />
        {!params.hidesVariables && (
          <>
            <VariablesBar dashboard={dashboard} variables={variables} />
            <AnnotationSwitches scope={scope} />
          </>
        )}
        <EditorMount scope={scope} variables={variables}>
          <PanelRows scope={scope} />
        </EditorMount>
      </div>
    </ScopeContext>
  );
}

interface ScopeInUse {
  /** The same as long as nothing of it changes. */
  readonly scope: DashboardScope;
  readonly variables: Variables;
}

function useDashboardScope({ dashboard, entry, isDark }: DashboardViewProps): ScopeInUse {
  const [search, change] = usePageSearch();
  const params = useMemo(() => parsePageParams(new URLSearchParams(search)), [search]);
  const { usualMs: scrapeIntervalMs, jobsMs: jobIntervalsMs } = useScrapeIntervals();
  const time = useDashboardTime(dashboard, search, change);
  const live = useDashboardLive(time.refresh);
  const variables = useVariables({ dashboard, time, search, change });
  useRefresh(time, { variables, scrapeIntervalMs });
  const { values, filters, isReady, onFilter } = variables;
  const asked = { dashboard, time, values, filters, isReady, scrapeIntervalMs, isDark };
  const annotations = useAnnotations({ ...asked, search });
  const expanded = useExpanded(dashboard, values, variables.resolved);
  const scope = useMemo<DashboardScope>(
    () => ({
      dashboard,
      entry,
      time,
      params,
      change,
      expanded,
      values,
      filters,
      isReady,
      scrapeIntervalMs,
      jobIntervalsMs,
      live,
      annotations,
      cursor: {
        mode: dashboard.sharedCursor,
        syncKey: dashboard.sharedCursor === 'none' ? '' : `dashboard-${entry.uid}`,
      },
      isDark,
      onFilter,
    }),
    [
      dashboard,
      entry,
      time,
      params,
      change,
      expanded,
      values,
      filters,
      isReady,
      scrapeIntervalMs,
      jobIntervalsMs,
      live,
      annotations,
      isDark,
      onFilter,
    ],
  );
  return { scope, variables };
}
