import { Buffer } from 'node:buffer';
import { isDecimal } from '#model';

const SHORT_ESCAPES: Readonly<Record<number, string>> = {
  0x07: '\\a',
  0x08: '\\b',
  0x09: '\\t',
  0x0a: '\\n',
  0x0b: '\\v',
  0x0c: '\\f',
  0x0d: '\\r',
  0x22: '\\"',
  0x5c: '\\\\',
};

/** Messages show so much of what a page says; a page may be one word of many megabytes. Bytes. */
const QUOTED_BYTES_MAX = 1024;

/** Quotes bytes as Go's `%q` does, so that messages read as Prometheus' own. Bad UTF-8 shows as `\xff`. */
export function quoteBytes(all: Uint8Array): string {
  const bytes = all.subarray(0, QUOTED_BYTES_MAX);
  let quoted = '"';
  for (let at = 0; at < bytes.length;) {
    const length = runeBytes(bytes, at);
    if (length === 0) {
      quoted += `\\x${hex(bytes[at] ?? 0, 2)}`;
      at++;
      continue;
    }
    const rune = Buffer.from(bytes.subarray(at, at + length)).toString('utf8');
    quoted += quoteRune(rune.codePointAt(0) ?? 0, rune);
    at += length;
  }
  return all.length > bytes.length ? `${quoted}"...` : `${quoted}"`;
}

export function quoteText(text: string): string {
  // A byte more than is shown, so that the cut is seen; a character is one byte at least.
  return quoteBytes(Buffer.from(text.slice(0, QUOTED_BYTES_MAX + 1), 'utf8'));
}

function quoteRune(code: number, rune: string): string {
  const short = SHORT_ESCAPES[code];
  if (short !== undefined) return short;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  if (code < 0x7f || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(rune)) return rune;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0');
}

/** Length of the UTF-8 sequence at `at`, 0 where there is none. */
function runeBytes(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const rune = Buffer.from(bytes.subarray(at, at + length)).toString('utf8');
  return rune.includes('\ufffd') && !isReplacementCharacter(bytes, at) ? 0 : length;
}

function isReplacementCharacter(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd;
}

const INFINITE = /^[+-]?inf(?:inity)?$/i;

/**
 * Reads a float as Go's strconv.ParseFloat does, in the forms that pages may use (no hexadecimal, no
 * `_`). A string is the error, in Go's words.
 */
export function parseGoFloat(text: string): number | string {
  if (/[pP_]/.test(text)) return 'unsupported character in float';
  if (isDecimal(text)) {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    return `strconv.ParseFloat: parsing ${quoteText(text)}: value out of range`;
  }
  if (INFINITE.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  return `strconv.ParseFloat: parsing ${quoteText(text)}: invalid syntax`;
}
