import { Chip, NativeSelect, SegmentedControl } from '@mantine/core';
import type { ReactElement } from 'react';
import type { ContainerData } from '#contract';
import { SearchField } from '../../components/SearchField.tsx';
import { formatCount } from '../../format/numbers.ts';
import { type SearchChange, writeList } from '../../location/search-params.ts';
import { matchesState } from './container-rows.ts';
import {
  type ListState,
  printSort,
  SORT_KEYS,
  type SortKey,
  STATE_FILTERS,
  type StateFilter,
} from './list-state.ts';

interface ContainerFiltersProps {
  readonly containers: readonly ContainerData[];
  readonly state: ListState;
  readonly onChange: (change: SearchChange) => void;
}

const STATE_TITLES: Readonly<Record<StateFilter, string>> = {
  running: 'Running',
  unhealthy: 'Unhealthy',
  stopped: 'Stopped',
  removed: 'Removed',
};

const SORT_TITLES: Readonly<Record<SortKey, string>> = {
  name: 'Name',
  state: 'State',
  uptime: 'Since',
  cpu: 'CPU',
  memory: 'Memory',
  network: 'Network',
  restarts: 'Restarts',
  metrics: 'Metrics',
};

export function ContainerFilters(props: ContainerFiltersProps): ReactElement {
  const { containers, state, onChange } = props;
  return (
    <div className="nx-filters">
      <SearchField
        label="Filter by name, image or label"
        text={state.text}
        onChange={(search) => onChange({ search })}
      />
      <StateChips containers={containers} state={state} onChange={onChange} />
      <div className="nx-list-options">
        <NativeSelect
          className="nx-phone-only"
          size="sm"
          aria-label="Sort by"
          value={state.sort.key}
          onChange={(event) => onChange({ sort: sortOf(event.currentTarget.value) })}
          data={SORT_KEYS.map((key) => ({ value: key, label: `By ${SORT_TITLES[key]}` }))}
        />
        <SegmentedControl
          size="xs"
          aria-label="Grouping"
          value={state.isGrouped ? 'project' : 'none'}
          onChange={(group) => onChange({ group: group === 'none' ? 'none' : undefined })}
          data={[
            { value: 'project', label: 'By project' },
            { value: 'none', label: 'Flat' },
          ]}
        />
        <SegmentedControl
          size="xs"
          aria-label="What the small graphs show"
          value={state.spark}
          onChange={(spark) => onChange({ spark: spark === 'memory' ? 'memory' : undefined })}
          data={[
            { value: 'cpu', label: 'CPU' },
            { value: 'memory', label: 'Memory' },
          ]}
        />
      </div>
    </div>
  );
}

/** On a phone there are no headings to click: what has the most comes first. */
function sortOf(value: string): string | undefined {
  const key = SORT_KEYS.find((candidate) => candidate === value) ?? 'name';
  const isDescending = key === 'cpu' || key === 'memory' || key === 'network' || key === 'restarts';
  return printSort({ key, isDescending });
}

function StateChips({ containers, state, onChange }: ContainerFiltersProps): ReactElement {
  return (
    <Chip.Group
      multiple
      value={[...state.states]}
      onChange={(states) => onChange({ state: writeList(states) })}
    >
      <div className="nx-chips" role="group" aria-label="State">
        {STATE_FILTERS.map((filter) => {
          const count = containers.filter((container) => matchesState(container, filter)).length;
          if (count === 0 && filter !== 'running' && !state.states.includes(filter)) return null;
          return (
            <Chip key={filter} value={filter} size="sm" variant="outline">
              {STATE_TITLES[filter]} {formatCount(count)}
            </Chip>
          );
        })}
      </div>
    </Chip.Group>
  );
}
