import { Buffer, isUtf8 } from 'node:buffer';
import { quoteText } from './go-text.ts';

/** Stops a strict parser; caught where it began and handed out as a value. */
export class TextFormatFault extends Error {
  readonly line: number;
  constructor(line: number, what: string) {
    super(`text format parsing error in line ${line}: ${what}`);
    this.name = 'TextFormatFault';
    this.line = line;
  }
}

/** A place in a page, one character a byte; moves only forward. */
export class TextCursor {
  /** Counted from 1. */
  line = 0;
  private readonly text: string;
  private at = 0;

  constructor(page: Uint8Array) {
    this.text = Buffer.from(page.buffer, page.byteOffset, page.length).toString('latin1');
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The character here; the page must not end here. */
  peek(): string {
    const char = this.text[this.at];
    if (char === undefined) throw this.fault('unexpected end of input stream');
    return char;
  }

  fault(what: string): TextFormatFault {
    return new TextFormatFault(this.line, what);
  }

  step(): void {
    this.at++;
  }

  skipBlanks(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at++;
  }

  /** Beyond the line end. */
  skipLine(): void {
    while (this.peek() !== '\n') this.at++;
    this.at++;
  }

  /** What a sticky pattern matches here, and goes behind it. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text)?.[0] ?? '';
    this.at += match.length;
    return match;
  }

  /** Up to a blank or line end. */
  takeWord(): string {
    const word = this.take(/[^ \t\n]*/y);
    if (this.isAtEnd) throw this.fault('unexpected end of input stream');
    return decode(word) ?? word;
  }

  /** Up to the line end, `\\` and `\n` (and `\"`) resolved. */
  takeEscapedLine(): string {
    let line = '';
    while (this.peek() !== '\n') line += this.takeCharacter();
    return decode(line) ?? line;
  }

  /** A string in quotes; `what` names it in errors. */
  takeString(what: string): string {
    let value = '';
    this.step();
    while (this.peek() !== '"') {
      if (this.peek() === '\n') {
        throw this.fault(`${what} ${quoteText(value)} contains unescaped new-line`);
      }
      value += this.takeCharacter();
    }
    this.step();
    const decoded = decode(value);
    if (decoded !== undefined) return decoded;
    throw this.fault(`invalid ${what} ${quoteLatin(value)}`);
  }

  private takeCharacter(): string {
    const char = this.peek();
    this.step();
    if (char !== '\\') return char;
    const escaped = this.peek();
    this.step();
    if (escaped === 'n') return '\n';
    if (escaped === '\\' || escaped === '"') return escaped;
    throw this.fault(`invalid escape sequence '\\${escaped}'`);
  }
}

/** Undefined where the bytes are not UTF-8. */
function decode(latin: string): string | undefined {
  const bytes = Buffer.from(latin, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

function quoteLatin(latin: string): string {
  const shown = latin.replaceAll(/[\x80-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);
  return `"${shown}"`;
}
