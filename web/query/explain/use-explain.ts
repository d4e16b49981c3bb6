import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ExplainData } from '#contract';
import { ApiError, fetchApi } from '../../api/client.ts';
import { graphExpression } from '../graph/graph-expression.ts';
import { effectiveStepMs, type PanelState } from '../panel-state.ts';

/** Over which instants a query is explained: those of the graph, or that of the table. */
export type ExplainScope = 'range' | 'instant';

export interface ExplainResult {
  readonly data: ExplainData;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  readonly loadMs: number;
  /** Why it could not be measured; then there is the plan alone. */
  readonly failure: ApiError | undefined;
}

const RESULT_KEPT_MS = 60_000;

/** Runs the query of a panel and tells what each of its operators did. */
export function useExplain(
  panel: PanelState,
  scope: ExplainScope,
  run: number,
): UseQueryResult<ExplainResult> {
  const { expr, endMs, rangeMs, refreshMs } = panel;
  const stepMs = effectiveStepMs(panel.resolution, rangeMs);
  return useQuery({
    queryKey: ['explain', scope, expr, endMs, rangeMs, stepMs, run],
    queryFn: async ({ signal }) => {
      const end = endMs ?? Date.now();
      const params =
        scope === 'instant'
          ? { query: expr, time: String(end / 1000) }
          : {
              query: graphExpression(expr),
              start: String((end - rangeMs) / 1000),
              end: String(end / 1000),
              step: String(stepMs / 1000),
            };
      return await explain(params, signal);
    },
    enabled: expr.trim() !== '',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: RESULT_KEPT_MS,
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs > 0 ? refreshMs : false,
  });
}

async function explain(
  params: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ExplainResult> {
  try {
    const analyzed = { ...params, analyze: 'true' };
    const answer = await fetchApi<ExplainData>('/query_explain', analyzed, signal);
    return { ...answer, failure: undefined };
  } catch (error) {
    // What fails while it runs has a plan all the same.
    if (!(error instanceof ApiError) || !RUN_FAILURES.has(error.code)) throw error;
    const answer = await fetchApi<ExplainData>('/query_explain', params, signal);
    return { ...answer, failure: error };
  }
}

const RUN_FAILURES: ReadonlySet<string> = new Set(['execution', 'timeout', 'canceled']);
