import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AnnotationData, AnnotationsData } from '#contract';
import type { Dashboard } from '#dashboards';
import { fetchApi } from '../api/client.ts';
import { useSettings } from '../settings/settings.ts';
import type { DashboardTime } from './use-dashboard-time.ts';

/** More marks than a graph has columns help nobody. */
const EVENTS_MAX = 500;
const NO_EVENTS: readonly AnnotationData[] = [];

/** What happened to containers, where the dashboard has Grafana's built-in annotations switched on. */
export function useDashboardEvents(
  dashboard: Dashboard,
  time: DashboardTime,
): readonly AnnotationData[] {
  const settings = useSettings();
  const isBuiltIn = dashboard.annotations.some(({ expr, isEnabled }) => expr === '' && isEnabled);
  const isOn = settings.events && isBuiltIn;
  const { fromMs, toMs } = time.span;
  const { data } = useQuery({
    queryKey: ['dashboard-events', fromMs, toMs],
    queryFn: async ({ signal }) => {
      const params = {
        start: String(Math.floor(fromMs / 1000)),
        end: String(Math.ceil(toMs / 1000)),
        limit: String(EVENTS_MAX),
      };
      return (await fetchApi<AnnotationsData>('/annotations', params, signal)).data.annotations;
    },
    enabled: isOn,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return isOn ? (data ?? NO_EVENTS) : NO_EVENTS;
}
