import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { type AnsweredData, keyOfRequest, type PanelPlan, type PanelRequest } from '#dashboards';
import { type ApiAnswer, ApiError } from '../api/client.ts';
import { askOnce } from '../api/ask-once.ts';
import { type LivePanelAsked, useLivePanel } from './use-live-panel.ts';

/** What came of one request. */
export interface RequestAnswer {
  readonly request: PanelRequest;
  readonly answer: ApiAnswer<AnsweredData> | undefined;
  readonly error: Error | undefined;
}

export interface PanelAnswers {
  /** Of the last requests that were answered; undefined before. The same array as long as nothing came. */
  readonly answers: readonly RequestAnswer[] | undefined;
  /** What was planned when they were asked for. */
  readonly plan: PanelPlan | undefined;
  readonly isLoading: boolean;
}

/** Of a range that moves on nobody asks for what was before; somebody may come back from another page. */
const KEPT_MS = 10_000;

export interface PanelAsked extends LivePanelAsked {
  /** Of this panel alone. */
  readonly panelKey: string;
}

/**
 * What a panel needs while it is in view, asked for or, where that is possible, continued by the server; what came
 * before stays until the new answers are there.
 */
export function usePanelAnswers(asked: PanelAsked): PanelAnswers {
  const { plan } = asked;
  const live = useLivePanel(asked);
  const polled = usePolledPanel(asked, !live.isFollowed);
  const last = useRef<Pick<PanelAnswers, 'answers' | 'plan'>>(NOTHING);
  const { current } = last;
  if (live.isFollowed) {
    if (live.latest !== undefined && live.latest.answers !== current.answers) {
      last.current = live.latest;
    }
    return { ...last.current, isLoading: live.latest === undefined };
  }
  if (polled.answers !== undefined && polled.answers !== current.answers) {
    last.current = { answers: polled.answers, plan };
  }
  return { ...last.current, isLoading: polled.isLoading };
}

const NOTHING: Pick<PanelAnswers, 'answers' | 'plan'> = { answers: undefined, plan: undefined };

function usePolledPanel(
  { panelKey, plan, isAsking }: PanelAsked,
  isOn: boolean,
): Omit<PanelAnswers, 'plan'> {
  const client = useQueryClient();
  const { requests } = plan;
  const key = requests.map(keyOfRequest).join('\n');
  const { data, isFetching } = useQuery({
    queryKey: ['panel', panelKey, key],
    queryFn: async ({ signal }) =>
      await Promise.all(requests.map(async (request) => await ask(request, signal))),
    enabled: isOn && isAsking && requests.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
    structuralSharing: false,
    retry: false,
  });
  useEffect(() => {
    if (isOn && isAsking) return;
    // A range that has moved on is asked for anew when the panel comes back.
    void client.cancelQueries({ queryKey: ['panel', panelKey, key], exact: true });
  }, [client, panelKey, key, isOn, isAsking]);
  return { answers: data, isLoading: isFetching };
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
export async function fetchPatiently(
  request: PanelRequest,
  signal: AbortSignal,
): Promise<ApiAnswer<AnsweredData>> {
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
): Promise<ApiAnswer<AnsweredData>> {
  const endText = String(endMs / 1000);
  if (kind === 'instant') {
    return await askOnce({ type: 'instant', query: expr, time: endText }, signal);
  }
  const start = String(startMs / 1000);
  const step = String(stepMs / 1000);
  return await askOnce({ type: 'range', query: expr, start, end: endText, step }, signal);
}
