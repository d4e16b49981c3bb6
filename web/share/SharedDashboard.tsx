import { Button, useComputedColorScheme } from '@mantine/core';
import { type ReactElement, useMemo } from 'react';
import {
  type Dashboard,
  type DashboardSnapshot,
  expandRepeats,
  readDashboard,
  type TimeSpan,
} from '#dashboards';
import { type DashboardScope, ScopeContext } from '../dashboards/dashboard-scope.ts';
import { PanelRows } from '../dashboards/PanelRows.tsx';
import { parsePageParams } from '../dashboards/page-params.ts';
import type { ShownAnnotation } from '../dashboards/use-annotations.ts';
import { useDashboardKeys } from '../dashboards/use-dashboard-keys.ts';
import { useDashboardTime } from '../dashboards/use-dashboard-time.ts';
import { SharedHead } from './SharedHead.tsx';
import { SnapshotContext } from './snapshot-context.ts';
import { useHashSearch } from './use-hash-search.ts';

/** The dashboard of a shared file: the page's own panels, without a server. */
export function SharedDashboard({
  snapshot,
}: {
  readonly snapshot: DashboardSnapshot;
}): ReactElement {
  const scope = useSharedScope(snapshot);
  useDashboardKeys(scope);
  const { span } = snapshot;
  const { time } = scope;
  const isWhole = time.span.fromMs === span.fromMs && time.span.toMs === span.toMs;
  return (
    <SnapshotContext value={snapshot}>
      <ScopeContext value={scope}>
        <main className="nx-main">
          <div className="nx-dash">
            <SharedHead snapshot={snapshot} shown={time.span}>
              {!isWhole && (
                <Button size="compact-sm" variant="light" onClick={() => time.setSpan(span)}>
                  Whole time
                </Button>
              )}
            </SharedHead>
            <PanelRows scope={scope} />
          </div>
        </main>
      </ScopeContext>
    </SnapshotContext>
  );
}

function useSharedScope(snapshot: DashboardSnapshot): DashboardScope {
  const isDark = useComputedColorScheme('light') === 'dark';
  const [search, change] = useHashSearch(searchOf(snapshot));
  const dashboard = useMemo<Dashboard>(
    () => ({ ...readDashboard(snapshot.json), title: snapshot.title, refresh: '' }),
    [snapshot],
  );
  const free = useDashboardTime(dashboard, search, change);
  const time = useMemo(
    () => ({ ...free, setSpan: (span: TimeSpan) => free.setSpan(within(span, snapshot.span)) }),
    [free, snapshot],
  );
  const annotations = useMemo(() => snapshot.annotations.map(annotationOf), [snapshot]);
  const params = useMemo(() => parsePageParams(new URLSearchParams(search)), [search]);
  // Chosen once and for all.
  const { values, options } = snapshot;
  const expanded = useMemo(
    () => expandRepeats(dashboard, { values, options }),
    [dashboard, values, options],
  );
  return useMemo<DashboardScope>(
    () => ({
      dashboard,
      entry: ENTRY,
      time,
      params,
      change,
      expanded,
      values,
      filters: [],
      isReady: true,
      scrapeIntervalMs: SCRAPE_MS,
      live: { connection: undefined, status: 'resting', isServing: false },
      annotations,
      cursor: {
        mode: dashboard.sharedCursor,
        syncKey: dashboard.sharedCursor === 'none' ? '' : 'shared',
      },
      isDark,
      onFilter: undefined,
    }),
    [dashboard, time, params, change, expanded, values, annotations, isDark],
  );
}

/** Nothing is planned by it: all panels have their plans. */
const SCRAPE_MS = 15_000;

const ENTRY: DashboardScope['entry'] = {
  uid: '',
  title: '',
  description: '',
  tags: [],
  folder: '',
  origin: 'shipped',
  panels: 0,
  changedAt: '',
  version: 0,
};

function searchOf({ span, zone }: DashboardSnapshot): string {
  return new URLSearchParams({
    from: String(span.fromMs),
    to: String(span.toMs),
    timezone: zone,
  }).toString();
}

/** As long as it was, where that can be: there is nothing outside of the file's time. */
function within(span: TimeSpan, whole: TimeSpan): TimeSpan {
  const lengthMs = Math.min(span.toMs - span.fromMs, whole.toMs - whole.fromMs);
  const latest = whole.toMs - lengthMs;
  const fromMs = Math.round(Math.min(Math.max(span.fromMs, whole.fromMs), latest));
  return { fromMs, toMs: Math.round(fromMs + lengthMs) };
}

function annotationOf(
  { name, colour, panels, events }: DashboardSnapshot['annotations'][number],
  index: number,
): ShownAnnotation {
  const query = { index, name, expr: '', ...(panels === undefined ? {} : { panels }) };
  return {
    // Only the panels of it are looked at.
    query: query as unknown as ShownAnnotation['query'],
    name,
    isOn: true,
    isLoading: false,
    colour: colour ?? undefined,
    events: events as unknown as ShownAnnotation['events'],
    isCut: false,
    problem: '',
  };
}
