import { type Labels, labelsFromPairs, METRIC_NAME } from '#model';
import type { Expr } from '../parse/ast.ts';
import type { CallContext } from './call-context.ts';
import { ABSENT, type Series, SeriesBuilder } from './matrix.ts';

/** 1 at each step at which the vector has nothing. */
export function absentSeries(context: CallContext, series: readonly Series[]): Series[] {
  return gaps(context, context.call.args[0], series);
}

/** 1 at each step at which no window has anything. */
export function absentOverTime(
  context: CallContext,
  argument: number,
  series: readonly Series[],
): Series[] {
  return gaps(context, context.call.args[argument], series);
}

function gaps({ grid }: CallContext, arg: Expr, series: readonly Series[]): Series[] {
  const isPresent = new Uint8Array(grid.steps);
  for (const { kinds } of series) {
    for (let step = 0; step < kinds.length; step++) {
      if (kinds[step] !== ABSENT) isPresent[step] = 1;
    }
  }
  const out = new SeriesBuilder(labelsOfAbsent(arg), false, grid.steps);
  for (let step = 0; step < grid.steps; step++) {
    if (isPresent[step] === 0) out.setFloat(step, 1);
  }
  return out.isEmpty ? [] : [out];
}

/** The labels that the selector pins down; a label matched twice says nothing. */
function labelsOfAbsent(arg: Expr): Labels {
  const selector =
    arg.kind === 'matrixSelector' ? arg.selector : arg.kind === 'vectorSelector' ? arg : undefined;
  if (selector === undefined) return [];
  const seen = new Set<string>();
  const pairs = new Map<string, string>();
  for (const matcher of selector.matchers) {
    if (matcher.name === METRIC_NAME) continue;
    if (matcher.type === '=' && !seen.has(matcher.name)) {
      pairs.set(matcher.name, matcher.value);
      seen.add(matcher.name);
    } else pairs.delete(matcher.name);
  }
  return labelsFromPairs(pairs);
}
