import { createContext, useContext } from 'react';
import type { DashboardEntry } from '#contract';
import type { AdHocFilter, Dashboard, ExpandedDashboard, VariableValues } from '#dashboards';
import type { DashboardLive } from './use-dashboard-live.ts';
import type { PageParams } from './page-params.ts';
import type { PanelCursor, PanelProps } from './panels/panel-props.ts';
import type { ShownAnnotation } from './use-annotations.ts';
import type { DashboardTime } from './use-dashboard-time.ts';
import type { ChangeSearch } from './use-page-search.ts';

/** What every panel of an open dashboard goes by. */
export interface DashboardScope {
  readonly dashboard: Dashboard;
  readonly entry: DashboardEntry;
  readonly time: DashboardTime;
  readonly params: PageParams;
  readonly change: ChangeSearch;
  readonly expanded: ExpandedDashboard;
  /** Without those of repeats. */
  readonly values: VariableValues;
  readonly filters: readonly AdHocFilter[];
  /** False while variables are still being asked for: panels wait. */
  readonly isReady: boolean;
  readonly scrapeIntervalMs: number;
  /** Of jobs that are scraped more or less often; undefined where nothing is asked. */
  readonly jobIntervalsMs?: ReadonlyMap<string, number> | undefined;
  readonly live: DashboardLive;
  readonly annotations: readonly ShownAnnotation[];
  readonly cursor: PanelCursor;
  readonly isDark: boolean;
  readonly onFilter: PanelProps['onFilter'];
}

export const ScopeContext = createContext<DashboardScope | undefined>(undefined);

/** Throws outside of an open dashboard. */
export function useScope(): DashboardScope {
  const scope = useContext(ScopeContext);
  if (scope === undefined) throw new Error('cannot draw a panel outside of a dashboard');
  return scope;
}
