import type { LabelSpans } from '#storage';
import { Arena } from './arena.ts';
import {
  LIST_ITEMS,
  NAME_LIST,
  NAME_TEXT,
  PAIR_LIST,
  PAIR_NAME,
  PAIR_TEXT,
  firstSlot,
} from './label-index.ts';
import {
  hashText,
  hashWord,
  mix,
  textEquals,
  textWords,
  textWordsAt,
  writeText,
} from './label-text.ts';
import { Control } from './memory.ts';
import type { MemoryViews } from './memory.ts';

/** log2 of slots. */
const TABLE_LOG2_START = 4;
/** Of a table's slots, at most. */
const TABLE_LOAD_MAX = 5 / 8;
/** At once, from a table that is crowded to the next one. So few more come meanwhile that they fit. */
export const SLOTS_MOVED = 16;
const LIST_CAPACITY_START = 2;

/**
 * An open-addressing table in the arena whose offset stands in a control word. Slots go by the high bits
 * of the hash, and hold it: so a table that grows is copied from front to back into one from front to
 * back, without a look at the records.
 */
class TableWriter {
  readonly #views: MemoryViews;
  readonly #arena: Arena;
  readonly #control: number;
  /** Slots that are not 0, removed ones among them. */
  #used = 0;
  #removed = 0;
  /** Takes the table's place once all slots are in it; 0: none is being filled. */
  #next = 0;
  #nextUsed = 0;
  #nextRemoved = 0;
  /** Slots below are in the next table. */
  #moved = 0;

  constructor(views: MemoryViews, arena: Arena, control: number) {
    this.#views = views;
    this.#arena = arena;
    this.#control = control;
    this.#publish(this.#make(TABLE_LOG2_START));
  }

  get table(): number {
    return this.#views.control[this.#control];
  }

  /** The record's first word is its hash; the record must be complete. */
  add(record: number): void {
    const { table } = this;
    if (this.#next === 0 && this.#used + 1 > TABLE_LOAD_MAX * slotsOf(this.#views.arena[table])) {
      this.#beginNext();
    }
    const mixed = mix(this.#views.arena[record]);
    const slot = this.#insert(table, mixed, record);
    this.#used++;
    if (this.#next === 0) return;
    if (slot < this.#moved) this.#insertNext(mixed, record);
    this.#moveSome();
  }

  remove(record: number): void {
    const slot = this.#erase(this.table, record);
    this.#removed++;
    if (this.#next === 0 || slot >= this.#moved) return;
    this.#erase(this.#next, record);
    this.#nextRemoved++;
  }

  /** Where the record stood. */
  #erase(table: number, record: number): number {
    const { arena } = this.#views;
    const shift = arena[table];
    const slots = slotsOf(shift);
    let i = firstSlot(mix(arena[record]), shift);
    while (arena[table + 2 * i + 1] !== record) {
      if (arena[table + 2 * i + 1] === 0) return slots;
      i = i + 1 === slots ? 1 : i + 1;
    }
    Atomics.store(arena, table + 2 * i + 1, -1);
    return i;
  }

  #publish(table: number): void {
    Atomics.store(this.#views.control, this.#control, table);
  }

  #make(log2: number): number {
    const table = this.#arena.allocateZeros(2 << log2);
    this.#views.arena[table] = 32 - log2;
    return table;
  }

  /** Where the record stands then. */
  #insert(table: number, mixed: number, record: number): number {
    const { arena } = this.#views;
    const shift = arena[table];
    const slots = slotsOf(shift);
    let i = firstSlot(mixed, shift);
    while (arena[table + 2 * i + 1] !== 0) i = i + 1 === slots ? 1 : i + 1;
    arena[table + 2 * i] = mixed;
    Atomics.store(arena, table + 2 * i + 1, record);
    return i;
  }

  #insertNext(mixed: number, record: number): void {
    this.#insert(this.#next, mixed, record);
    this.#nextUsed++;
  }

  /** A table without the removed ones; twice as large where those that stay need it. */
  #beginNext(): void {
    const shift = this.#views.arena[this.table];
    const isCrowded = (this.#used - this.#removed) * 2 > TABLE_LOAD_MAX * slotsOf(shift);
    this.#next = this.#make(32 - shift + (isCrowded ? 1 : 0));
    this.#moved = 1;
    this.#nextUsed = 0;
    this.#nextRemoved = 0;
  }

  /** Some with each record that is added, so that nobody waits for all. */
  #moveSome(): void {
    const { table } = this;
    const { arena } = this.#views;
    const slots = slotsOf(arena[table]);
    const end = Math.min(slots, this.#moved + SLOTS_MOVED);
    for (; this.#moved < end; this.#moved++) {
      const at = table + 2 * this.#moved;
      if (arena[at + 1] > 0) this.#insertNext(arena[at], arena[at + 1]);
    }
    if (end < slots) return;
    this.#publish(this.#next);
    this.#arena.release(table, 2 * slots);
    this.#next = 0;
    this.#used = this.#nextUsed;
    this.#removed = this.#nextRemoved;
  }
}

function slotsOf(shift: number): number {
  return 1 << (32 - shift);
}

/** The writer's side of label-index.ts: makes names, pairs and postings, and removes them again. */
export class LabelWriter {
  readonly #views: MemoryViews;
  readonly #arena: Arena;
  readonly #names: TableWriter;
  readonly #pairs: TableWriter;
  /** The pairs that `intern` found or made last. Reused. */
  pairs: Int32Array = new Int32Array(64);
  pairCount = 0;
  /** Of the names and pairs that `hashOf` saw last: what their records have. */
  #nameHashes: Int32Array = new Int32Array(64);
  #pairHashes: Int32Array = new Int32Array(64);

  constructor(views: MemoryViews, arena: Arena) {
    this.#views = views;
    this.#arena = arena;
    this.#names = new TableWriter(views, arena, Control.nameTable);
    this.#pairs = new TableWriter(views, arena, Control.pairTable);
    Atomics.store(views.control, Control.nameList, this.#makeList(LIST_CAPACITY_START));
  }

  /** The hash of a label set, as a row of labels has it. Keeps those of its parts for `intern`. */
  hashOf(labels: LabelSpans): number {
    const { count } = labels;
    if (count > this.#pairHashes.length) {
      this.#nameHashes = new Int32Array(count * 2);
      this.#pairHashes = new Int32Array(count * 2);
    }
    let hash = count;
    for (let i = 0, at = labels.start * 4; i < count; i++, at += 4) {
      const nameHash = hashText(labels, at, 0);
      const pairHash = hashText(labels, at + 2, nameHash);
      this.#nameHashes[i] = nameHash;
      this.#pairHashes[i] = pairHash;
      hash = hashWord(hash, pairHash);
    }
    return mix(hash);
  }

  /** The hash of the labels of a row. */
  hashOfRow(row: number): number {
    const { arena } = this.#views;
    let hash = arena[row];
    for (let i = 1; i <= arena[row]; i++) hash = hashWord(hash, arena[arena[row + i]]);
    return mix(hash);
  }

  /** Whether a row of labels is that of a label set. */
  isRowOf(row: number, labels: LabelSpans): boolean {
    const { arena } = this.#views;
    const { count } = labels;
    if (arena[row] !== count) return false;
    for (let i = 1, at = labels.start * 4; i <= count; i++, at += 4) {
      const pair = arena[row + i];
      if (!textEquals(arena, pair + PAIR_TEXT, labels, at + 2)) return false;
      if (!textEquals(arena, arena[pair + PAIR_NAME] + NAME_TEXT, labels, at)) return false;
    }
    return true;
  }

  /** Finds or makes the pairs of the label set that `hashOf` saw last, into `pairs`. */
  intern(labels: LabelSpans): void {
    const { count } = labels;
    if (count > this.pairs.length) this.pairs = new Int32Array(count * 2);
    for (let i = 0; i < count; i++) this.pairs[i] = this.#pair(labels, i);
    this.pairCount = count;
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
    this.#names.remove(name);
    this.#keepIn(this.#views.control, Control.nameList, (other) => other !== name);
    this.#releaseRecord(name, NAME_LIST, NAME_TEXT);
  }

  #releaseRecord(record: number, listAt: number, textAt: number): void {
    const { arena } = this.#views;
    this.#releaseList(arena[record + listAt]);
    this.#arena.release(record, textAt + textWordsAt(arena, record + textAt));
  }

  /** `i`: which label of the set. */
  #pair(labels: LabelSpans, i: number): number {
    const { arena } = this.#views;
    const hash = this.#pairHashes[i];
    const at = (labels.start + i) * 4;
    const { table } = this.#pairs;
    const shift = arena[table];
    const slots = slotsOf(shift);
    const mixed = mix(hash);
    for (let slot = firstSlot(mixed, shift); ; slot = slot + 1 === slots ? 1 : slot + 1) {
      const pair = arena[table + 2 * slot + 1];
      if (pair === 0) return this.#makePair(labels, at, hash, this.#name(labels, i));
      if (pair < 0 || arena[table + 2 * slot] !== mixed) continue;
      if (!textEquals(arena, pair + PAIR_TEXT, labels, at + 2)) continue;
      if (textEquals(arena, arena[pair + PAIR_NAME] + NAME_TEXT, labels, at)) return pair;
    }
  }

  #makePair(labels: LabelSpans, at: number, hash: number, name: number): number {
    const { spans } = labels;
    const pair = this.#arena.allocate(PAIR_TEXT + textWords(spans[at + 3] - spans[at + 2]));
    const list = this.#makeList(LIST_CAPACITY_START);
    const { arena } = this.#views;
    arena[pair] = hash;
    arena[pair + PAIR_LIST] = list;
    arena[pair + PAIR_NAME] = name;
    writeText(arena, pair + PAIR_TEXT, labels, at + 2);
    this.#pairs.add(pair);
    this.#appendTo(name + NAME_LIST, pair);
    const { control } = this.#views;
    this.#views.publish(control, Control.pairCount, control[Control.pairCount] + 1);
    return pair;
  }

  #name(labels: LabelSpans, i: number): number {
    const { arena } = this.#views;
    const hash = this.#nameHashes[i];
    const at = (labels.start + i) * 4;
    const { table } = this.#names;
    const shift = arena[table];
    const slots = slotsOf(shift);
    for (let slot = firstSlot(mix(hash), shift); ; slot = slot + 1 === slots ? 1 : slot + 1) {
      const name = arena[table + 2 * slot + 1];
      if (name === 0) return this.#makeName(labels, at, hash);
      if (name < 0 || arena[name] !== hash) continue;
      if (textEquals(arena, name + NAME_TEXT, labels, at)) return name;
    }
  }

  #makeName(labels: LabelSpans, at: number, hash: number): number {
    const { spans } = labels;
    const name = this.#arena.allocate(NAME_TEXT + textWords(spans[at + 1] - spans[at]));
    const list = this.#makeList(LIST_CAPACITY_START);
    const { arena } = this.#views;
    arena[name] = hash;
    arena[name + NAME_LIST] = list;
    writeText(arena, name + NAME_TEXT, labels, at);
    this.#names.add(name);
    this.#appendIn(this.#views.control, Control.nameList, name);
    return name;
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
      this.#views.publish(this.#views.arena, list, count + 1);
      return;
    }
    const grown = this.#makeList(count * 2);
    const { arena } = this.#views;
    const start = list + LIST_ITEMS;
    arena.copyWithin(grown + LIST_ITEMS, start, start + count);
    arena[grown + LIST_ITEMS + count] = item;
    this.#views.publish(arena, grown, count + 1);
    this.#views.publish(words ?? arena, holder, grown);
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
