import { Button, SegmentedControl } from '@mantine/core';
import type { ReactElement } from 'react';
import { formatInstant } from '../../format/times.ts';
import type { SearchChange } from '../../location/search-params.ts';
import { useZone } from '../../settings/settings.ts';
import { type PageState, printRange, RANGES } from './page-state.ts';

interface RangePickerProps {
  readonly state: PageState;
  readonly onChange: (change: SearchChange) => void;
}

export function RangePicker({ state, onChange }: RangePickerProps): ReactElement {
  const zone = useZone();
  const { rangeMs, endMs } = state;
  const name = endMs === undefined ? RANGES.find(({ ms }) => ms === rangeMs)?.name : undefined;
  return (
    <div className="nx-range">
      {endMs !== undefined && (
        <>
          <span className="nx-quiet nx-number">
            {formatInstant(endMs - rangeMs, zone)} – {formatInstant(endMs, zone).slice(11)}
          </span>
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => onChange({ end: undefined, range: undefined })}
          >
            Back to now
          </Button>
        </>
      )}
      <SegmentedControl
        size="xs"
        aria-label="Time range"
        value={name ?? ''}
        onChange={(chosen) => {
          const range = RANGES.find((candidate) => candidate.name === chosen);
          if (range !== undefined) onChange({ range: printRange(range.ms), end: undefined });
        }}
        data={RANGES.map((range) => ({ value: range.name, label: range.name }))}
      />
    </div>
  );
}
