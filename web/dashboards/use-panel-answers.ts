import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { QueryData } from '#contract';
import { type ApiAnswer, fetchApi, ApiError } from '../api/client.ts';
import { keyOfRequest, type PanelPlan, type PanelRequest } from './panel-requests.ts';

/** What came of one request. */
export interface RequestAnswer {
  readonly request: PanelRequest;
  readonly answer: ApiAnswer<QueryData> | undefined;
  readonly error: Error | undefined;
}

export interface PanelAnswers {
  /** Of the last requests that were answered; undefined before. The same array as long as nothing came. */
  readonly answers: readonly RequestAnswer[] | undefined;
  /** What was planned when they were asked for. */
  readonly plan: PanelPlan | undefined;
  readonly isLoading: boolean;
}

const KEPT_MS = 60_000;

/** Asks what a panel needs while it is in view; what came before stays until the new answers are there. */
export function usePanelAnswers(
  panelKey: string,
  plan: PanelPlan,
  isInView: boolean,
): PanelAnswers {
  const client = useQueryClient();
  const { requests } = plan;
  const key = requests.map(keyOfRequest).join('\n');
  const last = useRef<Pick<PanelAnswers, 'answers' | 'plan'>>({
    answers: undefined,
    plan: undefined,
  });
  const { data, isFetching } = useQuery({
    queryKey: ['panel', panelKey, key],
    queryFn: async ({ signal }) =>
      await Promise.all(requests.map(async (request) => await ask(request, signal))),
    enabled: isInView && requests.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
    structuralSharing: false,
    retry: false,
  });
  useEffect(() => {
    if (isInView) return;
    // A range that has moved on is asked for anew when the panel comes back.
    void client.cancelQueries({ queryKey: ['panel', panelKey, key], exact: true });
  }, [client, panelKey, key, isInView]);
  if (data !== undefined && data !== last.current.answers) last.current = { answers: data, plan };
  return { ...last.current, isLoading: isFetching };
}

/** One query that fails does not take the others of its panel with it. */
async function ask(request: PanelRequest, signal: AbortSignal): Promise<RequestAnswer> {
  if (request.problem !== '') {
    return { request, answer: undefined, error: new Error(request.problem) };
  }
  try {
    return { request, answer: await fetchPatiently(request, signal), error: undefined };
  } catch (error) {
    if (signal.aborted) throw error;
    const known = error instanceof Error ? error : new Error(String(error));
    return { request, answer: undefined, error: known };
  }
}

const TRIES_MAX = 3;
const TRY_AGAIN_MS = 1000;

/** Connections end when networks of this machine come and go, as those of containers do. */
async function fetchPatiently(
  request: PanelRequest,
  signal: AbortSignal,
): Promise<ApiAnswer<QueryData>> {
  for (let tries = 1; ; tries++) {
    try {
      return await fetchAnswer(request, signal);
    } catch (error) {
      const mayPass = error instanceof ApiError && error.code === 'unreachable';
      if (!mayPass || tries === TRIES_MAX || signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, tries * TRY_AGAIN_MS));
    }
  }
}

async function fetchAnswer(
  { kind, expr, startMs, endMs, stepMs }: PanelRequest,
  signal: AbortSignal,
): Promise<ApiAnswer<QueryData>> {
  if (kind === 'instant') {
    return await fetchApi('/query', { query: expr, time: String(endMs / 1000) }, signal);
  }
  const params = {
    query: expr,
    start: String(startMs / 1000),
    end: String(endMs / 1000),
    step: String(stepMs / 1000),
  };
  return await fetchApi('/query_range', params, signal);
}
