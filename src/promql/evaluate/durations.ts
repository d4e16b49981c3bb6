import type { DurationExpression, NumberLiteral } from '../parse/ast.ts';
import { QueryError } from '../result.ts';

/** What `step()` and `range()` mean in a duration. */
export interface DurationContext {
  readonly stepMs: number;
  readonly rangeMs: number;
}

/** A duration that may be anything, as offsets may. Milliseconds. */
export function resolveDuration(
  expression: DurationExpression | undefined,
  plainMs: number,
  context: DurationContext,
): number {
  return expression === undefined ? plainMs : durationMs(expression, context, true);
}

/** A duration that must be positive, as ranges and steps must. Milliseconds. */
export function resolveRange(
  expression: DurationExpression | undefined,
  plainMs: number,
  context: DurationContext,
): number {
  return expression === undefined ? plainMs : durationMs(expression, context, false);
}

/** What an int64 of nanoseconds holds. */
const DURATION_SECONDS_MAX = 9_223_372_036;

function durationMs(
  expression: DurationExpression,
  context: DurationContext,
  allowNegative: boolean,
): number {
  const seconds = evaluateDuration(expression, context);
  if (!allowNegative && seconds <= 0)
    throw new QueryError('bad_data', 'duration must be greater than 0');
  if (Number.isNaN(seconds) || Math.abs(seconds) > DURATION_SECONDS_MAX) {
    throw new QueryError('bad_data', 'duration is out of range');
  }
  return Math.trunc(seconds * 1000);
}

function evaluateDuration(
  expression: DurationExpression | NumberLiteral,
  context: DurationContext,
): number {
  if (expression.kind === 'number') return expression.value;
  const right = (): number => operand(expression.right, context);
  const left = (): number => operand(expression.left, context);
  switch (expression.operator) {
    case 'step':
      return context.stepMs / 1000;
    case 'range':
      return context.rangeMs / 1000;
    case 'min':
    case 'min_of':
      return Math.min(left(), right());
    case 'max':
    case 'max_of':
      return Math.max(left(), right());
    case '+':
      return expression.left === undefined ? right() : left() + right();
    case '-':
      return expression.left === undefined ? -right() : left() - right();
    case '*':
      return left() * right();
    case '/':
      return left() / nonZero(right(), 'division by zero');
    case '%':
      return left() % nonZero(right(), 'modulo by zero');
    case '^':
      return left() ** right();
  }
}

function operand(
  expression: DurationExpression | NumberLiteral | undefined,
  context: DurationContext,
): number {
  return expression === undefined ? 0 : evaluateDuration(expression, context);
}

function nonZero(divisor: number, message: string): number {
  if (divisor === 0) throw new QueryError('bad_data', message);
  return divisor;
}
