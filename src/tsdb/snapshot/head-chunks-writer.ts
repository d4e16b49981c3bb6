import { join } from 'node:path';
import { crc32c } from '#bytes';
import type { ByteWriter } from '#bytes';
import type { Disk } from '#platform';
import { FileWriter } from '../block/file-writer.ts';
import { copyWords } from '../block/sample-chunker.ts';
import { CHUNK_COUNT, CHUNK_DATA, CHUNK_DATA_BITS } from '../chunk-memory.ts';
import {
  CHUNK_FRAME_BYTES_MAX,
  HEAD_CHUNKS_FILE_BYTES,
  HEAD_CHUNKS_HEADER_BYTES,
  HEAD_CHUNKS_MAGIC,
  HEAD_CHUNKS_VERSION,
  headChunksFileName,
} from './layout.ts';

/** Around the bytes of a chunk. Times are inclusive, milliseconds. */
export interface ChunkHead {
  readonly ref: number;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly kind: number;
}

/** Writes closed chunks of a head to a directory that it makes. Methods throw the disk's error. */
export class HeadChunksWriter {
  chunkCount = 0;
  /** Of chunks with what is around them. */
  byteCount = 0;
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #fileBytes: number;
  readonly #syncs: Promise<void>[] = [];
  #number = 0;
  #writer: FileWriter | undefined;

  constructor(disk: Disk, dir: string, fileBytes: number = HEAD_CHUNKS_FILE_BYTES) {
    this.#disk = disk;
    this.#dir = dir;
    this.#fileBytes = fileBytes;
    disk.makeDir(dir);
  }

  write(head: ChunkHead, data: Uint8Array): void {
    const { out } = this.#withRoom(data.length + CHUNK_FRAME_BYTES_MAX);
    const start = out.length;
    writeHead(out, head, data.length);
    out.writeBytes(data);
    this.#endChunk(out, start);
  }

  /** A chunk of floats with all the bits that a block of the head holds; `base`: of the block in `words`. */
  writeBlock(head: ChunkHead, words: Int32Array, base: number): void {
    const length = 2 + CHUNK_DATA_BITS / 8;
    const { out } = this.#withRoom(length + CHUNK_FRAME_BYTES_MAX);
    const start = out.length;
    writeHead(out, head, length);
    out.writeUint16(words[base + CHUNK_COUNT]);
    copyWords(words, base + CHUNK_DATA, CHUNK_DATA_BITS, out);
    this.#endChunk(out, start);
  }

  #endChunk(out: ByteWriter, start: number): void {
    out.writeUint32(crc32c(out.buffer, start, out.length));
    this.chunkCount++;
    this.byteCount += out.length - start;
    this.#writer?.flushIfFull();
  }

  /** Resolves when all survives a power failure, but for the directory's own name. */
  async finish(): Promise<void> {
    this.#end();
    await Promise.all(this.#syncs);
    this.#disk.syncDir(this.#dir);
  }

  /** Leaves the files as they are. */
  async abandon(): Promise<void> {
    this.#writer?.abandon();
    this.#writer = undefined;
    await Promise.allSettled(this.#syncs);
  }

  #withRoom(bytes: number): FileWriter {
    const writer = this.#writer;
    if (writer !== undefined && writer.position + bytes <= this.#fileBytes) return writer;
    this.#end();
    this.#number++;
    const next = new FileWriter(this.#disk, join(this.#dir, headChunksFileName(this.#number)));
    this.#writer = next;
    next.out.writeUint32(HEAD_CHUNKS_MAGIC);
    next.out.writeByte(HEAD_CHUNKS_VERSION);
    next.out.writeZeros(HEAD_CHUNKS_HEADER_BYTES - 5);
    return next;
  }

  #end(): void {
    const writer = this.#writer;
    this.#writer = undefined;
    if (writer === undefined) return;
    const done = writer.finishLater();
    // It is waited for later.
    done.catch(() => undefined);
    this.#syncs.push(done);
  }
}

function writeHead(out: ByteWriter, head: ChunkHead, length: number): void {
  out.writeInt64(head.ref);
  out.writeInt64(head.minTimeMs);
  out.writeInt64(head.maxTimeMs);
  out.writeByte(head.kind);
  out.writeUvarint(length);
}
