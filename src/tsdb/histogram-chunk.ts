import { ByteReader, ByteWriter } from '#bytes';
import { storedResetHint } from '#model';
import type { FloatHistogram } from '#model';
import type { SampleColumns } from '#storage';
import type { ChunkSource } from './chunk-decoder.ts';
import { CHUNK_COUNT, CHUNK_SERIES, baseOf, isMapped } from './chunk-memory.ts';
import type { ChunkMemory } from './chunk-memory.ts';
import { decodeHistogram, decodeHistogramHead, encodeHistogram } from './histogram-codec.ts';
import { BLOCK_BYTES, BLOCK_MASK, REGION_BLOCKS_LOG2 } from './memory.ts';
import type { MemoryViews } from './memory.ts';

/*
 * A chunk of native histograms: the words of chunk-memory.ts, the row of the series negated to tell it from
 * floats, then
 *
 *   6  bytes of samples in all
 *   7  the next block of this chunk, 0 none
 *   8  224 bytes of samples, see histogram-codec.ts
 *
 * and in each further block
 *
 *   0  the next block, 0 none
 *   1  252 bytes of samples
 */
const CHUNK_BYTES = 6;
const CHUNK_MORE = 7;
const FIRST_DATA_BYTES = 8 * 4;
const MORE = 0;
const MORE_DATA_BYTES = 4;

/** A chunk ends before it would grow beyond: a query decodes whole chunks. A single sample may be larger. */
const CHUNK_BYTES_MAX = 8192;
const CHUNK_SAMPLES_MAX = 240;

export function isHistogramChunk(words: Int32Array, base: number): boolean {
  return words[base + CHUNK_SERIES] < 0;
}

/** The blocks of a chunk of histograms behind its first. */
export function* moreBlocks(views: MemoryViews, chunk: number): Generator<number> {
  const words = views.regionWords[chunk >>> REGION_BLOCKS_LOG2];
  let block = words[baseOf(chunk) + CHUNK_MORE];
  while (block !== 0) {
    const next = views.regionWords[block >>> REGION_BLOCKS_LOG2][baseOf(block) + MORE];
    yield block;
    block = next;
  }
}

/** The end of a series' open chunk of histograms. */
interface OpenChunk {
  last: FloatHistogram;
  chunk: number;
  /** Where the next byte goes. */
  block: number;
  /** In bytes from the block's start. */
  offset: number;
}

/** Appends histograms to chunks, by the writer alone. Keeps the newest of each series at hand. */
export class HistogramWriter {
  readonly #views: MemoryViews;
  readonly #memory: ChunkMemory;
  /** By row, of the series whose newest sample is a histogram. */
  readonly #open = new Map<number, OpenChunk>();
  readonly #bytes: ByteWriter = new ByteWriter(1024);

  constructor(views: MemoryViews, memory: ChunkMemory) {
    this.#views = views;
    this.#memory = memory;
  }

  /** The newest sample of a series, if it is a histogram. */
  last(row: number): FloatHistogram | undefined {
    return this.#open.get(row)?.last;
  }

  /** The series' newest sample is no histogram any more. */
  forget(row: number): void {
    if (this.#open.size > 0) this.#open.delete(row);
  }

  /** Appends to the open chunk. False, and nothing done, where there is none or it has no room. */
  append(row: number, timeDeltaMs: number, histogram: FloatHistogram): boolean {
    const open = this.#open.get(row);
    if (open === undefined) return false;
    const words = this.#views.regionWords[open.chunk >>> REGION_BLOCKS_LOG2];
    const base = baseOf(open.chunk);
    if (words[base + CHUNK_COUNT] >= CHUNK_SAMPLES_MAX) return false;
    const stored = withHint(open.last, histogram);
    this.#bytes.clear();
    encodeHistogram(this.#bytes, timeDeltaMs, stored, open.last);
    if (words[base + CHUNK_BYTES] + this.#bytes.length > CHUNK_BYTES_MAX) return false;
    if (!this.#store(open)) return false;
    open.last = stored;
    Atomics.store(words, base + CHUNK_COUNT, words[base + CHUNK_COUNT] + 1);
    return true;
  }

  /** Puts the first sample into an empty chunk, which is published by its count. False where memory is full. */
  first(row: number, chunk: number, timeMs: number, histogram: FloatHistogram): boolean {
    const stored = withHint(this.#open.get(row)?.last, histogram);
    this.#bytes.clear();
    encodeHistogram(this.#bytes, timeMs, stored, undefined);
    const open = { last: stored, chunk, block: chunk, offset: FIRST_DATA_BYTES };
    if (!this.#store(open)) return false;
    this.#open.set(row, open);
    const words = this.#views.regionWords[chunk >>> REGION_BLOCKS_LOG2];
    Atomics.store(words, baseOf(chunk) + CHUNK_COUNT, 1);
    return true;
  }

  /** Copies the bytes behind those of the chunk. False, and nothing done, where memory is full. */
  #store(open: OpenChunk): boolean {
    const bytes = this.#bytes.view();
    const more = this.#allocate(bytes.length - (BLOCK_BYTES - open.offset));
    if (more === undefined) return false;
    let { block, offset } = open;
    for (let at = 0; at < bytes.length;) {
      if (offset === BLOCK_BYTES) {
        const next = more.shift() ?? 0;
        const words = this.#views.regionWords[block >>> REGION_BLOCKS_LOG2];
        words[baseOf(block) + (block === open.chunk ? CHUNK_MORE : MORE)] = next;
        block = next;
        offset = MORE_DATA_BYTES;
      }
      const count = Math.min(bytes.length - at, BLOCK_BYTES - offset);
      blockBytes(this.#views, block).set(bytes.subarray(at, at + count), offset);
      at += count;
      offset += count;
    }
    open.block = block;
    open.offset = offset;
    const words = this.#views.regionWords[open.chunk >>> REGION_BLOCKS_LOG2];
    words[baseOf(open.chunk) + CHUNK_BYTES] += bytes.length;
    return true;
  }

  /** Blocks for so many bytes more; undefined where memory is full. */
  #allocate(byteCount: number): number[] | undefined {
    const blocks: number[] = [];
    for (let rest = byteCount; rest > 0; rest -= BLOCK_BYTES - MORE_DATA_BYTES) {
      const block = this.#memory.allocate();
      if (block === 0) {
        for (const taken of blocks) this.#memory.release(taken);
        return undefined;
      }
      blocks.push(block);
    }
    return blocks;
  }
}

function withHint(previous: FloatHistogram | undefined, histogram: FloatHistogram): FloatHistogram {
  return { ...histogram, counterResetHint: storedResetHint(previous, histogram) };
}

/**
 * Appends the samples of one chunk that lie within the bounds, of those that may be read. False where samples
 * after the end were left out.
 */
export function readHistogramChunk(
  views: MemoryViews,
  chunk: number,
  source: Pick<ChunkSource, 'startMs' | 'endMs' | 'countMax'>,
  columns: SampleColumns,
): boolean {
  const words = views.regionWords[chunk >>> REGION_BLOCKS_LOG2];
  const count = Math.min(source.countMax, Atomics.load(words, baseOf(chunk) + CHUNK_COUNT));
  const bytes = gather(views, chunk, words[baseOf(chunk) + CHUNK_BYTES]);
  if (bytes === undefined) return true;
  const reader = new ByteReader(bytes);
  let timeMs = 0;
  let previous: FloatHistogram | undefined;
  for (let i = 0; i < count; i++) {
    const { flags, timeDeltaMs } = decodeHistogramHead(reader);
    timeMs += timeDeltaMs;
    if (timeMs > source.endMs) return false;
    previous = decodeHistogram(reader, flags, previous);
    if (timeMs >= source.startMs) columns.pushHistogram(timeMs, previous);
  }
  return true;
}

/** The bytes of a chunk in one piece. Undefined where this thread has not been told of a region that it reaches into. */
function gather(views: MemoryViews, chunk: number, length: number): Uint8Array | undefined {
  const bytes = new Uint8Array(length);
  let block = chunk;
  let at = 0;
  for (let offset = FIRST_DATA_BYTES; at < length; offset = MORE_DATA_BYTES) {
    if (!isMapped(views, block)) return undefined;
    const count = Math.min(length - at, BLOCK_BYTES - offset);
    bytes.set(blockBytes(views, block).subarray(offset, offset + count), at);
    at += count;
    const words = views.regionWords[block >>> REGION_BLOCKS_LOG2];
    block = words[baseOf(block) + (block === chunk ? CHUNK_MORE : MORE)];
  }
  return bytes;
}

function blockBytes(views: MemoryViews, block: number): Uint8Array {
  const { buffer } = views.regionWords[block >>> REGION_BLOCKS_LOG2];
  return new Uint8Array(buffer, (block & BLOCK_MASK) * BLOCK_BYTES, BLOCK_BYTES);
}
