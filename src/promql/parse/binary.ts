import type { Binary, BinaryOperator, Expr, VectorMatching } from './ast.ts';
import type { Draft } from './draft.ts';
import { isAlpha } from './characters.ts';
import { parseSignedNumber } from './literals.ts';
import { unquote } from './quote.ts';
import type { Token } from './token.ts';
import { rangeOf, type TokenStream } from './token-stream.ts';

/** Higher binds tighter; only the power is right-associative. */
export const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ['==', 3],
  ['!=', 3],
  ['<', 3],
  ['<=', 3],
  ['>', 3],
  ['>=', 3],
  ['</', 3],
  ['>/', 3],
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', 5],
  ['atan2', 5],
  ['^', 6],
]);

export interface BinaryModifiers {
  readonly returnBool: boolean;
  readonly matching: Draft<VectorMatching>;
}

/** Takes `bool`, `on`, `ignoring`, `group_left`, `group_right`, `fill...` behind an operator. */
export function parseBinaryModifiers(stream: TokenStream): BinaryModifiers {
  const returnBool = stream.takeIf('bool') !== undefined;
  const matching: Draft<VectorMatching> = {
    card: 'one-to-one',
    labels: [],
    on: false,
    include: [],
  };
  if (stream.isNext('on') || stream.isNext('ignoring')) parseMatching(stream, matching);
  parseFill(stream, matching);
  return { returnBool, matching };
}

function parseMatching(stream: TokenStream, matching: Draft<VectorMatching>): void {
  matching.on = stream.take().value === 'on';
  matching.labels = parseGroupingLabels(stream);
  const isLeft = stream.isNext('group_left');
  if (!isLeft && !stream.isNext('group_right')) return;
  stream.take();
  matching.card = isLeft ? 'many-to-one' : 'one-to-many';
  if (stream.isNext('(')) matching.include = parseGroupingLabels(stream);
}

function parseFill(stream: TokenStream, matching: Draft<VectorMatching>): void {
  if (stream.takeIf('fill') !== undefined) {
    matching.fillLeft = matching.fillRight = parseFillValue(stream);
    return;
  }
  if (stream.takeIf('fill_left') !== undefined) {
    matching.fillLeft = parseFillValue(stream);
    if (stream.takeIf('fill_right') !== undefined) matching.fillRight = parseFillValue(stream);
  } else if (stream.takeIf('fill_right') !== undefined) {
    matching.fillRight = parseFillValue(stream);
    if (stream.takeIf('fill_left') !== undefined) matching.fillLeft = parseFillValue(stream);
  }
}

function parseFillValue(stream: TokenStream): number {
  stream.expect('(');
  const value = parseSignedNumber(stream) ?? stream.fail();
  stream.expect(')');
  return value;
}

export function buildBinary(
  stream: TokenStream,
  operator: Token,
  modifiers: BinaryModifiers,
  operands: { readonly left: Expr; readonly right: Expr },
): Binary {
  const { left, right } = operands;
  const { matching, returnBool } = modifiers;
  const position = { start: left.position.start, end: right.position.end };
  const hasFill = matching.fillLeft !== undefined || matching.fillRight !== undefined;
  if (hasFill && !stream.options.fillModifiers) {
    stream.addError(position, 'binop fill modifiers are experimental and not enabled');
  }
  return {
    kind: 'binary',
    operator: operator.value as BinaryOperator,
    left,
    right,
    returnBool,
    matching,
    position,
  };
}

/** `(a, "b.c", and,)`. */
export function parseGroupingLabels(stream: TokenStream): string[] {
  if (stream.takeIf('(') === undefined) stream.unexpected('grouping opts', '"("');
  const labels: string[] = [];
  if (stream.takeIf(')') !== undefined) return labels;
  for (;;) {
    labels.push(parseGroupingLabel(stream));
    if (stream.takeIf(')') !== undefined) return labels;
    if (stream.takeIf(',') === undefined) stream.unexpected('grouping opts', '"," or ")"');
    if (stream.takeIf(')') !== undefined) return labels;
  }
}

function parseGroupingLabel(stream: TokenStream): string {
  const token = stream.peek();
  if (token.kind === 'string') {
    const label = unquote(stream.take().text);
    if (label === '') stream.addError(rangeOf(token), 'invalid label name for grouping: ""');
    return label;
  }
  if (!isGroupingLabel(token)) stream.unexpected('grouping opts', 'label');
  return stream.take().text;
}

function isGroupingLabel({ kind, text }: Token): boolean {
  switch (kind) {
    case 'identifier':
    case 'metricIdentifier':
    case 'aggregator':
    case 'keyword':
    case 'preprocessor':
      return true;
    case 'operator':
      // `and`, `or`, `unless`, `atan2`
      return isAlpha(text.charCodeAt(0));
    default:
      return false;
  }
}
