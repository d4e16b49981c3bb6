import { Autocomplete, Button, Popover, Select, TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { type AdHocFilter, filterText, isFilterOfMany, readFilter, writeFilter } from '#dashboards';
import { fetchApi } from '../api/client.ts';
import { Icon } from '../components/Icon.tsx';
import type { LabelledProps } from './VariablesBar.tsx';

const OPERATORS: readonly { readonly value: string; readonly label: string }[] = [
  { value: '=', label: '= is' },
  { value: '!=', label: '!= is not' },
  { value: '=|', label: '=| is one of' },
  { value: '!=|', label: '!=| is none of' },
  { value: '=~', label: '=~ matches' },
  { value: '!~', label: '!~ does not match' },
];

/** Filters that every query gets: those there are, and one more. */
export function FilterVariable({ label, resolved, onChoose }: LabelledProps): ReactElement {
  const filters = resolved.selected.map(readFilter);
  const keep = (next: readonly AdHocFilter[]): void => onChoose(next.map(writeFilter));
  return (
    <div className="nx-filters-chosen" role="group" aria-label={label}>
      {filters.map((filter, i) => (
        <button
          key={writeFilter(filter)}
          type="button"
          className="nx-tag"
          title="Remove"
          onClick={() => keep(filters.filter((_, other) => other !== i))}
        >
          {filterText(filter)} <Icon name="close" size={12} />
        </button>
      ))}
      <NewFilter onAdd={(filter) => keep([...filters, filter])} />
    </div>
  );
}

interface NewFilterProps {
  readonly onAdd: (filter: AdHocFilter) => void;
}

function NewFilter({ onAdd }: NewFilterProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} trapFocus shadow="md" position="bottom-start">
      <Popover.Target>
        <Button
          size="sm"
          variant="default"
          leftSection={<Icon name="add" size={14} />}
          onClick={() => setOpen(!isOpen)}
        >
          Filter
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="New filter">
        <FilterForm
          onAdd={(filter) => {
            onAdd(filter);
            setOpen(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Labels and values that are here are offered; others may be written. */
function FilterForm({ onAdd }: NewFilterProps): ReactElement {
  const [key, setKey] = useState('');
  const [operator, setOperator] = useState('=');
  const [values, setValues] = useState<readonly string[]>([]);
  const name = key.trim();
  const labels = useOffered('/labels', true);
  const offered = useOffered(`/label/${encodeURIComponent(name)}/values`, labels.includes(name));
  const isOfMany = isFilterOfMany(operator);
  const [value = ''] = values;
  const isComplete = name !== '' && (!isOfMany || values.length > 0);
  const valueProps = {
    size: 'sm',
    data: [...offered],
    limit: OFFERED_MAX,
    comboboxProps: { withinPortal: false },
  } as const;
  return (
    <form
      className="nx-new-filter"
      onSubmit={(event) => {
        event.preventDefault();
        if (isComplete) onAdd({ key: name, operator, value, ...(isOfMany ? { values } : {}) });
      }}
    >
      <Autocomplete
        size="sm"
        label="Label"
        data={labels.filter((one) => one !== '__name__')}
        limit={OFFERED_MAX}
        value={key}
        onChange={setKey}
        comboboxProps={{ withinPortal: false }}
        data-autofocus
      />
      <Select
        size="sm"
        label="Operator"
        data={[...OPERATORS]}
        value={operator}
        onChange={(chosen) => setOperator(chosen ?? '=')}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
      />
      {isOfMany ? (
        <TagsInput label="Values" value={[...values]} onChange={setValues} {...valueProps} />
      ) : (
        <Autocomplete
          label="Value"
          value={value}
          onChange={(text) => setValues([text])}
          {...valueProps}
        />
      )}
      <Button type="submit" size="sm" disabled={!isComplete}>
        Add
      </Button>
    </form>
  );
}

const OFFERED_MAX = 200;
const OFFERED_FRESH_MS = 30_000;

/** Without them a filter can still be written. */
function useOffered(path: string, isWanted: boolean): readonly string[] {
  const { data } = useQuery({
    queryKey: ['filter-offers', path],
    queryFn: async ({ signal }) => (await fetchApi<readonly string[]>(path, {}, signal)).data,
    enabled: isWanted,
    staleTime: OFFERED_FRESH_MS,
    retry: false,
  });
  return data ?? NOTHING;
}

const NOTHING: readonly string[] = [];
