import { METRIC_NAME } from '#model';
import type {
  Aggregate,
  Binary,
  BinaryOperator,
  Call,
  Expr,
  ParseError,
  PositionRange,
  ValueType,
  VectorMatching,
  VectorSelector,
} from './ast.ts';
import { isSpace } from './characters.ts';
import type { Draft } from './draft.ts';
import { AGGREGATIONS, functionSignature, type FunctionSignature } from './functions.ts';
import { quoteGo } from './quote.ts';
import { valueTypeOf } from './walk.ts';

const COMPARISONS: ReadonlySet<BinaryOperator> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const SET_OPERATORS: ReadonlySet<BinaryOperator> = new Set(['and', 'or', 'unless']);

/** How messages name a type. */
export function documentedType(type: ValueType): string {
  if (type === 'vector') return 'instant vector';
  return type === 'matrix' ? 'range vector' : type;
}

/** `==`, `!=`, `<`, `<=`, `>`, `>=`; only these may have `bool`. */
export function isComparison(operator: BinaryOperator): boolean {
  return COMPARISONS.has(operator);
}

/** `and`, `or`, `unless`. */
export function isSetOperator(operator: BinaryOperator): boolean {
  return SET_OPERATORS.has(operator);
}

/**
 * Checks the types of a tree that has no syntax errors, in the order and words of Prometheus
 * (promql/parser/parse.go, checkAST), and settles the matching of binary operations.
 */
export function checkTypes(text: string, expr: Expr): ParseError[] {
  const checker = new TypeChecker(text);
  checker.check(expr);
  return checker.errors;
}

class TypeChecker {
  readonly errors: ParseError[] = [];
  private readonly text: string;
  /** Second arguments of `info`, which may match anything. */
  private readonly labelSelectors = new Set<Expr>();

  constructor(text: string) {
    this.text = text;
  }

  private refuse(position: PositionRange, message: string): void {
    this.errors.push({ position, message });
  }

  check(expr: Expr): ValueType {
    switch (expr.kind) {
      case 'number':
        return 'scalar';
      case 'string':
        return 'string';
      case 'vectorSelector':
        this.checkSelector(expr);
        return 'vector';
      case 'matrixSelector':
        this.checkSelector(expr.selector);
        return 'matrix';
      case 'paren':
        return this.check(expr.expr);
      case 'aggregate':
        this.checkAggregate(expr);
        return 'vector';
      case 'binary':
        return this.checkBinary(expr);
      case 'call':
        return this.checkCall(expr);
      case 'unary':
        return this.checkUnary(expr.expr, expr.position);
      case 'subquery': {
        const type = this.check(expr.expr);
        if (type !== 'vector') {
          this.refuse(
            expr.position,
            `subquery is only allowed on instant vector, got ${type} instead`,
          );
        }
        return 'matrix';
      }
    }
  }

  private expect(expr: Expr, wanted: ValueType, context: string): void {
    const type = this.check(expr);
    if (type !== wanted) this.refuse(expr.position, mismatch(wanted, context, type));
  }

  private checkUnary(operand: Expr, position: PositionRange): ValueType {
    const type = this.check(operand);
    if (type !== 'scalar' && type !== 'vector') {
      const got = quoteGo(documentedType(type));
      this.refuse(
        position,
        `unary expression only allowed on expressions of type scalar or instant vector, got ${got}`,
      );
    }
    return type;
  }

  private checkAggregate({ operator, expr, param }: Aggregate): void {
    this.expect(expr, 'vector', 'aggregation expression');
    const { paramType } = AGGREGATIONS[operator];
    if (param === undefined || paramType === undefined) return;
    this.expect(param, paramType, 'aggregation parameter');
  }

  private checkSelector(selector: VectorSelector): void {
    const { name, matchers, position } = selector;
    if (name !== '') {
      // The last matcher is that of the name before the braces.
      for (const matcher of matchers.slice(0, -1)) {
        if (matcher.name !== METRIC_NAME) continue;
        const both = `${quoteGo(name)} or ${quoteGo(matcher.value)}`;
        this.refuse(position, `metric name must not be set twice: ${both}`);
      }
      return;
    }
    if (this.labelSelectors.has(selector)) return;
    if (!matchers.some((matcher) => !matcher.matches(''))) {
      this.refuse(position, 'vector selector must contain at least one non-empty matcher');
    }
  }

  private checkCall(call: Call): ValueType {
    const signature = functionSignature(call.func);
    if (signature === undefined) return 'none';
    this.checkArgumentCount(call, signature);
    if (call.func === 'info') this.checkInfo(call);
    const context = `call to function ${quoteGo(signature.name)}`;
    for (const [i, arg] of call.args.entries()) {
      if (i >= signature.argTypes.length && signature.variadic === 0) break;
      const wanted = signature.argTypes[i] ?? signature.argTypes.at(-1) ?? 'none';
      this.expect(arg, wanted, context);
    }
    return signature.returnType;
  }

  private checkArgumentCount(call: Call, { name, argTypes, variadic }: FunctionSignature): void {
    const { length } = call.args;
    const wanted = countRange(argTypes.length, variadic);
    if (length >= wanted.min && length <= wanted.max) return;
    const count = length < wanted.min ? wanted.min : wanted.max;
    const bound = variadic === 0 ? '' : length < wanted.min ? 'at least ' : 'at most ';
    this.refuse(
      call.position,
      `expected ${bound}${count} argument(s) in call to ${quoteGo(name)}, got ${length}`,
    );
  }

  /** Its second argument is a selector of labels, without the name of a metric. */
  private checkInfo({ args, position }: Call): void {
    const selector = args[1];
    if (selector === undefined) return;
    const type = valueTypeOf(selector);
    if (type !== 'vector') {
      this.refuse(position, mismatch('vector', 'call to function "info"', type));
    }
    if (selector.kind !== 'vectorSelector') {
      this.refuse(selector.position, 'expected label selectors only');
    } else if (selector.name !== '') {
      this.refuse(selector.position, 'expected label selectors only, got vector selector instead');
    } else {
      this.labelSelectors.add(selector);
    }
  }

  private checkBinary(node: Binary): ValueType {
    const left = this.check(node.left);
    const right = this.check(node.right);
    const matching: Draft<VectorMatching> | undefined = node.matching;
    this.checkOperator(node, left, right);
    if (matching !== undefined) {
      if (isSetOperator(node.operator) && matching.card === 'one-to-one') {
        matching.card = 'many-to-many';
      }
      this.checkLabelsOnce(node, matching);
    }
    this.checkOperand(node.left, left);
    this.checkOperand(node.right, right);
    if (left !== 'vector' || right !== 'vector') this.checkNoMatching(node);
    else if (isSetOperator(node.operator)) this.checkSetMatching(node);
    if ((left === 'scalar' || right === 'scalar') && isSetOperator(node.operator)) {
      const operator = quoteGo(node.operator);
      this.refuse(
        node.position,
        `set operator ${operator} not allowed in binary scalar expression`,
      );
    }
    return left === 'scalar' && right === 'scalar' ? 'scalar' : 'vector';
  }

  private checkOperator(node: Binary, left: ValueType, right: ValueType): void {
    const compares = isComparison(node.operator);
    if (node.returnBool && !compares) {
      this.refuse(
        this.operatorRange(node),
        'bool modifier can only be used on comparison operators',
      );
    }
    if (compares && !node.returnBool && left === 'scalar' && right === 'scalar') {
      this.refuse(this.operatorRange(node), 'comparisons between scalars must use BOOL modifier');
    }
  }

  private checkLabelsOnce(node: Binary, { on, labels, include }: VectorMatching): void {
    if (!on) return;
    for (const label of labels) {
      for (const included of include) {
        if (label !== included) continue;
        const message = `label ${quoteGo(label)} must not occur in ON and GROUP clause at once`;
        this.refuse(this.operatorRange(node), message);
      }
    }
  }

  private checkOperand(operand: Expr, type: ValueType): void {
    if (type === 'scalar' || type === 'vector') return;
    this.refuse(
      operand.position,
      'binary expression must contain only scalar and instant vector types',
    );
  }

  private checkNoMatching(node: Binary): void {
    const { matching, position } = node;
    if (matching !== undefined && matching.labels.length > 0) {
      this.refuse(position, 'vector matching only allowed between instant vectors');
    }
    if (matching !== undefined && hasFill(matching)) {
      this.refuse(position, 'filling in missing series only allowed between instant vectors');
    }
    const draft: Draft<Binary> = node;
    delete draft.matching;
  }

  private checkSetMatching({ matching, operator, position }: Binary): void {
    if (matching === undefined) return;
    if (matching.card === 'one-to-many' || matching.card === 'many-to-one') {
      this.refuse(position, `no grouping allowed for ${quoteGo(operator)} operation`);
      this.refuse(position, 'set operations must always be many-to-many');
    }
    if (hasFill(matching)) {
      this.refuse(position, 'filling in missing series not allowed for set operators');
    }
  }

  /** The operator with its modifiers; the end is one short, as it is in Prometheus. */
  private operatorRange({ left, right }: Binary): PositionRange {
    let start = left.position.end;
    while (isSpace(this.text.charCodeAt(start))) start++;
    let end = right.position.start - 1;
    while (isSpace(this.text.charCodeAt(end))) end--;
    return { start, end };
  }
}

function hasFill({ fillLeft, fillRight }: VectorMatching): boolean {
  return fillLeft !== undefined || fillRight !== undefined;
}

function mismatch(wanted: ValueType, context: string, got: ValueType): string {
  return `expected type ${documentedType(wanted)} in ${context}, got ${documentedType(got)}`;
}

function countRange(typeCount: number, variadic: number): { min: number; max: number } {
  if (variadic === 0) return { min: typeCount, max: typeCount };
  const min = typeCount - 1;
  return { min, max: variadic < 0 ? Infinity : min + variadic };
}
