import { NativeSelect } from '@mantine/core';
import type { ReactElement } from 'react';
import { IconButton } from '../components/IconButton.tsx';
import type { DashboardTime } from './use-dashboard-time.ts';

const INTERVALS: readonly string[] = [
  '5s',
  '10s',
  '30s',
  '1m',
  '5m',
  '15m',
  '30m',
  '1h',
  '2h',
  '1d',
];

/** Asks again now, or by itself every so often. */
export function RefreshPicker({ time }: { readonly time: DashboardTime }): ReactElement {
  const { refresh } = time;
  const intervals =
    refresh === '' || INTERVALS.includes(refresh) ? INTERVALS : [refresh, ...INTERVALS];
  return (
    <div className="nx-joined" role="group" aria-label="Refresh">
      <IconButton
        icon="refresh"
        label="Refresh (d r)"
        variant="default"
        onClick={time.refreshNow}
      />
      <NativeSelect
        className="nx-refresh-select"
        size="sm"
        aria-label="Refresh by itself"
        value={refresh}
        onChange={(event) => time.setRefresh(event.currentTarget.value)}
        data={[{ value: '', label: 'Off' }, ...intervals]}
      />
    </div>
  );
}
