import type { Expr, ValueType, VectorSelector } from './ast.ts';
import { functionSignature } from './functions.ts';

/** The expressions directly below one, in Prometheus' order (an aggregation's operand first). */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'vectorSelector':
      return [];
    case 'matrixSelector':
      return [expr.selector];
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.expr, expr.param];
    case 'binary':
      return [expr.left, expr.right];
    case 'call':
      return expr.args;
    case 'subquery':
    case 'unary':
    case 'paren':
      return [expr.expr];
  }
}

/**
 * Visits an expression and all below it, parents before children, left before right. `path` leads
 * from the root to the parent; it is reused, copy it to keep it. A visit that gives false leaves
 * out what is below.
 */
export function walkExpr(
  expr: Expr,
  visit: (node: Expr, path: readonly Expr[]) => boolean | void,
): void {
  walk(expr, visit, []);
}

function walk(
  expr: Expr,
  visit: (node: Expr, path: readonly Expr[]) => boolean | void,
  path: Expr[],
): void {
  if (visit(expr, path) === false) return;
  path.push(expr);
  for (const child of childrenOf(expr)) walk(child, visit, path);
  path.pop();
}

/** All vector selectors, those in ranges included, in the order of `childrenOf`. */
export function selectorsOf(expr: Expr): VectorSelector[] {
  const selectors: VectorSelector[] = [];
  walkExpr(expr, (node) => {
    if (node.kind === 'vectorSelector') selectors.push(node);
  });
  return selectors;
}

/** What an expression evaluates to. `none` for a function that does not exist. */
export function valueTypeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'vectorSelector':
    case 'aggregate':
      return 'vector';
    case 'matrixSelector':
    case 'subquery':
      return 'matrix';
    case 'call':
      return functionSignature(expr.func)?.returnType ?? 'none';
    case 'unary':
    case 'paren':
      return valueTypeOf(expr.expr);
    case 'binary': {
      const bothScalar = isScalar(expr.left) && isScalar(expr.right);
      return bothScalar ? 'scalar' : 'vector';
    }
  }
}

function isScalar(expr: Expr): boolean {
  return valueTypeOf(expr) === 'scalar';
}

/** How many levels of expressions there are; without recursion, so that any tree can be asked. */
export function depthOf(expr: Expr): number {
  let deepest = 0;
  const waiting: { readonly node: Expr; readonly depth: number }[] = [{ node: expr, depth: 1 }];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    deepest = Math.max(deepest, item.depth);
    for (const node of childrenOf(item.node)) waiting.push({ node, depth: item.depth + 1 });
  }
  return deepest;
}
