import { labelsFromPairs, METRIC_NAME, STALE_NAN, type Labels } from '#model';
import type { SeriesDescriptionResult, SeriesValue } from './ast.ts';
import { isAlpha } from './characters.ts';
import { DEFAULT_PARSER_OPTIONS } from './parse.ts';
import { quoteGo, unquote } from './quote.ts';
import { isMetricName } from './selector.ts';
import { SeriesCursor } from './series-cursor.ts';
import { parseHistogramItem } from './series-histogram.ts';
import { isSymbol, SyntaxAbort, TokenStream } from './token-stream.ts';

/** Values of one line; more than any test needs, and little enough to hold. */
export const SERIES_VALUES_MAX = 1_000_000;

/**
 * Parses a line of `load` in the test language: a metric, then values separated by blanks, as
 * `up{job="a"} 1+2x3 _ stale {{count:1}}` (Prometheus: generated_parser.y, series_description).
 * Never throws; errors have a position in the line.
 */
export function parseSeriesDescription(line: string): SeriesDescriptionResult {
  const stream = new TokenStream(line, DEFAULT_PARSER_OPTIONS);
  try {
    const metric = parseMetric(stream);
    const values = parseValues(new SeriesCursor(stream, metric.end));
    if (stream.errors.length === 0) return { ok: true, series: { labels: metric.labels, values } };
  } catch (error) {
    if (!(error instanceof SyntaxAbort)) throw error;
  }
  return { ok: false, errors: stream.errors };
}

interface Metric {
  readonly labels: Labels;
  /** Where the values start. */
  readonly end: number;
}

function parseMetric(stream: TokenStream): Metric {
  const pairs: [string, string][] = [];
  const first = stream.peek();
  if (isSymbol(first, '{')) {
    const end = parseLabels(stream, pairs);
    return { labels: labelsFromPairs(pairs), end };
  }
  if (!isMetricName(first)) return stream.unexpected('', '');
  const name = stream.take();
  const end = stream.text[name.end] === '{' ? parseLabels(stream, pairs) : name.end;
  pairs.push([METRIC_NAME, name.text]);
  return { labels: labelsFromPairs(pairs), end };
}

/** Gives the end of the closing brace. */
function parseLabels(stream: TokenStream, pairs: [string, string][]): number {
  stream.take();
  for (;;) {
    const close = stream.takeIf('}');
    if (close !== undefined) return close.end;
    pairs.push(parseLabel(stream));
    if (!stream.isNext('}') && stream.takeIf(',') === undefined) {
      stream.unexpected('label set', '"," or "}"');
    }
  }
}

function parseLabel(stream: TokenStream): [string, string] {
  const token = stream.peek();
  const isQuoted = token.kind === 'string';
  if (!isQuoted && token.kind !== 'identifier') {
    stream.unexpected('label set', 'identifier or "}"');
  }
  stream.take();
  const name = isQuoted ? unquote(token.text) : token.text;
  if (stream.takeIf('=') === undefined) {
    return isQuoted ? [METRIC_NAME, name] : stream.unexpected('label set', '"="');
  }
  if (stream.peek().kind !== 'string') stream.unexpected('label set', 'string');
  return [name, unquote(stream.take().text)];
}

function parseValues(cursor: SeriesCursor): SeriesValue[] {
  const values: SeriesValue[] = [];
  for (;;) {
    const isSeparated = cursor.skipBlanks();
    if (cursor.isAtEnd()) return values;
    if (!isSeparated) cursor.refuse(cursor.describe());
    for (const value of parseItem(cursor)) values.push(value);
    if (values.length > SERIES_VALUES_MAX) {
      cursor.refuse(`too many series values, at most ${SERIES_VALUES_MAX} are allowed`);
    }
  }
}

function parseItem(cursor: SeriesCursor): readonly SeriesValue[] {
  if (cursor.takeIf('_')) {
    const count = cursor.takeIf('x') ? cursor.takeCount() : 1;
    return Array.from({ length: count }, () => ({ kind: 'omitted' }));
  }
  if (cursor.takeIf('{{')) return parseHistogramItem(cursor);
  return parseFloatItem(cursor);
}

function parseFloatItem(cursor: SeriesCursor): readonly SeriesValue[] {
  const start = takeValue(cursor);
  if (start.stale === true) {
    const count = cursor.takeIf('x') ? cursor.takeCount() + 1 : 1;
    return Array.from({ length: count }, () => start);
  }
  if (!cursor.isNext('+') && !cursor.isNext('-') && !cursor.isNext('x')) return [start];
  const increment = cursor.isNext('x') ? 0 : cursor.takeSignedNumber();
  if (!cursor.takeIf('x')) cursor.refuse(`${cursor.describe()}, expected "x"`);
  const count = cursor.takeCount();
  const values: SeriesValue[] = [];
  let { value } = start;
  // The value at the start, and then as many steps as are written.
  for (let i = 0; i <= count; i++) {
    values.push({ kind: 'float', value });
    value += increment;
  }
  return values;
}

function takeValue(cursor: SeriesCursor): Extract<SeriesValue, { kind: 'float' }> {
  const unit = cursor.unit();
  if (isAlpha(unit)) {
    const word = cursor.takeWord();
    if (word === 'stale') return { kind: 'float', value: STALE_NAN, stale: true };
    const special = cursor.specialNumber(word);
    if (special !== undefined) return { kind: 'float', value: special };
    cursor.refuse(
      `unexpected identifier ${quoteGo(word)} in series values, expected number or "stale"`,
    );
  }
  return { kind: 'float', value: cursor.takeSignedNumber() };
}
