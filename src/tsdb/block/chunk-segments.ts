import { join } from 'node:path';
import { DecodeError, crc32c } from '#bytes';
import type { Disk } from '#platform';
import { BlockDamagedError } from './block-meta.ts';
import type { ChunkColumns } from './block-series.ts';
import { FileWriter } from './file-writer.ts';
import {
  CHUNKS_HEADER_BYTES,
  CHUNKS_MAGIC,
  CHUNKS_SEGMENT_BYTES,
  CHUNKS_VERSION,
  CHUNK_SEGMENT_FACTOR,
  segmentFileName,
} from './layout.ts';
import { PagedFile } from './page-cache.ts';
import type { PageCache } from './page-cache.ts';

/*
 * A chunk in a segment:
 *
 *   ┌────────────────┬──────────┬────────────────┬──────────────┐
 *   │ length uvarint │ kind 1 B │ data           │ crc32c 4 B   │  of kind and data
 *   └────────────────┴──────────┴────────────────┴──────────────┘
 */

/** Around the data: length at most five, kind, checksum. */
const FRAME_BYTES_MAX = 10;
/** What is asked for before the length is known: most chunks are shorter. */
const READ_AHEAD_BYTES = 512;

/** Writes the chunks of a block, one series after the other. */
export class ChunkSegmentWriter {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #segmentBytes: number;
  #index = -1;
  #writer: FileWriter | undefined;

  constructor(disk: Disk, dir: string, segmentBytes: number = CHUNKS_SEGMENT_BYTES) {
    this.#disk = disk;
    this.#dir = dir;
    this.#segmentBytes = segmentBytes;
    disk.makeDir(dir);
  }

  /** Writes all chunks of a series; their references go to `refs`. */
  write(chunks: ChunkColumns, refs: Float64Array): void {
    for (let i = 0; i < chunks.count; i++) refs[i] = this.#writeOne(chunks, i);
  }

  finish(): void {
    this.#writer?.finish();
    this.#writer = undefined;
  }

  abandon(): void {
    this.#writer?.abandon();
    this.#writer = undefined;
  }

  #writeOne(chunks: ChunkColumns, i: number): number {
    const length = chunks.lengths[i];
    const writer = this.#withRoom(length + FRAME_BYTES_MAX);
    const ref = this.#index * CHUNK_SEGMENT_FACTOR + writer.position;
    const { out } = writer;
    out.writeUvarint(length);
    const summed = out.length;
    out.writeByte(chunks.kinds[i]);
    const start = chunks.starts[i];
    out.writeBytes(chunks.bytes.buffer.subarray(start, start + length));
    out.writeUint32(crc32c(out.buffer, summed, out.length));
    writer.flushIfFull();
    return ref;
  }

  #withRoom(bytes: number): FileWriter {
    let writer = this.#writer;
    if (writer !== undefined && writer.position + bytes <= this.#segmentBytes) return writer;
    writer?.finish();
    this.#index++;
    writer = new FileWriter(this.#disk, join(this.#dir, segmentFileName(this.#index)));
    this.#writer = writer;
    writer.out.writeUint32(CHUNKS_MAGIC);
    writer.out.writeByte(CHUNKS_VERSION);
    writer.out.writeZeros(CHUNKS_HEADER_BYTES - 5);
    return writer;
  }
}

/** Reads the chunks of a block. */
export class ChunkSegmentReader {
  readonly #segments: PagedFile[];
  /** Of the chunk that `read` found. */
  kind = 0;

  /** Throws BlockDamagedError, or the disk's error. */
  constructor(disk: Disk, dir: string, cache: PageCache) {
    const names = disk.list(dir).filter((name) => /^\d{6,}$/.test(name));
    this.#segments = [];
    try {
      for (const [index, name] of names.entries()) {
        if (name !== segmentFileName(index)) {
          throw new BlockDamagedError(`cannot find chunks/${segmentFileName(index)}`);
        }
        const file = new PagedFile(disk.open(join(dir, name), 'read'), cache);
        this.#segments.push(file);
        checkHeader(file, name);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** A view of a chunk's data, valid until the next read. Throws DecodeError where there is no sound chunk. */
  read(ref: number): Uint8Array {
    const index = Math.floor(ref / CHUNK_SEGMENT_FACTOR);
    const offset = ref - index * CHUNK_SEGMENT_FACTOR;
    const segment = this.#segments[index];
    if (segment === undefined) throw new DecodeError('cannot find the segment of a chunk', ref);
    let frame = segment.readUpTo(offset, READ_AHEAD_BYTES);
    let length = 0;
    let at = 0;
    for (let factor = 1; at < 5; factor *= 128) {
      const byte = frame[at++];
      if (byte === undefined) throw new DecodeError('cannot read the length of a chunk', offset);
      length += (byte & 127) * factor;
      if (byte < 128) break;
    }
    const whole = at + 1 + length + 4;
    if (whole > frame.length) frame = segment.read(offset, whole);
    const end = at + 1 + length;
    if (!segment.isSound(offset)) {
      if (crc32c(frame, at, end) !== uint32At(frame, end)) {
        throw new DecodeError('a chunk has a wrong checksum', offset);
      }
      segment.setSound(offset);
    }
    this.kind = frame[at];
    return frame.subarray(at + 1, end);
  }

  close(): void {
    for (const segment of this.#segments) segment.close();
    this.#segments.length = 0;
  }
}

function uint32At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

function checkHeader(file: PagedFile, name: string): void {
  const header = file.readUpTo(0, CHUNKS_HEADER_BYTES);
  if (header.length < CHUNKS_HEADER_BYTES || uint32At(header, 0) !== CHUNKS_MAGIC) {
    throw new BlockDamagedError(`cannot read chunks/${name}: it does not begin as one`);
  }
  if (header[4] !== CHUNKS_VERSION) {
    throw new BlockDamagedError(`cannot read chunks/${name}: its version is ${header[4]}`);
  }
}
