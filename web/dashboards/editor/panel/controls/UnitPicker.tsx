import { Select } from '@mantine/core';
import { type ReactElement, useMemo, useState } from 'react';
import { formatText, searchUnits, type UnitChoice, unitName } from '#dashboards';

interface UnitPickerProps {
  readonly label: string;
  /** '' for none. */
  readonly value: string;
  readonly onChange: (unit: string) => void;
}

/** A person searches on; a list of hundreds is no help. */
const SHOWN_MAX = 120;

/** Units by name or id, with how they look; what is none of them is taken as it is. */
export function UnitPicker({ label, value, onChange }: UnitPickerProps): ReactElement {
  const [text, setText] = useState('');
  const shown = value === '' ? '' : unitName(value);
  const typed = text === shown ? '' : text.trim();
  const data = useMemo(() => choicesFor(typed, value), [typed, value]);
  return (
    <Select
      size="sm"
      aria-label={label}
      data={data}
      value={value === '' ? null : value}
      placeholder="None"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'No unit' }}
      searchValue={text}
      onSearchChange={setText}
      filter={({ options }) => options}
      onChange={(unit) => onChange(unit ?? '')}
      maxDropdownHeight={340}
      comboboxProps={{ width: 300, position: 'bottom-end' }}
      renderOption={({ option }) => <UnitLine id={option.value} label={option.label} />}
    />
  );
}

interface UnitGroup {
  readonly group: string;
  readonly items: { readonly value: string; readonly label: string }[];
}

function choicesFor(typed: string, value: string): UnitGroup[] {
  const found = searchUnits(typed).slice(0, SHOWN_MAX);
  const groups = new Map<string, UnitGroup['items']>();
  const add = ({ id, name, group }: UnitChoice): void => {
    const items = groups.get(group) ?? [];
    items.push({ value: id, label: name });
    groups.set(group, items);
  };
  for (const unit of found) add(unit);
  const isThere = (id: string): boolean => found.some((unit) => unit.id === id);
  if (value !== '' && !isThere(value)) {
    add({ id: value, name: unitName(value), group: 'In the file' });
  }
  if (typed !== '' && typed !== value && !isThere(typed)) {
    add({ id: typed, name: `“${typed}” behind the number`, group: 'Of one’s own' });
  }
  return [...groups].map(([group, items]) => ({ group, items }));
}

const EXAMPLE = 12_345.6;

function UnitLine({ id, label }: { readonly id: string; readonly label: string }): ReactElement {
  const isInstant = id.startsWith('dateTime') || id.startsWith('time:');
  return (
    <span className="nx-unit">
      <span>{label}</span>
      {!isInstant && <span className="nx-quiet">{formatText(EXAMPLE, id)}</span>}
    </span>
  );
}
