import type { SharedMemory } from './types.ts';

/*
 * The memory of a head, shared by one writer and many readers. See docs/formats/head.md.
 *
 *   control   int32 words below, then an epoch slot per reader
 *   arena     int32 words by offset: names, label pairs, postings, hash tables, rows of labels
 *   series*   columns by series row
 *   regions   chunk blocks of 256 bytes
 *
 * Buffers grow in place and never move. A view is of a buffer's length when it was made, so that V8
 * treats it as any typed array; `refresh` makes new ones.
 */

/** Indexes into the control words. */
export const Control = {
  epoch: 0,
  /** Rows 1 .. rowEnd - 1 have been used. */
  rowEnd: 1,
  pairTable: 2,
  nameTable: 3,
  nameList: 4,
  seriesCount: 5,
  pairCount: 6,
  chunkCount: 7,
  /** Changes whenever a freed piece of the arena may be used again: what was decoded from it is void. */
  reuse: 8,
  /** Odd while a batch is being published. */
  batch: 9,
  /** 0 while no series has samples out of order. */
  late: 10,
  /** By reader: the epoch that it reads in, 0: none. */
  slots: 64,
  /** By reader: the version of the list of blocks that it uses. */
  lists: 128,
} as const;

/** Readers at once, the writing thread's own among them. From the size of the control buffer; one a query thread is needed. */
export const READERS_MAX = 64;

const CONTROL_BYTES = (Control.lists + READERS_MAX) * 4;

/** V8 takes no more for a buffer in Node 20. */
const BUFFER_BYTES_MAX = 4_294_967_296;
/*
 * Small, so that growing is nothing new by the time the engine compiles what grows: code that has to be
 * given up then costs a new process more than all else that it does for its first series.
 */
const ARENA_BYTES_START = 1 << 15;
const ROWS_START = 64;

/** log2 of blocks in a region: 2 GiB. An index into its words stays a small integer. */
export const REGION_BLOCKS_LOG2 = 23;
export const BLOCK_BYTES = 256;
export const BLOCK_WORDS = 64;
export const BLOCK_WORDS_LOG2 = 6;
export const BLOCK_MASK: number = (1 << REGION_BLOCKS_LOG2) - 1;
const REGION_BYTES_MAX = BLOCK_BYTES * (1 << REGION_BLOCKS_LOG2);

/** Address space is reserved, memory is taken as it grows; where not even that is to be had, less is asked for. */
function reserveShared(bytes: number, bytesMax: number): SharedArrayBuffer {
  for (let max = Math.min(bytesMax, BUFFER_BYTES_MAX); ; max = Math.floor(max / 2)) {
    try {
      return new SharedArrayBuffer(bytes, { maxByteLength: Math.max(bytes, max) });
    } catch (error) {
      if (max <= bytes) throw error;
    }
  }
}

export function createSharedMemory(seriesMax: number): SharedMemory {
  const rowsMax = seriesMax + 1;
  const rows = Math.min(ROWS_START, rowsMax);
  return {
    control: new SharedArrayBuffer(CONTROL_BYTES),
    arena: reserveShared(ARENA_BYTES_START, BUFFER_BYTES_MAX),
    seriesLabels: reserveShared(rows * 4, rowsMax * 4),
    seriesFirstChunk: reserveShared(rows * 4, rowsMax * 4),
    seriesLastChunk: reserveShared(rows * 4, rowsMax * 4),
    seriesMaxTime: reserveShared(rows * 8, rowsMax * 8),
    seriesLate: reserveShared(rows * 4, rowsMax * 4),
    seriesLastHigh: reserveShared(rows * 4, rowsMax * 4),
    seriesLastLow: reserveShared(rows * 4, rowsMax * 4),
    chunkRegions: [],
  };
}

export function createRegion(bytes: number): SharedArrayBuffer {
  return reserveShared(Math.min(bytes, REGION_BYTES_MAX), REGION_BYTES_MAX);
}

/** Grows a buffer to at least `bytes`, by a quarter at least. False where its limit forbids. */
export function growShared(buffer: SharedArrayBuffer, bytes: number): boolean {
  if (bytes > buffer.maxByteLength) return false;
  const generous = Math.ceil((buffer.byteLength * 1.25) / 65_536) * 65_536;
  buffer.grow(Math.min(buffer.maxByteLength, Math.max(bytes, generous)));
  return true;
}

/** Columns of the writer's own by series row: in memory that is reserved, so that they grow without being copied. */
export class ColumnMemory {
  readonly #rowsMax: number;

  /** More rows than `rowsMax` cost a copy. */
  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  float64(column: Float64Array, rows: number): Float64Array {
    return new Float64Array(this.#grown(column, rows), 0, rows);
  }

  int32(column: Int32Array, rows: number): Int32Array {
    return new Int32Array(this.#grown(column, rows), 0, rows);
  }

  uint32(column: Uint32Array, rows: number): Uint32Array {
    return new Uint32Array(this.#grown(column, rows), 0, rows);
  }

  uint16(column: Uint16Array, rows: number): Uint16Array {
    return new Uint16Array(this.#grown(column, rows), 0, rows);
  }

  uint8(column: Uint8Array, rows: number): Uint8Array {
    return new Uint8Array(this.#grown(column, rows), 0, rows);
  }

  #grown(column: Column, rows: number): SharedArrayBuffer {
    const { buffer, BYTES_PER_ELEMENT } = column;
    const bytes = rows * BYTES_PER_ELEMENT;
    if (buffer instanceof SharedArrayBuffer) {
      if (buffer.byteLength >= bytes || growShared(buffer, bytes)) return buffer;
    }
    const grown = reserveShared(bytes, Math.max(bytes, this.#rowsMax * BYTES_PER_ELEMENT));
    new Uint8Array(grown).set(new Uint8Array(buffer, column.byteOffset, column.byteLength));
    return grown;
  }
}

type Column = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** What a thread sees of the memory. */
export class MemoryViews {
  readonly memory: SharedMemory;
  readonly control: Int32Array;
  arena: Int32Array;
  arenaBytes: Buffer;
  seriesLabels: Int32Array;
  seriesFirstChunk: Int32Array;
  seriesLastChunk: Int32Array;
  seriesMaxTime: Float64Array;
  seriesLate: Int32Array;
  /** The halves of the newest value that is in order, where that is a float. */
  seriesLastHigh: Int32Array;
  seriesLastLow: Int32Array;
  readonly regions: SharedArrayBuffer[];
  readonly regionWords: Int32Array[] = [];
  readonly regionTimes: Float64Array[] = [];
  /** Whether others may look. Before that, as in a replay, nothing need be published. */
  isShared = false;

  constructor(memory: SharedMemory) {
    this.memory = memory;
    this.control = new Int32Array(memory.control);
    this.arena = wordsOf(memory.arena);
    this.arenaBytes = Buffer.from(memory.arena, 0, memory.arena.byteLength);
    this.seriesLabels = wordsOf(memory.seriesLabels);
    this.seriesFirstChunk = wordsOf(memory.seriesFirstChunk);
    this.seriesLastChunk = wordsOf(memory.seriesLastChunk);
    this.seriesMaxTime = doublesOf(memory.seriesMaxTime);
    this.seriesLate = wordsOf(memory.seriesLate);
    this.seriesLastHigh = wordsOf(memory.seriesLastHigh);
    this.seriesLastLow = wordsOf(memory.seriesLastLow);
    this.regions = [...memory.chunkRegions];
    this.refresh();
  }

  /** The writer's: stores a word that tells readers of all that was written before. */
  publish(words: Int32Array, at: number, value: number): void {
    if (this.isShared) Atomics.store(words, at, value);
    else words[at] = value;
  }

  /** Takes in what the buffers have grown by. */
  refresh(): void {
    const { memory } = this;
    if (this.arena.byteLength < memory.arena.byteLength) {
      this.arena = wordsOf(memory.arena);
      this.arenaBytes = Buffer.from(memory.arena, 0, memory.arena.byteLength);
    }
    this.#refreshSeries();
    for (const [index, region] of this.regions.entries()) this.#refreshRegion(index, region);
  }

  #refreshSeries(): void {
    const { memory } = this;
    if (this.seriesMaxTime.byteLength >= memory.seriesMaxTime.byteLength) return;
    this.seriesLate = wordsOf(memory.seriesLate);
    this.seriesLastHigh = wordsOf(memory.seriesLastHigh);
    this.seriesLastLow = wordsOf(memory.seriesLastLow);
    this.seriesLabels = wordsOf(memory.seriesLabels);
    this.seriesFirstChunk = wordsOf(memory.seriesFirstChunk);
    this.seriesLastChunk = wordsOf(memory.seriesLastChunk);
    this.seriesMaxTime = doublesOf(memory.seriesMaxTime);
  }

  #refreshRegion(index: number, region: SharedArrayBuffer): void {
    if (this.regionWords[index]?.byteLength === region.byteLength) return;
    this.regionWords[index] = wordsOf(region);
    this.regionTimes[index] = doublesOf(region);
  }
}

function wordsOf(buffer: SharedArrayBuffer): Int32Array {
  return new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
}

function doublesOf(buffer: SharedArrayBuffer): Float64Array {
  return new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8));
}
