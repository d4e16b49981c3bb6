import type { VariableValue } from './variable.ts';
import { alternatives, escapeRegexp } from './variable-format.ts';

/** Where in a PromQL text one stands: in which quotes, if any. Moves forward only. */
export interface QuoteScan {
  readonly text: string;
  at: number;
  quote: '' | '"' | "'" | '`';
  quoteStart: number;
}

/** Moves on to a place in the text. */
export function quoteAt(scan: QuoteScan, end: number): void {
  const { text } = scan;
  while (scan.at < end) {
    const character = text[scan.at] ?? '';
    if (scan.quote === '') {
      if (character === '"' || character === "'" || character === '`') {
        scan.quote = character;
        scan.quoteStart = scan.at;
      } else if (character === '#') {
        const line = text.indexOf('\n', scan.at);
        scan.at = line < 0 || line > end ? end - 1 : line;
      }
    } else if (character === '\\' && scan.quote !== '`') {
      scan.at++;
    } else if (character === scan.quote) {
      scan.quote = '';
    }
    scan.at++;
  }
}

/**
 * A value as Grafana's Prometheus data source writes it: literal values of a variable that is multi or has All as
 * patterns, several as `(a|b)`, backslashes doubled for the string they stand in. Beyond Grafana: quotes are
 * escaped for the very string, nothing is doubled in backticks, and one value beside `=` or `!=` is no pattern.
 */
export function quoteForPromql(value: VariableValue, scan: QuoteScan): string {
  const { values } = value;
  const isLiteral = value.isLiteral ?? value.isMulti;
  const isText = values.length === 1 && scan.quote !== '' && isEquality(scan);
  const text = isLiteral && !isText ? alternatives(values.map(escapeRegexp)) : values.join('|');
  // In backticks nothing can be escaped: a pattern has another way to say one, plain text only its like.
  if (scan.quote === '`') return text.replaceAll('`', isEquality(scan) ? '\u02CB' : '\\x60');
  return escapeFor(text, scan.quote);
}

function escapeFor(text: string, quote: QuoteScan['quote']): string {
  const doubled = text.replaceAll('\\', '\\\\');
  if (quote === '') return doubled;
  return doubled.replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n');
}

/** Does `=` or `!=` stand before the string? Then Prometheus compares and matches no pattern. */
function isEquality({ text, quoteStart }: QuoteScan): boolean {
  let at = quoteStart - 1;
  while (at >= 0 && /\s/.test(text[at] ?? '')) at--;
  return text[at] === '=';
}
