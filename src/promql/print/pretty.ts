import type { Expr } from '../parse/ast.ts';
import { aggregateHead, binaryHead, fitsOnLine, printExpr, subquerySuffix } from './print.ts';

/** The width that Prometheus' formatter keeps, in bytes. */
export const PRETTY_WIDTH = 100;

/**
 * Writes an expression on as many lines as it needs, as `/api/v1/format_query` does (Prometheus:
 * promql/parser/prettier.go). What is longer than `width` on one line is split.
 */
export function prettyPrint(expr: Expr, width: number = PRETTY_WIDTH): string {
  return pretty(expr, 0, width);
}

function indent(level: number): string {
  return '  '.repeat(level);
}

function pretty(expr: Expr, level: number, width: number): string {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'vectorSelector':
    case 'matrixSelector':
      return indent(level) + printExpr(expr);
    case 'unary':
      return indent(level) + expr.operator + pretty(expr.expr, level, width).trim();
    case 'subquery':
      // Without indentation where it fits: so does Prometheus.
      if (fitsOnLine(expr, width)) return printExpr(expr);
      return pretty(expr.expr, level, width) + subquerySuffix(expr);
    default:
      return fitsOnLine(expr, width) ? indent(level) + printExpr(expr) : split(expr, level, width);
  }
}

type Splittable = Extract<Expr, { kind: 'aggregate' | 'binary' | 'call' | 'paren' }>;

function split(expr: Splittable, level: number, width: number): string {
  const margin = indent(level);
  const below = (child: Expr): string => pretty(child, level + 1, width);
  switch (expr.kind) {
    case 'aggregate': {
      const param = expr.param === undefined ? '' : `${below(expr.param)},\n`;
      return `${margin}${aggregateHead(expr)}(\n${param}${below(expr.expr)}\n${margin})`;
    }
    case 'binary':
      return `${below(expr.left)}\n${margin}${binaryHead(expr)}\n${below(expr.right)}`;
    case 'call': {
      const args = expr.args.map((arg) => below(arg)).join(',\n');
      return `${margin}${expr.func}(\n${args}\n${margin})`;
    }
    case 'paren':
      return `${margin}(\n${below(expr.expr)}\n${margin})`;
  }
}
