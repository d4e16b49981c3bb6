import { useSyncExternalStore } from 'react';
import type { ContainersData } from '#contract';
import { apiPath, fetchApi } from '../../api/client.ts';

export interface LiveContainers {
  /** Of before while the connection is lost. */
  readonly data: ContainersData | undefined;
  /** `lost`: what is shown may be old; it is tried again. */
  readonly connection: 'connecting' | 'open' | 'lost';
  readonly error: Error | undefined;
}

/** After so long a stream that was refused is tried again. */
const RETRY_MS = 5000;

const listeners = new Set<() => void>();
let live: LiveContainers = { data: undefined, connection: 'connecting', error: undefined };
let source: EventSource | undefined;
let retryTimer: number | undefined;

function publish(change: Partial<LiveContainers>): void {
  live = { ...live, ...change };
  for (const listener of listeners) listener();
}

/** Asked once where the stream is refused: a browser does not say why, and some proxies pass no streams. */
async function readOnce(): Promise<void> {
  try {
    const { data } = await fetchApi<ContainersData>('/containers', {});
    publish({ data, connection: 'lost', error: undefined });
  } catch (error) {
    publish({ connection: 'lost', error: error as Error });
  }
}

function take(event: MessageEvent<string>): void {
  publish({
    data: JSON.parse(event.data) as ContainersData,
    connection: 'open',
    error: undefined,
  });
}

function connect(): void {
  if (source !== undefined || document.hidden || listeners.size === 0) return;
  const opened = new EventSource(`${apiPath}/containers/live`);
  source = opened;
  opened.addEventListener('containers', take);
  opened.addEventListener('error', () => {
    if (source !== opened) return;
    publish({ connection: 'lost' });
    if (opened.readyState !== EventSource.CLOSED) return;
    disconnect();
    void readOnce();
    retryTimer = window.setTimeout(connect, RETRY_MS);
  });
}

function disconnect(): void {
  source?.close();
  source = undefined;
  window.clearTimeout(retryTimer);
}

/** A tab that nobody sees gives its connection back: a browser has six to a server, for all its tabs. */
function onVisibility(): void {
  if (document.hidden) disconnect();
  else connect();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    document.addEventListener('visibilitychange', onVisibility);
    connect();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener('visibilitychange', onVisibility);
    disconnect();
  };
}

/** All containers as the server tells them, anew after each change; all users share one connection. */
export function useLiveContainers(): LiveContainers {
  return useSyncExternalStore(subscribe, () => live);
}
