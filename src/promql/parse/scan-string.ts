import { nameRune } from './quote.ts';

export interface StringScan {
  /** Behind the closing quote. */
  readonly end: number;
  readonly error?: string;
}

const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const REPLACEMENT = 0xfffd;

/** Finds the end of a string literal whose quote stands at `start`, and checks its escapes. */
export function scanString(text: string, start: number): StringScan {
  const quote = text.charCodeAt(start);
  return quote === 0x60 ? scanRaw(text, start) : scanQuoted(text, start, quote);
}

function scanRaw(text: string, start: number): StringScan {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x60) return { end: at + 1 };
    if (isBroken(text, at)) return { end: at, error: 'invalid UTF-8 rune' };
  }
  return { end: text.length, error: 'unterminated raw string' };
}

function scanQuoted(text: string, start: number, quote: number): StringScan {
  let at = start + 1;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === quote) return { end: at + 1 };
    if (unit === NEWLINE) break;
    if (unit === BACKSLASH) {
      const escape = scanEscape(text, at + 1, quote);
      if (escape.error !== undefined) return escape;
      at = escape.end;
    } else {
      if (isBroken(text, at)) return { end: at, error: 'invalid UTF-8 rune' };
      at++;
    }
  }
  return { end: at, error: 'unterminated quoted string' };
}

/** U+FFFD is what broken UTF-8 becomes on its way here; Prometheus refuses both. */
function isBroken(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit === REPLACEMENT) return true;
  if (unit < 0xd800 || unit > 0xdfff) return false;
  if (unit >= 0xdc00) {
    const before = text.charCodeAt(at - 1);
    return !(before >= 0xd800 && before < 0xdc00);
  }
  const after = text.charCodeAt(at + 1);
  return !(after >= 0xdc00 && after < 0xe000);
}

function scanEscape(text: string, at: number, quote: number): StringScan {
  const letter = text.charAt(at);
  if (letter === '') return { end: at, error: 'escape sequence not terminated' };
  if ('abfnrtv\\'.includes(letter) || text.charCodeAt(at) === quote) return { end: at + 1 };
  if (letter >= '0' && letter <= '7') return scanCode(text, at, { count: 3, base: 8, max: 255 });
  switch (letter) {
    case 'x':
      return scanCode(text, at + 1, { count: 2, base: 16, max: 255 });
    case 'u':
      return scanCode(text, at + 1, { count: 4, base: 16, max: 0x10ffff });
    case 'U':
      return scanCode(text, at + 1, { count: 8, base: 16, max: 0x10ffff });
    default:
      return { end: at, error: `unknown escape sequence ${nameRune(text.codePointAt(at) ?? 0)}` };
  }
}

interface CodeForm {
  readonly count: number;
  readonly base: number;
  readonly max: number;
}

function scanCode(text: string, start: number, { count, base, max }: CodeForm): StringScan {
  let code = 0;
  for (let at = start; at < start + count; at++) {
    const codePoint = text.codePointAt(at);
    if (codePoint === undefined) return { end: at, error: 'escape sequence not terminated' };
    const digit = codePoint < 0x80 ? Number.parseInt(text.charAt(at), base) : NaN;
    if (Number.isNaN(digit)) {
      return { end: at, error: `illegal character ${nameRune(codePoint)} in escape sequence` };
    }
    code = code * base + digit;
  }
  const end = start + count;
  if (code > max || (code >= 0xd800 && code < 0xe000)) {
    return { end, error: 'escape sequence is an invalid Unicode code point' };
  }
  return { end };
}
