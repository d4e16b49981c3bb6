import type { ReactElement } from 'react';
import type { DashboardProblem } from '#dashboards';
import { formatCount } from '../format/numbers.ts';

const SHOWN_MAX = 20;

/** What of a file could not be used as it was meant, and where in it that stands. */
export function ProblemList({
  problems,
}: {
  readonly problems: readonly DashboardProblem[];
}): ReactElement {
  return (
    <>
      <ul className="nx-notice-list">
        {problems.slice(0, SHOWN_MAX).map(({ path, message }, i) => (
          <li key={`${path}/${i}`}>
            {path !== '' && <code>{path}</code>} {message}
          </li>
        ))}
      </ul>
      {problems.length > SHOWN_MAX && (
        <p className="nx-quiet">and {formatCount(problems.length - SHOWN_MAX)} more</p>
      )}
    </>
  );
}
