import {
  ByteWriter,
  SnappyError,
  ZstdError,
  crc32c,
  snappyDecompressInto,
  zstdDecompress,
} from '#bytes';
import type { Disk, DiskFile } from '#platform';
import {
  FRAGMENT_HEADER_BYTES,
  FRAGMENT_TYPE_MASK,
  Fragment,
  PAGE_BYTES,
  RECORD_BYTES_MAX,
  SNAPPY_FLAG,
  ZSTD_FLAG,
} from './layout.ts';

/** A piece of a segment that holds no readable record. */
export interface Corruption {
  /** Bytes from the start of the segment: where the last good record before it ends. */
  readonly offset: number;
  /** How many bytes are lost. */
  readonly bytes: number;
  readonly reason: string;
  /** Nothing readable follows. */
  readonly isTail: boolean;
}

export interface SegmentContent {
  readonly recordCount: number;
  /** Records whose checksum fits, but which cannot be decompressed. */
  readonly unreadableCount: number;
  readonly corruptions: readonly Corruption[];
}

const READ_PAGES = 32;

const COMPRESSED_FLAGS: number = SNAPPY_FLAG | ZSTD_FLAG;

/**
 * Hands over the records of one segment, a mebibyte a step, so that other work can go on between. Where
 * it is damaged, reading goes on at the next page with a record that begins there. `onRecord`'s bytes
 * are valid during the call; what it throws passes through.
 */
export function* readSegmentSteps(
  disk: Disk,
  path: string,
  onRecord: (record: Uint8Array) => void,
  offset = 0,
): Generator<void, SegmentContent> {
  const file = disk.open(path, 'read');
  try {
    return yield* new SegmentReader(file, onRecord, offset).run();
  } finally {
    file.close();
  }
}

/** All steps at once. */
export function readSegment(
  disk: Disk,
  path: string,
  onRecord: (record: Uint8Array) => void,
): SegmentContent {
  const steps = readSegmentSteps(disk, path, onRecord);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

class SegmentReader {
  readonly #file: DiskFile;
  readonly #onRecord: (record: Uint8Array) => void;
  readonly #corruptions: Corruption[] = [];
  /** Fragments of the record that is being put together. */
  #parts: Uint8Array[] = [];
  /** The one that was decompressed last. */
  readonly #record: ByteWriter = new ByteWriter(0);
  /** Of its first fragment. */
  #flags = 0;
  #startAt = 0;
  #recordCount = 0;
  #unreadableCount = 0;
  /** Where the last good record, or padding after it, ends. */
  #goodEnd = 0;
  /** What lies before it is not read. */
  readonly #offset: number;
  /** The open damage: why, or undefined. */
  #damage: string | undefined;

  constructor(file: DiskFile, onRecord: (record: Uint8Array) => void, offset: number) {
    this.#file = file;
    this.#onRecord = onRecord;
    this.#offset = offset;
    this.#goodEnd = offset;
  }

  *run(): Generator<void, SegmentContent> {
    // A part of a record may outlive its page, so each block of pages has its own buffer then.
    const pages = Math.min(READ_PAGES, Math.ceil((this.#file.bytes + 1) / PAGE_BYTES));
    let buffer = Buffer.allocUnsafe(pages * PAGE_BYTES);
    const firstPage = Math.floor(this.#offset / PAGE_BYTES) * PAGE_BYTES;
    for (let position = firstPage; ; position += buffer.length) {
      if (this.#parts.length > 0) buffer = Buffer.allocUnsafe(pages * PAGE_BYTES);
      const count = this.#file.readAt(position, buffer);
      for (let page = 0; page < count; page += PAGE_BYTES) {
        const end = Math.min(count, page + PAGE_BYTES);
        this.#readPage(buffer.subarray(page, end), position + page);
      }
      if (count < buffer.length) break;
      yield;
    }
    this.#finish();
    return {
      recordCount: this.#recordCount,
      unreadableCount: this.#unreadableCount,
      corruptions: this.#corruptions,
    };
  }

  #finish(): void {
    if (this.#parts.length > 0) this.#breakAt('the last record is torn');
    if (this.#damage === undefined) return;
    this.#close(this.#file.bytes, true);
  }

  #readPage(page: Buffer, position: number): void {
    let at = Math.max(0, this.#offset - position);
    while (at < page.length) {
      const type = page[at] & FRAGMENT_TYPE_MASK;
      if (page[at] === Fragment.pageEnd) {
        this.#readPadding(page, at, position);
        return;
      }
      const dataAt = at + FRAGMENT_HEADER_BYTES;
      const end = dataAt + (dataAt <= page.length ? page.readUInt16BE(at + 1) : 0);
      if (dataAt > page.length || end > page.length) {
        this.#breakAt('a record does not end where its page ends');
        return;
      }
      if (crc32c(page, dataAt, end) !== page.readUInt32BE(at + 3)) {
        this.#breakAt('a checksum does not fit');
        return;
      }
      this.#readFragment(type, page[at], page.subarray(dataAt, end), position + at);
      if (this.#parts.length === 0 && this.#damage === undefined) this.#goodEnd = position + end;
      at = end;
    }
  }

  #readPadding(page: Buffer, at: number, position: number): void {
    for (let i = at; i < page.length; i++) {
      if (page[i] === 0) continue;
      this.#breakAt('the padding of a page is not zero');
      return;
    }
    if (this.#parts.length === 0 && this.#damage === undefined) {
      this.#goodEnd = position + page.length;
    }
  }

  #readFragment(type: number, flags: number, data: Uint8Array, position: number): void {
    const begins = type === Fragment.full || type === Fragment.first;
    const known = begins || type === Fragment.middle || type === Fragment.last;
    if (!known || (begins && this.#parts.length > 0)) this.#breakAt('fragments are out of order');
    if (!begins && (!known || this.#parts.length === 0)) {
      this.#breakAt('fragments are out of order');
      return;
    }
    if (type === Fragment.full) {
      this.#readRecord(data, flags, position);
      return;
    }
    if (type === Fragment.first) {
      this.#flags = flags;
      this.#startAt = position;
    }
    this.#parts.push(data);
    if (type === Fragment.last) {
      const record = Buffer.concat(this.#parts);
      this.#parts = [];
      this.#readRecord(record, this.#flags, this.#startAt);
    }
  }

  #readRecord(data: Uint8Array, flags: number, position: number): void {
    let record = data;
    if ((flags & COMPRESSED_FLAGS) !== 0 && data.length > 0) {
      try {
        record = this.#decompress(data, flags);
      } catch (error) {
        if (error instanceof ZstdError) {
          this.#close(position, false);
          this.#unreadableCount++;
          return;
        }
        if (!(error instanceof SnappyError)) throw error;
        this.#breakAt('a record cannot be decompressed');
        return;
      }
    }
    this.#close(position, false);
    this.#recordCount++;
    if (record.length > 0) this.#onRecord(record);
  }

  #decompress(data: Uint8Array, flags: number): Uint8Array {
    return (flags & ZSTD_FLAG) === 0
      ? snappyDecompressInto(data, RECORD_BYTES_MAX, this.#record)
      : zstdDecompress(data, RECORD_BYTES_MAX);
  }

  /** Opens a damage, or goes on with the open one. */
  #breakAt(reason: string): void {
    this.#parts = [];
    this.#damage ??= reason;
  }

  /** Ends the open damage where the next good record begins. */
  #close(position: number, isTail: boolean): void {
    if (this.#damage === undefined) return;
    const offset = this.#goodEnd;
    const bytes = position - offset;
    this.#corruptions.push({ offset, bytes, reason: this.#damage, isTail });
    this.#damage = undefined;
  }
}
