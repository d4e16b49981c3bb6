import { formatFloat, type Matcher } from '#model';
import type {
  Aggregate,
  AtModifier,
  Binary,
  Call,
  DurationExpression,
  Expr,
  NumberLiteral,
  Subquery,
  VectorSelector,
} from '../parse/ast.ts';
import { functionSignature } from '../parse/functions.ts';

/** JSON; every node has a `type`. */
export interface TreeNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * The tree that `/api/v1/parse_query` answers, for the tree view of Prometheus' pages (Prometheus:
 * web/api/v1/translate_ast.go). Durations are in milliseconds.
 */
export function translateTree(expr: Expr): TreeNode {
  switch (expr.kind) {
    case 'number':
      return translateNumber(expr);
    case 'string':
      return { type: 'stringLiteral', val: expr.value };
    case 'paren':
      return { type: 'parenExpr', expr: translateTree(expr.expr) };
    case 'unary':
      return { type: 'unaryExpr', op: expr.operator, expr: translateTree(expr.expr) };
    case 'aggregate':
      return translateAggregate(expr);
    case 'binary':
      return translateBinary(expr);
    case 'call':
      return translateCall(expr);
    case 'vectorSelector':
      return { type: 'vectorSelector', ...selectorFields(expr) };
    case 'matrixSelector':
      return {
        type: 'matrixSelector',
        ...selectorFields(expr.selector),
        range: expr.rangeMs,
        rangeExpr: translateDuration(expr.rangeExpression),
      };
    case 'subquery':
      return translateSubquery(expr);
  }
}

function translateNumber({ value, isDuration }: NumberLiteral): TreeNode {
  return { type: 'numberLiteral', val: formatFloat(value), duration: isDuration };
}

function translateAggregate(node: Aggregate): TreeNode {
  return {
    type: 'aggregation',
    op: node.operator,
    expr: translateTree(node.expr),
    param: node.param === undefined ? null : translateTree(node.param),
    grouping: node.grouping,
    without: node.without,
  };
}

function translateBinary({ operator, left, right, returnBool, matching }: Binary): TreeNode {
  return {
    type: 'binaryExpr',
    op: operator,
    lhs: translateTree(left),
    rhs: translateTree(right),
    matching:
      matching === undefined
        ? null
        : {
            card: matching.card,
            labels: matching.labels,
            on: matching.on,
            include: matching.include,
            fillValues: { lhs: matching.fillLeft ?? null, rhs: matching.fillRight ?? null },
          },
    bool: returnBool,
  };
}

function translateCall({ func, args }: Call): TreeNode {
  const signature = functionSignature(func);
  return {
    type: 'call',
    func: {
      name: func,
      argTypes: signature?.argTypes ?? [],
      variadic: signature?.variadic ?? 0,
      returnType: signature?.returnType ?? 'none',
    },
    args: args.map((arg) => translateTree(arg)),
  };
}

function translateSubquery(node: Subquery): TreeNode {
  return {
    type: 'subquery',
    expr: translateTree(node.expr),
    range: node.rangeMs,
    rangeExpr: translateDuration(node.rangeExpression),
    step: node.stepMs,
    stepExpr: translateDuration(node.stepExpression),
    ...timeFields(node),
  };
}

function selectorFields(selector: VectorSelector): Record<string, unknown> {
  return {
    name: selector.name,
    matchers: selector.matchers.map((matcher) => translateMatcher(matcher)),
    anchored: selector.anchored,
    smoothed: selector.smoothed,
    ...timeFields(selector),
  };
}

function translateMatcher({ name, value, type }: Matcher): Record<string, string> {
  return { name, value, type };
}

function timeFields(node: VectorSelector | Subquery): Record<string, unknown> {
  return {
    offset: node.offsetMs,
    offsetExpr: translateDuration(node.offsetExpression),
    ...atFields(node.at),
  };
}

function atFields(at: AtModifier | undefined): Record<string, unknown> {
  return {
    timestamp: at?.kind === 'timestamp' ? at.timestampMs : null,
    startOrEnd: at === undefined || at.kind === 'timestamp' ? null : at.kind,
  };
}

function translateDuration(node: DurationExpression | NumberLiteral | undefined): TreeNode | null {
  if (node === undefined) return null;
  if (node.kind === 'number') return translateNumber(node);
  return {
    type: 'durationExpr',
    op: node.operator,
    lhs: translateDuration(node.left),
    rhs: translateDuration(node.right),
    wrapped: node.wrapped,
  };
}
