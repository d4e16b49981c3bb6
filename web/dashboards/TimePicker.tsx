import { Button, NativeSelect, Popover, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import {
  describeTimeRange,
  FISCAL_RANGES,
  formatDate,
  isRelative,
  parseTime,
  QUICK_RANGES,
  shiftTimeRange,
  type TimeRangeText,
  zoomOutTimeRange,
} from '#dashboards';
import { Icon } from '../components/Icon.tsx';
import { IconButton } from '../components/IconButton.tsx';
import type { DashboardTime } from './use-dashboard-time.ts';

/** Which time is shown, and everything that changes it. */
export function TimePicker({ time }: { readonly time: DashboardTime }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const { range, span, nowMs, zone, context } = time;
  const title = shortened(describeTimeRange(range, context));
  const exact = `${formatDate(span.fromMs, DATE_PATTERN, zone)} to ${formatDate(span.toMs, DATE_PATTERN, zone)} (${zone})`;
  const choose = (next: TimeRangeText, nextZone?: string): void => {
    time.setRange(next, nextZone);
    setOpen(false);
  };
  return (
    <div className="nx-joined" role="group" aria-label="Time range">
      <IconButton
        icon="back"
        label="Earlier (t ←)"
        variant="default"
        onClick={() => time.setSpan(shiftTimeRange(span, -1, nowMs))}
      />
      <Popover
        opened={isOpen}
        onChange={setOpen}
        position="bottom-end"
        width="min(560px, 94vw)"
        shadow="md"
        trapFocus
      >
        <Popover.Target>
          <Button
            className="nx-time-button"
            variant="default"
            size="sm"
            title={exact}
            aria-label={`Time range: ${title}`}
            leftSection={<Icon name="clock" size={16} />}
            onClick={() => setOpen(!isOpen)}
          >
            {title}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <TimeChoices time={time} onChoose={choose} />
        </Popover.Dropdown>
      </Popover>
      <IconButton
        icon="forward"
        label="Later (t →)"
        variant="default"
        disabled={isRelative(range) && range.to === 'now'}
        onClick={() => time.setSpan(shiftTimeRange(span, 1, nowMs))}
      />
      <IconButton
        icon="minus"
        label="Zoom out (t z)"
        variant="default"
        onClick={() => time.setSpan(zoomOutTimeRange(span))}
      />
    </div>
  );
}

/** The day of both ends is said once, seconds only where there are some. */
function shortened(title: string): string {
  return title
    .replace(/^(\d{4}-\d\d-\d\d) (\S+) to \1 (\S+)$/, '$1 $2 to $3')
    .replace(/^(\S+ \d\d:\d\d):00 to ((?:\S+ )?\d\d:\d\d):00$/, '$1 to $2');
}

const DATE_PATTERN = 'YYYY-MM-DD HH:mm:ss';

interface TimeChoicesProps {
  readonly time: DashboardTime;
  readonly onChoose: (range: TimeRangeText, zone?: string) => void;
}

function TimeChoices({ time, onChoose }: TimeChoicesProps): ReactElement {
  const [search, setSearch] = useState('');
  const { range, context } = time;
  const wanted = search.trim().toLowerCase();
  const offered = context.fiscalStartMonth ? [...QUICK_RANGES, ...FISCAL_RANGES] : QUICK_RANGES;
  const shown = offered.filter(({ name }) => name.toLowerCase().includes(wanted));
  return (
    <div className="nx-time-choices">
      <AbsoluteTime key={`${range.from} ${range.to}`} time={time} onChoose={onChoose} />
      <div className="nx-time-quick">
        <TextInput
          size="xs"
          aria-label="Search quick ranges"
          placeholder="Search quick ranges"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            const first = shown[0];
            if (event.key === 'Enter' && first !== undefined) onChoose(first);
          }}
          data-autofocus
        />
        <ul aria-label="Quick ranges">
          {shown.map(({ name, from, to }) => (
            <li key={name}>
              <button
                type="button"
                aria-pressed={from === range.from && to === range.to}
                onClick={() => onChoose({ from, to })}
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** Either end as Grafana writes it: a date, or something like `now-6h` or `now/d`. */
function AbsoluteTime({ time, onChoose }: TimeChoicesProps): ReactElement {
  const { range, zone, context } = time;
  const [from, setFrom] = useState(() => editable(range.from, zone));
  const [to, setTo] = useState(() => editable(range.to, zone));
  const [chosenZone, setChosenZone] = useState('');
  const fromMs = parseTime(from, false, context);
  const toMs = parseTime(to, true, context);
  const isBackward = fromMs !== undefined && toMs !== undefined && toMs < fromMs;
  const isValid = fromMs !== undefined && toMs !== undefined && !isBackward;
  const apply = (): void => {
    if (!isValid) return;
    onChoose({ from: written(from, fromMs), to: written(to, toMs) }, chosenZone || undefined);
  };
  return (
    <form
      className="nx-time-absolute"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <TextInput
        label="From"
        size="sm"
        value={from}
        error={fromMs === undefined ? 'A date, or now-6h' : undefined}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        label="To"
        size="sm"
        value={to}
        error={toMs === undefined ? 'A date, or now' : isBackward ? 'Before it begins' : undefined}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <NativeSelect
        label="Time zone"
        size="sm"
        value={chosenZone}
        onChange={(event) => setChosenZone(event.currentTarget.value)}
        data={[
          { value: '', label: `${zone} (now)` },
          { value: 'browser', label: 'This computer’s' },
          { value: 'utc', label: 'UTC' },
          ...Intl.supportedValuesOf('timeZone').map((name) => ({ value: name, label: name })),
        ]}
      />
      <Button type="submit" size="sm" disabled={!isValid}>
        Apply
      </Button>
    </form>
  );
}

/** What moves with the time stays words. */
function written(text: string, timeMs: number): string {
  return text.trim().startsWith('now') ? text.trim() : String(timeMs);
}

/** Milliseconds as a date that a person can change. */
function editable(text: string, zone: string): string {
  return /^-?\d{9,}$/.test(text.trim()) ? formatDate(Number(text), DATE_PATTERN, zone) : text;
}
