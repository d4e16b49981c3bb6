import { useCallback, useMemo, useState } from 'react';
import type { DashboardDoctorData, DashboardRewrite } from '#contract';

/** Which of the offered rewrites are to be made: renames unless refused, guesses if wanted. */
export interface Rewrites {
  readonly chosen: ReadonlyMap<string, string>;
  readonly choose: (rewrite: DashboardRewrite, isChosen: boolean) => void;
}

export function useRewrites(report: DashboardDoctorData | undefined): Rewrites {
  const [decided, setDecided] = useState<ReadonlyMap<string, string>>(new Map());
  const chosen = useMemo(() => chosenRewrites(report, decided), [report, decided]);
  const choose = useCallback((rewrite: DashboardRewrite, isChosen: boolean) => {
    setDecided((before) => new Map(before).set(rewrite.expr, isChosen ? rewrite.rewritten : ''));
  }, []);
  return { chosen, choose };
}

/** By what they rewrite; of two for one query the last choice counts. '' refuses. */
export function chosenRewrites(
  report: DashboardDoctorData | undefined,
  decided: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>();
  for (const { expr, rewritten, kind } of report?.panels.flatMap((one) => one.rewrites) ?? []) {
    const wanted = decided.get(expr) ?? (kind === 'rename' ? rewritten : '');
    if (wanted === rewritten) chosen.set(expr, rewritten);
  }
  return chosen;
}
