import type { ReactElement, ReactNode } from 'react';
import { type DashboardSnapshot, formatDate, type TimeSpan } from '#dashboards';
import { SchemeButton } from '../shell/SchemeButton.tsx';

const DATE_PATTERN = 'YYYY-MM-DD HH:mm:ss';

interface SharedHeadProps {
  readonly snapshot: DashboardSnapshot;
  readonly shown: TimeSpan;
  readonly children: ReactNode;
}

/** What is shown, of which time, and where it comes from. */
export function SharedHead({ snapshot, shown, children }: SharedHeadProps): ReactElement {
  const { title, folder, takenMs, source, zone, variables, json } = snapshot;
  const date = (timeMs: number): string => formatDate(timeMs, DATE_PATTERN, zone);
  const description = json['description'];
  return (
    <header className="nx-shared-head">
      <div className="nx-shared-title">
        <h1>{title === '' ? 'Untitled' : title}</h1>
        <SchemeButton />
      </div>
      {typeof description === 'string' && description !== '' && <p>{description}</p>}
      <dl className="nx-shared-facts">
        <div>
          <dt>Time</dt>
          <dd>
            {date(shown.fromMs)} to {date(shown.toMs)} ({zone})
          </dd>
        </div>
        {variables.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {children}
      <p className="nx-shared-origin">
        Taken {date(takenMs)} from Narthex at {source}
        {folder !== '' && `, folder ${folder}`}. The data are in this file, nothing is asked for.
      </p>
    </header>
  );
}
