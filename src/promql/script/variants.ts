import type { AtModifier, Expr } from '../parse/ast.ts';
import { walkExpr } from '../parse/walk.ts';

/** Functions whose value is another one at another time, even with `@` on all selectors. */
const TIME_FUNCTIONS: ReadonlySet<string> = new Set([
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'end',
  'hour',
  'minute',
  'month',
  'predict_linear',
  'range',
  'start',
  'step',
  'time',
  'timestamp',
  'year',
]);

const QUERY_FUNCTIONS: ReadonlySet<string> = new Set(['end', 'range', 'start', 'step']);

function calls(expr: Expr, names: ReadonlySet<string>): boolean {
  let isFound = false;
  walkExpr(expr, (node) => {
    if (node.kind === 'call' && names.has(node.func)) isFound = true;
  });
  return isFound;
}

export function dependsOnTime(expr: Expr): boolean {
  return calls(expr, TIME_FUNCTIONS);
}

/** True for queries whose value in a range query is rightly another one. */
export function dependsOnRange(expr: Expr): boolean {
  return calls(expr, QUERY_FUNCTIONS);
}

/** The times at which a query with everything pinned down must still give the same. */
export function otherTimesMs(timeMs: number): number[] {
  if (timeMs === 0) return [-1000, 0, 1000];
  return [-10 * timeMs, 0, Math.trunc(timeMs / 5), timeMs, 10 * timeMs];
}

/** Puts `@ time` on each selector and subquery without `@`, but not inside a subquery that has one now. */
export function pinned(expr: Expr, timestampMs: number): Expr {
  const at: AtModifier = { kind: 'timestamp', timestampMs };
  switch (expr.kind) {
    case 'number':
    case 'string':
      return expr;
    case 'vectorSelector':
      return expr.at === undefined ? { ...expr, at } : expr;
    case 'matrixSelector':
      return expr.selector.at === undefined
        ? { ...expr, selector: { ...expr.selector, at } }
        : expr;
    case 'subquery':
      return expr.at === undefined ? { ...expr, at } : expr;
    case 'paren':
    case 'unary':
      return { ...expr, expr: pinned(expr.expr, timestampMs) };
    case 'binary':
      return {
        ...expr,
        left: pinned(expr.left, timestampMs),
        right: pinned(expr.right, timestampMs),
      };
    case 'call':
      return { ...expr, args: expr.args.map((arg) => pinned(arg, timestampMs)) };
    case 'aggregate':
      return {
        ...expr,
        expr: pinned(expr.expr, timestampMs),
        ...(expr.param === undefined ? {} : { param: pinned(expr.param, timestampMs) }),
      };
  }
}
