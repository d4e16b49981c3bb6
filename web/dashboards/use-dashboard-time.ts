import { useCallback, useMemo, useState } from 'react';
import {
  type Dashboard,
  parseInterval,
  readTimeParameters,
  resolveTimeRange,
  spanText,
  type TimeContext,
  type TimeRangeText,
  type TimeSpan,
  timeParameters,
  timeZoneName,
} from '#dashboards';
import { useZone } from '../settings/settings.ts';
import type { ChangeSearch } from './use-page-search.ts';
import { parsePageParams, printPageParams } from './page-params.ts';

export interface DashboardTime {
  readonly range: TimeRangeText;
  readonly span: TimeSpan;
  /** When "now" was taken; moves with each refresh. */
  readonly nowMs: number;
  /** Of the tz database. */
  readonly zone: string;
  /** What relative times are read with: `nowMs`, `zone`, and the calendar of the file. */
  readonly context: TimeContext;
  /** `5s`, `live`; '' for off. */
  readonly refresh: string;
  readonly setRange: (range: TimeRangeText, zone?: string) => void;
  readonly setSpan: (span: TimeSpan) => void;
  readonly setRefresh: (refresh: string) => void;
  readonly refreshNow: () => void;
}

const RANGE_DEFAULT: TimeRangeText = { from: 'now-6h', to: 'now' };

/** The time that the URL says, else the dashboard's own; "now" stands still between two refreshes. */
export function useDashboardTime(
  dashboard: Dashboard,
  search: string,
  change: ChangeSearch,
): DashboardTime {
  const [nowMs, setNowMs] = useState(() => Date.now());
  const ownZone = useZone();
  const refreshNow = useCallback(() => setNowMs(Date.now()), []);
  const { range, zone, refresh } = useMemo(() => {
    const params = new URLSearchParams(search);
    const asked = readTimeParameters(params);
    const chosen = asked.timeZone ?? dashboard.timeZone;
    const isOwn = chosen === '' || chosen === 'browser';
    return {
      range: asked.range ?? dashboard.time,
      zone: timeZoneName(isOwn && ownZone === 'utc' ? 'utc' : chosen),
      refresh: parsePageParams(params).refresh ?? dashboard.refresh,
    };
  }, [search, dashboard, ownZone]);
  const { nowDelay, weekStartDay, fiscalStartMonth } = dashboard;
  const context = useMemo<TimeContext>(() => {
    const nowDelayMs = parseInterval(nowDelay) ?? 0;
    return { nowMs, timeZone: zone, nowDelayMs, weekStartDay, fiscalStartMonth };
  }, [nowMs, zone, nowDelay, weekStartDay, fiscalStartMonth]);
  const span = useMemo(
    () =>
      resolveTimeRange(range, context) ??
      resolveTimeRange(RANGE_DEFAULT, context) ?? { fromMs: nowMs - 21_600_000, toMs: nowMs },
    [range, context, nowMs],
  );
  const changes = useTimeChanges(change, refreshNow);
  return useMemo(
    () => ({ range, span, nowMs, zone, context, refresh, refreshNow, ...changes }),
    [range, span, nowMs, zone, context, refresh, refreshNow, changes],
  );
}

function useTimeChanges(
  change: ChangeSearch,
  refreshNow: () => void,
): Pick<DashboardTime, 'setRange' | 'setSpan' | 'setRefresh'> {
  return useMemo(() => {
    const setRange = (range: TimeRangeText, zone?: string): void => {
      change((params) => {
        for (const name of ['from', 'to', 'time', 'time.window']) params.delete(name);
        if (zone !== undefined) params.delete('timezone');
        for (const [name, value] of timeParameters(range, zone ?? '')) params.set(name, value);
        return params;
      }, 'push');
      refreshNow();
    };
    return {
      setRange,
      setSpan: (span) => setRange(spanText(span)),
      setRefresh: (refresh) => change((params) => printPageParams(params, { refresh })),
    };
  }, [change, refreshNow]);
}
