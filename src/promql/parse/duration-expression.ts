import type { DurationExpression, NumberLiteral, PositionRange } from './ast.ts';
import type { Draft } from './draft.ts';
import { isNumber, parseNumberLiteral } from './literals.ts';
import { isDurationOutOfRange } from './number.ts';
import type { Token } from './token.ts';
import { rangeOf, type TokenStream } from './token-stream.ts';

export type DurationNode = Draft<DurationExpression> | Draft<NumberLiteral>;

type BinaryDurationOperator = '+' | '-' | '*' | '/' | '%' | '^';

const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['+', 1],
  ['-', 1],
  ['*', 2],
  ['/', 2],
  ['%', 2],
  ['^', 4],
]);

/** Binds tighter than multiplication, looser than the power: `-2^2` is -(2^2). */
const UNARY_OPERAND_PRECEDENCE = 4;

const NOWHERE: PositionRange = { start: 0, end: 0 };

function zero(): Draft<NumberLiteral> {
  return { kind: 'number', value: 0, isDuration: false, position: NOWHERE };
}

/** What stands in brackets, on either side of the colon. */
export function parseDuration(stream: TokenStream): DurationNode {
  return parseBinary(stream, 0);
}

/** As `parseDuration`, and a plain number must be positive. */
export function parsePositiveDuration(stream: TokenStream): DurationNode {
  const node = parseDuration(stream);
  // Prometheus decides that the expression is complete by looking at what follows.
  stream.peek();
  if (node.kind === 'number' && node.value <= 0) {
    stream.addError(node.position, 'duration must be greater than 0');
    return zero();
  }
  return node;
}

/**
 * What stands behind `offset`: one operand, not `100 + 2`, which adds to the vector. But where it
 * starts with a parenthesis, operators behind that belong to it, as in Prometheus' grammar.
 */
export function parseOffsetDuration(stream: TokenStream): DurationNode {
  const token = stream.peek();
  if (isNumber(token)) return parseNumberOperand(stream);
  if (isCallWord(token)) return parseCall(stream);
  if (token.value !== '+' && token.value !== '-') return parseDuration(stream);
  return parseSignedOffset(stream);
}

function parseSignedOffset(stream: TokenStream): DurationNode {
  const sign = stream.take();
  const next = stream.peek();
  if (isNumber(next)) return applySign(stream, sign, parseNumberLiteral(stream));
  if (isCallWord(next)) return unary(sign, parseCall(stream));
  if (stream.isNext('(')) return applySign(stream, sign, parseParen(stream));
  const operand = applySign(stream, sign, parseBinary(stream, UNARY_OPERAND_PRECEDENCE));
  return parseOperators(stream, operand, 0);
}

function isCallWord(token: Token): boolean {
  if (token.kind !== 'preprocessor') return false;
  return token.value !== 'start' && token.value !== 'end';
}

function parseBinary(stream: TokenStream, precedenceMin: number): DurationNode {
  stream.enter();
  const node = parseOperators(stream, parseOperand(stream), precedenceMin);
  stream.leave();
  return node;
}

function parseOperators(
  stream: TokenStream,
  first: DurationNode,
  precedenceMin: number,
): DurationNode {
  let left = first;
  let depth = 0;
  for (;;) {
    const token = stream.peek();
    const precedence = token.kind === 'operator' ? PRECEDENCE.get(token.value) : undefined;
    if (precedence === undefined || precedence < precedenceMin) break;
    stream.take();
    // The tree leans to the left; printing and evaluating it recurse.
    stream.enter();
    depth++;
    const right = parseBinary(stream, token.value === '^' ? precedence : precedence + 1);
    stream.peek();
    left = combine(stream, token, left, right);
  }
  for (; depth > 0; depth--) stream.leave();
  return left;
}

function combine(
  stream: TokenStream,
  operator: Token,
  left: DurationNode,
  right: DurationNode,
): DurationNode {
  requireOption(stream, left);
  const value = operator.value as BinaryDurationOperator;
  if (right.kind === 'number' && right.value === 0 && (value === '/' || value === '%')) {
    const message = value === '/' ? 'division by zero' : 'modulo by zero';
    stream.addError(rangeOf(operator), message);
    return zero();
  }
  const position = { start: left.position.start, end: right.position.end };
  return { kind: 'duration', operator: value, left, right, wrapped: false, position };
}

function requireOption(stream: TokenStream, node: DurationNode): void {
  if (stream.options.durationExpressions) return;
  stream.addError(node.position, 'experimental duration expression is not enabled');
}

function parseOperand(stream: TokenStream): DurationNode {
  const token = stream.peek();
  if (isNumber(token)) return parseNumberOperand(stream);
  if (isCallWord(token)) return parseCall(stream);
  if (stream.isNext('(')) {
    const node = parseParen(stream);
    requireOption(stream, node);
    return node;
  }
  if (token.kind === 'operator' && (token.value === '+' || token.value === '-')) {
    stream.take();
    return applySign(stream, token, parseBinary(stream, UNARY_OPERAND_PRECEDENCE));
  }
  throw new UnexpectedInDuration();
}

/** Nothing that a duration can start with; who asked for one knows what to say. */
export class UnexpectedInDuration extends Error {}

function expectInDuration(stream: TokenStream, value: string): Token {
  const token = stream.takeIf(value);
  if (token === undefined) throw new UnexpectedInDuration();
  return token;
}

function parseNumberOperand(stream: TokenStream): DurationNode {
  const node = parseNumberLiteral(stream);
  if (!isDurationOutOfRange(node.value)) return node;
  stream.addError(node.position, 'duration out of range');
  return zero();
}

/** `step()`, `range()`, `min_of(a, b)`, `max_of(a, b)`. */
function parseCall(stream: TokenStream): DurationNode {
  const word = stream.take();
  expectInDuration(stream, '(');
  const operator = word.value as 'step' | 'range' | 'min_of' | 'max_of';
  if (operator === 'step' || operator === 'range') {
    const { end } = expectInDuration(stream, ')');
    return { kind: 'duration', operator, wrapped: false, position: { start: word.start, end } };
  }
  const left = parseDuration(stream);
  expectInDuration(stream, ',');
  const right = parseDuration(stream);
  const { end } = expectInDuration(stream, ')');
  const position = { start: word.start, end };
  return { kind: 'duration', operator, left, right, wrapped: false, position };
}

function parseParen(stream: TokenStream): DurationNode {
  const open = stream.take();
  const inner = parseDuration(stream);
  const close = expectInDuration(stream, ')');
  if (inner.kind === 'duration') {
    inner.wrapped = true;
    return inner;
  }
  const position = { start: open.start, end: close.end };
  return { kind: 'duration', operator: '+', right: inner, wrapped: true, position };
}

function applySign(stream: TokenStream, sign: Token, node: DurationNode): DurationNode {
  if (node.kind === 'duration') return sign.value === '-' ? unary(sign, node) : node;
  if (sign.value === '-') node.value = -node.value;
  if (isDurationOutOfRange(node.value)) {
    stream.addError(rangeOf(sign), 'duration out of range');
    return zero();
  }
  node.position = { start: sign.start, end: node.position.end };
  return node;
}

function unary(sign: Token, right: DurationNode): DurationNode {
  const operator = sign.value as '+' | '-';
  const position = { start: sign.start, end: right.position.end };
  return { kind: 'duration', operator, right, wrapped: false, position };
}
