import { createMatcher, type Matcher, type MatchType } from '#model';
import { ALL_PARSER_OPTIONS, parseExpr, printExpr, type Expr, type VectorSelector } from '#promql';

/** A matcher that a person adds to all selectors of a query. */
export interface LabelFilter {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  /** Of `=|` and `!=|`, which one of these, or none, has to equal; `value` unless given. */
  readonly values?: readonly string[];
}

export type FilteredExpression =
  | { readonly ok: true; readonly expr: string }
  /** The expression or a filter cannot be read; the query is not to be asked without its filters. */
  | { readonly ok: false; readonly message: string };

const TYPES: Readonly<Record<string, MatchType>> = {
  '=': '=',
  '!=': '!=',
  '=~': '=~',
  '!~': '!~',
  '=|': '=~',
  '!=|': '!~',
};

/** Adds ad hoc filters to every selector of an expression whose variables are replaced already. */
export function applyFilters(expr: string, filters: readonly LabelFilter[]): FilteredExpression {
  if (filters.length === 0 || expr.trim() === '') return { ok: true, expr };
  const matchers: Matcher[] = [];
  for (const filter of filters) {
    const { key, operator } = filter;
    const value = matchedText(filter);
    const type = Object.hasOwn(TYPES, operator) ? TYPES[operator] : undefined;
    const shown = `${key}${operator}${JSON.stringify(value)}`;
    if (type === undefined)
      return { ok: false, message: `cannot filter by ${shown}: unknown operator` };
    try {
      matchers.push(createMatcher(type, key, value));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, message: `cannot filter by ${shown}: ${reason}` };
    }
  }
  const parsed = parseExpr(expr, ALL_PARSER_OPTIONS);
  if (!parsed.ok) {
    return {
      ok: false,
      message: `cannot add filters: ${parsed.errors[0]?.message ?? 'no expression'}`,
    };
  }
  return { ok: true, expr: printExpr(withMatchers(parsed.expr, matchers)) };
}

/** Several values as a pattern in which each stands for itself. */
function matchedText({ operator, value, values = [value] }: LabelFilter): string {
  if (!operator.endsWith('|')) return value;
  return values.map((one) => one.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('|');
}

function withMatchers(expr: Expr, matchers: readonly Matcher[]): Expr {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return expr;
    case 'vectorSelector':
      return selectorWith(expr, matchers);
    case 'matrixSelector':
      return { ...expr, selector: selectorWith(expr.selector, matchers) };
    case 'call':
      return { ...expr, args: expr.args.map((arg) => withMatchers(arg, matchers)) };
    case 'binary': {
      const left = withMatchers(expr.left, matchers);
      return { ...expr, left, right: withMatchers(expr.right, matchers) };
    }
    case 'aggregate': {
      const inner = { ...expr, expr: withMatchers(expr.expr, matchers) };
      return expr.param === undefined
        ? inner
        : { ...inner, param: withMatchers(expr.param, matchers) };
    }
    case 'subquery':
    case 'unary':
    case 'paren':
      return { ...expr, expr: withMatchers(expr.expr, matchers) };
  }
}

function selectorWith(selector: VectorSelector, matchers: readonly Matcher[]): VectorSelector {
  const added = matchers.filter(
    (matcher) => !selector.matchers.some((one) => isSame(one, matcher)),
  );
  return { ...selector, matchers: [...selector.matchers, ...added] };
}

function isSame(a: Matcher, b: Matcher): boolean {
  return a.name === b.name && a.type === b.type && a.value === b.value;
}
