import { NativeSelect } from '@mantine/core';
import type { ReactElement } from 'react';
import { formatDuration } from '#model';
import { Icon } from '../components/Icon.tsx';
import { isLive, type PanelState } from './panel-state.ts';

const INTERVALS_MS: readonly number[] = [0, 5000, 15_000, 60_000];

const LIVE = 'live';

interface RefreshSelectProps {
  readonly state: PanelState;
  readonly onChange: (change: Partial<PanelState>) => void;
}

/** How often the query runs again; `Live`: whenever there is something new, which ends with a fixed end time. */
export function RefreshSelect({ state, onChange }: RefreshSelectProps): ReactElement {
  const { refreshMs } = state;
  const intervals = INTERVALS_MS.includes(refreshMs) ? INTERVALS_MS : [...INTERVALS_MS, refreshMs];
  const choose = (value: string): void => {
    if (value === LIVE) onChange({ live: true, refreshMs: 0, endMs: undefined });
    else onChange({ live: false, refreshMs: Number(value) });
  };
  return (
    <NativeSelect
      className="nx-refresh"
      size="xs"
      aria-label="Run the query again automatically"
      leftSection={<Icon name="refresh" size={15} />}
      value={isLive(state) ? LIVE : String(refreshMs)}
      onChange={(event) => choose(event.currentTarget.value)}
      data={[
        ...intervals.map((ms) => ({
          value: String(ms),
          label: ms === 0 ? 'Off' : formatDuration(ms),
        })),
        { value: LIVE, label: 'Live' },
      ]}
    />
  );
}
