export interface ErrorPosition {
  /** Both from 1, as the server counts them. */
  readonly line: number;
  readonly column: number;
  /** The message without its position. */
  readonly message: string;
}

/** The server's messages about a wrong query carry `line:column:`, here or after a parameter's name. */
export function parseErrorPosition(message: string): ErrorPosition | undefined {
  const match = /(?:^|: )(\d+):(\d+): ([\s\S]*)$/.exec(message);
  if (match === null) return undefined;
  const [, line = '', column = '', rest = ''] = match;
  return { line: Number(line), column: Number(column), message: rest };
}

/** The query's line with a caret below the place; undefined where the place is not in the text. */
export function markErrorPosition(
  expr: string,
  position: ErrorPosition,
): { readonly text: string; readonly caret: string } | undefined {
  const text = expr.split('\n')[position.line - 1];
  if (text === undefined || position.column < 1 || position.column > text.length + 1) {
    return undefined;
  }
  return { text, caret: `${' '.repeat(position.column - 1)}^` };
}
