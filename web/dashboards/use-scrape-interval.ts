import { useQuery } from '@tanstack/react-query';
import { parseInterval, SCRAPE_INTERVAL_DEFAULT_MS } from '#dashboards';
import { fetchApi } from '../api/client.ts';

/** How often targets are scraped where their job says nothing else: what rates and steps go by. */
export function useScrapeInterval(): number {
  const { data } = useQuery({
    queryKey: ['scrape-interval'],
    queryFn: async ({ signal }) => {
      const { data: config } = await fetchApi<{ readonly yaml: string }>(
        '/status/config',
        {},
        signal,
      );
      return readScrapeInterval(config.yaml);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? SCRAPE_INTERVAL_DEFAULT_MS;
}

/** Of the configuration as the server prints it. */
export function readScrapeInterval(yaml: string): number {
  const written = /^global:\n(?:[ \t].*\n)*?[ \t]+scrape_interval:[ \t]*(\S+)/m.exec(yaml)?.[1];
  return parseInterval(written ?? '') ?? SCRAPE_INTERVAL_DEFAULT_MS;
}
