/** Bits that say what a byte may be part of; `byteClass[byte] & NAME_START`. */
export const NAME_START = 1;
export const NAME = 2;
export const LABEL_START = 4;
export const LABEL = 8;
export const DIGIT = 16;
/** Space or tab. */
export const BLANK = 32;

/** What a scan of a quoted value must look at: quote, backslash, line end, NUL and all that is not ASCII. */
export const STRING_STOP = 64;

export const byteClass: Uint8Array = new Uint8Array(256);

for (let byte = 0; byte < 128; byte++) {
  const char = String.fromCharCode(byte);
  let bits = 0;
  if (/[a-zA-Z_]/.test(char)) bits |= NAME_START | NAME | LABEL_START | LABEL;
  if (char === ':') bits |= NAME_START | NAME;
  if (/[0-9]/.test(char)) bits |= NAME | LABEL | DIGIT;
  if (char === ' ' || char === '\t') bits |= BLANK;
  if (char === '"' || char === '\\' || char === '\n' || char === '\0') bits |= STRING_STOP;
  byteClass[byte] = bits;
}
byteClass.fill(STRING_STOP, 128);

export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const EQUAL = 0x3d;
export const BACKSLASH = 0x5c;
export const BRACE_OPEN = 0x7b;
export const BRACE_CLOSE = 0x7d;
