import { NativeSelect } from '@mantine/core';
import type { ReactElement } from 'react';
import { IconButton } from '../components/IconButton.tsx';
import type { LiveStatus } from '../live/live-connection.ts';
import { type DashboardLive, LIVE } from './use-dashboard-live.ts';
import type { DashboardTime } from './use-dashboard-time.ts';

/** Where the file names none. */
export const REFRESH_INTERVALS: readonly string[] = [
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

interface RefreshPickerProps {
  readonly time: DashboardTime;
  /** Of the file; none: the usual ones. */
  readonly offered: readonly string[];
  readonly live: DashboardLive;
}

/** Asks again now, by itself every so often, or has what is new sent. */
export function RefreshPicker({ time, offered, live }: RefreshPickerProps): ReactElement {
  const { refresh } = time;
  const usual = offered.length === 0 ? REFRESH_INTERVALS : offered;
  const isKnown = refresh === '' || refresh === LIVE || usual.includes(refresh);
  const intervals = isKnown ? usual : [refresh, ...usual];
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
        data={[{ value: '', label: 'Off' }, { value: LIVE, label: 'Live' }, ...intervals]}
      />
      {live.connection !== undefined && <LiveState live={live} />}
    </div>
  );
}

/** Said where it is not as it should be; a dot otherwise. */
function LiveState({ live }: Pick<RefreshPickerProps, 'live'>): ReactElement {
  const { text, state } = liveText(live);
  return (
    <span className="nx-live-state" data-live={state} role="status" title={text}>
      <span>{text}</span>
    </span>
  );
}

interface LiveText {
  readonly text: string;
  readonly state: LiveStatus | 'asking';
}

function liveText({ status, isServing }: DashboardLive): LiveText {
  if (!isServing)
    return { text: 'Connection lost, asking again and again instead', state: 'asking' };
  switch (status) {
    case 'open':
      return { text: 'Live: what is new is sent', state: status };
    case 'connecting':
      return { text: 'Connecting', state: status };
    case 'lost':
      return { text: 'Connection lost, trying again', state: status };
    case 'resting':
      return { text: 'Nothing here is sent live, it is asked for', state: status };
  }
}
