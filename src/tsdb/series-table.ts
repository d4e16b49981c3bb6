import type { ByteWriter } from '#bytes';
import type { Labels } from '#model';
import { StorageError } from '#storage';
import type { LabelSpans } from '#storage';
import { Arena } from './arena.ts';
import { EncoderColumns } from './chunk-encoder.ts';
import { Limbo } from './epochs.ts';
import { NAME_TEXT, PAIR_NAME, PAIR_TEXT, nameText, pairValue } from './label-index.ts';
import { TextEncoding, copyText } from './label-text.ts';
import { LabelWriter, SLOTS_MOVED } from './label-writer.ts';
import { ColumnMemory, Control, growShared } from './memory.ts';
import type { MemoryViews } from './memory.ts';

/** Rows of a reference below; the times that its row was used before, above. */
const GENERATION = 4_294_967_296;

/** `__na` and `me__` as words of a text. */
const METRIC_NAME_START = 0x616e5f5f;
const METRIC_NAME_END = 0x5f5f656d;

/** log2 of slots. */
const SLOTS_LOG2_START = 6;
/** Of the slots, at most. */
const SLOTS_LOAD_MAX = 5 / 8;

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
  created = 0;
  removed = 0;
  /** How often a row was used before. */
  #generation: Uint32Array = new Uint32Array(0);
  /** By the high bits of the hash of labels: hash | row, 0 never used, -1 removed. */
  #slots: Int32Array = new Int32Array(2 << SLOTS_LOG2_START);
  #shift: number = 32 - SLOTS_LOG2_START;
  /** Slots that are not 0. */
  #slotsUsed = 0;
  /** Takes the slots' place once all of them are in it, which are those before `moved` so far. */
  #next: Int32Array | undefined;
  #nextShift = 0;
  #nextUsed = 0;
  #moved = 0;
  readonly #views: MemoryViews;
  readonly #arena: Arena;
  readonly #labels: LabelWriter;
  readonly #encoding = new TextEncoding();
  readonly #seriesMax: number;
  readonly #columns: ColumnMemory;
  readonly #limbo: Limbo;
  #freeRows: number[] = [];
  #walRefLast = 0;

  constructor(views: MemoryViews, seriesMax: number) {
    this.#views = views;
    this.#arena = new Arena(views);
    this.#labels = new LabelWriter(views, this.#arena);
    this.#seriesMax = seriesMax;
    this.#columns = new ColumnMemory(seriesMax + 1);
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
  rowOfLabels(labels: Labels): number {
    return this.rowOfSpans(this.#encoding.encode(labels));
  }

  /** As `Appender.seriesRefOfSpans`, which says what must be checked before. Throws StorageError `limit`. */
  rowOfSpans(labels: LabelSpans): number {
    const hash = this.#labels.hashOf(labels);
    const row = this.#lookUp(labels, hash);
    return row === 0 ? this.#make(labels, hash) : row;
  }

  /** The row that has exactly these labels, whatever they are; 0 where there is none. */
  find(labels: LabelSpans): number {
    return this.#lookUp(labels, this.#labels.hashOf(labels));
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

  /** Empty where it has none. */
  metricOf(row: number): string {
    const pair = this.metricPair(row);
    return pair === 0 ? '' : pairValue(this.#views, pair);
  }

  /** Where the pair of its metric name lies, the same for all series of a metric; 0 where it has none. */
  metricPair(row: number): number {
    const { arena } = this.#views;
    const offset = this.#views.seriesLabels[row];
    for (let i = 1; i <= arena[offset]; i++) {
      const pair = arena[offset + i];
      const name = arena[pair + PAIR_NAME] + NAME_TEXT;
      const isMetricName =
        arena[name] >>> 1 === 8 &&
        arena[name + 1] === METRIC_NAME_START &&
        arena[name + 2] === METRIC_NAME_END;
      if (isMetricName) return pair;
    }
    return 0;
  }

  /** As a record of the log has them: their count, then names and values. */
  copyLabels(row: number, out: ByteWriter): void {
    const { arena, arenaBytes } = this.#views;
    const offset = this.#views.seriesLabels[row];
    const count = arena[offset];
    out.writeUvarint(count);
    for (let i = 1; i <= count; i++) {
      const pair = arena[offset + i];
      copyText(arena, arenaBytes, arena[pair + PAIR_NAME] + NAME_TEXT, out);
      copyText(arena, arenaBytes, pair + PAIR_TEXT, out);
    }
  }

  /** Takes over the number that a log gave the series. */
  useWalRef(row: number, ref: number): void {
    this.walRef[row] = ref;
    if (ref > this.#walRefLast) this.#walRefLast = ref;
  }

  /** A number that no series has had, in place of its own. */
  renewWalRef(row: number): void {
    this.walRef[row] = ++this.#walRefLast;
  }

  /** No number up to this one will be given to a new series. */
  reserveWalRef(ref: number): void {
    if (ref > this.#walRefLast) this.#walRefLast = ref;
  }

  /** The highest that is given or reserved. */
  get walRefLast(): number {
    return this.#walRefLast;
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
    this.#views.publish(this.#views.control, Control.seriesCount, this.count);
  }

  #lookUp(labels: LabelSpans, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let i = (hash >>> this.#shift) * 2; ; i = (i + 2) & mask) {
      const row = slots[i + 1];
      if (row === 0) return 0;
      if (row < 0 || slots[i] !== hash) continue;
      if (this.#labels.isRowOf(this.#views.seriesLabels[row], labels)) return row;
    }
  }

  #make(labels: LabelSpans, hash: number): number {
    this.#labels.intern(labels);
    const row = this.#takeRow();
    this.walRef[row] = ++this.#walRefLast;
    this.logged[row] = 0;
    this.idle[row] = 0;
    this.#views.seriesFirstChunk[row] = 0;
    this.#views.seriesLastChunk[row] = 0;
    this.#views.seriesLate[row] = 0;
    const labelRow = this.#labels.addRow(row);
    this.#views.publish(this.#views.seriesLabels, row, labelRow);
    if (row === this.rowEnd) this.#views.publish(this.#views.control, Control.rowEnd, row + 1);
    this.#addSlot(row, hash);
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
    const { seriesLastHigh, seriesLastLow } = memory;
    const ofWords = [seriesLabels, seriesFirstChunk, seriesLastChunk, seriesLate];
    for (const column of [...ofWords, seriesLastHigh, seriesLastLow]) {
      growShared(column, Math.min(rows * 4, column.maxByteLength));
    }
    // They may have grown by more than was asked for.
    const bytes = (seriesLabels.byteLength / 4) * 8;
    growShared(memory.seriesMaxTime, Math.min(bytes, memory.seriesMaxTime.maxByteLength));
    this.#views.refresh();
    if (row >= this.#views.seriesLabels.length) {
      throw new StorageError('limit', 'cannot make another series: no memory for its row');
    }
    this.#resizeColumns();
  }

  #resizeColumns(): void {
    const rows = this.#views.seriesLabels.length;
    const memory = this.#columns;
    const { seriesLastHigh: lastHigh, seriesLastLow: lastLow } = this.#views;
    this.encoder.resize(rows, memory, { lastHigh, lastLow });
    this.walRef = memory.float64(this.walRef, rows);
    this.logged = memory.uint8(this.logged, rows);
    this.idle = memory.uint8(this.idle, rows);
    this.#generation = memory.uint32(this.#generation, rows);
  }

  #addSlot(row: number, hash: number): void {
    const { length } = this.#slots;
    if (this.#next === undefined && (this.#slotsUsed + 1) * 2 > SLOTS_LOAD_MAX * length) {
      this.#beginNext();
    }
    const at = insert(this.#slots, this.#shift, row, hash);
    this.#slotsUsed++;
    if (this.#next === undefined) return;
    if (at < this.#moved) this.#insertNext(this.#next, row, hash);
    this.#moveSome(this.#next);
  }

  /** Its labels must still be there. */
  #removeSlot(row: number): void {
    const hash = this.#labels.hashOfRow(this.#views.seriesLabels[row]);
    const at = erase(this.#slots, this.#shift, row, hash);
    if (this.#next !== undefined && at < this.#moved) {
      erase(this.#next, this.#nextShift, row, hash);
    }
  }

  #insertNext(next: Int32Array, row: number, hash: number): void {
    insert(next, this.#nextShift, row, hash);
    this.#nextUsed++;
  }

  /** Without the removed ones; twice as large where those that stay need it. */
  #beginNext(): void {
    const { length } = this.#slots;
    const isCrowded = this.count * 4 > SLOTS_LOAD_MAX * length;
    this.#nextShift = isCrowded ? this.#shift - 1 : this.#shift;
    this.#next = new Int32Array(isCrowded ? length * 2 : length);
    this.#nextUsed = 0;
    this.#moved = 0;
  }

  /** Some with each new series, so that nobody waits for all; from front to back, without a look at the labels. */
  #moveSome(next: Int32Array): void {
    const slots = this.#slots;
    const end = Math.min(slots.length, this.#moved + SLOTS_MOVED * 2);
    for (; this.#moved < end; this.#moved += 2) {
      const row = slots[this.#moved + 1];
      if (row > 0) this.#insertNext(next, row, slots[this.#moved]);
    }
    if (end < slots.length) return;
    this.#slots = next;
    this.#shift = this.#nextShift;
    this.#slotsUsed = this.#nextUsed;
    this.#next = undefined;
  }
}

/** Where the row stands then. */
function insert(slots: Int32Array, shift: number, row: number, hash: number): number {
  const mask = slots.length - 1;
  let at = (hash >>> shift) * 2;
  while (slots[at + 1] !== 0) at = (at + 2) & mask;
  slots[at] = hash;
  slots[at + 1] = row;
  return at;
}

/** Where the row stood. */
function erase(slots: Int32Array, shift: number, row: number, hash: number): number {
  const mask = slots.length - 1;
  let at = (hash >>> shift) * 2;
  while (slots[at + 1] !== row) at = (at + 2) & mask;
  slots[at + 1] = -1;
  return at;
}
