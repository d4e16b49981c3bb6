import { floatOperator } from '../evaluate/arithmetic.ts';
import type { Binary, Expr, NumberLiteral, Paren } from '../parse/ast.ts';

/**
 * Arithmetic between numbers as the number that evaluating it gives; everything else as it is. What is
 * below has been folded before.
 */
export function foldConstants<T extends Exclude<Expr, Paren>>(expr: T): T | NumberLiteral {
  if (expr.kind === 'binary') return foldBinary(expr) ?? expr;
  if (expr.kind !== 'unary' || expr.expr.kind !== 'number') return expr;
  const { value } = expr.expr;
  return literal(expr.operator === '-' ? -value : value, expr);
}

function foldBinary(binary: Binary): NumberLiteral | undefined {
  const { left, right } = binary;
  if (left.kind !== 'number' || right.kind !== 'number') return undefined;
  const value = floatOperator(binary.operator)?.(left.value, right.value);
  return value === undefined ? undefined : literal(value, binary);
}

function literal(value: number, { position }: Expr): NumberLiteral {
  return { kind: 'number', value, isDuration: false, position };
}
