import type {
  AtModifier,
  DurationExpression,
  Expr,
  MatrixSelector,
  Subquery,
  VectorSelector,
} from './ast.ts';
import type { Draft } from './draft.ts';
import {
  parseOffsetDuration,
  parsePositiveDuration,
  UnexpectedInDuration,
  type DurationNode,
} from './duration-expression.ts';
import { parseSignedNumber } from './literals.ts';
import { formatFixed, millisecondsOf, roundHalfAway } from './number.ts';
import { EXPRESSION_DEPTH_MAX, type TokenStream } from './token-stream.ts';

const DURATION_FORMS = 'number, duration, step(), or range()';
const STEP_FORMS = 'number, duration, step(), range(), or "]"';

/** Where `offset` and `@` of an expression are kept, and whose end they move. */
interface Timed {
  readonly node: Draft<VectorSelector> | Draft<Subquery>;
  readonly outer: Draft<VectorSelector> | Draft<MatrixSelector> | Draft<Subquery>;
}

/** Ranges over something that is no selector: an error has been told, parsing goes on. */
const brokenRanges = new WeakSet<Expr>();

/** Takes `[range]`, `[range:step]`, `offset`, `@`, `anchored`, `smoothed` behind an expression. */
export function parsePostfix(stream: TokenStream, operand: Expr): Expr {
  let expr = operand;
  for (let count = 1; ; count++) {
    if (count > EXPRESSION_DEPTH_MAX) stream.refuseDepth(EXPRESSION_DEPTH_MAX);
    if (stream.isNext('[')) expr = parseBrackets(stream, expr);
    else if (stream.isNext('offset')) parseOffset(stream, expr);
    else if (stream.isNext('@')) parseAt(stream, expr);
    else if (stream.isNext('anchored')) applyExtension(stream, expr, 'anchored');
    else if (stream.isNext('smoothed')) applyExtension(stream, expr, 'smoothed');
    else return expr;
  }
}

function parseBrackets(stream: TokenStream, expr: Expr): Expr {
  const open = stream.take();
  const range = attemptDuration(stream, parsePositiveDuration, () =>
    stream.unexpected('subquery or range selector', DURATION_FORMS),
  );
  if (stream.takeIf(':') !== undefined) return parseSubqueryStep(stream, expr, range);
  if (!stream.isNext(']')) stream.unexpected('subquery or range', '":" or "]"');
  const close = stream.take();
  return matrixSelector(stream, expr, range, { start: open.start, end: close.end });
}

function attemptDuration(
  stream: TokenStream,
  parse: (stream: TokenStream) => DurationNode,
  refuse: () => never,
): DurationNode {
  try {
    return parse(stream);
  } catch (error) {
    if (error instanceof UnexpectedInDuration) return refuse();
    throw error;
  }
}

function parseSubqueryStep(stream: TokenStream, expr: Expr, range: DurationNode): Subquery {
  const step = stream.isNext(']')
    ? undefined
    : attemptDuration(stream, parsePositiveDuration, () =>
        stream.unexpected('subquery selector', STEP_FORMS),
      );
  if (!stream.isNext(']')) stream.unexpected('subquery selector', '"]"');
  const { end } = stream.take();
  return {
    kind: 'subquery',
    expr,
    rangeMs: plainMs(range),
    ...(range.kind === 'duration' && { rangeExpression: range }),
    stepMs: step === undefined ? 0 : plainMs(step),
    ...(step?.kind === 'duration' && { stepExpression: step }),
    offsetMs: 0,
    position: { start: expr.position.start, end },
  };
}

function plainMs(node: DurationNode): number {
  return node.kind === 'number' ? millisecondsOf(node.value) : 0;
}

function matrixSelector(
  stream: TokenStream,
  expr: Expr,
  range: DurationNode,
  brackets: { readonly start: number; readonly end: number },
): MatrixSelector {
  const refusal = refuseRange(expr);
  if (refusal !== undefined) stream.addError(brackets, refusal);
  const node: MatrixSelector = {
    kind: 'matrixSelector',
    selector: expr.kind === 'vectorSelector' ? expr : emptySelector(expr),
    rangeMs: plainMs(range),
    ...(range.kind === 'duration' && { rangeExpression: range }),
    position: { start: expr.position.start, end: brackets.end },
  };
  if (expr.kind !== 'vectorSelector') brokenRanges.add(node);
  return node;
}

function refuseRange(expr: Expr): string | undefined {
  if (expr.kind !== 'vectorSelector') return 'ranges only allowed for vector selectors';
  if (expr.offsetMs !== 0 || expr.offsetExpression !== undefined) {
    return 'no offset modifiers allowed before range';
  }
  return expr.at === undefined ? undefined : 'no @ modifiers allowed before range';
}

function emptySelector({ position }: Expr): VectorSelector {
  const matchers: VectorSelector['matchers'] = [];
  return {
    kind: 'vectorSelector',
    name: '',
    matchers,
    offsetMs: 0,
    anchored: false,
    smoothed: false,
    position,
  };
}

/** Reports what is in the way, and then gives undefined. */
function timedOf(stream: TokenStream, expr: Expr, modifier: string): Timed | undefined {
  if (expr.kind === 'vectorSelector' || expr.kind === 'subquery') {
    return { node: expr, outer: expr };
  }
  if (expr.kind === 'matrixSelector' && !brokenRanges.has(expr)) {
    return { node: expr.selector, outer: expr };
  }
  const message =
    expr.kind === 'matrixSelector'
      ? 'ranges only allowed for vector selectors'
      : `${modifier} modifier must be preceded by an instant vector selector or range vector selector or a subquery`;
  stream.addError(expr.position, message);
  return undefined;
}

function moveEnd(stream: TokenStream, { outer }: Timed): void {
  outer.position = { start: outer.position.start, end: stream.lastClosing };
}

function parseOffset(stream: TokenStream, expr: Expr): void {
  stream.take();
  const duration = attemptDuration(stream, parseOffsetDuration, () =>
    stream.unexpected('offset', DURATION_FORMS),
  );
  const timed = timedOf(stream, expr, 'offset');
  if (timed === undefined) return;
  if (timed.node.offsetMs !== 0 || timed.node.offsetExpression !== undefined) {
    stream.addError(expr.position, 'offset may not be set multiple times');
  } else if (duration.kind === 'number') {
    timed.node.offsetMs = millisecondsOf(duration.value);
  } else {
    const expression: DurationExpression = duration;
    timed.node.offsetExpression = expression;
  }
  moveEnd(stream, timed);
}

function parseAt(stream: TokenStream, expr: Expr): void {
  stream.take();
  const token = stream.peek();
  if (token.kind === 'preprocessor' && (token.value === 'start' || token.value === 'end')) {
    stream.take();
    if (stream.takeIf('(') === undefined || stream.takeIf(')') === undefined) {
      stream.unexpected('@', 'timestamp');
    }
    setAt(stream, expr, { kind: token.value });
    return;
  }
  const seconds = parseSignedNumber(stream) ?? stream.unexpected('@', 'timestamp');
  if (!(Math.abs(seconds) < 2 ** 63)) {
    const shown = formatFixed(seconds);
    stream.addError(expr.position, `timestamp out of bounds for @ modifier: ${shown}`);
  }
  setAt(stream, expr, { kind: 'timestamp', timestampMs: roundHalfAway(seconds * 1000) });
}

function setAt(stream: TokenStream, expr: Expr, at: AtModifier): void {
  const timed = timedOf(stream, expr, '@');
  if (timed === undefined) return;
  if (timed.node.at !== undefined) {
    stream.addError(expr.position, '@ <timestamp> may not be set multiple times');
    return;
  }
  timed.node.at = at;
  moveEnd(stream, timed);
}

function applyExtension(stream: TokenStream, expr: Expr, word: 'anchored' | 'smoothed'): void {
  stream.take();
  if (!stream.options.extendedRangeSelectors) {
    stream.addError(expr.position, `${word} modifier is experimental and not enabled`);
    return;
  }
  if (expr.kind === 'subquery') {
    stream.addError(expr.position, `${word} modifier is not supported for subqueries`);
    return;
  }
  if (expr.kind !== 'vectorSelector' && expr.kind !== 'matrixSelector') {
    stream.addError(expr.position, `${word} modifier not implemented`);
    return;
  }
  if (brokenRanges.has(expr)) return;
  const selector: Draft<VectorSelector> = expr.kind === 'matrixSelector' ? expr.selector : expr;
  selector[word] = true;
  if (selector.anchored && selector.smoothed) {
    const message = 'anchored and smoothed modifiers cannot be used together';
    stream.addError(expr.position, message);
  }
}
