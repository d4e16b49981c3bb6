import type { Field, Frame } from './frame.ts';
import type { Cell } from './frame-columns.ts';
import { cellAt, cellText, pickRows } from './frame-columns.ts';
import type { Cursor } from './read-cursor.ts';
import { findNamed, namedFields } from './transform.ts';

/** Rows in the order of one field; nothing stands last. */
export function sortBy(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const [sort] = options.items('sort', 10);
  if (sort === undefined) return frames;
  const name = sort.text('field');
  const isDescending = sort.flag('desc');
  return namedFields(frames).map((fields, i): Frame => {
    const frame = frames[i] ?? { refId: '', name: '', fields: [], length: 0, kind: 'table' };
    const key = findNamed(fields, name)?.field;
    return key === undefined ? frame : sortedFrame(frame, key, isDescending);
  });
}

export function sortedFrame(frame: Frame, key: Field, isDescending: boolean): Frame {
  const cells = Array.from({ length: frame.length }, (_, i) => cellAt(key, i));
  const rows = Array.from(cells, (_, i) => i).toSorted((a, b) => {
    return compareCells(cells[a] ?? null, cells[b] ?? null, isDescending);
  });
  return { ...frame, fields: frame.fields.map((field) => pickRows(field, rows)) };
}

const words = new Intl.Collator('en', { numeric: true });

export function compareCells(a: Cell, b: Cell, isDescending: boolean): number {
  const isNothing = isEmpty(a);
  if (isNothing || isEmpty(b)) return isNothing === isEmpty(b) ? 0 : isNothing ? 1 : -1;
  const isNumber = typeof a === 'number' && typeof b === 'number';
  const order = isNumber ? a - b : words.compare(cellText(a), cellText(b));
  return isDescending ? -order : order;
}

function isEmpty(cell: Cell): boolean {
  return cell === null || (typeof cell === 'number' && Number.isNaN(cell));
}

/** The first rows; a negative count takes the last. */
export function limit(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const count = options.numberOr('limitField', 10);
  return frames.map((frame): Frame => {
    const size = Math.min(frame.length, Math.abs(Math.trunc(count)));
    const from = count < 0 ? frame.length - size : 0;
    const rows = Int32Array.from({ length: size }, (_, i) => from + i);
    return { ...frame, fields: frame.fields.map((field) => pickRows(field, rows)), length: size };
  });
}
