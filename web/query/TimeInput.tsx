import { TextInput } from '@mantine/core';
import { type ReactElement, useRef, useState } from 'react';
import { IconButton } from '../components/IconButton.tsx';
import {
  formatInstant,
  fromInputValue,
  parseInstant,
  toInputValue,
  zoneName,
} from '../format/times.ts';
import { useZone } from '../settings/settings.ts';

interface TimeInputProps {
  readonly label: string;
  /** Undefined: now. */
  readonly timeMs: number | undefined;
  /** How far the arrows go, in milliseconds. */
  readonly shiftMs: number;
  readonly onChange: (timeMs: number | undefined) => void;
}

/** A moment: typed, picked, or shifted by the arrows; empty means now. */
export function TimeInput({ label, timeMs, shiftMs, onChange }: TimeInputProps): ReactElement {
  const shift = (byMs: number): void => {
    onChange(Math.floor(((timeMs ?? Date.now()) + byMs) / 1000) * 1000);
  };
  return (
    <div className="nx-joined" role="group" aria-label={label}>
      <IconButton
        icon="back"
        label={`${label}: earlier`}
        variant="default"
        onClick={() => shift(-shiftMs)}
      />
      <TimeText label={label} timeMs={timeMs} onChange={onChange} />
      <IconButton
        icon="forward"
        label={`${label}: later`}
        variant="default"
        onClick={() => shift(shiftMs)}
      />
      {timeMs !== undefined && (
        <IconButton
          icon="close"
          label={`${label}: now`}
          variant="default"
          onClick={() => onChange(undefined)}
        />
      )}
    </div>
  );
}

function TimeText({ label, timeMs, onChange }: Omit<TimeInputProps, 'shiftMs'>): ReactElement {
  const zone = useZone();
  const shown = timeMs === undefined ? '' : formatInstant(timeMs, zone);
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const picker = useRef<HTMLInputElement>(null);
  const text = typed ?? shown;
  const parsed = parseTyped(text, zone);
  const commit = (): void => {
    if (typed === undefined || parsed === 'invalid') return;
    setTyped(undefined);
    if (typed.trim() !== shown) onChange(parsed);
  };
  return (
    <span className="nx-time">
      <TextInput
        size="sm"
        aria-label={`${label} (${zoneName(zone)})`}
        placeholder="Now"
        value={text}
        error={parsed === 'invalid'}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
        title={`${zoneName(zone)}, as 2026-01-31 12:00:00`}
        rightSection={
          <IconButton
            icon="clock"
            label={`${label}: pick`}
            size={26}
            onClick={() => picker.current?.showPicker()}
          />
        }
      />
      <input
        ref={picker}
        className="nx-time-picker"
        type="datetime-local"
        step={1}
        tabIndex={-1}
        aria-hidden="true"
        value={toInputValue(timeMs ?? Math.floor(Date.now() / 60_000) * 60_000, zone)}
        onChange={(event) => {
          const picked = fromInputValue(event.currentTarget.value, zone);
          if (picked !== undefined) onChange(picked);
        }}
      />
    </span>
  );
}

function parseTyped(text: string, zone: 'local' | 'utc'): number | undefined | 'invalid' {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.toLowerCase() === 'now') return undefined;
  const isPlain = /^\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}(:\d{2})?$/.test(trimmed);
  const timeMs =
    isPlain && zone === 'local'
      ? fromInputValue(trimmed.replace(' ', 'T'), zone)
      : parseInstant(trimmed);
  return timeMs ?? 'invalid';
}
