import { TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { type Json, withJsonAt } from '#dashboards';
import { Icon } from '../../../components/Icon.tsx';
import { NumberField } from './controls/NumberField.tsx';
import { usePanelEdit } from './panel-edit.ts';

interface TimeField {
  readonly key: 'interval' | 'timeFrom' | 'timeShift';
  readonly label: string;
  readonly hint: string;
  readonly placeholder: string;
}

const FIELDS: readonly TimeField[] = [
  { key: 'interval', label: 'Min interval', hint: 'Of all queries', placeholder: '15s' },
  { key: 'timeFrom', label: 'Own time', hint: 'In place of the dashboard’s', placeholder: '1h' },
  { key: 'timeShift', label: 'Shifted by', hint: 'So much earlier', placeholder: '1d' },
];

/** What holds for all queries of the panel: how fine they ask, and over which time. */
export function QueryTimes(): ReactElement {
  const { panel, view, name, change } = usePanelEdit();
  const [isOpen, setOpen] = useState(false);
  const set = (key: string, value: Json | undefined, what: string): void =>
    change(withJsonAt(panel, [key], value), `${what} of ${name}`);
  const said = [
    view.maxDataPoints === undefined ? '' : `${view.maxDataPoints} points`,
    view.minInterval === '' ? '' : `at least ${view.minInterval}`,
    view.timeFrom === '' ? '' : `last ${view.timeFrom}`,
    view.timeShift === '' ? '' : `${view.timeShift} earlier`,
  ].filter(Boolean);
  return (
    <div className="nx-pe-times">
      <button
        type="button"
        className="nx-pe-fold"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={15} />
        Time and steps
        <span className="nx-quiet">{said.length === 0 ? 'as the dashboard' : said.join(', ')}</span>
      </button>
      {isOpen && (
        <div className="nx-pe-settings">
          <NumberField
            size="xs"
            label="Max data points"
            hint="Empty: one each pixel"
            value={view.maxDataPoints}
            min={1}
            max={100_000}
            step={1}
            onChange={(value) => set('maxDataPoints', value, 'Max data points')}
          />
          {FIELDS.map(({ key, label, hint, placeholder }) => (
            <TextInput
              key={key}
              size="xs"
              label={label}
              description={hint}
              placeholder={placeholder}
              value={view[key === 'interval' ? 'minInterval' : key]}
              onChange={(event) => set(key, event.currentTarget.value || undefined, label)}
            />
          ))}
        </div>
      )}
    </div>
  );
}
