import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { addQuery, jsonAt, queriesOf } from '#dashboards';
import { Icon } from '../../../components/Icon.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { usePanelEdit } from './panel-edit.ts';
import { QueryRow } from './QueryRow.tsx';
import { QueryTimes } from './QueryTimes.tsx';

/** What the panel asks. */
export function QueriesEditor(): ReactElement {
  const { panel, name, change } = usePanelEdit();
  const queries = queriesOf(panel);
  if (jsonAt(panel, ['datasource', 'uid']) === '-- Dashboard --') {
    return (
      <Notice kind="info">
        This panel shows what another panel of the dashboard asks: its queries are edited there.
      </Notice>
    );
  }
  return (
    <div className="nx-pe-list">
      <QueryTimes />
      {queries.length === 0 && <p className="nx-quiet">The panel asks nothing yet.</p>}
      {queries.map((query) => (
        <QueryRow key={query.refId} query={query} count={queries.length} />
      ))}
      <div>
        <Button
          size="sm"
          variant="default"
          leftSection={<Icon name="add" size={15} />}
          onClick={() => change(addQuery(panel), `New query of ${name}`)}
        >
          Add query
        </Button>
      </div>
    </div>
  );
}
