import type { Expr, Subquery, VectorMatching, VectorSelector } from '../parse/ast.ts';

/**
 * What an operator does with its inputs, whatever they are, as a text: two operators with equal texts and
 * equal inputs give the same. Where an expression stands in the query has no part in it.
 */
export function operationKey(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return numberKey(expr.value);
    case 'string':
      return expr.value;
    case 'vectorSelector':
      return selectorKey(expr);
    case 'matrixSelector':
      return `${expr.rangeMs} ${selectorKey(expr.selector)}`;
    case 'subquery':
      return `${expr.rangeMs} ${expr.stepMs} ${referenceKey(expr)}`;
    case 'call':
      return expr.func;
    case 'aggregate':
      return `${expr.operator} ${expr.without} ${listKey(expr.grouping)}`;
    case 'binary':
      return `${expr.operator} ${expr.returnBool} ${matchingKey(expr.matching)}`;
    case 'unary':
    case 'paren':
      return expr.kind === 'unary' ? expr.operator : '';
  }
}

function numberKey(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function selectorKey(selector: VectorSelector): string {
  let key = referenceKey(selector);
  if (selector.anchored) key += ' anchored';
  if (selector.smoothed) key += ' smoothed';
  for (const { name, type, value } of selector.matchers)
    key += ` ${type}${textKey(name)}${textKey(value)}`;
  return key;
}

function referenceKey({ offsetMs, at }: VectorSelector | Subquery): string {
  if (at === undefined) return String(offsetMs);
  return `${offsetMs} @${at.kind === 'timestamp' ? at.timestampMs : at.kind}`;
}

function matchingKey(matching: VectorMatching | undefined): string {
  if (matching === undefined) return '';
  const { card, on, labels, include, fillLeft, fillRight } = matching;
  const fills = [fillLeft, fillRight].map((fill) => (fill === undefined ? '' : numberKey(fill)));
  return `${card} ${on} ${listKey(labels)} ${listKey(include)} ${fills.join(' ')}`;
}

function listKey(texts: readonly string[]): string {
  let key = String(texts.length);
  for (const text of texts) key += textKey(text);
  return key;
}

/** Ends where it says, whatever the text is. */
function textKey(text: string): string {
  return `${text.length}:${text}`;
}
