import type { Labels } from '#model';
import { Arena } from './arena.ts';
import {
  LIST_ITEMS,
  NAME_LIST,
  NAME_TEXT,
  PAIR_LIST,
  PAIR_NAME,
  PAIR_TEXT,
  findPairHashed,
  nameText,
} from './label-index.ts';
import { hashText, mix, textWords, textWordsAt, writeText } from './label-text.ts';
import { Control } from './memory.ts';
import type { MemoryViews } from './memory.ts';

const TABLE_SLOTS_START = 1024;
const LIST_CAPACITY_START = 2;

/** An open-addressing table in the arena whose offset stands in a control word. */
class TableWriter {
  readonly #views: MemoryViews;
  readonly #arena: Arena;
  readonly #control: number;
  /** Slots that are not 0, removed ones among them. */
  #used = 0;

  constructor(views: MemoryViews, arena: Arena, control: number) {
    this.#views = views;
    this.#arena = arena;
    this.#control = control;
    this.#publish(this.#make(TABLE_SLOTS_START));
  }

  /** The record's first word is its hash; the record must be complete. */
  add(record: number): void {
    const table = this.#table();
    if ((this.#used + 1) * 2 > this.#views.arena[table] + 1) this.#rebuild();
    this.#insert(this.#table(), record);
  }

  remove(record: number): void {
    const { arena } = this.#views;
    const table = this.#table();
    const mask = arena[table];
    let i = arena[record] & mask;
    while (arena[table + 1 + i] !== record) {
      if (arena[table + 1 + i] === 0) return;
      i = (i + 1) & mask;
    }
    Atomics.store(arena, table + 1 + i, -1);
  }

  #table(): number {
    return this.#views.control[this.#control];
  }

  #publish(table: number): void {
    Atomics.store(this.#views.control, this.#control, table);
  }

  #make(slots: number): number {
    const table = this.#arena.allocate(1 + slots);
    this.#views.arena[table] = slots - 1;
    this.#views.arena.fill(0, table + 1, table + 1 + slots);
    return table;
  }

  #insert(table: number, record: number): void {
    const { arena } = this.#views;
    const mask = arena[table];
    let i = arena[record] & mask;
    while (arena[table + 1 + i] !== 0) i = (i + 1) & mask;
    Atomics.store(arena, table + 1 + i, record);
    this.#used++;
  }

  /** Without the removed ones; twice as large where those that stay need it. */
  #rebuild(): void {
    const old = this.#table();
    const slots = this.#views.arena[old] + 1;
    let live = 0;
    for (let i = 0; i < slots; i++) if (this.#views.arena[old + 1 + i] > 0) live++;
    const table = this.#make(live * 4 > slots ? slots * 2 : slots);
    this.#used = 0;
    for (let i = 0; i < slots; i++) {
      const record = this.#views.arena[old + 1 + i];
      if (record > 0) this.#insert(table, record);
    }
    this.#publish(table);
    this.#arena.release(old, 1 + slots);
  }
}

/** The writer's side of label-index.ts: makes names, pairs and postings, and removes them again. */
export class LabelWriter {
  readonly #views: MemoryViews;
  readonly #arena: Arena;
  readonly #names: TableWriter;
  readonly #pairs: TableWriter;
  /** Offsets of names; label names are few. */
  readonly #nameOffsets = new Map<string, number>();
  /** The pairs that `intern` found or made last. Reused. */
  pairs: Int32Array = new Int32Array(64);
  pairCount = 0;
  /** Of those pairs in order. */
  hash = 0;

  constructor(views: MemoryViews, arena: Arena) {
    this.#views = views;
    this.#arena = arena;
    this.#names = new TableWriter(views, arena, Control.nameTable);
    this.#pairs = new TableWriter(views, arena, Control.pairTable);
    Atomics.store(views.control, Control.nameList, this.#makeList(LIST_CAPACITY_START));
  }

  /** Finds or makes the pairs of a label set, into `pairs`. */
  intern(labels: Labels): void {
    const count = labels.length >>> 1;
    if (count > this.pairs.length) this.pairs = new Int32Array(count * 2);
    let hash = count;
    for (let i = 0; i < count; i++) {
      const pair = this.#pair(labels[i * 2], labels[i * 2 + 1]);
      this.pairs[i] = pair;
      hash = mix(Math.imul(hash, 31) + pair);
    }
    this.pairCount = count;
    this.hash = hash;
  }

  /** A row of labels of the pairs that were interned last, and its series in their postings. */
  addRow(series: number): number {
    const count = this.pairCount;
    const row = this.#arena.allocate(1 + count);
    this.#views.arena[row] = count;
    for (let i = 0; i < count; i++) this.#views.arena[row + 1 + i] = this.pairs[i];
    for (let i = 0; i < count; i++) this.#appendTo(this.pairs[i] + PAIR_LIST, series);
    return row;
  }

  /**
   * Takes series out of the postings of their pairs, and pairs and names that nothing has any more out
   * of the index. `isDead` tells by series row. Costs the length of the lists that change.
   */
  removeRows(rows: readonly number[], isDead: Uint8Array): void {
    const pairs = new Set<number>();
    const { arena } = this.#views;
    for (const row of rows) {
      for (let i = 1; i <= arena[row]; i++) pairs.add(arena[row + i]);
    }
    const emptied = new Set<number>();
    for (const pair of pairs) {
      if (this.#keep(pair + PAIR_LIST, (series) => isDead[series] === 0) === 0) emptied.add(pair);
    }
    this.#removePairs(emptied);
    for (const row of rows) this.#arena.release(row, 1 + this.#views.arena[row]);
  }

  /** Pairs that were interned for a series that then could not be made. */
  removeUnused(): void {
    const unused = new Set<number>();
    for (let i = 0; i < this.pairCount; i++) {
      const { arena } = this.#views;
      if (arena[arena[this.pairs[i] + PAIR_LIST]] === 0) unused.add(this.pairs[i]);
    }
    this.#removePairs(unused);
  }

  #removePairs(emptied: ReadonlySet<number>): void {
    const names = new Set<number>();
    for (const pair of emptied) {
      names.add(this.#views.arena[pair + PAIR_NAME]);
      this.#pairs.remove(pair);
    }
    for (const name of names) {
      if (this.#keep(name + NAME_LIST, (pair) => !emptied.has(pair)) === 0) this.#removeName(name);
    }
    for (const pair of emptied) this.#releaseRecord(pair, PAIR_LIST, PAIR_TEXT);
    Atomics.sub(this.#views.control, Control.pairCount, emptied.size);
  }

  #removeName(name: number): void {
    this.#nameOffsets.delete(nameText(this.#views, name));
    this.#names.remove(name);
    this.#keepIn(this.#views.control, Control.nameList, (other) => other !== name);
    this.#releaseRecord(name, NAME_LIST, NAME_TEXT);
  }

  #releaseRecord(record: number, listAt: number, textAt: number): void {
    const { arena } = this.#views;
    this.#releaseList(arena[record + listAt]);
    this.#arena.release(record, textAt + textWordsAt(arena, record + textAt));
  }

  #pair(name: string, value: string): number {
    const nameOffset = this.#name(name);
    const hash = hashText(value, nameOffset);
    const found = findPairHashed(this.#views, nameOffset, value, hash);
    return found === 0 ? this.#makePair(nameOffset, value, hash) : found;
  }

  #makePair(name: number, value: string, hash: number): number {
    const pair = this.#arena.allocate(PAIR_TEXT + textWords(value));
    const list = this.#makeList(LIST_CAPACITY_START);
    const { arena } = this.#views;
    arena[pair] = hash;
    arena[pair + PAIR_LIST] = list;
    arena[pair + PAIR_NAME] = name;
    writeText(this.#views, pair + PAIR_TEXT, value);
    this.#pairs.add(pair);
    this.#appendTo(name + NAME_LIST, pair);
    Atomics.add(this.#views.control, Control.pairCount, 1);
    return pair;
  }

  #name(name: string): number {
    const known = this.#nameOffsets.get(name);
    if (known !== undefined) return known;
    const offset = this.#arena.allocate(NAME_TEXT + textWords(name));
    const list = this.#makeList(LIST_CAPACITY_START);
    const { arena } = this.#views;
    arena[offset] = hashText(name, 0);
    arena[offset + NAME_LIST] = list;
    writeText(this.#views, offset + NAME_TEXT, name);
    this.#names.add(offset);
    this.#nameOffsets.set(name, offset);
    this.#appendIn(this.#views.control, Control.nameList, offset);
    return offset;
  }

  #makeList(capacity: number): number {
    const words = Arena.capacityOf(LIST_ITEMS + capacity);
    const list = this.#arena.allocate(words);
    this.#views.arena[list] = 0;
    this.#views.arena[list + 1] = words - LIST_ITEMS;
    return list;
  }

  #releaseList(list: number): void {
    this.#arena.release(list, LIST_ITEMS + this.#views.arena[list + 1]);
  }

  /** Appends to the list whose offset stands in a word of the arena. */
  #appendTo(holder: number, item: number): void {
    this.#appendIn(undefined, holder, item);
  }

  /** `words` undefined: the arena, whose view changes as it grows. */
  #appendIn(words: Int32Array | undefined, holder: number, item: number): void {
    const list = (words ?? this.#views.arena)[holder];
    const count = this.#views.arena[list];
    if (count < this.#views.arena[list + 1]) {
      this.#views.arena[list + LIST_ITEMS + count] = item;
      Atomics.store(this.#views.arena, list, count + 1);
      return;
    }
    const grown = this.#makeList(count * 2);
    const { arena } = this.#views;
    const start = list + LIST_ITEMS;
    arena.copyWithin(grown + LIST_ITEMS, start, start + count);
    arena[grown + LIST_ITEMS + count] = item;
    Atomics.store(arena, grown, count + 1);
    Atomics.store(words ?? arena, holder, grown);
    this.#releaseList(list);
  }

  #keep(holder: number, keep: (item: number) => boolean): number {
    return this.#keepIn(undefined, holder, keep);
  }

  /** Replaces a list by one of the items to keep. The answer is how many there are. */
  #keepIn(words: Int32Array | undefined, holder: number, keep: (item: number) => boolean): number {
    const list = (words ?? this.#views.arena)[holder];
    const count = this.#views.arena[list];
    const kept = this.#countKept(list, count, keep);
    if (kept === count) return count;
    const shrunk = this.#makeList(Math.max(kept, LIST_CAPACITY_START));
    const { arena } = this.#views;
    let to = shrunk + LIST_ITEMS;
    for (let from = list + LIST_ITEMS; from < list + LIST_ITEMS + count; from++) {
      if (keep(arena[from])) arena[to++] = arena[from];
    }
    Atomics.store(arena, shrunk, kept);
    Atomics.store(words ?? arena, holder, shrunk);
    this.#releaseList(list);
    return kept;
  }

  #countKept(list: number, count: number, keep: (item: number) => boolean): number {
    const { arena } = this.#views;
    let kept = 0;
    for (let i = 0; i < count; i++) if (keep(arena[list + LIST_ITEMS + i])) kept++;
    return kept;
  }
}
