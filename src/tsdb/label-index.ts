import type { LabelSpans } from '#storage';
import { TextEncoding, hashText, mix, readText, textEquals, textWords } from './label-text.ts';
import { Control } from './memory.ts';
import type { MemoryViews } from './memory.ts';

/*
 * How names, pairs (name and value) and postings lie in the arena, and how any thread reads them.
 *
 *   name   hash | list of its pairs | text
 *   pair   hash that goes on from its name's | list of the rows that have it | name | text of the value
 *   list   count, published last | capacity | items ...       no particular order
 *   table  32 - log2 of its slots | - | slots ... from the second on: mixed hash | offset of a name or pair,
 *          0 never used, -1 removed
 *   row    count | pairs ...                                   in the order of the label set
 *
 * A list only grows at its end; where an item leaves or the list is full, a new list takes its place. So
 * a count that was read once stays true for the list that it was read from.
 */

export const NAME_LIST = 1;
export const NAME_TEXT = 2;
export const PAIR_LIST = 1;
export const PAIR_NAME = 2;
export const PAIR_TEXT = 3;
export const LIST_ITEMS = 2;

const encoding = new TextEncoding();

/** A word of the arena, though the arena may have grown since the views were made. */
export function wordAt(views: MemoryViews, offset: number): number {
  if (offset >= views.arena.length) views.refresh();
  return views.arena[offset];
}

/** The count of a list, and by it the right to read so many of its items. */
export function listCount(views: MemoryViews, list: number): number {
  if (list + 1 >= views.arena.length) views.refresh();
  const count = Atomics.load(views.arena, list);
  if (list + LIST_ITEMS + count > views.arena.length) views.refresh();
  return count;
}

/** The slot of a table at which a search for a mixed hash begins. Slot 0 is the table's head. */
export function firstSlot(mixed: number, shift: number): number {
  return mixed >>> shift || 1;
}

/** The offset of a name, 0 if there is none. */
export function findName(views: MemoryViews, name: string): number {
  const spans = encoding.encode([name, '']);
  const hash = hashText(spans, 0, 0);
  const table = Atomics.load(views.control, Control.nameTable);
  const shift = wordAt(views, table);
  const slots = 1 << (32 - shift);
  for (let i = firstSlot(mix(hash), shift); ; i = i + 1 === slots ? 1 : i + 1) {
    const offset = wordAt(views, table + 2 * i + 1);
    if (offset === 0) return 0;
    if (offset < 0 || wordAt(views, offset) !== hash) continue;
    if (isTextAt(views, offset + NAME_TEXT, spans, 0)) return offset;
  }
}

/** The offset of a pair, 0 if there is none. `name`: the offset of its name. */
export function findPair(views: MemoryViews, name: number, value: string): number {
  const spans = encoding.encode(['', value]);
  const hash = hashText(spans, 2, wordAt(views, name));
  const table = Atomics.load(views.control, Control.pairTable);
  const shift = wordAt(views, table);
  const slots = 1 << (32 - shift);
  for (let i = firstSlot(mix(hash), shift); ; i = i + 1 === slots ? 1 : i + 1) {
    const offset = wordAt(views, table + 2 * i + 1);
    if (offset === 0) return 0;
    if (offset < 0 || wordAt(views, offset) !== hash) continue;
    if (wordAt(views, offset + PAIR_NAME) !== name) continue;
    if (isTextAt(views, offset + PAIR_TEXT, spans, 2)) return offset;
  }
}

function isTextAt(views: MemoryViews, offset: number, spans: LabelSpans, at: number): boolean {
  const words = textWords(wordAt(views, offset) >>> 1);
  if (offset + words > views.arena.length) views.refresh();
  return textEquals(views.arena, offset, spans, at);
}

export function nameText(views: MemoryViews, name: number): string {
  return readText(views, name + NAME_TEXT);
}

export function pairValue(views: MemoryViews, pair: number): string {
  return readText(views, pair + PAIR_TEXT);
}

/** The pair of a name in a row of labels, 0 if the row has none. */
export function pairOfName(views: MemoryViews, row: number, name: number): number {
  const count = wordAt(views, row);
  for (let i = 1; i <= count; i++) {
    const pair = wordAt(views, row + i);
    if (wordAt(views, pair + PAIR_NAME) === name) return pair;
  }
  return 0;
}

export function rowHasPair(views: MemoryViews, row: number, pair: number): boolean {
  const end = row + wordAt(views, row);
  for (let i = row + 1; i <= end; i++) {
    if (wordAt(views, i) === pair) return true;
  }
  return false;
}
