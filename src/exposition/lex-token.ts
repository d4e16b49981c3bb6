import { Buffer } from 'node:buffer';
import { HASH, NEWLINE, QUOTE, BACKSLASH, SPACE } from './byte-class.ts';

/**
 * Prometheus' messages name the token that stood in the wrong place. The parsers need no tokens;
 * this finds, only once a page is known to be wrong, the one that its lexers would have seen.
 */
export type LexState =
  | 'start'
  | 'meta-name'
  | 'labels'
  | 'label-value'
  /** As a label's value, but NUL is refused. */
  | 'exemplar-label-value'
  | 'value'
  | 'timestamp'
  | 'exemplar-value'
  | 'exemplar-timestamp';

export interface Token {
  readonly name: string;
  /** Just after the token; of an invalid one, the byte at which the lexer gave up. */
  readonly end: number;
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*/;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;

/** A longer name is taken for a token as far as this: what comes after is only shown. Bytes. */
const NAME_BYTES_MAX = 4096;

const PUNCTUATION: Readonly<Record<string, string>> = {
  '{': 'BOPEN',
  '}': 'BCLOSE',
  ',': 'COMMA',
  '=': 'EQUAL',
};

interface Place {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly length: number;
  readonly openMetrics: boolean;
}

export function tokenAt(place: Place, state: LexState): Token {
  const { bytes, start, length } = place;
  const invalid = { name: 'INVALID', end: start };
  if (start >= length) return { name: 'EOF', end: start };
  const byte = bytes[start] ?? 0;
  const char = String.fromCharCode(byte);
  switch (state) {
    case 'start':
      return startToken(place) ?? invalid;
    case 'meta-name':
      return byte === QUOTE
        ? stringToken(place, 'MNAME')
        : (nameToken(place, METRIC_NAME, 'MNAME') ?? invalid);
    case 'labels':
      if (byte === QUOTE) return stringToken(place, 'QSTRING');
      if (char !== '{' && PUNCTUATION[char] !== undefined) {
        return { name: PUNCTUATION[char], end: start + 1 };
      }
      return nameToken(place, LABEL_NAME, 'LNAME') ?? invalid;
    case 'label-value':
      return byte === QUOTE ? stringToken(place, 'LVALUE') : invalid;
    case 'exemplar-label-value': {
      if (byte !== QUOTE) return invalid;
      const nul = bytes.indexOf(0, start);
      const token = stringToken(place, 'LVALUE');
      return nul >= 0 && nul < token.end ? { name: 'INVALID', end: nul } : token;
    }
    case 'value':
      if (byte === 0x7b) return { name: 'BOPEN', end: start + 1 };
      return wordToken(place, 'VALUE');
    case 'exemplar-value':
      return wordToken(place, 'VALUE');
    case 'timestamp':
      return timestampToken(place);
    case 'exemplar-timestamp':
      return byte === NEWLINE
        ? { name: 'LINEBREAK', end: start + 1 }
        : wordToken(place, 'TIMESTAMP');
  }
}

function startToken(place: Place): Token | undefined {
  const { bytes, start, openMetrics } = place;
  const byte = bytes[start];
  if (byte === 0x7b) return { name: 'BOPEN', end: start + 1 };
  if (!openMetrics) return nameToken(place, METRIC_NAME, 'MNAME');
  if (byte === HASH) return hashToken(place);
  return nameToken(place, METRIC_NAME, 'MNAME');
}

/** The lexer follows `# HELP `, `# TYPE `, `# UNIT ` and `# EOF` as far as they go. */
function hashToken(place: Place): Token {
  let furthest = place.start;
  for (const word of ['# HELP ', '# TYPE ', '# UNIT ', '# EOF']) {
    let count = 0;
    while (count < word.length && place.bytes[place.start + count] === word.charCodeAt(count))
      count++;
    furthest = Math.max(furthest, place.start + count);
  }
  return { name: 'INVALID', end: Math.min(furthest, place.length) };
}

function nameToken(place: Place, pattern: RegExp, name: string): Token | undefined {
  const end = Math.min(place.length, place.start + NAME_BYTES_MAX);
  const text = Buffer.from(place.bytes.subarray(place.start, end)).toString('latin1');
  const found = pattern.exec(text)?.[0];
  return found === undefined ? undefined : { name, end: place.start + found.length };
}

function stringToken(place: Place, name: string): Token {
  for (let at = place.start + 1; at < place.length; at++) {
    const byte = place.bytes[at];
    if (byte === QUOTE) return { name, end: at + 1 };
    if (byte === BACKSLASH) at++;
    if (place.openMetrics && place.bytes[at] === NEWLINE && name === 'LVALUE') {
      return { name: 'INVALID', end: at };
    }
  }
  return { name: 'INVALID', end: place.length };
}

/** OpenMetrics: one space and what follows up to the next space or line end. Text: the same without the space. */
function wordToken(place: Place, name: string): Token {
  const { bytes, start, length, openMetrics } = place;
  if (openMetrics && bytes[start] !== SPACE) return { name: 'INVALID', end: start };
  const first = openMetrics ? start + 1 : start;
  let at = first;
  while (at < length && bytes[at] !== NEWLINE && bytes[at] !== SPACE && bytes[at] !== 0) {
    if (!openMetrics && (bytes[at] === 0x09 || bytes[at] === 0x7b)) break;
    at++;
  }
  return at === first ? { name: 'INVALID', end: at } : { name, end: at };
}

function timestampToken(place: Place): Token {
  const { bytes, start, length, openMetrics } = place;
  if (bytes[start] === NEWLINE) return { name: 'LINEBREAK', end: start + 1 };
  if (openMetrics) return wordToken(place, 'TIMESTAMP');
  let at = start;
  while (at < length && (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39) at++;
  return at === start ? { name: 'INVALID', end: start } : { name: 'TIMESTAMP', end: at };
}
