import type { Matcher } from '#model';
import { formatParseError, parseExpr, parseMetricSelector } from '#promql';
import type { Expr, ParserOptions } from '#promql';
import { ApiError, invalidParameter } from './api-error.ts';

/** The tree of a query. Throws an ApiError in the parser's words, without the parameter's name. */
export function parseQuery(text: string, options: Partial<ParserOptions>): Expr {
  const parsed = parseExpr(text, options);
  if (parsed.ok) return parsed.expr;
  throw new ApiError('bad_data', firstError(text, parsed.errors));
}

/** The matchers of one selector, with the parser's words where it is none. */
export function parseSelector(text: string): readonly Matcher[] {
  const parsed = parseMetricSelector(text);
  if (parsed.ok) return parsed.matchers;
  throw new ApiError('bad_data', firstError(text, parsed.errors));
}

/** The same, with the parameter that it came in. */
export function parseSelectorParam(text: string, parameter: string): readonly Matcher[] {
  try {
    return parseSelector(text);
  } catch (error) {
    throw error instanceof ApiError ? invalidParameter(parameter, error.message) : error;
  }
}

type Errors = readonly Parameters<typeof formatParseError>[1][];

function firstError(text: string, [first]: Errors): string {
  return first === undefined ? 'parse error' : formatParseError(text, first);
}
