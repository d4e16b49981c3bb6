import { join } from 'node:path';
import { crc32c } from '#bytes';
import type { Disk, DiskFile } from '#platform';
import { PageCache, PagedFile } from '../block/page-cache.ts';
import {
  CHUNK_FRAME_BYTES_MAX,
  CHUNK_PREFIX_BYTES,
  HEAD_CHUNKS_HEADER_BYTES,
  HEAD_CHUNKS_MAGIC,
  HEAD_CHUNKS_VERSION,
  LATE_FLAG,
} from './layout.ts';

/** A chunk as it stands in a file. */
export interface StoredChunk {
  /** See ChunkKind. */
  readonly kind: number;
  /** Of its first and last sample, milliseconds. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** Begins with the count of its samples, two bytes. Valid until the next chunk is read. */
  readonly data: Uint8Array;
}

/** Where the readable part of the chunks ends, and why. */
export interface HeadChunksDamage {
  readonly path: string;
  readonly offset: number;
  readonly reason: string;
}

const WINDOW_BYTES: number = 4 << 20;
const FILE_FACTOR = 4_294_967_296;
const INT64_HIGH = 4_294_967_296;
/** References below are looked up in an array, others in a map. */
const DENSE_REF_MAX: number = 1 << 24;
/** Prometheus' chunks of one series are spread over its files. */
const CACHE_BYTES: number = 64 << 20;

/**
 * The closed chunks of a head by series, of Prometheus or ours. All are looked at once, and their checksums
 * checked, before the first is used.
 */
export class HeadChunks {
  /** Late ones, which are not used, left out. */
  chunkCount = 0;
  byteCount = 0;
  lateCount = 0;
  maxTimeMs: number = -Infinity;
  /** What is behind it is not used, since there a series' chunks may have gaps. */
  damage: HeadChunksDamage | undefined;
  readonly #files: PagedFile[] = [];
  readonly #cache: PageCache = new PageCache(CACHE_BYTES);
  /** By number of a chunk, from 1: file * 2^32 + offset. */
  #positions: Float64Array = new Float64Array(1024);
  /** The next chunk of its series, 0 none. */
  #next: Int32Array = new Int32Array(1024);
  /** By ref of a series. */
  readonly #first = new NumbersByRef();
  readonly #last = new NumbersByRef();

  /** Finds the chunks in a directory, some mebibytes a step. Throws the disk's error. */
  *read(disk: Disk, dir: string): Generator<void> {
    const names = disk.list(dir).filter((name) => /^\d{1,15}$/.test(name));
    const numbered = names.toSorted((a, b) => Number(a) - Number(b));
    for (const [index, name] of numbered.entries()) {
      const path = join(dir, name);
      if (index > 0 && Number(name) !== Number(numbered[index - 1]) + 1) {
        this.damage = { path, offset: 0, reason: 'a file before it is missing' };
        return;
      }
      yield* this.#readFile(disk, path);
      if (this.damage !== undefined) return;
    }
  }

  /** Hands over the chunks of a series, oldest first, and forgets them. */
  take(ref: number, use: (chunk: StoredChunk) => void): void {
    let chunk = this.#first.get(ref);
    if (chunk === 0) return;
    this.#first.set(ref, 0);
    for (; chunk !== 0; chunk = this.#next[chunk]) use(this.#chunkAt(this.#positions[chunk]));
  }

  close(): void {
    for (const file of this.#files) file.close();
    this.#files.length = 0;
  }

  *#readFile(disk: Disk, path: string): Generator<void> {
    const file = disk.open(path, 'read');
    const index = this.#files.length;
    this.#files.push(new PagedFile(file, this.#cache));
    // Prometheus may die between making a file and writing to it.
    if (file.bytes === 0) return;
    let window = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, file.bytes));
    let position = HEAD_CHUNKS_HEADER_BYTES;
    if (!hasHeader(file)) {
      this.damage = { path, offset: 0, reason: 'it does not begin as one' };
      return;
    }
    while (position < file.bytes) {
      const count = file.readAt(position, window);
      const isLast = position + count >= file.bytes;
      const used = this.#readWindow(window.subarray(0, count), { file: index, position, isLast });
      if (typeof used === 'string') {
        this.damage = { path, offset: position, reason: used };
        return;
      }
      if (used === END) return;
      position += used;
      if (used === 0) {
        if (isLast) {
          this.damage = { path, offset: position, reason: 'the last chunk is torn' };
          return;
        }
        window = Buffer.allocUnsafe(window.length * 2);
      }
      yield;
    }
  }

  /** How many bytes the whole chunks of a window take, END where zeros follow, or what is wrong. */
  #readWindow(window: Buffer, { file, position, isLast }: WindowPlace): number | string {
    let at = 0;
    while (at < window.length) {
      const hasRoom = at + CHUNK_FRAME_BYTES_MAX <= window.length;
      if ((hasRoom || isLast) && isZero(window, at)) return END;
      if (!hasRoom) break;
      const { length, dataAt } = lengthAt(window, at + CHUNK_PREFIX_BYTES);
      const end = dataAt + length;
      if (dataAt === 0 || length < 2) return 'the length of a chunk makes no sense';
      if (end + 4 > window.length) break;
      if (crc32c(window, at, end) !== window.readUInt32BE(end)) return 'a checksum does not fit';
      this.#note(window, at, file * FILE_FACTOR + position + at);
      this.byteCount += end + 4 - at;
      at = end + 4;
    }
    return at;
  }

  #note(window: Buffer, at: number, position: number): void {
    if ((window[at + 24] & LATE_FLAG) !== 0) {
      this.lateCount++;
      return;
    }
    const ref = int64At(window, at);
    const chunk = ++this.chunkCount;
    if (chunk === this.#positions.length) this.#grow();
    this.#positions[chunk] = position;
    const last = this.#last.get(ref);
    if (last === 0) this.#first.set(ref, chunk);
    else this.#next[last] = chunk;
    this.#last.set(ref, chunk);
    this.maxTimeMs = Math.max(this.maxTimeMs, int64At(window, at + 16));
  }

  #grow(): void {
    const positions = new Float64Array(this.#positions.length * 2);
    positions.set(this.#positions);
    this.#positions = positions;
    const next = new Int32Array(positions.length);
    next.set(this.#next);
    this.#next = next;
  }

  #chunkAt(position: number): StoredChunk {
    const index = Math.floor(position / FILE_FACTOR);
    const offset = position - index * FILE_FACTOR;
    const file = this.#files[index];
    const prefix = file.readUpTo(offset, CHUNK_FRAME_BYTES_MAX);
    const { length, dataAt } = lengthAt(prefix, CHUNK_PREFIX_BYTES);
    const kind = prefix[24];
    const minTimeMs = int64At(prefix, 8);
    const maxTimeMs = int64At(prefix, 16);
    return { kind, minTimeMs, maxTimeMs, data: file.read(offset + dataAt, length) };
  }
}

interface WindowPlace {
  readonly file: number;
  readonly position: number;
  /** Nothing follows it. */
  readonly isLast: boolean;
}

/** Prometheus makes its files longer than what is in them. */
const END = -1;

function hasHeader(file: DiskFile): boolean {
  const header = Buffer.alloc(HEAD_CHUNKS_HEADER_BYTES);
  return (
    file.readAt(0, header) === header.length &&
    header.readUInt32BE(0) === HEAD_CHUNKS_MAGIC &&
    header[4] === HEAD_CHUNKS_VERSION
  );
}

/** Where a chunk would begin, nothing does. */
function isZero(window: Uint8Array, at: number): boolean {
  const end = Math.min(window.length, at + CHUNK_PREFIX_BYTES);
  for (let i = at; i < end; i++) if (window[i] !== 0) return false;
  return true;
}

/** `dataAt` 0 where there is no length. */
function lengthAt(bytes: Uint8Array, start: number): { length: number; dataAt: number } {
  let length = 0;
  let factor = 1;
  for (let at = start; at < start + 5; at++) {
    const byte = bytes[at];
    length += (byte & 127) * factor;
    if (byte < 128) return { length, dataAt: at + 1 };
    factor *= 128;
  }
  return { length: 0, dataAt: 0 };
}

function int64At(bytes: Uint8Array, at: number): number {
  const high = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  const low = (bytes[at + 4] << 24) | (bytes[at + 5] << 16) | (bytes[at + 6] << 8) | bytes[at + 7];
  return high * INT64_HIGH + (low >>> 0);
}

/** Positive numbers by ref; 0 where there is none. */
class NumbersByRef {
  #dense: Int32Array = new Int32Array(1024);
  readonly #sparse = new Map<number, number>();

  get(ref: number): number {
    if (ref >= 0 && ref < this.#dense.length) return this.#dense[ref];
    return this.#sparse.get(ref) ?? 0;
  }

  set(ref: number, value: number): void {
    if (!(ref >= 0 && ref < DENSE_REF_MAX)) {
      this.#sparse.set(ref, value);
      return;
    }
    if (ref >= this.#dense.length) {
      const grown = new Int32Array(Math.min(DENSE_REF_MAX, Math.max(ref + 1, ref * 2)));
      grown.set(this.#dense);
      this.#dense = grown;
    }
    this.#dense[ref] = value;
  }
}
