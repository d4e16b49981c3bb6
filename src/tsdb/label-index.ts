import { hashText, readText, textEquals } from './label-text.ts';
import { Control } from './memory.ts';
import type { MemoryViews } from './memory.ts';

/*
 * How names, pairs (name and value) and postings lie in the arena, and how any thread reads them.
 *
 *   name   hash | list of its pairs | text
 *   pair   hash | list of the rows that have it | name | text of the value
 *   list   count, published last | capacity | items ...       no particular order
 *   table  mask | slots ...: offset of a name or pair, 0 never used, -1 removed
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

const NO_SLOT = 0;

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

/** The offset of a name, 0 if there is none. */
export function findName(views: MemoryViews, name: string): number {
  const table = Atomics.load(views.control, Control.nameTable);
  const mask = wordAt(views, table);
  const hash = hashText(name, 0);
  for (let i = hash & mask; ; i = (i + 1) & mask) {
    const offset = wordAt(views, table + 1 + i);
    if (offset === NO_SLOT) return 0;
    if (offset < 0 || wordAt(views, offset) !== hash) continue;
    if (textEquals(views, offset + NAME_TEXT, name)) return offset;
  }
}

/** The offset of a pair, 0 if there is none. */
export function findPair(views: MemoryViews, name: number, value: string): number {
  return findPairHashed(views, name, value, hashText(value, name));
}

export function findPairHashed(
  views: MemoryViews,
  name: number,
  value: string,
  hash: number,
): number {
  const table = Atomics.load(views.control, Control.pairTable);
  const mask = wordAt(views, table);
  for (let i = hash & mask; ; i = (i + 1) & mask) {
    const offset = wordAt(views, table + 1 + i);
    if (offset === NO_SLOT) return 0;
    if (offset < 0 || wordAt(views, offset) !== hash) continue;
    if (views.arena[offset + PAIR_NAME] !== name) continue;
    if (textEquals(views, offset + PAIR_TEXT, value)) return offset;
  }
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
