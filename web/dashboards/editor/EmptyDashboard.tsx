import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { Empty } from '../../components/Empty.tsx';
import { Icon } from '../../components/Icon.tsx';
import { useAddToDashboard } from './use-add-to-dashboard.ts';

/** What is there before the first panel. */
export function EmptyDashboard(): ReactElement {
  const add = useAddToDashboard();
  return (
    <Empty title="Nothing here yet">
      <Button leftSection={<Icon name="add" size={16} />} onClick={() => add.panel('timeseries')}>
        Add the first panel
      </Button>
    </Empty>
  );
}
