import type { DashboardQuery } from './dashboard-queries.ts';
import { apiUrl } from './http.ts';

export interface DashboardWindow {
  /** Seconds since the epoch. */
  readonly endS: number;
  /** What a long range spans. */
  readonly hours: number;
  /** Servers may answer from what they kept. */
  readonly fromCache: boolean;
}

/** What is asked of a server, behind its address. */
export function dashboardPath(
  { kind, text }: DashboardQuery,
  { endS, hours, fromCache }: DashboardWindow,
): string {
  const params = { query: text, ...(!fromCache && { nocache: '1' }) };
  if (kind === 'instant') return apiUrl('', 'query', { ...params, time: String(endS) });
  const [start, step] = kind === 'range' ? [endS - 3600, 15] : [endS - hours * 3600, 60];
  return apiUrl('', 'query_range', {
    ...params,
    start: String(start),
    end: String(endS),
    step: String(step),
  });
}
