import {
  NativeSelect,
  SegmentedControl,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import type { DashboardsData } from '#contract';
import {
  describeTimeRange,
  type Json,
  jsonAt,
  type JsonPath,
  parseInterval,
  parseTime,
  QUICK_RANGES,
  timeZoneName,
  withJsonAt,
} from '#dashboards';
import { fetchApi } from '../../../api/client.ts';
import { REFRESH_INTERVALS } from '../../RefreshPicker.tsx';
import { SettledText } from './SettledText.tsx';
import { textOf, useSettingsEdit } from './settings-edit.ts';

/** Title, time, and how the whole looks and behaves. */
export function GeneralSettings(): ReactElement {
  return (
    <>
      <NameSettings />
      <TimeSettings />
      <BehaviourSettings />
    </>
  );
}

type SetPart = (path: JsonPath, value: Json | undefined, what: string) => void;

function useSet(): SetPart {
  const { json, change } = useSettingsEdit();
  return (path, value, what) => change(withJsonAt(json, path, value), what);
}

export function Group({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <fieldset className="nx-settings-group">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

function NameSettings(): ReactElement {
  const { json, dashboard } = useSettingsEdit();
  const set = useSet();
  const { data } = useQuery({
    queryKey: ['dashboards'],
    queryFn: async ({ signal }) => (await fetchApi<DashboardsData>('/dashboards', {}, signal)).data,
  });
  const known = [...new Set((data?.dashboards ?? []).flatMap(({ tags }) => tags))].toSorted();
  return (
    <Group title="What it is">
      <TextInput
        label="Title"
        value={textOf(json['title'])}
        error={textOf(json['title']).trim() === '' ? 'A dashboard needs a title' : undefined}
        onChange={(event) => set(['title'], event.currentTarget.value, 'Title of the dashboard')}
      />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        maxRows={8}
        value={textOf(json['description'])}
        onChange={(event) =>
          set(
            ['description'],
            event.currentTarget.value || undefined,
            'Description of the dashboard',
          )
        }
      />
      <TagsInput
        label="Tags"
        description="Enter or a comma ends one"
        data={known}
        value={[...dashboard.tags]}
        onChange={(tags) => set(['tags'], tags, 'Tags of the dashboard')}
      />
    </Group>
  );
}

const OWN_RANGE = 'own';

function TimeSettings(): ReactElement {
  const { json, dashboard } = useSettingsEdit();
  const set = useSet();
  const { time } = dashboard;
  const context = { nowMs: Date.now(), timeZone: timeZoneName(dashboard.timeZone) };
  const problemOf = (text: string, isEnd: boolean): string =>
    parseTime(text, isEnd, context) === undefined ? 'A date, or something like now-6h' : '';
  const quick = QUICK_RANGES.findIndex(({ from, to }) => from === time.from && to === time.to);
  const setTime = (next: { from: string; to: string }): void =>
    set(['time'], { ...timeObject(json['time']), ...next }, 'Time of the dashboard');
  return (
    <Group title="Time it opens with">
      <div className="nx-settings-row">
        <NativeSelect
          label="Range"
          value={quick < 0 ? OWN_RANGE : String(quick)}
          onChange={(event) => {
            const chosen = QUICK_RANGES[Number(event.currentTarget.value)];
            if (chosen !== undefined) setTime({ from: chosen.from, to: chosen.to });
          }}
          data={[
            ...(quick < 0 ? [{ value: OWN_RANGE, label: describeTimeRange(time, context) }] : []),
            ...QUICK_RANGES.map(({ name }, i) => ({ value: String(i), label: name })),
          ]}
        />
        <SettledText
          label="From"
          value={time.from}
          problemOf={(text) => problemOf(text, false)}
          onSettle={(from) => setTime({ from, to: time.to })}
        />
        <SettledText
          label="To"
          value={time.to}
          problemOf={(text) => problemOf(text, true)}
          onSettle={(to) => setTime({ from: time.from, to })}
        />
      </div>
      <RefreshSettings />
      <ZoneSettings />
    </Group>
  );
}

function timeObject(value: Json | undefined): Readonly<Record<string, Json | undefined>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json | undefined>>)
    : {};
}

function RefreshSettings(): ReactElement {
  const { dashboard } = useSettingsEdit();
  const set = useSet();
  const { refresh, refreshIntervals } = dashboard;
  const offered = refreshIntervals.length > 0 ? refreshIntervals : REFRESH_INTERVALS;
  const setOffered = (texts: readonly string[]): void => {
    const intervals = texts.map((text) => text.trim()).filter((text) => parseInterval(text));
    const path = ['timepicker', 'refresh_intervals'];
    set(path, intervals.length === 0 ? undefined : intervals, 'Intervals of refresh');
  };
  return (
    <div className="nx-settings-row">
      <NativeSelect
        label="Refresh by itself"
        value={refresh}
        onChange={(event) =>
          set(['refresh'], event.currentTarget.value, 'Refresh of the dashboard')
        }
        data={[
          { value: '', label: 'Off' },
          ...new Set<string>(refresh === '' ? offered : [...offered, refresh]),
        ]}
      />
      <TagsInput
        className="nx-settings-wide"
        label="Intervals to choose from"
        description="10s, 5m, 1h; none: the usual ones"
        placeholder={refreshIntervals.length === 0 ? REFRESH_INTERVALS.join(', ') : ''}
        value={[...refreshIntervals]}
        onChange={setOffered}
      />
    </div>
  );
}

const WEEK_STARTS = [
  { value: '', label: 'As usual (Monday)' },
  { value: 'monday', label: 'Monday' },
  { value: 'sunday', label: 'Sunday' },
  { value: 'saturday', label: 'Saturday' },
] as const;

const MONTHS = Array.from({ length: 12 }, (_, month) => ({
  value: String(month),
  label: new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2024, month),
  ),
}));

function ZoneSettings(): ReactElement {
  const { json, dashboard } = useSettingsEdit();
  const set = useSet();
  return (
    <div className="nx-settings-row">
      <NativeSelect
        label="Time zone"
        value={dashboard.timeZone}
        onChange={(event) =>
          set(['timezone'], event.currentTarget.value, 'Time zone of the dashboard')
        }
        data={[
          { value: '', label: 'As each person has it' },
          { value: 'browser', label: 'That of the computer' },
          { value: 'utc', label: 'UTC' },
          ...zonesWith(dashboard.timeZone),
        ]}
      />
      <NativeSelect
        label="Weeks begin on"
        value={textOf(json['weekStart']).toLowerCase()}
        onChange={(event) => set(['weekStart'], event.currentTarget.value, 'Start of the week')}
        data={[...WEEK_STARTS]}
      />
      <NativeSelect
        label="Fiscal years begin in"
        value={String(dashboard.fiscalStartMonth)}
        onChange={(event) =>
          set(
            ['fiscalYearStartMonth'],
            Number(event.currentTarget.value),
            'Start of the fiscal year',
          )
        }
        data={MONTHS}
      />
    </div>
  );
}

function zonesWith(own: string): string[] {
  const zones = Intl.supportedValuesOf('timeZone');
  const isNamed = own === '' || own === 'browser' || own === 'utc' || zones.includes(own);
  return isNamed ? zones : [own, ...zones];
}

const CURSORS = [
  { value: '0', label: 'Each graph by itself' },
  { value: '1', label: 'A line on all graphs' },
  { value: '2', label: 'Values on all graphs' },
] as const;

function BehaviourSettings(): ReactElement {
  const { json, dashboard } = useSettingsEdit();
  const set = useSet();
  const cursor = { none: '0', line: '1', tooltip: '2' }[dashboard.sharedCursor];
  return (
    <Group title="How it behaves">
      <div>
        <span className="nx-settings-label">The pointer over a graph shows</span>
        <SegmentedControl
          aria-label="The pointer over a graph shows"
          className="nx-settings-choice"
          value={cursor}
          onChange={(value) => set(['graphTooltip'], Number(value), 'Shared pointer')}
          data={[...CURSORS]}
        />
      </div>
      <Switch
        label="It can be edited on this page"
        checked={jsonAt(json, ['editable']) !== false}
        onChange={(event) => set(['editable'], event.currentTarget.checked, 'Editing')}
      />
      <Switch
        label="The time can be chosen"
        checked={!dashboard.isTimePickerHidden}
        onChange={(event) =>
          set(
            ['timepicker', 'hidden'],
            event.currentTarget.checked ? undefined : true,
            'Time picker',
          )
        }
      />
    </Group>
  );
}
