import { createMatcher, METRIC_NAME, type Matcher, type MatchType } from '#model';
import type { PositionRange, VectorSelector } from './ast.ts';
import type { Draft } from './draft.ts';
import { unquote } from './quote.ts';
import type { Token } from './token.ts';
import { rangeOf, type TokenStream } from './token-stream.ts';

const MATCH_TYPES: ReadonlySet<string> = new Set(['=', '!=', '=~', '!~']);

/** Keywords that are metric names where a name is expected. */
const KEYWORDS_AS_NAMES: ReadonlySet<string> = new Set([
  'by',
  'offset',
  'without',
  'anchored',
  'smoothed',
]);

/** Can the token be the name of a metric that stands by itself? */
export function isMetricName(token: Token): boolean {
  switch (token.kind) {
    case 'identifier':
    case 'metricIdentifier':
    case 'aggregator':
    case 'preprocessor':
      return true;
    case 'operator':
      return token.value === 'and' || token.value === 'or' || token.value === 'unless';
    case 'keyword':
      return KEYWORDS_AS_NAMES.has(token.value);
    default:
      return false;
  }
}

/** `name`, `name{...}` or `{...}`; `name` has been taken. */
export function parseSelector(stream: TokenStream, name: Token | undefined): Draft<VectorSelector> {
  const start = name?.start ?? stream.peek().start;
  const matchers: Matcher[] = [];
  let end = name?.end ?? start;
  if (stream.isNext('{')) end = parseMatchers(stream, matchers);
  if (name !== undefined) matchers.push(createMatcher('=', METRIC_NAME, name.text));
  return {
    kind: 'vectorSelector',
    name: name?.text ?? '',
    matchers,
    offsetMs: 0,
    anchored: false,
    smoothed: false,
    position: { start, end },
  };
}

/** Gives the end of the closing brace. */
function parseMatchers(stream: TokenStream, matchers: Matcher[]): number {
  stream.take();
  const empty = stream.takeIf('}');
  if (empty !== undefined) return empty.end;
  for (;;) {
    const matcher = parseMatcher(stream);
    if (matcher !== undefined) matchers.push(matcher);
    const close = stream.takeIf('}');
    if (close !== undefined) return close.end;
    if (stream.takeIf(',') === undefined) stream.unexpected('label matching', '"," or "}"');
    const closeAfterComma = stream.takeIf('}');
    if (closeAfterComma !== undefined) return closeAfterComma.end;
  }
}

/** `label="value"`, `"label"="value"` or `"metric name"`. */
function parseMatcher(stream: TokenStream): Matcher | undefined {
  const label = stream.peek();
  if (label.kind !== 'identifier' && label.kind !== 'string') {
    stream.unexpected('label matching', 'identifier or "}"');
  }
  stream.take();
  const name = label.kind === 'string' ? unquote(label.text) : label.text;
  const operator = stream.peek();
  const isOperator = operator.kind === 'operator' || operator.kind === 'punctuation';
  if (!isOperator || !MATCH_TYPES.has(operator.value)) {
    if (label.kind === 'string') return createMatcher('=', METRIC_NAME, name);
    stream.unexpected('label matching', 'label matching operator');
  }
  stream.take();
  const value = stream.peek();
  if (value.kind !== 'string') stream.unexpected('label matching', 'string');
  stream.take();
  const position = { start: rangeOf(label).start, end: value.end };
  return buildMatcher(stream, position, {
    type: operator.value as MatchType,
    name,
    value: unquote(value.text),
  });
}

function buildMatcher(
  stream: TokenStream,
  position: PositionRange,
  parts: { readonly type: MatchType; readonly name: string; readonly value: string },
): Matcher | undefined {
  try {
    return createMatcher(parts.type, parts.name, parts.value);
  } catch (error) {
    stream.addError(position, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
