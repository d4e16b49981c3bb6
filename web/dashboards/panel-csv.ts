import { type Field, formatDate, type Frame } from '#dashboards';

/** The value of one cell as text; '' where there is none. */
export function cellText(field: Field, row: number, zone: string): string {
  if (field.type === 'number') {
    if (field.isNull?.[row] === 1) return '';
    const value = field.values[row];
    return value === undefined ? '' : String(value);
  }
  if (field.type === 'time') {
    const timeMs = field.values[row];
    return timeMs === undefined ? '' : formatDate(timeMs, 'YYYY-MM-DD HH:mm:ss', zone);
  }
  const value = field.values[row];
  return value === undefined || value === null ? '' : String(value);
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
        const text = cellText(field, row, zone);
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
