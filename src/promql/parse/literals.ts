import { parseDuration } from '#model';
import type { NumberLiteral, StringLiteral } from './ast.ts';
import type { Draft } from './draft.ts';
import { parseNumber } from './number.ts';
import { unquote } from './quote.ts';
import type { Token } from './token.ts';
import { rangeOf, type TokenStream } from './token-stream.ts';

export function isNumber(token: Token): boolean {
  return token.kind === 'number' || token.kind === 'duration';
}

/** Takes a number or a duration, which the next token must be. */
export function parseNumberLiteral(stream: TokenStream): Draft<NumberLiteral> {
  const token = stream.take();
  const isDuration = token.kind === 'duration';
  const value = isDuration ? durationValue(stream, token) : numberValue(stream, token);
  return { kind: 'number', value, isDuration, position: rangeOf(token) };
}

function numberValue(stream: TokenStream, token: Token): number {
  const { value, error } = parseNumber(token.text);
  if (error !== undefined) stream.addError(rangeOf(token), `error parsing number: ${error}`);
  return value;
}

/** In seconds. */
function durationValue(stream: TokenStream, token: Token): number {
  try {
    return parseDuration(token.text) / 1000;
  } catch (error) {
    stream.addError(rangeOf(token), error instanceof Error ? error.message : String(error));
    return 0;
  }
}

/** A number with or without a sign; undefined, and perhaps the sign taken, where there is none. */
export function parseSignedNumber(stream: TokenStream): number | undefined {
  const isNegative = stream.isNext('-');
  if (isNegative || stream.isNext('+')) stream.take();
  if (!isNumber(stream.peek())) return undefined;
  const { value } = parseNumberLiteral(stream);
  return isNegative ? -value : value;
}

export function parseStringLiteral(stream: TokenStream): StringLiteral {
  const token = stream.take();
  return { kind: 'string', value: unquote(token.text), position: rangeOf(token) };
}
