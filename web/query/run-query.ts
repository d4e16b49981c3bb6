import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { QueryData, QueryStats } from '#contract';
import { readAnswer, type SeriesColumns } from '#dashboards';
import { type ApiAnswer, ApiError, fetchApi, fetchRead } from '../api/client.ts';
import { graphExpression } from './graph/graph-expression.ts';
import { effectiveStepMs, isLive, type PanelState, pollingMs } from './panel-state.ts';

export interface InstantResult extends ApiAnswer<QueryData> {
  readonly expr: string;
  /** When it was evaluated, or asked for where the server chose "now". */
  readonly timeMs: number;
}

export interface RangeResult {
  readonly expr: string;
  readonly series: readonly SeriesColumns[];
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly stats: QueryStats | undefined;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  readonly loadMs: number;
}

/** A new `run` asks again though nothing else changed. */
export function useInstantQuery(panel: PanelState, run: number): UseQueryResult<InstantResult> {
  const { expr, endMs } = panel;
  return useQuery({
    queryKey: ['instant', expr, endMs, run],
    queryFn: async ({ signal }): Promise<InstantResult> => {
      const time = endMs === undefined ? undefined : String(endMs / 1000);
      const answer = await fetchApi<QueryData>(
        '/query',
        { query: expr, time, stats: 'true' },
        signal,
      );
      return { ...answer, expr, timeMs: endMs ?? Date.now() };
    },
    ...queryOptions(panel),
  });
}

export function useRangeQuery(panel: PanelState, run: number): UseQueryResult<RangeResult> {
  const { expr, endMs, rangeMs } = panel;
  const stepMs = effectiveStepMs(panel.resolution, rangeMs);
  return useQuery({
    queryKey: ['range', expr, endMs, rangeMs, stepMs, run],
    queryFn: async ({ signal }): Promise<RangeResult> => {
      const end = endMs ?? Date.now();
      const span = { startMs: end - rangeMs, endMs: end, stepMs };
      return { expr, ...span, ...(await fetchRange(graphExpression(expr), span, signal)) };
    },
    ...queryOptions(panel),
    // The server continues that one by itself (useLiveQuery).
    enabled: expr.trim() !== '' && !isLive(panel),
  });
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

async function fetchRange(
  expr: string,
  span: Span,
  signal: AbortSignal,
): Promise<Pick<RangeResult, 'series' | 'stats' | 'warnings' | 'infos' | 'loadMs'>> {
  const params = {
    query: expr,
    start: String(span.startMs / 1000),
    end: String(span.endMs / 1000),
    step: String(span.stepMs / 1000),
    stats: 'true',
  };
  const { data, ...answer } = await fetchRead('/query_range', params, readAnswer, signal);
  if (data.resultType !== 'matrix') {
    throw new ApiError('internal', `cannot draw a result of type ${data.resultType}`, 200);
  }
  return { ...answer, series: data.result, stats: data.stats };
}

const RESULT_KEPT_MS = 60_000;

function queryOptions(panel: PanelState): {
  enabled: boolean;
  staleTime: number;
  gcTime: number;
  placeholderData: typeof keepPreviousData;
  refetchInterval: number | false;
} {
  return {
    enabled: panel.expr.trim() !== '',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: RESULT_KEPT_MS,
    // The old result stays in sight until the new one is there.
    placeholderData: keepPreviousData,
    refetchInterval: pollingMs(panel) > 0 ? pollingMs(panel) : false,
  };
}
