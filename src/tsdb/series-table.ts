import type { Labels } from '#model';
import { StorageError } from '#storage';
import { Arena } from './arena.ts';
import { EncoderColumns } from './chunk-encoder.ts';
import { Limbo } from './epochs.ts';
import { PAIR_NAME, nameText, pairValue } from './label-index.ts';
import { LabelWriter } from './label-writer.ts';
import { Control, growShared } from './memory.ts';
import type { MemoryViews } from './memory.ts';

/** Rows of a reference below; the times that its row was used before, above. */
const GENERATION = 4_294_967_296;

const SLOTS_START = 4096;

/** Of the arena, so that a series is never half made for want of memory. Bytes. */
const ARENA_RESERVE_BYTES = 64 << 20;
const ARENA_BYTES_MAX = 4_294_967_296;

/**
 * The rows of series and how they are found by their labels. Columns that readers need lie in shared
 * memory, the rest is the writer's.
 */
export class SeriesTable {
  readonly encoder: EncoderColumns = new EncoderColumns();
  /** The number by which the log names a series. */
  walRef: Float64Array = new Float64Array(0);
  /** 1 where the log holds the series' record. */
  logged: Uint8Array = new Uint8Array(0);
  /** 1 where a sweep found no samples. */
  idle: Uint8Array = new Uint8Array(0);
  metadataId: Int32Array = new Int32Array(0);
  created = 0;
  removed = 0;
  /** How often a row was used before. */
  #generation: Uint32Array = new Uint32Array(0);
  #hash: Int32Array = new Int32Array(0);
  /** Rows by hash of their labels, 0 never used, -1 removed. */
  #slots: Int32Array = new Int32Array(SLOTS_START);
  #slotsUsed = 0;
  readonly #views: MemoryViews;
  readonly #arena: Arena;
  readonly #labels: LabelWriter;
  readonly #seriesMax: number;
  readonly #limbo: Limbo;
  #freeRows: number[] = [];
  #walRefLast = 0;

  constructor(views: MemoryViews, seriesMax: number) {
    this.#views = views;
    this.#arena = new Arena(views);
    this.#labels = new LabelWriter(views, this.#arena);
    this.#seriesMax = seriesMax;
    this.#limbo = new Limbo(views.control);
    views.control[Control.rowEnd] = 1;
    this.#resizeColumns();
  }

  get count(): number {
    return this.created - this.removed;
  }

  get labelBytes(): number {
    return this.#arena.usedBytes;
  }

  get rowEnd(): number {
    return this.#views.control[Control.rowEnd];
  }

  refOf(row: number): number {
    return row + this.#generation[row] * GENERATION;
  }

  /** 0 where the series is not, or no longer, known. */
  rowOf(ref: number): number {
    const generation = ref < GENERATION ? 0 : Math.floor(ref / GENERATION);
    const row = ref - generation * GENERATION;
    if (this.#generation[row] !== generation) return 0;
    return this.#views.seriesLabels[row] === 0 ? 0 : row;
  }

  /** Finds or makes the row of a label set. Throws StorageError `limit`. */
  find(labels: Labels): number {
    this.#labels.intern(labels);
    const row = this.#lookUp();
    return row === 0 ? this.#make() : row;
  }

  /** Decoded anew each time. */
  labelsOf(row: number): Labels {
    const { arena } = this.#views;
    const offset = this.#views.seriesLabels[row];
    const labels: string[] = [];
    for (let i = 1; i <= arena[offset]; i++) {
      const pair = arena[offset + i];
      labels.push(nameText(this.#views, arena[pair + PAIR_NAME]), pairValue(this.#views, pair));
    }
    return labels;
  }

  /** Takes over the number that a log gave the series. */
  useWalRef(row: number, ref: number): void {
    this.walRef[row] = ref;
    if (ref > this.#walRefLast) this.#walRefLast = ref;
  }

  /** No number up to this one will be given to a new series. */
  reserveWalRef(ref: number): void {
    if (ref > this.#walRefLast) this.#walRefLast = ref;
  }

  /** So many numbers will be given to no series. */
  skipWalRefs(count: number): void {
    this.#walRefLast += count;
  }

  /** Series without samples leave the index. Their rows and memory wait for the readers. */
  remove(rows: readonly number[]): void {
    if (rows.length === 0) return;
    const { seriesLabels } = this.#views;
    const dead = new Uint8Array(this.rowEnd);
    const labels: number[] = [];
    for (const row of rows) {
      dead[row] = 1;
      labels.push(seriesLabels[row]);
      this.#removeSlot(row);
      Atomics.store(seriesLabels, row, 0);
    }
    this.#labels.removeRows(labels, dead);
    for (const row of rows) this.#limbo.add(row);
    this.removed += rows.length;
    this.#publishCount();
  }

  /** Memory that was freed before an epoch may be used again. */
  reclaim(epoch: number): void {
    this.#arena.reclaim(epoch);
    this.#limbo.release(epoch, (row) => {
      this.#generation[row]++;
      this.#freeRows.push(row);
    });
  }

  get waitingCount(): number {
    return this.#arena.waitingCount;
  }

  #publishCount(): void {
    Atomics.store(this.#views.control, Control.seriesCount, this.count);
  }

  #lookUp(): number {
    const { hash, pairs, pairCount } = this.#labels;
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const row = slots[i];
      if (row === 0) return 0;
      if (row < 0 || this.#hash[row] !== hash) continue;
      if (this.#hasPairs(this.#views.seriesLabels[row], pairs, pairCount)) return row;
    }
  }

  #hasPairs(labels: number, pairs: Int32Array, count: number): boolean {
    const { arena } = this.#views;
    if (arena[labels] !== count) return false;
    for (let i = 0; i < count; i++) {
      if (arena[labels + 1 + i] !== pairs[i]) return false;
    }
    return true;
  }

  #make(): number {
    const row = this.#takeRow();
    this.#hash[row] = this.#labels.hash;
    this.walRef[row] = ++this.#walRefLast;
    this.logged[row] = 0;
    this.idle[row] = 0;
    this.metadataId[row] = 0;
    this.#views.seriesFirstChunk[row] = 0;
    this.#views.seriesLastChunk[row] = 0;
    this.#views.seriesLate[row] = 0;
    Atomics.store(this.#views.seriesLabels, row, this.#labels.addRow(row));
    if (row === this.rowEnd) Atomics.store(this.#views.control, Control.rowEnd, row + 1);
    this.#addSlot(row);
    this.created++;
    this.#publishCount();
    return row;
  }

  #takeRow(): number {
    const labelsFull = this.labelBytes > ARENA_BYTES_MAX - ARENA_RESERVE_BYTES;
    if (this.count >= this.#seriesMax || labelsFull) {
      this.#labels.removeUnused();
      const what = labelsFull ? 'the memory for labels is full' : `limit ${this.#seriesMax}`;
      throw new StorageError('limit', `cannot make another series: ${what}`);
    }
    const free = this.#freeRows.pop();
    if (free !== undefined) return free;
    const row = this.rowEnd;
    if (row >= this.#views.seriesLabels.length) this.#growRows(row);
    return row;
  }

  #growRows(row: number): void {
    const { memory } = this.#views;
    const rows = Math.max(row + 1, this.#views.seriesLabels.length * 2);
    const { seriesLabels, seriesFirstChunk, seriesLastChunk, seriesLate } = memory;
    for (const column of [seriesLabels, seriesFirstChunk, seriesLastChunk, seriesLate]) {
      growShared(column, Math.min(rows * 4, column.maxByteLength));
    }
    growShared(memory.seriesMaxTime, Math.min(rows * 8, memory.seriesMaxTime.maxByteLength));
    this.#views.refresh();
    if (row >= this.#views.seriesLabels.length) {
      throw new StorageError('limit', 'cannot make another series: no memory for its row');
    }
    this.#resizeColumns();
  }

  #resizeColumns(): void {
    const rows = this.#views.seriesLabels.length;
    this.encoder.resize(rows);
    this.walRef = copied(new Float64Array(rows), this.walRef);
    this.logged = copied(new Uint8Array(rows), this.logged);
    this.idle = copied(new Uint8Array(rows), this.idle);
    this.metadataId = copied(new Int32Array(rows), this.metadataId);
    this.#generation = copied(new Uint32Array(rows), this.#generation);
    this.#hash = copied(new Int32Array(rows), this.#hash);
  }

  #addSlot(row: number): void {
    if ((this.#slotsUsed + 1) * 2 > this.#slots.length) this.#rebuildSlots();
    this.#insertSlot(row);
  }

  #insertSlot(row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let i = this.#hash[row] & mask;
    while (slots[i] !== 0) i = (i + 1) & mask;
    slots[i] = row;
    this.#slotsUsed++;
  }

  #removeSlot(row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let i = this.#hash[row] & mask;
    while (slots[i] !== row) i = (i + 1) & mask;
    slots[i] = -1;
  }

  #rebuildSlots(): void {
    const old = this.#slots;
    const length = this.count * 4 > old.length ? old.length * 2 : old.length;
    this.#slots = new Int32Array(length);
    this.#slotsUsed = 0;
    for (const row of old) if (row > 0) this.#insertSlot(row);
  }
}

function copied<T extends { set(from: T): void }>(to: T, from: T): T {
  to.set(from);
  return to;
}
