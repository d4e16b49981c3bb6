import type { LabelChoice, SeriesGroups } from '#storage';
import { PAIR_NAME, findName, wordAt } from './label-index.ts';
import type { MemoryViews } from './memory.ts';
import type { Selection } from './selection.ts';

/**
 * Groups series by the pairs that they have, as numbers: no text is looked at. Equal labels are the same
 * pairs in the same order, so a group is a path through a tree, from pair to pair.
 */
export function groupSelection(
  views: MemoryViews,
  { labels, count }: Selection,
  choice: LabelChoice,
): SeriesGroups {
  const names = choice.names.map((name) => findName(views, name)).filter((name) => name !== 0);
  const ids = new Int32Array(count);
  if (!choice.without && names.length === 0) return { count: Math.min(count, 1), ids };
  const paths = new PairPaths();
  for (let i = 0; i < count; i++) {
    const row = labels[i];
    const end = row + wordAt(views, row);
    let path = 0;
    for (let at = row + 1; at <= end; at++) {
      const pair = wordAt(views, at);
      if (names.includes(wordAt(views, pair + PAIR_NAME)) === choice.without) continue;
      path = paths.next(path, pair);
    }
    ids[i] = paths.groupOf(path);
  }
  return { count: paths.groupCount, ids };
}

const SLOTS_START = 256;

/** Ways from pair to pair. Path 0 has none. */
class PairPaths {
  groupCount = 0;
  #count = 1;
  #shift = 24;
  /** By path: where it came from, the pair at its end, its group and one more; 0: it ends no group. */
  #from: Int32Array = new Int32Array(SLOTS_START);
  #pair: Int32Array = new Int32Array(SLOTS_START);
  #group: Int32Array = new Int32Array(SLOTS_START);
  /** Paths by hash, 0: none. At most half of them are taken. */
  #slots: Int32Array = new Int32Array(SLOTS_START);

  /** The path that goes on from another one with a pair. */
  next(path: number, pair: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hashOf(path, pair) >>> this.#shift;
    for (;;) {
      const known = slots[slot];
      if (known === 0) break;
      if (this.#from[known] === path && this.#pair[known] === pair) return known;
      slot = (slot + 1) & mask;
    }
    const added = this.#count++;
    slots[slot] = added;
    this.#from[added] = path;
    this.#pair[added] = pair;
    if (this.#count * 2 > slots.length) this.#grow();
    return added;
  }

  groupOf(path: number): number {
    const known = this.#group[path];
    if (known !== 0) return known - 1;
    this.#group[path] = ++this.groupCount;
    return this.groupCount - 1;
  }

  #grow(): void {
    const length = this.#slots.length * 2;
    this.#from = grown(this.#from, length);
    this.#pair = grown(this.#pair, length);
    this.#group = grown(this.#group, length);
    this.#slots = new Int32Array(length);
    this.#shift--;
    for (let path = 1; path < this.#count; path++) {
      let slot = hashOf(this.#from[path], this.#pair[path]) >>> this.#shift;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (length - 1);
      this.#slots[slot] = path;
    }
  }
}

/** The high bits are the good ones. */
function hashOf(path: number, pair: number): number {
  return Math.imul(Math.imul(path, 0x85ebca6b) ^ pair, 0x9e3779b1);
}

function grown(from: Int32Array, length: number): Int32Array {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}
