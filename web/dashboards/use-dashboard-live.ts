import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { LiveConnection, LiveStatus } from '../live/live-connection.ts';
import { openLiveConnection } from '../live/open-live.ts';

/** In the URL and in the file in place of an interval: the server sends what is new. */
export const LIVE = 'live';

/** What panels that the server cannot follow, variables and marks are asked for again at least after. */
const POLL_MS_MIN = 5000;

export interface DashboardLive {
  /** Undefined where the dashboard is not live. */
  readonly connection: LiveConnection | undefined;
  readonly status: LiveStatus;
  /** False: all panels have to be asked for meanwhile. */
  readonly isServing: boolean;
}

/** The connection of a dashboard that is live; it rests while nobody sees the tab. */
export function useDashboardLive(refresh: string): DashboardLive {
  const isOn = refresh === LIVE;
  const connection = useMemo(() => (isOn ? openLiveConnection() : undefined), [isOn]);
  useEffect(() => {
    if (connection === undefined) return undefined;
    const see = (): void => (document.hidden ? connection.pause() : connection.resume());
    see();
    document.addEventListener('visibilitychange', see);
    return () => {
      document.removeEventListener('visibilitychange', see);
      connection.pause();
    };
  }, [connection]);
  const onStatus = connection?.onStatus ?? NEVER;
  const status = useSyncExternalStore(onStatus, () => connection?.status ?? 'resting');
  const isServing = useSyncExternalStore(onStatus, () => connection?.isServing ?? false);
  return useMemo(() => ({ connection, status, isServing }), [connection, status, isServing]);
}

const NEVER = (): (() => void) => () => undefined;

/** How often what is not followed is asked for. */
export function livePollMs(scrapeIntervalMs: number): number {
  return Math.max(scrapeIntervalMs, POLL_MS_MIN);
}
