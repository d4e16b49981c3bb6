import { lazy, type ReactElement, Suspense, useEffect } from 'react';
import { describeVariables } from '#dashboards';
import { setPrintStage, usePrintStage } from '../../shell/printing.ts';
import { DashboardFacts } from '../DashboardFacts.tsx';
import type { DashboardScope } from '../dashboard-scope.ts';
import type { Variables } from '../use-variables.ts';

const PrintStatus = lazy(async () => ({
  default: (await import('./PrintStatus.tsx')).PrintStatus,
}));

interface PrintMountProps {
  readonly scope: DashboardScope;
  readonly variables: Variables;
}

/** Draws all panels before the dashboard is printed, and says on paper what the controls say on the screen. */
export function PrintMount({ scope, variables }: PrintMountProps): ReactElement | null {
  const stage = usePrintStage();
  usePrintKey();
  if (stage === 'drawing') {
    return (
      <Suspense fallback={null}>
        <PrintStatus />
      </Suspense>
    );
  }
  if (stage === 'none') return null;
  const { span, zone } = scope.time;
  const shown = describeVariables(variables.resolved.variables);
  return <DashboardFacts span={span} zone={zone} variables={shown} />;
}

/** The browser's key: panels that are out of view would be missing. */
function usePrintKey(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const isPrint = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'p';
      if (!isPrint || event.shiftKey || event.altKey) return;
      event.preventDefault();
      setPrintStage('drawing');
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}
