import { DecodeError, assembleWasm } from '#bytes';
import type { SampleColumns } from '#storage';
import {
  BYTES,
  BYTES_MAX,
  CHUNK_KERNEL,
  CUT,
  DATA_TOP,
  FALLS,
  ROWS_MASK,
  ROWS_MAX,
  STALE,
  TIMES,
  UNEVEN,
  VALUES,
} from './chunk-kernel.ts';
import { CHUNK_COUNT, CHUNK_DATA } from './chunk-memory.ts';
import { BLOCK_WORDS } from './memory.ts';

/** Samples to read, filled in by the caller and reused. Times are inclusive bounds. */
export interface ChunkSource {
  words: Int32Array;
  /** First word of the block. */
  base: number;
  startMs: number;
  endMs: number;
  /** Samples of the chunk that may be read; all of them where it has fewer. */
  countMax: number;
  /** Set by `decodeChunk` where nothing was left out: bits of the data that the samples take. */
  endBit?: number;
}

/** What compiles and runs WebAssembly; Node's types do not name it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly endBit: { readonly value: number };
  turn(byteCount: number): void;
  look(rows: number): number;
  decode(row: number, count: number, startMs: number, endMs: number): number;
}

const kernel = new WebAssembly.Instance(new WebAssembly.Module(assembleWasm(CHUNK_KERNEL)))
  .exports as Kernel;
const { buffer } = kernel.memory;
/** The last one is the first of the chunk's data. */
const dataWords = new Int32Array(buffer, 0, DATA_TOP / 4);
const bytes = new Uint8Array(buffer, BYTES, BYTES_MAX);
const times = new Float64Array(buffer, TIMES, ROWS_MAX);
const values = new Float64Array(buffer, VALUES, ROWS_MAX);

/** What is decoded, but in no columns yet: rows, and what was found in them. */
let rows = 0;
let findings = 0;

/*
 *     startSeries();
 *     for each chunk: isWhole = decodeNextChunk(source, columns);
 *     endSeries(columns);
 */

export function startSeries(): void {
  rows = 0;
}

/**
 * Decodes the samples of one chunk that lie within the bounds; they are in the columns once the series ends. The
 * encoding is drawn in chunk-encoder.ts. False where samples after the end were left out.
 */
export function decodeNextChunk(source: ChunkSource, columns: SampleColumns): boolean {
  const { words, base } = source;
  const count = Math.min(source.countMax, Atomics.load(words, base + CHUNK_COUNT));
  if (count === 0) return true;
  putWords(words, base + CHUNK_DATA);
  return decodeData(count, source, columns);
}

/** The same of a chunk as blocks have it: the number of its samples in two bytes, then the data. Throws DecodeError. */
export function decodeNextBytes(
  data: Uint8Array,
  bounds: { readonly startMs: number; readonly endMs: number },
  columns: SampleColumns,
): boolean {
  const count = data.length < 2 ? 0 : (data[0] << 8) | data[1];
  if (count === 0) return true;
  if (data.length > BYTES_MAX - 32) {
    throw new DecodeError('a chunk is longer than samples can be', 0);
  }
  bytes.set(data.subarray(2));
  // What a chunk before left behind it must not look like samples.
  bytes.fill(0, data.length - 2, data.length + 30);
  kernel.turn(data.length + 14);
  return decodeData(count, bounds, columns);
}

/** Appends what was decoded. */
export function endSeries(columns: SampleColumns): void {
  const { length } = columns;
  if (rows === 0) return;
  columns.reserve(length + rows);
  columns.timestampsMs.set(times.subarray(0, rows), length);
  columns.values.set(values.subarray(0, rows), length);
  columns.length = length + rows;
  const found = kernel.look(rows);
  columns.isFreeOfStale = (length === 0 || columns.isFreeOfStale) && (found & STALE) === 0;
  const goesOn = length === 0 || (columns.isRising && !(values[0] < columns.values[length - 1]));
  columns.isRising = goesOn && (found & FALLS) === 0;
  const spacingMs = rows > 1 && (findings & UNEVEN) === 0 ? times[1] - times[0] : 0;
  columns.spacingMs = length === 0 ? spacingMs : joinedSpacing(columns, length, spacingMs);
  rows = 0;
}

/** Of rows up to `middle`, as the columns still say, and of those that follow. */
function joinedSpacing(
  { spacingMs, timestampsMs }: SampleColumns,
  middle: number,
  followingMs: number,
): number {
  const goesOn = timestampsMs[middle] - timestampsMs[middle - 1] === spacingMs;
  return goesOn && (rows === 1 || followingMs === spacingMs) ? spacingMs : 0;
}

/** Appends the samples of a single chunk. */
export function decodeChunk(source: ChunkSource, columns: SampleColumns): boolean {
  startSeries();
  const isWhole = decodeNextChunk(source, columns);
  if (isWhole) source.endBit = kernel.endBit.value;
  endSeries(columns);
  return isWhole;
}

/** Of the data that lie ready. */
function decodeData(
  count: number,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  columns: SampleColumns,
): boolean {
  if (rows + count > ROWS_MAX) endSeries(columns);
  const result = kernel.decode(rows, count, startMs, endMs);
  rows = result & ROWS_MASK;
  findings = result;
  return (result & CUT) === 0;
}

function putWords(words: Int32Array, data: number): void {
  const last = dataWords.length - 1;
  for (let i = 0; i < BLOCK_WORDS - CHUNK_DATA; i++) dataWords[last - i] = words[data + i];
}
