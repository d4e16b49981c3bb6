import type { PlanOperator } from '#contract';

/** One line of the tree. */
export interface PlanRow {
  /** Its place in the tree, as no other row's. */
  readonly key: string;
  readonly depth: number;
  readonly operator: PlanOperator;
  /** Its own part of the time of the whole query, 0 to 1; undefined where it was not measured. */
  readonly share: number | undefined;
}

/** The operators of a plan, each before its inputs. */
export function planRows(plan: PlanOperator): PlanRow[] {
  const rows: PlanRow[] = [];
  const totalTime = plan.analysis?.totalTime ?? 0;
  const add = (operator: PlanOperator, key: string, depth: number): void => {
    const { analysis } = operator;
    const share =
      analysis === undefined || totalTime <= 0 ? undefined : analysis.ownTime / totalTime;
    rows.push({ key, depth, operator, share });
    for (const [i, input] of operator.inputs.entries()) add(input, `${key}.${i}`, depth + 1);
  };
  add(plan, '0', 0);
  return rows;
}
