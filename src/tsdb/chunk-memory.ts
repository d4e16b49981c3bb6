import { Limbo } from './epochs.ts';
import {
  BLOCK_BYTES,
  BLOCK_MASK,
  BLOCK_WORDS,
  BLOCK_WORDS_LOG2,
  REGION_BLOCKS_LOG2,
  createRegion,
  growShared,
} from './memory.ts';
import type { MemoryViews } from './memory.ts';

/*
 * A block of 64 words holds one chunk. Its number: region << 23 | index in the region; 0 names none.
 *
 *   0  count of samples, published last
 *   1  previous chunk of the series (older), 0 none
 *   2  next chunk (newer), 0 none
 *   3  row of its series, negated where the samples are native histograms (see histogram-chunk.ts)
 *   4  time of its first sample, double
 *   6  58 words of samples, see chunk-encoder.ts
 */
export const CHUNK_COUNT = 0;
export const CHUNK_PREVIOUS = 1;
export const CHUNK_NEXT = 2;
export const CHUNK_SERIES = 3;
/** In doubles from the start of the block. */
export const CHUNK_MIN_TIME = 2;
export const CHUNK_DATA = 6;
export const CHUNK_DATA_BITS: number = (BLOCK_WORDS - CHUNK_DATA) * 32;

const REGION_BYTES_START = 1 << 15;
/** So that a block number stays a positive int32. */
const REGIONS_MAX = 255;
const BLOCKS_MAX: number = REGIONS_MAX << REGION_BLOCKS_LOG2;

/** Hands out chunk blocks, by the writer alone. */
export class ChunkMemory {
  readonly #views: MemoryViews;
  readonly #limbo: Limbo;
  readonly #blocksMax: number;
  /** Tells readers of a region before any block of it is used. */
  readonly #announce: (index: number, region: SharedArrayBuffer) => void;
  /** First free block, the next stands in CHUNK_NEXT. */
  #free = 0;
  /** Blocks handed out, freed ones among them, by region of the newest. Block 0 names none. */
  #end = 1;
  #used = 0;
  /** In the list of free blocks. */
  #freeListed = 0;
  isBounded = true;

  constructor(
    views: MemoryViews,
    bytesMax: number,
    announce: (index: number, region: SharedArrayBuffer) => void,
  ) {
    this.#views = views;
    this.#limbo = new Limbo(views.control);
    this.#blocksMax = Math.min(Math.floor(bytesMax / BLOCK_BYTES), BLOCKS_MAX);
    this.#announce = announce;
  }

  get usedCount(): number {
    return this.#used;
  }

  /** What `allocate` can hand out now; freed blocks that wait for readers do not count. */
  get freeCount(): number {
    return this.#freeListed + Math.max(0, this.#blocksMax - this.#end);
  }

  get blocksMax(): number {
    return this.#blocksMax;
  }

  /** A zeroed block, 0 where the limit is reached. */
  allocate(): number {
    let block = this.#free;
    if (block === 0) {
      block = this.#end;
      const blocksMax = this.isBounded ? this.#blocksMax : BLOCKS_MAX;
      if (block >= blocksMax || !this.#reach(block)) return 0;
      this.#end++;
    } else {
      this.#freeListed--;
      this.#free = this.#wordsOf(block)[baseOf(block) + CHUNK_NEXT];
      this.#wordsOf(block).fill(0, baseOf(block), baseOf(block) + BLOCK_WORDS);
    }
    this.#used++;
    return block;
  }

  release(block: number): void {
    this.#limbo.add(block);
    this.#used--;
  }

  reclaim(epoch: number): void {
    this.#limbo.release(epoch, (block) => {
      this.#wordsOf(block)[baseOf(block) + CHUNK_NEXT] = this.#free;
      this.#free = block;
      this.#freeListed++;
    });
  }

  #wordsOf(block: number): Int32Array {
    return this.#views.regionWords[block >>> REGION_BLOCKS_LOG2];
  }

  /** Makes or grows the region of a block that was never used. */
  #reach(block: number): boolean {
    const index = block >>> REGION_BLOCKS_LOG2;
    const endBytes = ((block & BLOCK_MASK) + 1) * BLOCK_BYTES;
    const region = this.#views.regions[index];
    if (region === undefined) return this.#addRegion(index);
    if (endBytes <= region.byteLength) return true;
    if (!growShared(region, endBytes)) return false;
    this.#views.refresh();
    // Queries that run now learn of the next region long before a block of it is used.
    const next = index + 1;
    const nearlyFull = endBytes > region.maxByteLength * 0.75;
    if (nearlyFull && this.#views.regions[next] === undefined) this.#addRegion(next);
    return true;
  }

  #addRegion(index: number): boolean {
    const region = createRegion(REGION_BYTES_START);
    this.#views.regions[index] = region;
    this.#views.refresh();
    this.#announce(index, region);
    return true;
  }
}

/** The first word of a block in its region. */
export function baseOf(block: number): number {
  return (block & BLOCK_MASK) << BLOCK_WORDS_LOG2;
}

/** False where this thread has not been told yet of the region that a block lies in. */
export function isMapped(views: MemoryViews, block: number): boolean {
  const region = block >>> REGION_BLOCKS_LOG2;
  const end = baseOf(block) + BLOCK_WORDS;
  if (end <= views.regionWords[region]?.length) return true;
  views.refresh();
  return end <= views.regionWords[region]?.length;
}

/** The words of the region that a block lies in; see `isMapped`. */
export function wordsOf(views: MemoryViews, block: number): Int32Array {
  return views.regionWords[block >>> REGION_BLOCKS_LOG2];
}

/** Of the first sample of a chunk, milliseconds. */
export function minTimeOf(views: MemoryViews, chunk: number): number {
  return views.regionTimes[chunk >>> REGION_BLOCKS_LOG2][(baseOf(chunk) >>> 1) + CHUNK_MIN_TIME];
}
