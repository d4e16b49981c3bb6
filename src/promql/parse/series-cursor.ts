import { isAlpha, isAlphaNumeric, isDigit, isSpace } from './characters.ts';
import { parseNumber } from './number.ts';
import { quoteGo, quoteRune } from './quote.ts';
import { scanNumber } from './scan-number.ts';
import { SyntaxAbort, type TokenStream } from './token-stream.ts';

/** How often one value may be repeated; the line has a limit too. */
const REPEATS_MAX = 1_000_000;

/** Reads the values of a series description, whose blanks count, unlike those of queries. */
export class SeriesCursor {
  private readonly stream: TokenStream;
  private readonly text: string;
  private at: number;

  constructor(stream: TokenStream, start: number) {
    this.stream = stream;
    this.text = stream.text;
    this.at = start;
  }

  isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  unit(): number {
    return this.text.charCodeAt(this.at);
  }

  /** Were there any? */
  skipBlanks(): boolean {
    const start = this.at;
    while (isSpace(this.unit())) this.at++;
    return this.at > start;
  }

  isNext(symbol: string): boolean {
    return this.text.startsWith(symbol, this.at);
  }

  takeIf(symbol: string): boolean {
    if (!this.isNext(symbol)) return false;
    this.at += symbol.length;
    return true;
  }

  refuse(message: string): never {
    const end = Math.min(this.at + 1, this.text.length);
    this.stream.addError({ start: Math.min(this.at, end), end }, message);
    throw new SyntaxAbort();
  }

  /** What a message says of the next character. */
  describe(): string {
    if (this.isAtEnd()) return 'unexpected end of input in series values';
    const rune = quoteRune(this.text.codePointAt(this.at) ?? -1);
    return `unexpected character in series sequence: ${rune}`;
  }

  /** Letters, digits and `_`. */
  takeWord(): string {
    const start = this.at;
    while (isAlphaNumeric(this.unit())) this.at++;
    return this.text.slice(start, this.at);
  }

  specialNumber(word: string): number | undefined {
    const lower = word.toLowerCase();
    return lower === 'inf' || lower === 'nan' ? parseNumber(lower).value : undefined;
  }

  /** A number with or without one sign. */
  takeSignedNumber(): number {
    if (this.takeIf('-')) return -this.takeNumber();
    this.takeIf('+');
    return this.takeNumber();
  }

  private takeNumber(): number {
    if (isAlpha(this.unit())) {
      const word = this.takeWord();
      return this.specialNumber(word) ?? this.refuse(`bad number syntax: ${quoteGo(word)}`);
    }
    const isNumber = isDigit(this.unit()) || this.isNext('.');
    if (!isNumber) return this.refuse(this.describe());
    const scan = scanNumber(this.text, this.at, true);
    const read = this.text.slice(this.at, scan.end);
    if (scan.kind !== 'number') return this.refuse(`bad number syntax: ${quoteGo(read)}`);
    const { value, error } = parseNumber(read);
    if (error !== undefined) return this.refuse(`error parsing number: ${error}`);
    this.at = scan.end;
    return value;
  }

  /** Behind `x`. */
  takeCount(): number {
    const start = this.at;
    while (isDigit(this.unit())) this.at++;
    const digits = this.text.slice(start, this.at);
    if (digits === '' || isAlphaNumeric(this.unit())) {
      return this.refuse('invalid repetition in series values');
    }
    const count = Number(digits);
    if (count <= REPEATS_MAX) return count;
    return this.refuse(`too many series values, at most ${REPEATS_MAX} are allowed`);
  }
}
