import type { ReactElement } from 'react';

/** For what shows the server itself (other dashboards, alerts) and for what it has not. */
function LeftOutPanel(): ReactElement {
  return <p className="nx-panel-words">Not part of a shared file</p>;
}

export { LeftOutPanel as AlertListPanel, LeftOutPanel as DashListPanel, LeftOutPanel as LogsPanel };
