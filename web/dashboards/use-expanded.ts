import { useMemo } from 'react';
import {
  type Dashboard,
  type ExpandedDashboard,
  expandRepeats,
  type ResolvedVariables,
  type VariableValues,
} from '#dashboards';

/** Rows and panels, repeated by what is chosen. */
export function useExpanded(
  dashboard: Dashboard,
  values: VariableValues,
  resolved: ResolvedVariables,
): ExpandedDashboard {
  return useMemo(() => {
    const options = Object.fromEntries(
      resolved.variables.map(({ variable, options: all }) => [variable.name, all]),
    );
    return expandRepeats(dashboard, { values, options });
    // The options change together with the values, or nothing repeats by them.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [dashboard, values, resolved.isReady]);
}
