const LINE_WIDTH = 96;
/** Where explanations begin. */
const TEXT_COLUMN = 8;

/** Lines of a help text, all beginning at a column; with a line end. */
export function wrapText(text: string, column: number = TEXT_COLUMN): string {
  const indent = ' '.repeat(column);
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.length + word.length > LINE_WIDTH && line !== indent) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  lines.push(line.trimEnd());
  return `${lines.join('\n')}\n`;
}
