import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from '../components/Icon.tsx';
import { QueryPanel } from './QueryPanel.tsx';
import { usePanels } from './use-panels.ts';

export function QueryPage(): ReactElement {
  const panels = usePanels();
  return (
    <div className="nx-query-page">
      <h1 className="nx-hidden">Query</h1>
      {panels.entries.map(({ id, state }, i) => (
        <QueryPanel
          key={id}
          number={i + 1}
          state={state}
          autoFocus={i === panels.entries.length - 1 && state.expr === ''}
          onChange={(change) => panels.change(id, change)}
          onDuplicate={() => panels.add(id)}
          onRemove={panels.entries.length > 1 ? () => panels.remove(id) : undefined}
        />
      ))}
      <Button variant="default" leftSection={<Icon name="add" />} onClick={() => panels.add()}>
        Add query
      </Button>
    </div>
  );
}
