import type { ReactElement, ReactNode } from 'react';
import { type DashboardSnapshot, formatDate, type TimeSpan } from '#dashboards';
import { DashboardFacts } from '../dashboards/DashboardFacts.tsx';
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
  const description = json['description'];
  return (
    <header className="nx-shared-head">
      <div className="nx-shared-title">
        <h1>{title === '' ? 'Untitled' : title}</h1>
        <SchemeButton />
      </div>
      {typeof description === 'string' && description !== '' && <p>{description}</p>}
      <DashboardFacts span={shown} zone={zone} variables={variables}>
        {children}
      </DashboardFacts>
      <p className="nx-shared-origin">
        Taken {formatDate(takenMs, DATE_PATTERN, zone)} from Narthex at {source}
        {folder !== '' && `, folder ${folder}`}. The data are in this file, nothing is asked for.
      </p>
    </header>
  );
}
