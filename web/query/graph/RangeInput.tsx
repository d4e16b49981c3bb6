import { TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { formatDuration } from '#model';
import { IconButton } from '../../components/IconButton.tsx';
import { narrowerRange, widerRange } from '../panel-state.ts';
import { parsePositiveDuration } from '../panel-url.ts';

interface DurationInputProps {
  readonly label: string;
  readonly durationMs: number;
  readonly onChange: (durationMs: number) => void;
}

/** A range with steps to narrow and widen it. */
export function RangeInput({ durationMs, onChange, label }: DurationInputProps): ReactElement {
  return (
    <div className="nx-joined" role="group" aria-label={label}>
      <IconButton
        icon="minus"
        label="Narrower range"
        variant="default"
        onClick={() => onChange(narrowerRange(durationMs))}
      />
      <DurationInput label={label} durationMs={durationMs} onChange={onChange} />
      <IconButton
        icon="add"
        label="Wider range"
        variant="default"
        onClick={() => onChange(widerRange(durationMs))}
      />
    </div>
  );
}

export function DurationInput({ label, durationMs, onChange }: DurationInputProps): ReactElement {
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const parsed = typed === undefined ? durationMs : parsePositiveDuration(typed);
  const commit = (): void => {
    if (typed === undefined || parsed === undefined) return;
    setTyped(undefined);
    if (parsed !== durationMs) onChange(parsed);
  };
  return (
    <TextInput
      className="nx-duration"
      size="sm"
      aria-label={label}
      title="A duration such as 30m, 1h30m or 2d"
      value={typed ?? formatDuration(durationMs)}
      error={parsed === undefined}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}
