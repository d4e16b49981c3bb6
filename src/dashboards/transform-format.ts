import { formatDate } from './date-format.ts';
import type { Field, Frame } from './frame.ts';
import { type Cell, cellAt, cellText, fieldOfCells } from './frame-columns.ts';
import type { Cursor } from './read-cursor.ts';
import { isNamed, namedFields, withFields } from './transform.ts';
import { timeZoneName } from './time-zone.ts';

/** A time as text, by a pattern of Moment's. */
export function formatTime(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const pattern = options.text('outputFormat') || 'YYYY-MM-DD HH:mm:ss';
  const zone = timeZoneName(options.text('timezone'));
  return withField(frames, options.text('timeField'), (cell) =>
    typeof cell === 'number' ? formatDate(cell, pattern, zone) : cell,
  );
}

/** Texts in other letters, or a part of them. */
export function formatString(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const kind = options.text('outputFormat');
  const start = options.numberOr('substringStart', 0);
  const end = options.numberOr('substringEnd', 100);
  return withField(frames, options.text('stringField'), (cell) => {
    const text = cellText(cell);
    return kind === 'Substring' ? text.slice(start, end) : inLetters(text, kind);
  });
}

function inLetters(text: string, kind: string): string {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  switch (kind) {
    case 'Upper Case':
      return text.toUpperCase();
    case 'Lower Case':
      return text.toLowerCase();
    case 'Sentence Case':
      return text.slice(0, 1).toUpperCase() + text.slice(1);
    case 'Title Case':
      return text.replaceAll(/\p{L}[\p{L}\p{N}]*/gu, capitalized);
    case 'Pascal Case':
      return words.map(capitalized).join('');
    case 'Camel Case':
      return words.map((word, i) => (i === 0 ? word.toLowerCase() : capitalized(word))).join('');
    case 'Snake Case':
      return words.join('_').toLowerCase();
    case 'Kebab Case':
      return words.join('-').toLowerCase();
    case 'Trim':
      return text.trim();
    default:
      return text;
  }
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
}

function withField(
  frames: readonly Frame[],
  wanted: string,
  write: (cell: Cell) => Cell,
): readonly Frame[] {
  return namedFields(frames).flatMap((fields, i): Frame[] => {
    const frame = frames[i];
    if (frame === undefined) return [];
    const changed = fields.map((one): Field => {
      if (wanted === '' || !isNamed(one, wanted)) return one.field;
      const cells = Array.from({ length: frame.length }, (_, row) => cellAt(one.field, row));
      return fieldOfCells(one.field, cells.map(write));
    });
    return [withFields(frame, changed)];
  });
}
