/** One command of a script with the lines that belong to it, trimmed. */
export interface Command {
  /** Of the first line, counted from 1. */
  readonly lineNumber: number;
  readonly head: string;
  readonly body: readonly string[];
}

const BARE_NUMBER = /^[+-]?(?:0x[\da-f]+|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf|nan)$/i;

/** A line that is a number: the expected value of a scalar. */
export function isBareNumber(line: string): boolean {
  return BARE_NUMBER.test(line);
}

/** Cuts a script into commands: blocks end at a blank line or a comment. */
export function splitCommands(text: string): Command[] {
  const lines = text.split('\n').map((line) => line.trim());
  const commands: Command[] = [];
  let at = 0;
  while (at < lines.length) {
    const head = lines[at];
    if (isBlank(head)) {
      at++;
      continue;
    }
    const body = head === 'clear' ? [] : blockAfter(lines, at, head.startsWith('eval'));
    commands.push({ lineNumber: at + 1, head, body });
    at += body.length + 1;
  }
  return commands;
}

function isBlank(line: string): boolean {
  return line === '' || line.startsWith('#');
}

function blockAfter(lines: readonly string[], head: number, isEval: boolean): string[] {
  const body: string[] = [];
  for (let at = head + 1; at < lines.length && !isBlank(lines[at]); at++) {
    body.push(lines[at]);
    if (isEval && isBareNumber(lines[at])) break;
  }
  return body;
}
