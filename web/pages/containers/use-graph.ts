import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useRef } from 'react';
import { readAnswer, type SeriesColumns } from '#dashboards';
import { fetchRead } from '../../api/client.ts';
import { useNowMs } from '../../components/use-now.ts';
import { type GraphSpec, graphQuery, type RateTimes } from './graph-specs.ts';
import { type PageState, type TimeWindow, timeWindow } from './page-state.ts';

/** The window of the graphs, moving with the time; it rests while nobody sees the tab. */
export function useTimeWindow(state: PageState): TimeWindow {
  const nowMs = useNowMs();
  const seen = useRef(nowMs);
  if (!document.hidden) seen.current = nowMs;
  return timeWindow(state, seen.current);
}

export interface GraphResult extends TimeWindow {
  readonly series: readonly SeriesColumns[];
}

const KEPT_MS = 20_000;

export function useGraph(
  spec: GraphSpec,
  selector: string,
  { startMs, endMs, stepMs, windowSeconds }: TimeWindow & RateTimes,
): UseQueryResult<GraphResult> {
  return useQuery({
    queryKey: ['container-graph', selector, spec.key, startMs, endMs, stepMs, windowSeconds],
    queryFn: async ({ signal }): Promise<GraphResult> => {
      const params = {
        query: graphQuery(spec, selector, { stepMs, windowSeconds }),
        start: String(startMs / 1000),
        end: String(endMs / 1000),
        step: String(stepMs / 1000),
      };
      const { data } = await fetchRead('/query_range', params, readAnswer, signal);
      const series = data.resultType === 'matrix' ? data.result : [];
      return { startMs, endMs, stepMs, series };
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
    placeholderData: keepPreviousData,
    structuralSharing: false,
  });
}
