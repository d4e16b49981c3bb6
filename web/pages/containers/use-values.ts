import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { QueryData } from '#contract';
import { fetchApi } from '../../api/client.ts';
import {
  cpuExpr,
  type CurrentValues,
  currentValuesQuery,
  MEASURED_SERIES,
  MEMORY_EXPR,
  NO_VALUES,
  readCurrentValues,
} from './container-values.ts';
import { useRateWindow } from './rate-window.ts';
import { SPARK_STEP_MS, type Sparks, sparkWindow, withSparkAnswer } from './sparks.ts';

/** As often as the zero configuration scrapes. */
const REFRESH_MS = 5000;

export interface ValuesState {
  readonly values: CurrentValues;
  readonly error: Error | null;
}

/** What is measured of all containers now; rests while nobody sees the tab. */
export function useCurrentValues(): ValuesState {
  const windowSeconds = useRateWindow(MEASURED_SERIES);
  const { data, error } = useQuery({
    queryKey: ['container-values', windowSeconds],
    queryFn: async ({ signal }) => {
      const { data: answer } = await fetchApi<QueryData>(
        '/query',
        { query: currentValuesQuery(windowSeconds) },
        signal,
      );
      return readCurrentValues(answer);
    },
    refetchInterval: REFRESH_MS,
    staleTime: 0,
    placeholderData: keepPreviousData,
    structuralSharing: false,
  });
  return { values: data ?? NO_VALUES, error };
}

/** The small graphs of all containers; after the first time only what is new is asked for. */
export function useSparks(what: 'cpu' | 'memory'): Sparks | undefined {
  const client = useQueryClient();
  const windowSeconds = useRateWindow(MEASURED_SERIES);
  const queryKey = ['container-sparks', what, windowSeconds];
  const { data } = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Sparks> => {
      const before = client.getQueryData<Sparks>(queryKey);
      const asked = sparkWindow(before, Date.now());
      const params = {
        query: what === 'cpu' ? cpuExpr(windowSeconds) : MEMORY_EXPR,
        start: String(asked.startMs / 1000),
        end: String(asked.endMs / 1000),
        step: String(SPARK_STEP_MS / 1000),
      };
      const { data: answer } = await fetchApi<QueryData>('/query_range', params, signal);
      const series = answer.resultType === 'matrix' ? answer.result : [];
      return withSparkAnswer(before, asked, series);
    },
    refetchInterval: SPARK_STEP_MS,
    staleTime: SPARK_STEP_MS,
    structuralSharing: false,
  });
  return data;
}
