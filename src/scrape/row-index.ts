import { randomInt } from 'node:crypto';

/** Where series stand on a page: row `i` is `starts[i]..ends[i]`. */
export interface RowPlaces {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

const SLOTS_START = 256;

/** Secret, so that no target can send lines that all fall into one slot. */
const FACTOR = randomInt(2 ** 30) * 2 + 1;
const SEED = randomInt(2 ** 32);

/**
 * Rows of one page by their bytes; makes no strings. Keeps its memory when it is cleared.
 *
 *     slots   row + 1, 0: free      |
 *     hashes  of the row's bytes    |  as many, twice the rows or more; the next free one is taken
 */
export class RowIndex {
  #slots = new Int32Array(SLOTS_START);
  #hashes = new Int32Array(SLOTS_START);
  #count = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  clear(): void {
    if (this.#count > 0) this.#slots.fill(0);
    this.#count = 0;
  }

  /** Makes room for so many rows. */
  reserve(count: number): void {
    if (count * 2 <= this.#slots.length) return;
    const slots = this.#slots;
    const hashes = this.#hashes;
    const length = 2 ** Math.ceil(Math.log2(count * 2));
    this.#slots = new Int32Array(length);
    this.#hashes = new Int32Array(length);
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] !== 0) this.#put((slots[i] as number) - 1, hashes[i] as number);
    }
  }

  /** `hash` is that of the row's bytes. Of rows with the same bytes the one added first is found. */
  add(row: number, hash: number): void {
    this.reserve(++this.#count);
    this.#put(row, hash);
  }

  #put(row: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let i = hash & mask;
    while (this.#slots[i] !== 0) i = (i + 1) & mask;
    this.#slots[i] = row + 1;
    this.#hashes[i] = hash;
  }

  /** The row whose bytes on `page` are those of `text`; -1: none. */
  find(text: PageText, hash: number, page: DataView, { starts, ends }: RowPlaces): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const row = (slots[i] as number) - 1;
      if (row < 0) return -1;
      if (this.#hashes[i] !== hash) continue;
      const start = starts[row] as number;
      if ((ends[row] as number) - start !== text.end - text.start) continue;
      if (isSame(text, page, start)) return row;
    }
  }
}

/** A piece of a page. */
export interface PageText {
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

function isSame({ view, start, end }: PageText, page: DataView, other: number): boolean {
  const gap = other - start;
  let i = start;
  for (const wordsEnd = end - 3; i < wordsEnd; i += 4) {
    if (view.getInt32(i, true) !== page.getInt32(i + gap, true)) return false;
  }
  for (; i < end; i++) if (view.getUint8(i) !== page.getUint8(i + gap)) return false;
  return true;
}

/** The same for the same bytes as long as the process lives. */
export function hashBytes(view: DataView, start: number, end: number): number {
  let hash = SEED ^ (end - start);
  let i = start;
  for (const wordsEnd = end - 3; i < wordsEnd; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(i, true), FACTOR);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) {
    hash = Math.imul(hash ^ view.getUint8(i), FACTOR);
    hash ^= hash >>> 15;
  }
  return hash;
}
