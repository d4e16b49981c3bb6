import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { parseInterval } from '#dashboards';
import { LIVE, livePollMs } from './use-dashboard-live.ts';
import type { DashboardTime } from './use-dashboard-time.ts';
import type { Variables } from './use-variables.ts';

interface RefreshSurroundings {
  readonly variables: Variables;
  readonly scrapeIntervalMs: number;
}

/** What a dashboard asks for, by the first words of the keys. */
const ASKED: ReadonlySet<unknown> = new Set(['panel', 'annotation', 'dashboard-events']);

/** Asks again by itself, as often as the URL or the file says; not before all that was asked is answered. */
export function useRefresh(
  { refresh, refreshNow }: DashboardTime,
  { variables, scrapeIntervalMs }: RefreshSurroundings,
): void {
  const client = useQueryClient();
  const isAskingVariables = variables.resolved.variables.some(
    ({ state }) => state !== 'ready' && state !== 'failed',
  );
  const current = useRef(isAskingVariables);
  useEffect(() => {
    current.current = isAskingVariables;
  });
  const intervalMs = refreshMs(refresh, scrapeIntervalMs);
  useEffect(() => {
    if (intervalMs === undefined) return undefined;
    const isBusy = (): boolean =>
      current.current ||
      client.isFetching({ predicate: ({ queryKey }) => ASKED.has(queryKey[0]) }) > 0;
    return refreshEvery(intervalMs, refreshNow, isBusy);
  }, [client, intervalMs, refreshNow]);
}

/** Undefined: not by itself. */
function refreshMs(refresh: string, scrapeIntervalMs: number): number | undefined {
  if (refresh === LIVE) return livePollMs(scrapeIntervalMs);
  return refresh === '' ? undefined : parseInterval(refresh);
}

/** Faster than this a dashboard asks for more than it can draw. */
const REFRESH_MS_MIN = 1000;
/** How soon it is looked again whether all is answered. */
const BUSY_MS = 100;
/** The server gives up a query after two minutes; what has not come by then does not come. */
const BUSY_MS_MAX = 150_000;

/**
 * Calls `refreshNow` every `intervalMs`, at least a second, until the function that it returns is called. It waits
 * while `isBusy`: a server that is slower than this would never be let finish. It rests while nobody sees the tab, and
 * catches up when somebody does.
 */
export function refreshEvery(
  intervalMs: number,
  refreshNow: () => void,
  isBusy: () => boolean,
): () => void {
  const waitMs = Math.max(intervalMs, REFRESH_MS_MIN);
  let dueMs = Date.now() + waitMs;
  let timer = window.setTimeout(tick, waitMs);
  function tick(): void {
    window.clearTimeout(timer);
    if (document.hidden) return;
    const nowMs = Date.now();
    const isLeft = isBusy() && nowMs < dueMs + BUSY_MS_MAX;
    if (!isLeft) {
      refreshNow();
      dueMs = nowMs + waitMs;
    }
    timer = window.setTimeout(tick, isLeft ? BUSY_MS : waitMs);
  }
  const see = (): void => {
    if (!document.hidden && Date.now() >= dueMs) tick();
  };
  document.addEventListener('visibilitychange', see);
  return () => {
    window.clearTimeout(timer);
    document.removeEventListener('visibilitychange', see);
  };
}
