import { MultiSelect } from '@mantine/core';
import type { ReactElement } from 'react';

interface PoolSelectProps {
  readonly pools: readonly string[];
  /** None chosen: all are shown. */
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Of which scrape pools a page shows targets. */
export function PoolSelect({ pools, chosen, onChange }: PoolSelectProps): ReactElement {
  return (
    <MultiSelect
      className="nx-filter-pools"
      aria-label="Scrape pools"
      placeholder={chosen.length === 0 ? 'All pools' : undefined}
      data={[...pools]}
      value={[...chosen]}
      onChange={onChange}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Show all pools' }}
    />
  );
}
