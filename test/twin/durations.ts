import type { DurationExpression, NumberLiteral } from '#promql';
import type { TwinQuery } from './query.ts';
import { TwinError } from './values.ts';

/** A duration of the query in milliseconds; `plainMs` where it is no expression. */
export function durationMs(
  query: TwinQuery,
  expression: DurationExpression | undefined,
  plainMs: number,
): number {
  if (expression === undefined) return plainMs;
  const seconds = secondsOf(query, expression);
  if (Number.isNaN(seconds) || Math.abs(seconds) > 2 ** 63 / 1e9) {
    throw new TwinError('duration is out of range');
  }
  return Math.trunc(seconds * 1000);
}

/** The same for ranges and steps. */
export function positiveDurationMs(
  query: TwinQuery,
  expression: DurationExpression | undefined,
  plainMs: number,
): number {
  if (expression !== undefined && secondsOf(query, expression) <= 0) {
    throw new TwinError('duration must be greater than 0');
  }
  return durationMs(query, expression, plainMs);
}

function secondsOf(
  query: TwinQuery,
  expression: DurationExpression | NumberLiteral | undefined,
): number {
  if (expression === undefined) return 0;
  if (expression.kind === 'number') return expression.value;
  const left = secondsOf(query, expression.left);
  const right = secondsOf(query, expression.right);
  switch (expression.operator) {
    case 'step':
      return query.stepMs / 1000;
    case 'range':
      return (query.endMs - query.startMs) / 1000;
    case 'min':
    case 'min_of':
      return Math.min(left, right);
    case 'max':
    case 'max_of':
      return Math.max(left, right);
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '^':
      return left ** right;
    default:
      if (right === 0) throw new TwinError('division or modulo by zero');
      return expression.operator === '/' ? left / right : left % right;
  }
}
