import type { ParseError, ParserOptions, PositionRange } from './ast.ts';
import { Lexer } from './lexer.ts';
import { describeToken, type Token } from './token.ts';

/** Ends parsing after a syntax error; never leaves this folder. */
export class SyntaxAbort extends Error {}

/** Parser and tree walkers recurse; this many levels fit the stack of a thread with room to spare. */
export const NESTING_MAX = 400;

/**
 * Levels of the whole tree, where operators and ranges in a row nest too: `a + b + c` is three
 * levels. Whoever walks the tree may recurse.
 */
export const EXPRESSION_DEPTH_MAX = 1000;

/** The tokens of one query, one of them looked at ahead, and the errors found so far. */
export class TokenStream {
  readonly text: string;
  readonly options: ParserOptions;
  readonly errors: ParseError[] = [];
  /** End of the last bracket, brace, parenthesis, number or duration that was looked at. */
  lastClosing = 0;
  private readonly lexer: Lexer;
  private ahead: Token | undefined;
  private nesting = 0;
  /** Where the aggregations around the present token start, the innermost last. */
  private readonly aggregationStarts: number[] = [];

  constructor(text: string, options: ParserOptions) {
    this.text = text;
    this.options = options;
    this.lexer = new Lexer(text);
  }

  /** Looks only when asked: a lexer error ahead must not come before errors in what is complete. */
  peek(): Token {
    return (this.ahead ??= this.read());
  }

  take(): Token {
    const token = this.peek();
    this.ahead = undefined;
    return token;
  }

  /** Is the next token this symbol or keyword? Names and strings never are. */
  isNext(value: string): boolean {
    return isSymbol(this.peek(), value);
  }

  takeIf(value: string): Token | undefined {
    return this.isNext(value) ? this.take() : undefined;
  }

  /** Takes the symbol or ends with the general error. */
  expect(value: string): Token {
    return this.takeIf(value) ?? this.fail();
  }

  addError(position: PositionRange, message: string): void {
    this.errors.push({ position, message });
  }

  /** `unexpected X in <context>, expected <expected>`; a lexer error has been told already. */
  unexpected(context: string, expected: string): never {
    this.reportUnexpected(context, expected);
    throw new SyntaxAbort();
  }

  /** A token that nothing allows here. Inside of an aggregation Prometheus adds a second error. */
  fail(): never {
    const start = this.aggregationStarts.at(-1);
    if (start === undefined) return this.unexpected('', '');
    this.reportUnexpected('aggregation', '');
    const message = 'no arguments for aggregate expression provided';
    this.addError({ start, end: this.lastClosing }, message);
    throw new SyntaxAbort();
  }

  private reportUnexpected(context: string, expected: string): void {
    const token = this.peek();
    if (token.kind === 'error') return;
    const where = context === '' ? '' : ` in ${context}`;
    const instead = expected === '' ? '' : `, expected ${expected}`;
    this.addError(rangeOf(token), `unexpected ${describeToken(token)}${where}${instead}`);
  }

  enter(): void {
    if (++this.nesting <= NESTING_MAX) return;
    this.refuseDepth(NESTING_MAX);
  }

  refuseDepth(levelsMax: number): never {
    this.addError(rangeOf(this.peek()), describeDepth(levelsMax));
    throw new SyntaxAbort();
  }

  leave(): void {
    this.nesting--;
  }

  enterAggregation(start: number): void {
    this.aggregationStarts.push(start);
  }

  leaveAggregation(): void {
    this.aggregationStarts.pop();
  }

  private read(): Token {
    const token = this.lexer.next();
    if (token.kind === 'error') {
      this.addError({ start: token.start, end: this.text.length }, token.value);
    } else if (isClosing(token)) {
      this.lastClosing = token.end;
    }
    return token;
  }
}

export function describeDepth(levelsMax: number): string {
  return `expression is nested too deeply, at most ${levelsMax} levels are allowed`;
}

function isClosing({ kind, value }: Token): boolean {
  if (kind === 'number' || kind === 'duration') return true;
  return kind === 'punctuation' && (value === ')' || value === ']' || value === '}');
}

export function isSymbol(token: Token, value: string): boolean {
  if (token.value !== value) return false;
  const { kind } = token;
  return kind === 'punctuation' || kind === 'operator' || kind === 'keyword';
}

export function rangeOf(token: Token): PositionRange {
  return { start: token.start, end: token.end };
}
