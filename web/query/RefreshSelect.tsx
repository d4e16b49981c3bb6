import { NativeSelect } from '@mantine/core';
import type { ReactElement } from 'react';
import { formatDuration } from '#model';
import { Icon } from '../components/Icon.tsx';

const INTERVALS_MS: readonly number[] = [0, 5000, 15_000, 60_000];

interface RefreshSelectProps {
  /** 0: off. */
  readonly refreshMs: number;
  readonly onChange: (refreshMs: number) => void;
}

export function RefreshSelect({ refreshMs, onChange }: RefreshSelectProps): ReactElement {
  const intervals = INTERVALS_MS.includes(refreshMs) ? INTERVALS_MS : [...INTERVALS_MS, refreshMs];
  return (
    <NativeSelect
      className="nx-refresh"
      size="xs"
      aria-label="Run the query again automatically"
      leftSection={<Icon name="refresh" size={15} />}
      value={String(refreshMs)}
      onChange={(event) => onChange(Number(event.currentTarget.value))}
      data={intervals.map((ms) => ({
        value: String(ms),
        label: ms === 0 ? 'Off' : formatDuration(ms),
      }))}
    />
  );
}
