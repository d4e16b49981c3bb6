const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;
const PLAIN = /^[ !#-[\]-~]*$/;

const ESCAPE_OF_CHARACTER: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

/** Quotes as Go's strconv.Quote does; reads back as the same string in PromQL. */
export function quoteGo(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : `"${escapeAll(text, '"')}"`;
}

/** Quotes one code point as Go's strconv.QuoteRune does. A negative one stands for the end of input. */
export function quoteRune(codePoint: number): string {
  return codePoint < 0 ? `'\ufffd'` : `'${escapeAll(String.fromCodePoint(codePoint), "'")}'`;
}

/** As Go's `%#U`: `U+0063 'c'`. */
export function nameRune(codePoint: number): string {
  const hex = codePoint.toString(16).toUpperCase().padStart(4, '0');
  const text = String.fromCodePoint(codePoint);
  return text === ' ' || PRINTABLE.test(text) ? `U+${hex} '${text}'` : `U+${hex}`;
}

function escapeAll(text: string, quote: string): string {
  let escaped = '';
  for (const character of text) escaped += escapeCharacter(character, quote);
  return escaped;
}

function escapeCharacter(character: string, quote: string): string {
  if (character === quote) return `\\${quote}`;
  const known = ESCAPE_OF_CHARACTER[character];
  if (known !== undefined) return known;
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint >= 0x20 && codePoint < 0x7f) return character;
  if (codePoint >= 0xd800 && codePoint < 0xe000) return '\ufffd';
  if (PRINTABLE.test(character)) return character;
  const hex = codePoint.toString(16);
  if (codePoint < 0x80) return `\\x${hex.padStart(2, '0')}`;
  return codePoint < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

const CHARACTER_OF_ESCAPE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * The value of a string literal that the lexer has let pass. Bytes written as `\xff` or `\377` are
 * read as UTF-8 together with their neighbours; what is no UTF-8 becomes U+FFFD.
 */
export function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`') || !inner.includes('\\')) return inner;
  let value = '';
  let bytes: number[] = [];
  let at = 0;
  while (at < inner.length) {
    const escape = readEscape(inner, at);
    if (escape.byte !== undefined) {
      bytes.push(escape.byte);
    } else {
      if (bytes.length > 0) value += decodeUtf8(bytes);
      bytes = [];
      value += escape.text;
    }
    at = escape.next;
  }
  return bytes.length > 0 ? value + decodeUtf8(bytes) : value;
}

interface Escape {
  readonly text: string;
  readonly byte?: number;
  readonly next: number;
}

function readEscape(inner: string, at: number): Escape {
  if (inner[at] !== '\\') {
    const slash = inner.indexOf('\\', at);
    const next = slash < 0 ? inner.length : slash;
    return { text: inner.slice(at, next), next };
  }
  const letter = inner[at + 1] ?? '';
  if (letter === 'x') return byteEscape(inner, at + 2, 16);
  if (letter >= '0' && letter <= '7') return byteEscape(inner, at + 1, 8);
  if (letter === 'u' || letter === 'U') {
    const next = at + (letter === 'u' ? 6 : 10);
    const codePoint = Number.parseInt(inner.slice(at + 2, next), 16);
    return { text: String.fromCodePoint(codePoint), next };
  }
  return { text: CHARACTER_OF_ESCAPE[letter] ?? letter, next: at + 2 };
}

function byteEscape(inner: string, at: number, radix: 8 | 16): Escape {
  const next = at + (radix === 16 ? 2 : 3);
  return { text: '', byte: Number.parseInt(inner.slice(at, next), radix), next };
}

function decodeUtf8(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at] ?? 0);
    const codePoint = length === 0 ? -1 : readSequence(bytes, at, length);
    text += codePoint < 0 ? '\ufffd' : String.fromCodePoint(codePoint);
    at += codePoint < 0 ? 1 : length;
  }
  return text;
}

function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

const SMALLEST_OF_LENGTH: readonly number[] = [0, 0, 0x80, 0x800, 0x10000];

function readSequence(bytes: readonly number[], at: number, length: number): number {
  const first = bytes[at] ?? 0;
  let codePoint = length === 1 ? first : first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return -1;
    codePoint = codePoint * 64 + (next & 0x3f);
  }
  const isSurrogate = codePoint >= 0xd800 && codePoint < 0xe000;
  const isValid = codePoint >= (SMALLEST_OF_LENGTH[length] ?? 0) && codePoint <= 0x10ffff;
  return isValid && !isSurrogate ? codePoint : -1;
}
