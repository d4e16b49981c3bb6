import { isAlphaNumeric, isDigit, isExponent, isHexDigit, isUnderscore } from './characters.ts';

export interface NumberScan {
  readonly kind: 'number' | 'duration' | 'bad';
  /** Behind the last unit that belongs to it or, where it is bad, that was looked at. */
  readonly end: number;
}

const DOT = 0x2e;
const X = 0x78;

/**
 * Finds the end of a number or duration exactly as far as Prometheus' lexer gets, because its error
 * message quotes what it had read. In series descriptions `x` ends a number and there is no hex.
 */
export function scanNumber(text: string, start: number, isSeries: boolean): NumberScan {
  const scan = scanDigits(text, start, isSeries);
  if (scan.kind === 'number' || isSeries) return scan;
  return scanUnits(text, scan.end);
}

function scanDigits(text: string, start: number, isSeries: boolean): NumberScan {
  const isHex = !isSeries && text[start] === '0' && (text.charCodeAt(start + 1) | 0x20) === X;
  const isOneDigit = isHex ? isHexDigit : isDigit;
  let at = start;
  if (isHex) at += text.charCodeAt(start + 2) === 0x5f ? 3 : 2;
  else if (!isSeries && text[start] === '0') at++;
  if (text.charCodeAt(at) === DOT) at++;
  if (isOneDigit(text.charCodeAt(at))) at++;
  let hasDot = false;
  let hasExponent = false;
  for (;;) {
    const unit = text.charCodeAt(at);
    if (isOneDigit(unit)) {
      at++;
    } else if (unit === DOT) {
      at++;
      if (hasDot) return bad(at);
      hasDot = true;
      if (isUnderscore(text.charCodeAt(at)) || text.charCodeAt(at) === DOT) return bad(at + 1);
      if (isHex) return bad(at);
    } else if (isExponent(unit)) {
      at++;
      if (hasExponent) return bad(at);
      hasExponent = true;
      if (text[at] === '+' || text[at] === '-') at++;
      if (mustNotFollow(text.charCodeAt(at))) return bad(at + 1);
      if (at >= text.length) return bad(at);
    } else if (isUnderscore(unit)) {
      at++;
      if (mustNotFollow(text.charCodeAt(at))) return bad(at + 1);
      if (at >= text.length) return bad(at);
    } else {
      break;
    }
  }
  if (at === start) return bad(at);
  const next = text.charCodeAt(at);
  const isEnd = !isAlphaNumeric(next) || (isSeries && next === X);
  return { kind: isEnd ? 'number' : 'bad', end: at };
}

function bad(end: number): NumberScan {
  return { kind: 'bad', end };
}

function mustNotFollow(unit: number): boolean {
  return unit === DOT || isUnderscore(unit) || isExponent(unit);
}

function scanUnits(text: string, start: number): NumberScan {
  let at = start;
  if (at >= text.length || !'smhdwy'.includes(text.charAt(at))) return bad(at);
  at++;
  if (text[at] === 's') at++;
  while (isDigit(text.charCodeAt(at))) {
    while (isDigit(text.charCodeAt(at))) at++;
    if (at >= text.length || !'smhdw'.includes(text.charAt(at))) return bad(at);
    at++;
    if (text[at] === 's') at++;
  }
  return isAlphaNumeric(text.charCodeAt(at)) ? bad(at + 1) : { kind: 'duration', end: at };
}
