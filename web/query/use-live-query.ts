import { useEffect, useState } from 'react';
import { readAnswer } from '#dashboards';
import { ApiError, apiPath, fetchApi } from '../api/client.ts';
import { graphExpression } from './graph/graph-expression.ts';
import { type LiveAnswer, withLiveAnswer } from './live-result.ts';
import { effectiveStepMs, isLive, type PanelState } from './panel-state.ts';
import type { RangeResult } from './run-query.ts';

/** `lost`: the browser tries again by itself. */
export type LiveConnection = 'connecting' | 'open' | 'lost';

export interface LiveState {
  readonly connection: LiveConnection;
  readonly result: RangeResult | undefined;
  /** The result may be there all the same: of before. */
  readonly error: Error | null;
}

const NOTHING: LiveState = { connection: 'connecting', result: undefined, error: null };

/** After so long a connection that was refused is tried again: the server may be starting. */
const RETRY_MS = 5000;

/** A browser has six connections to a server; each graph that is followed holds one. */
const FOLLOWED_MAX = 4;
let followedCount = 0;

/** The server takes no shorter steps for a live query. */
const STEP_MS_MIN = 1000;

/** A graph that the server continues; does nothing unless the panel is live. A new `run` connects again. */
export function useLiveQuery(panel: PanelState, run: number): LiveState {
  const [state, setState] = useState(NOTHING);
  const [attempt, setAttempt] = useState(0);
  const { expr, rangeMs } = panel;
  const isOn = isLive(panel) && expr.trim() !== '';
  const stepMs = Math.max(STEP_MS_MIN, effectiveStepMs(panel.resolution, rangeMs));
  useEffect(() => {
    if (!isOn) return undefined;
    let retry: number | undefined;
    const retryLater = (): void => {
      retry = window.setTimeout(() => setAttempt((count) => count + 1), RETRY_MS);
    };
    if (followedCount >= FOLLOWED_MAX) {
      setState((before) => ({ ...before, connection: 'lost', error: tooMany() }));
      retryLater();
      return () => window.clearTimeout(retry);
    }
    followedCount++;
    setState((before) => ({ ...before, connection: 'connecting' }));
    let isFirst = true;
    const source = new EventSource(`${apiPath}/query_live?${liveParams(expr, rangeMs, stepMs)}`);
    const take = (event: MessageEvent<string>): void => {
      const answer = readAnswer(event.data) as LiveAnswer;
      const isNew = isFirst;
      isFirst = false;
      setState((before) => nextState(isNew ? NOTHING : before, answer, { expr, rangeMs }));
    };
    for (const name of ['range', 'steps', 'failure']) source.addEventListener(name, take);
    source.addEventListener('error', () => {
      setState((before) => ({ ...before, connection: 'lost' }));
      if (source.readyState !== EventSource.CLOSED) return;
      void reasonOf(expr).then((error) => setState((before) => ({ ...before, error })));
      retryLater();
    });
    return () => {
      followedCount--;
      source.close();
      window.clearTimeout(retry);
    };
  }, [isOn, expr, rangeMs, stepMs, run, attempt]);
  return isOn ? state : NOTHING;
}

function liveParams(expr: string, rangeMs: number, stepMs: number): string {
  return new URLSearchParams({
    query: graphExpression(expr),
    range: String(rangeMs / 1000),
    step: String(stepMs / 1000),
  }).toString();
}

function nextState(
  before: LiveState,
  answer: LiveAnswer,
  window: { readonly expr: string; readonly rangeMs: number },
): LiveState {
  try {
    const result = withLiveAnswer(before.result, answer, window);
    return { connection: 'open', result, error: null };
  } catch (error) {
    return { ...before, connection: 'open', error: error as Error };
  }
}

function tooMany(): Error {
  const reason = `${FOLLOWED_MAX} graphs are followed already, a browser has no connections for more`;
  return new ApiError('unavailable', reason, 0);
}

/** A browser does not say why a stream was refused; the same query asked once does, where it is the query. */
async function reasonOf(expr: string): Promise<Error> {
  const seconds = String(Date.now() / 1000);
  const params = { query: graphExpression(expr), start: seconds, end: seconds, step: '1' };
  try {
    await fetchApi('/query_range', params);
  } catch (error) {
    return error as Error;
  }
  return new ApiError('unavailable', 'the server follows too many live queries', 0);
}
