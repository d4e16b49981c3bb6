import { cellAt, cellText, type Field, formatDate, type Frame } from '#dashboards';

/** The value of one cell as it is read; '' where there is none. */
export function shownCell(field: Field, row: number, zone: string): string {
  const cell = cellAt(field, row);
  if (field.type === 'time' && typeof cell === 'number') {
    return formatDate(cell, 'YYYY-MM-DD HH:mm:ss', zone);
  }
  return cellText(cell);
}

export function columnTitle(field: Field): string {
  return field.legend === '' ? field.name : field.legend;
}

/** One line for each row, as RFC 4180 has it. A text that a spreadsheet would take for a formula is defused. */
export function frameCsv(frame: Frame, zone: string): string {
  const lines = [frame.fields.map((field) => quote(columnTitle(field)))];
  for (let row = 0; row < frame.length; row++) {
    lines.push(
      frame.fields.map((field) => {
        const text = shownCell(field, row, zone);
        return field.type === 'number' ? text : quote(text);
      }),
    );
  }
  return `${lines.map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}

function quote(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
