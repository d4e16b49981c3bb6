import type { Aggregate, AggregationOperator, Call, Expr, NumberLiteral } from './ast.ts';
import { buildBinary, parseBinaryModifiers, parseGroupingLabels, PRECEDENCE } from './binary.ts';
import type { Draft } from './draft.ts';
import { AGGREGATIONS, functionSignature } from './functions.ts';
import { parseNumberLiteral, parseStringLiteral } from './literals.ts';
import { parsePostfix } from './modifiers.ts';
import { quoteGo } from './quote.ts';
import { isMetricName, parseSelector } from './selector.ts';
import type { Token } from './token.ts';
import { EXPRESSION_DEPTH_MAX, isSymbol, rangeOf, type TokenStream } from './token-stream.ts';

const POWER_PRECEDENCE = 6;

/** Parses as much as belongs to one expression; what follows is left for the caller. */
export function parseExpression(stream: TokenStream): Expr {
  return parseBinary(stream, 0);
}

function parseBinary(stream: TokenStream, precedenceMin: number): Expr {
  stream.enter();
  let left = parseUnary(stream);
  for (let count = 1; ; count++) {
    const operator = stream.peek();
    const precedence = operator.kind === 'operator' ? PRECEDENCE.get(operator.value) : undefined;
    if (precedence === undefined || precedence < precedenceMin) break;
    if (count > EXPRESSION_DEPTH_MAX) stream.refuseDepth(EXPRESSION_DEPTH_MAX);
    stream.take();
    const modifiers = parseBinaryModifiers(stream);
    const isRightAssociative = precedence === POWER_PRECEDENCE;
    const right = parseBinary(stream, isRightAssociative ? precedence : precedence + 1);
    left = buildBinary(stream, operator, modifiers, { left, right });
  }
  stream.leave();
  return left;
}

function isSign(token: Token): boolean {
  return token.kind === 'operator' && (token.value === '+' || token.value === '-');
}

function parseUnary(stream: TokenStream): Expr {
  const sign = stream.peek();
  if (!isSign(sign)) return parsePostfix(stream, parseOperand(stream));
  stream.take();
  const operand = parseBinary(stream, POWER_PRECEDENCE);
  const position = { start: sign.start, end: operand.position.end };
  if (operand.kind === 'number') {
    const literal: Draft<NumberLiteral> = operand;
    if (sign.value === '-') literal.value = -literal.value;
    literal.position = position;
    return literal;
  }
  return { kind: 'unary', operator: sign.value === '-' ? '-' : '+', expr: operand, position };
}

function parseOperand(stream: TokenStream): Expr {
  const token = stream.peek();
  if (token.kind === 'number' || token.kind === 'duration') return parseNumberLiteral(stream);
  if (token.kind === 'string') return parseStringLiteral(stream);
  if (isSymbol(token, '(')) return parseParen(stream);
  if (isSymbol(token, '{')) return parseSelector(stream, undefined);
  if (!isMetricName(token)) return stream.fail();
  stream.take();
  return parseNamed(stream, token);
}

function parseNamed(stream: TokenStream, name: Token): Expr {
  switch (name.kind) {
    case 'identifier':
    case 'preprocessor':
      return stream.isNext('(') ? parseCall(stream, name) : parseSelector(stream, name);
    case 'aggregator': {
      const isAggregation = stream.isNext('(') || stream.isNext('by') || stream.isNext('without');
      return isAggregation ? parseAggregate(stream, name) : parseSelector(stream, name);
    }
    default:
      return parseSelector(stream, name);
  }
}

function canStartExpression(token: Token): boolean {
  if (token.kind === 'number' || token.kind === 'duration' || token.kind === 'string') return true;
  return isSymbol(token, '(') || isSymbol(token, '{') || isSign(token) || isMetricName(token);
}

function parseParen(stream: TokenStream): Expr {
  const open = stream.take();
  const expr = parseExpression(stream);
  const close = stream.expect(')');
  return { kind: 'paren', expr, position: { start: open.start, end: close.end } };
}

/** The arguments with their parentheses; gives where the closing one ends. */
function parseArguments(stream: TokenStream, args: Expr[]): number {
  stream.expect('(');
  const empty = stream.takeIf(')');
  if (empty !== undefined) return empty.end;
  args.push(parseExpression(stream));
  for (;;) {
    const close = stream.takeIf(')');
    if (close !== undefined) return close.end;
    const comma = stream.expect(',');
    if (canStartExpression(stream.peek())) args.push(parseExpression(stream));
    else stream.addError(rangeOf(comma), 'trailing commas not allowed in function call args');
  }
}

function parseCall(stream: TokenStream, name: Token): Call {
  const args: Expr[] = [];
  const end = parseArguments(stream, args);
  const signature = functionSignature(name.text);
  if (signature === undefined) {
    stream.addError(rangeOf(name), `unknown function with name ${quoteGo(name.text)}`);
  } else if (signature.experimental && !stream.options.experimentalFunctions) {
    stream.addError(rangeOf(name), `function ${quoteGo(name.text)} is not enabled`);
  }
  const func = signature?.name ?? name.text;
  return { kind: 'call', func, args, position: { start: name.start, end } };
}

interface AggregateParts {
  readonly args: readonly Expr[];
  readonly grouping: readonly string[];
  readonly without: boolean;
  readonly end: number;
}

function parseAggregate(stream: TokenStream, name: Token): Expr {
  stream.enterAggregation(name.start);
  const parts = stream.isNext('(') ? parseModifierLast(stream) : parseModifierFirst(stream);
  stream.leaveAggregation();
  return buildAggregate(stream, name, parts);
}

function parseModifierFirst(stream: TokenStream): AggregateParts {
  const without = stream.take().value === 'without';
  const grouping = parseGroupingLabels(stream);
  const args: Expr[] = [];
  const end = parseArguments(stream, args);
  return { args, grouping, without, end };
}

function parseModifierLast(stream: TokenStream): AggregateParts {
  const args: Expr[] = [];
  const end = parseArguments(stream, args);
  if (!stream.isNext('by') && !stream.isNext('without')) {
    return { args, grouping: [], without: false, end };
  }
  const without = stream.take().value === 'without';
  const grouping = parseGroupingLabels(stream);
  return { args, grouping, without, end: stream.lastClosing };
}

function buildAggregate(stream: TokenStream, name: Token, parts: AggregateParts): Expr {
  const { args, grouping, without, end } = parts;
  const position = { start: name.start, end };
  const operator = name.value as AggregationOperator;
  const hasParameter = AGGREGATIONS[operator].paramType !== undefined;
  const refusal = refuseAggregate(stream, operator, args.length);
  if (refusal !== undefined) stream.addError(position, refusal);
  const expr = args[hasParameter ? 1 : 0] ?? args[0] ?? placeholder(name);
  const param = hasParameter ? args[0] : undefined;
  const node: Aggregate = {
    kind: 'aggregate',
    operator,
    expr,
    ...(param !== undefined && { param }),
    grouping,
    without,
    position,
  };
  return node;
}

function refuseAggregate(
  stream: TokenStream,
  operator: AggregationOperator,
  argumentCount: number,
): string | undefined {
  if (argumentCount === 0) return 'no arguments for aggregate expression provided';
  const { experimental, paramType } = AGGREGATIONS[operator];
  if (experimental && !stream.options.experimentalFunctions) {
    return `${operator}() is experimental and must be enabled with --enable-feature=promql-experimental-functions`;
  }
  const wanted = paramType === undefined ? 1 : 2;
  if (argumentCount === wanted) return undefined;
  return `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${argumentCount}`;
}

/** Stands in where an argument is missing; the error has been told. */
function placeholder(name: Token): NumberLiteral {
  return { kind: 'number', value: 0, isDuration: false, position: rangeOf(name) };
}
