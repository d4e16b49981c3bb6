import { isAlpha, isAlphaNumeric, isDigit, isSpace } from './characters.ts';
import { quoteGo, quoteRune } from './quote.ts';
import { scanNumber } from './scan-number.ts';
import { scanString } from './scan-string.ts';
import { KIND_OF_WORD, WORD_LENGTH_MAX, type Token, type TokenKind } from './token.ts';

const COLON = 0x3a;

/** Words that may stand in brackets. */
const DURATION_WORDS: ReadonlySet<string> = new Set(['step', 'range', 'min_of', 'max_of']);

const SIMPLE: Readonly<Record<string, TokenKind>> = {
  ',': 'punctuation',
  '*': 'operator',
  '/': 'operator',
  '%': 'operator',
  '+': 'operator',
  '-': 'operator',
  '^': 'operator',
  '@': 'operator',
};

/**
 * Cuts a query into tokens, one for each call, with the states and messages of Prometheus' lexer
 * (promql/parser/lex.go). After an error token it gives error tokens only.
 */
export class Lexer {
  readonly text: string;
  private at = 0;
  private parenDepth = 0;
  private isInBraces = false;
  private isInBrackets = false;
  /** Directly behind `[`, until a number has come: other rules than elsewhere in brackets. */
  private isDurationStart = false;
  private hasColon = false;
  private failed: Token | undefined;

  constructor(text: string) {
    this.text = text;
  }

  next(): Token {
    if (this.failed !== undefined) return this.failed;
    this.skipBlanks();
    if (this.isInBraces) return this.nextInBraces();
    return this.isDurationStart ? this.nextInDuration() : this.nextInStatement();
  }

  private skipBlanks(): void {
    const { text } = this;
    for (;;) {
      const unit = text.charCodeAt(this.at);
      if (isSpace(unit)) {
        this.at++;
      } else if (unit === 0x23 && !this.isDurationStart) {
        while (this.at < text.length && text[this.at] !== '\n' && text[this.at] !== '\r') this.at++;
      } else {
        return;
      }
    }
  }

  private emit(kind: TokenKind, end: number, value?: string): Token {
    const start = this.at;
    this.at = end;
    const text = this.text.slice(start, end);
    return { kind, value: value ?? text, text, start, end };
  }

  private fail(message: string, start: number = this.at): Token {
    this.failed = { kind: 'error', value: message, text: '', start, end: this.text.length };
    return this.failed;
  }

  /** The code point at an offset, -1 behind the end; what messages quote. */
  private runeAt(at: number): number {
    return this.text.codePointAt(at) ?? -1;
  }

  private nextInStatement(): Token {
    const { text, at } = this;
    if (at >= text.length) return this.endOfInput();
    const unit = text.charCodeAt(at);
    if (isDigit(unit) || (unit === 0x2e && isDigit(text.charCodeAt(at + 1)))) return this.number();
    if (isAlpha(unit) || unit === COLON)
      return this.isInBrackets ? this.wordInBrackets() : this.word();
    const character = text.charAt(at);
    const simple = SIMPLE[character];
    if (simple !== undefined) return this.emit(simple, at + 1);
    switch (character) {
      case '"':
      case "'":
      case '`':
        return this.string();
      case '=':
      case '!':
      case '<':
      case '>':
        return this.comparison(character);
      default:
        return this.bracket(character);
    }
  }

  private endOfInput(): Token {
    if (this.parenDepth !== 0) return this.fail('unclosed left parenthesis');
    if (this.isInBrackets) return this.fail('unclosed left bracket');
    return this.emit('endOfInput', this.at);
  }

  private comparison(first: string): Token {
    const second = this.text.charAt(this.at + 1);
    if (first === '=' && second === '~') {
      return this.fail(`unexpected character after '=': '~'`);
    }
    if (first === '!' && second !== '=') {
      return this.fail(`unexpected character after '!': ${quoteRune(this.runeAt(this.at + 1))}`);
    }
    if (second === '=') return this.emit('operator', this.at + 2);
    // Histogram trimming: `</` and `>/`.
    if (first !== '=' && second === '/') return this.emit('operator', this.at + 2);
    return this.emit(first === '=' ? 'punctuation' : 'operator', this.at + 1);
  }

  private bracket(character: string): Token {
    switch (character) {
      case '(':
        this.parenDepth++;
        return this.emit('punctuation', this.at + 1);
      case ')':
        return this.rightParen();
      case '{':
        this.isInBraces = true;
        return this.emit('punctuation', this.at + 1);
      case '[':
        if (this.isInBrackets) return this.fail(`unexpected left bracket '['`);
        this.isInBrackets = true;
        this.isDurationStart = true;
        this.hasColon = false;
        return this.emit('punctuation', this.at + 1);
      case ']':
        if (!this.isInBrackets) return this.fail(`unexpected right bracket ']'`);
        return this.rightBracket();
      default:
        return this.fail(`unexpected character: ${quoteRune(this.runeAt(this.at))}`);
    }
  }

  private rightParen(): Token {
    this.parenDepth--;
    if (this.parenDepth >= 0) return this.emit('punctuation', this.at + 1);
    return this.fail(`unexpected right parenthesis ')'`, this.at + 1);
  }

  private rightBracket(): Token {
    this.isInBrackets = false;
    this.isDurationStart = false;
    return this.emit('punctuation', this.at + 1);
  }

  private number(): Token {
    const scan = scanNumber(this.text, this.at, false);
    this.isDurationStart = false;
    if (scan.kind !== 'bad') return this.emit(scan.kind, scan.end);
    const read = this.text.slice(this.at, scan.end);
    return this.fail(`bad number or duration syntax: ${quoteGo(read)}`);
  }

  private string(): Token {
    const scan = scanString(this.text, this.at);
    return scan.error === undefined ? this.emit('string', scan.end) : this.fail(scan.error);
  }

  private word(): Token {
    const { text } = this;
    let end = this.at;
    let hasColon = false;
    for (;;) {
      const unit = text.charCodeAt(end);
      if (unit === COLON) hasColon = true;
      else if (!isAlphaNumeric(unit)) break;
      end++;
    }
    if (hasColon) return this.emit('metricIdentifier', end);
    if (end - this.at > WORD_LENGTH_MAX) return this.emit('identifier', end);
    const value = text.slice(this.at, end).toLowerCase();
    const kind = KIND_OF_WORD.get(value);
    if (kind === undefined) return this.emit('identifier', end);
    // As names of metrics these are too common to be keywords without their parenthesis.
    if (value.startsWith('fill') && !this.isParenAhead(end)) return this.emit('identifier', end);
    return this.emit(kind, end, value);
  }

  private isParenAhead(from: number): boolean {
    let at = from;
    while (isSpace(this.text.charCodeAt(at))) at++;
    return this.text[at] === '(';
  }

  /** In brackets, behind the first number. */
  private wordInBrackets(): Token {
    if (this.text.charCodeAt(this.at) === COLON) {
      if (this.hasColon) return this.fail(`unexpected colon ':'`);
      this.hasColon = true;
      return this.emit('punctuation', this.at + 1);
    }
    const word = this.durationWord();
    if (word !== undefined) return word;
    return this.fail(`unexpected character: ${quoteRune(this.runeAt(this.at))}, expected ':'`);
  }

  private durationWord(): Token | undefined {
    let end = this.at;
    while (isAlpha(this.text.charCodeAt(end))) end++;
    const value = this.text.slice(this.at, end).toLowerCase();
    return DURATION_WORDS.has(value) ? this.emit('preprocessor', end, value) : undefined;
  }

  private nextInDuration(): Token {
    const { text, at } = this;
    if (at >= text.length) return this.fail('unexpected end of input in duration expression');
    const unit = text.charCodeAt(at);
    if (isDigit(unit) || (unit === 0x2e && isDigit(text.charCodeAt(at + 1)))) return this.number();
    const character = text.charAt(at);
    if (character === ']') return this.rightBracket();
    if (character === '(') return this.bracket(character);
    if (character === ')') return this.rightParen();
    if (character === ':') return this.colonInDuration();
    const simple = SIMPLE[character];
    if (simple !== undefined && character !== '@') return this.emit(simple, at + 1);
    const word = isAlpha(unit) ? this.durationWord() : undefined;
    if (word !== undefined) return word;
    const rune = quoteRune(this.runeAt(at));
    return this.fail(`unexpected character in duration expression: ${rune}`);
  }

  private colonInDuration(): Token {
    const after = this.at + 1;
    if (this.text.slice(0, this.at).trimEnd().endsWith('[')) {
      return this.fail('unexpected colon before duration in duration expression', after);
    }
    if (this.hasColon) {
      return this.fail('unexpected repeated colon in duration expression', after);
    }
    this.hasColon = true;
    return this.emit('punctuation', after);
  }

  private nextInBraces(): Token {
    const { text, at } = this;
    if (at >= text.length) return this.fail('unexpected end of input inside braces');
    const unit = text.charCodeAt(at);
    if (isAlpha(unit)) {
      let end = at;
      while (isAlphaNumeric(text.charCodeAt(end))) end++;
      return this.emit('identifier', end);
    }
    const character = text.charAt(at);
    switch (character) {
      case ',':
        return this.emit('punctuation', at + 1);
      case '"':
      case "'":
      case '`':
        return this.string();
      case '=':
        if (text[at + 1] === '~') return this.emit('operator', at + 2);
        return this.emit('punctuation', at + 1);
      case '!':
        if (text[at + 1] === '~' || text[at + 1] === '=') return this.emit('operator', at + 2);
        return this.fail(
          `unexpected character after '!' inside braces: ${quoteRune(this.runeAt(at + 1))}`,
        );
      case '{':
        return this.fail(`unexpected left brace '{'`);
      case '}':
        this.isInBraces = false;
        return this.emit('punctuation', at + 1);
      default:
        return this.fail(`unexpected character inside braces: ${quoteRune(this.runeAt(at))}`);
    }
  }
}
