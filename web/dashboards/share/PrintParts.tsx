import type { ReactElement } from 'react';
import { describeVariables } from '#dashboards';
import type { PrintStage } from '../../shell/printing.ts';
import { DashboardFacts } from '../DashboardFacts.tsx';
import type { DashboardScope } from '../dashboard-scope.ts';
import type { Variables } from '../use-variables.ts';
import { PrintStatus } from './PrintStatus.tsx';

export interface PrintPartsProps {
  readonly stage: PrintStage;
  readonly scope: DashboardScope;
  readonly variables: Variables;
}

export function PrintParts({ stage, scope, variables }: PrintPartsProps): ReactElement {
  if (stage === 'drawing') return <PrintStatus />;
  const { span, zone } = scope.time;
  const shown = describeVariables(variables.resolved.variables);
  return <DashboardFacts span={span} zone={zone} variables={shown} />;
}
