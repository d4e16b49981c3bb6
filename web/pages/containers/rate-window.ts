import { useQuery } from '@tanstack/react-query';
import type { QueryData } from '#contract';
import { fetchApi } from '../../api/client.ts';
import { named } from './container-values.ts';

/** Seconds; the first is what the zero configuration needs, the last what one scrape a minute needs. */
const WINDOWS: readonly number[] = [30, 60, 120, 300];

export const WINDOW_SECONDS_DEFAULT = 30;

/** A rate over fewer samples jumps, or is not there when a scrape comes late. */
const SAMPLES_MIN = 4;

const WINDOW_LABEL = 'narthex_window';

export function windowsQuery(series: string): string {
  return WINDOWS.map((seconds) =>
    named(`max(count_over_time(${series}[${seconds}s]))`, WINDOW_LABEL, String(seconds)),
  ).join(' or ');
}

/** The shortest window with samples enough; the default where there are not enough in any. */
export function readWindow(data: QueryData): number {
  if (data.resultType !== 'vector') return WINDOW_SECONDS_DEFAULT;
  const isEnough = (seconds: number): boolean =>
    data.result.some(
      ({ metric, value }) =>
        metric[WINDOW_LABEL] === String(seconds) && Number(value?.[1]) >= SAMPLES_MIN,
    );
  return WINDOWS.find(isEnough) ?? WINDOW_SECONDS_DEFAULT;
}

const REFRESH_MS = 60_000;

/** Over how many seconds rates of these series are taken: they may be scraped seldom. */
export function useRateWindow(series: string): number {
  const { data } = useQuery({
    queryKey: ['rate-window', series],
    queryFn: async ({ signal }) => {
      const { data: answer } = await fetchApi<QueryData>(
        '/query',
        { query: windowsQuery(series) },
        signal,
      );
      return readWindow(answer);
    },
    staleTime: REFRESH_MS,
    refetchInterval: REFRESH_MS,
  });
  return data ?? WINDOW_SECONDS_DEFAULT;
}
