import { useQuery } from '@tanstack/react-query';
import { parseInterval, SCRAPE_INTERVAL_DEFAULT_MS } from '#dashboards';
import { fetchApi } from '../api/client.ts';

/** What rates and steps go by. */
export interface ScrapeIntervals {
  /** Where a job says nothing else. */
  readonly usualMs: number;
  readonly jobsMs: ReadonlyMap<string, number>;
}

const UNKNOWN: ScrapeIntervals = { usualMs: SCRAPE_INTERVAL_DEFAULT_MS, jobsMs: new Map() };

/** How often targets are scraped. */
export function useScrapeIntervals(): ScrapeIntervals {
  const { data } = useQuery({
    queryKey: ['scrape-intervals'],
    queryFn: async ({ signal }) => {
      const { data: config } = await fetchApi<{ readonly yaml: string }>(
        '/status/config',
        {},
        signal,
      );
      return readScrapeIntervals(config.yaml);
    },
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  return data ?? UNKNOWN;
}

/** Of the configuration as the server prints it: each job has its name and its interval. */
export function readScrapeIntervals(yaml: string): ScrapeIntervals {
  const written = /^global:\n(?:[ \t].*\n)*?[ \t]+scrape_interval:[ \t]*(\S+)/m.exec(yaml)?.[1];
  const usualMs = parseInterval(written ?? '') ?? SCRAPE_INTERVAL_DEFAULT_MS;
  const jobsMs = new Map<string, number>();
  const [, jobs = ''] = /^scrape_configs:\n((?:[ \t-].*\n?)*)/m.exec(yaml) ?? [];
  let name: string | undefined;
  for (const line of jobs.split('\n')) {
    const [, key, value = ''] = /^[ -] (job_name|scrape_interval):[ \t]*(.*)$/.exec(line) ?? [];
    if (key === 'job_name') name = unquoted(value.trim());
    const intervalMs = key === 'scrape_interval' ? parseInterval(value) : undefined;
    if (name !== undefined && intervalMs !== undefined) jobsMs.set(name, intervalMs);
  }
  return { usualMs, jobsMs };
}

function unquoted(text: string): string {
  if (/^'.*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  if (!/^".*"$/.test(text)) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}
