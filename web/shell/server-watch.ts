import { useQuery } from '@tanstack/react-query';
import type { WalReplayData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { pathPrefix } from '../location/location.ts';

export interface ServerState {
  readonly state: 'ready' | 'starting' | 'unreachable';
  /** The server's clock minus the browser's, in milliseconds; the header has whole seconds. */
  readonly skewMs: number;
}

const WATCH_READY_MS = 30_000;
const WATCH_STARTING_MS = 1000;

/** Asks now and then whether the server is there, has started, and agrees about the time. */
export function useServerState(): ServerState | undefined {
  const { data } = useQuery({
    queryKey: ['server-state'],
    queryFn: ({ signal }) => readServerState(signal),
    staleTime: 0,
    refetchInterval: (query) =>
      query.state.data === undefined || query.state.data.state === 'ready'
        ? WATCH_READY_MS
        : WATCH_STARTING_MS,
  });
  return data;
}

async function readServerState(signal: AbortSignal): Promise<ServerState> {
  const sentMs = Date.now();
  let response: Response;
  try {
    response = await fetch(`${pathPrefix}/-/ready`, { signal, cache: 'no-store' });
  } catch (error) {
    if (signal.aborted) throw error;
    return { state: 'unreachable', skewMs: 0 };
  }
  const serverMs = Date.parse(response.headers.get('date') ?? '');
  const browserMs = (sentMs + Date.now()) / 2;
  const skewMs = Number.isNaN(serverMs) ? 0 : Math.round(serverMs - browserMs);
  return { state: response.status === 503 ? 'starting' : 'ready', skewMs };
}

/** How far the replay of the write-ahead log is, while the server starts. */
export function useWalReplay(): WalReplayData | undefined {
  const { data } = useQuery({
    queryKey: ['walreplay'],
    queryFn: ({ signal }) => fetchApi<WalReplayData>('/status/walreplay', {}, signal),
    staleTime: 0,
    refetchInterval: WATCH_STARTING_MS,
    retry: false,
  });
  return data?.data;
}
