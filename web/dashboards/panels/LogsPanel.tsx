import '../../styles/dashboard-panels.css';
import type { ReactElement } from 'react';
import { PageLink } from '../../location/PageLink.tsx';

/** Queries of logs are of another language, and of data that are not kept here. */
export function LogsPanel(): ReactElement {
  return (
    <div className="nx-panel-words">
      <p>There is no log source: this panel queries logs, and only metrics are kept here.</p>
      <p>
        What a container writes is on its own page:{' '}
        <PageLink page="containers">containers</PageLink>
      </p>
    </div>
  );
}
