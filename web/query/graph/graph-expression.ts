/** A selector or name with a range behind it and nothing else: `up[5m]`, `up{job="a"}[5m]`. */
const RANGE_SELECTOR = /^\s*([a-zA-Z_:][\w:]*\s*(?:\{[^{}]*\})?|\{[^{}]*\})\s*\[[^[\]:]*\]\s*$/;

/** What a graph of the expression asks for: of a range selector, its series without the range. */
export function graphExpression(expr: string): string {
  return RANGE_SELECTOR.exec(expr)?.[1]?.trim() ?? expr;
}
