import { Popover } from '@mantine/core';
import type { ReactElement } from 'react';
import type { DashboardProblem } from '#dashboards';
import { IconButton } from '../components/IconButton.tsx';
import { formatCount } from '../format/numbers.ts';
import type { DashboardScope } from './dashboard-scope.ts';
import { ProblemList } from './ProblemList.tsx';
import type { Variables } from './use-variables.ts';

interface DashboardProblemsProps {
  readonly scope: DashboardScope;
  readonly variables: Variables;
}

/** What of the file could not be used as it was meant: a mark beside the title, and in words when it is asked for. */
export function DashboardProblems(props: DashboardProblemsProps): ReactElement | null {
  const problems = problemsOf(props);
  if (problems.length === 0) return null;
  const count = problems.length === 1 ? 'One problem' : `${formatCount(problems.length)} problems`;
  return (
    <span className="nx-dash-problems">
      <Popover position="bottom-start" shadow="md" trapFocus>
        <Popover.Target>
          <IconButton icon="warning" size={28} label={`${count} with this dashboard`} />
        </Popover.Target>
        <Popover.Dropdown>
          <div className="nx-dash-problem-list" tabIndex={0}>
            <p>Not all of this dashboard could be used as it was meant:</p>
            <ProblemList problems={problems} />
          </div>
        </Popover.Dropdown>
      </Popover>
    </span>
  );
}

/** Before variables are there, nothing can repeat by them. */
function problemsOf({ scope, variables }: DashboardProblemsProps): readonly DashboardProblem[] {
  const { dashboard, expanded, isReady } = scope;
  const all = [
    ...dashboard.problems,
    ...variables.resolved.problems,
    ...(isReady ? expanded.problems : []),
  ];
  return [
    ...new Map(all.map((problem) => [`${problem.path} ${problem.message}`, problem])).values(),
  ];
}
