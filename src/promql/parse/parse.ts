import type { Matcher } from '#model';
import type { Expr, ParseError, ParseResult, ParserOptions } from './ast.ts';
import { checkTypes } from './check.ts';
import { parseExpression } from './expression.ts';
import { isMetricName, parseSelector } from './selector.ts';
import {
  describeDepth,
  EXPRESSION_DEPTH_MAX,
  isSymbol,
  SyntaxAbort,
  TokenStream,
} from './token-stream.ts';
import { depthOf } from './walk.ts';

/** In UTF-16 units. Far beyond what people write; a body of the HTTP API may be larger. */
export const EXPRESSION_LENGTH_MAX: number = 1 << 20;

/** What a Prometheus server switches on by itself. */
export const DEFAULT_PARSER_OPTIONS: ParserOptions = {
  experimentalFunctions: false,
  durationExpressions: true,
  extendedRangeSelectors: false,
  fillModifiers: false,
};

/** Everything on. */
export const ALL_PARSER_OPTIONS: ParserOptions = {
  experimentalFunctions: true,
  durationExpressions: true,
  extendedRangeSelectors: true,
  fillModifiers: true,
};

/**
 * Parses and type-checks an expression, with the messages and positions of Prometheus 3.14. Never
 * throws. Options left out are those of a server without feature flags. Texts longer than
 * EXPRESSION_LENGTH_MAX and trees deeper than EXPRESSION_DEPTH_MAX are errors.
 */
export function parseExpr(text: string, options: Partial<ParserOptions> = {}): ParseResult {
  const stream = openStream(text, options);
  if (stream.errors.length > 0) return { ok: false, errors: stream.errors };
  const expr = attempt(stream, () => {
    if (stream.peek().kind === 'endOfInput') {
      stream.addError({ start: 0, end: 0 }, 'no expression found in input');
      throw new SyntaxAbort();
    }
    return parseExpression(stream);
  });
  if (expr === undefined || stream.errors.length > 0) return { ok: false, errors: stream.errors };
  const errors = checkTree(text, expr);
  return errors.length > 0 ? { ok: false, errors } : { ok: true, expr };
}

/** Matchers in the order of the text, that of a name before the braces last. */
export type SelectorParseResult =
  | { readonly ok: true; readonly matchers: readonly Matcher[] }
  | { readonly ok: false; readonly errors: readonly ParseError[] };

/**
 * Parses the selector of an instant vector without modifiers, as in `match[]=` of the HTTP API.
 * Accepts `{}`; whether it may select everything is for the caller to say. Never throws.
 */
export function parseMetricSelector(text: string): SelectorParseResult {
  const stream = openStream(text, {});
  if (stream.errors.length > 0) return { ok: false, errors: stream.errors };
  const selector = attempt(stream, () => {
    const token = stream.peek();
    if (isSymbol(token, '{')) return parseSelector(stream, undefined);
    if (!isMetricName(token)) return stream.fail();
    return parseSelector(stream, stream.take());
  });
  if (selector === undefined || stream.errors.length > 0) {
    return { ok: false, errors: stream.errors };
  }
  return { ok: true, matchers: selector.matchers };
}

function openStream(text: string, options: Partial<ParserOptions>): TokenStream {
  const isTooLong = text.length > EXPRESSION_LENGTH_MAX;
  const stream = new TokenStream(isTooLong ? '' : text, { ...DEFAULT_PARSER_OPTIONS, ...options });
  if (isTooLong) {
    const limit = `at most ${EXPRESSION_LENGTH_MAX} characters are allowed`;
    stream.addError({ start: 0, end: text.length }, `expression is too long, ${limit}`);
  }
  return stream;
}

/** Runs one rule, which must take everything. Undefined after a syntax error. */
function attempt<T>(stream: TokenStream, rule: () => T): T | undefined {
  try {
    const result = rule();
    if (stream.peek().kind !== 'endOfInput') stream.fail();
    return result;
  } catch (error) {
    if (error instanceof SyntaxAbort) return undefined;
    throw error;
  }
}

function checkTree(text: string, expr: Expr): readonly ParseError[] {
  if (depthOf(expr) <= EXPRESSION_DEPTH_MAX) return checkTypes(text, expr);
  return [{ position: expr.position, message: describeDepth(EXPRESSION_DEPTH_MAX) }];
}
