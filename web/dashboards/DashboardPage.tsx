import '../styles/dashboards.css';
import { useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect, useMemo } from 'react';
import { type Dashboard, newDashboard, readDashboard } from '#dashboards';
import type { DashboardData } from '#contract';
import { ApiError, fetchApi } from '../api/client.ts';
import { Empty } from '../components/Empty.tsx';
import { Failure } from '../components/Failure.tsx';
import { LoadingRows } from '../components/Loading.tsx';
import { usePlace } from '../location/location.ts';
import { PageLink } from '../location/PageLink.tsx';
import { useSiteTitle } from '../shell/site-title.ts';
import { DashboardView } from './DashboardView.tsx';
import { useNeededCode } from './needed/use-needed-code.ts';
import { PANELS } from './panels/registry.ts';
import { useScrapeIntervals } from './use-scrape-interval.ts';
import { EditContext, useEditedDashboard } from './editor/use-edited-dashboard.ts';

/** One that is not saved yet has no uid, nor a version. */
const NEW_DATA: DashboardData = {
  entry: {
    uid: '',
    title: 'New dashboard',
    description: '',
    tags: [],
    folder: '',
    origin: 'own',
    panels: 0,
    changedAt: '',
    version: 0,
  },
  dashboard: newDashboard(),
};

/** `/d/<uid>/<any name>`: one dashboard; `/dashboards/new`: one that is being made. */
export function DashboardPage(): ReactElement {
  const { page, item } = usePlace();
  const isNew = page === 'dashboards';
  const uid = isNew ? '' : (item.split('/', 1)[0] ?? '');
  const { data, error, refetch } = useQuery({
    queryKey: ['dashboard', uid],
    queryFn: async ({ signal }) => {
      const path = `/dashboards/uid/${encodeURIComponent(uid)}`;
      return (await fetchApi<DashboardData>(path, {}, signal)).data;
    },
    enabled: uid !== '',
  });
  // What all panels go by is asked for together with the dashboard.
  useScrapeIntervals();
  const isDark = useComputedColorScheme('light') === 'dark';
  const edited = useEditedDashboard(isNew ? NEW_DATA : data);
  const json = useNeededCode(edited?.json);
  const dashboard = useMemo(() => json && readDashboard(json), [json]);
  usePanelCode(dashboard);
  useSiteTitle(dashboard?.title ?? 'Dashboard');
  if (edited !== undefined && dashboard !== undefined) {
    return (
      <EditContext value={edited}>
        <DashboardView key={uid} dashboard={dashboard} entry={edited.entry} isDark={isDark} />
      </EditContext>
    );
  }
  if (uid === '' || (error instanceof ApiError && error.httpStatus === 404)) {
    return (
      <Empty title="There is no such dashboard">
        <PageLink page="dashboards">All dashboards</PageLink>
      </Empty>
    );
  }
  if (error === null) return <LoadingRows count={12} />;
  return <Failure what="Cannot load the dashboard" error={error} onRetry={() => void refetch()} />;
}

/** Asked for before the queries, which would keep all connections busy until they are answered. */
function usePanelCode(dashboard: Dashboard | undefined): void {
  const kinds = useMemo(() => {
    const open = dashboard?.rows.filter(({ isCollapsed }) => !isCollapsed) ?? [];
    return new Set(open.flatMap(({ panels }) => panels.map(({ options }) => options.kind)));
  }, [dashboard]);
  useEffect(() => {
    for (const kind of kinds) PANELS[kind]?.preload();
  }, [kinds]);
}
