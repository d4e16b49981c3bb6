import type { Call, Expr } from '../parse/ast.ts';
import { QueryError } from '../result.ts';
import type { Evaluation } from './evaluation.ts';
import type { Grid, Series, Value } from './matrix.ts';
import type { Place } from './messages.ts';

/** `evaluate` is handed in, so that operators need not know the evaluator. */
export interface EvaluateContext {
  readonly evaluation: Evaluation;
  readonly grid: Grid;
  readonly evaluate: (evaluation: Evaluation, grid: Grid, expr: Expr) => Value;
}

/** A function call at hand. */
export interface CallContext extends EvaluateContext {
  readonly call: Call;
}

export function argumentValue(context: CallContext, index: number): Value {
  return context.evaluate(context.evaluation, context.grid, context.call.args[index]);
}

export function vectorArgument(context: CallContext, index: number): readonly Series[] {
  const value = argumentValue(context, index);
  if (value.kind === 'vector') return value.series;
  throw new QueryError('internal', `cannot use a ${value.kind} as an instant vector`);
}

export function scalarArgument(context: CallContext, index: number): Float64Array {
  const value = argumentValue(context, index);
  if (value.kind === 'scalar') return value.values;
  throw new QueryError('internal', `cannot use a ${value.kind} as a scalar`);
}

export function stringArgument(context: CallContext, index: number): string {
  const arg = context.call.args[index];
  if (arg.kind === 'string') return arg.value;
  throw new QueryError('internal', `cannot use a ${arg.kind} as a string`);
}

/** Where texts about an argument point to. */
export function argumentPlace(context: CallContext, index: number): Place {
  return {
    annotations: context.evaluation.annotations,
    position: context.call.args[index].position,
  };
}
