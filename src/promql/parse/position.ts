import type { ParseError } from './ast.ts';

/** Counted from 1; the column counts bytes of UTF-8, as Prometheus' messages do. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Where a UTF-16 offset of the text stands. Offsets outside the text count as its nearer end. */
export function positionOf(text: string, offset: number): LineColumn {
  const end = Math.max(0, Math.min(offset, text.length));
  const lineStart = end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1;
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < lineStart; at = text.indexOf('\n', at + 1))
    line++;
  return { line, column: utf8Length(text, lineStart, end) + 1 };
}

/** The offset in bytes of UTF-8 of a UTF-16 offset. */
export function byteOffsetOf(text: string, offset: number): number {
  return utf8Length(text, 0, Math.min(offset, text.length));
}

/** How many bytes of UTF-8 `text.slice(start, end)` takes. A lone surrogate takes three. */
export function utf8Length(text: string, start = 0, end: number = text.length): number {
  let bytes = 0;
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isPair(unit, text.charCodeAt(i + 1)) && i + 1 < end) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

function isPair(high: number, low: number): boolean {
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}

/** What a user sees: `1:5: parse error: unexpected <op:*>`. */
export function formatParseError(text: string, error: ParseError): string {
  if (text === '') return `unknown position: parse error: ${error.message}`;
  const { line, column } = positionOf(text, error.position.start);
  return `${line}:${column}: parse error: ${error.message}`;
}
