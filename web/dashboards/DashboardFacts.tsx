import type { ReactElement, ReactNode } from 'react';
import { type DashboardSnapshot, formatDate, type TimeSpan } from '#dashboards';

const DATE_PATTERN = 'YYYY-MM-DD HH:mm:ss';

interface DashboardFactsProps {
  readonly span: TimeSpan;
  readonly zone: string;
  readonly variables: DashboardSnapshot['variables'];
  readonly children?: ReactNode;
}

/** Which time, and what is chosen, where there are no controls that say so. */
export function DashboardFacts(props: DashboardFactsProps): ReactElement {
  const { span, zone, variables, children } = props;
  return (
    <dl className="nx-facts">
      <div>
        <dt>Time</dt>
        <dd>
          {formatDate(span.fromMs, DATE_PATTERN, zone)} to{' '}
          {formatDate(span.toMs, DATE_PATTERN, zone)} ({zone})
        </dd>
      </div>
      {variables.map(({ label, text }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
      {children}
    </dl>
  );
}
