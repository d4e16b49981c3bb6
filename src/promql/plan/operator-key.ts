import type { Expr, VectorMatching, VectorSelector } from '../parse/ast.ts';

/**
 * What an operator does with its inputs, whatever they are, as a text: two operators with equal texts and
 * equal inputs give the same. Where an expression stands in the query has no part in it.
 */
export function operationKey(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return numberKey(expr.value);
    case 'string':
      return JSON.stringify(expr.value);
    case 'vectorSelector':
      return selectorKey(expr);
    case 'matrixSelector':
      return `${expr.rangeMs} ${selectorKey(expr.selector)}`;
    case 'subquery':
      return JSON.stringify([expr.rangeMs, expr.stepMs, expr.offsetMs, expr.at]);
    case 'call':
      return expr.func;
    case 'aggregate':
      return JSON.stringify([expr.operator, expr.without, expr.grouping]);
    case 'binary':
      return JSON.stringify([expr.operator, expr.returnBool, matchingKey(expr.matching)]);
    case 'unary':
    case 'paren':
      return expr.kind === 'unary' ? expr.operator : '';
  }
}

function numberKey(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function selectorKey({ matchers, offsetMs, at, anchored, smoothed }: VectorSelector): string {
  const shown = matchers.map(({ name, type, value }) => [name, type, value]);
  return JSON.stringify([shown, offsetMs, at, anchored, smoothed]);
}

function matchingKey(matching: VectorMatching | undefined): unknown {
  if (matching === undefined) return undefined;
  const { fillLeft, fillRight, ...others } = matching;
  const fills = [fillLeft, fillRight].map((fill) => (fill === undefined ? '' : numberKey(fill)));
  return { ...others, fills };
}
