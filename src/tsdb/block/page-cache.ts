import { DecodeError } from '#bytes';
import type { DiskFile } from '#platform';

/** A page: one positional read. Series of one metric lie together, so a page serves many of them. */
const PAGE_BYTES_LOG2 = 15;
const PAGE_BYTES: number = 1 << PAGE_BYTES_LOG2;
/** Behind the bytes of a page: a bit for each eight of them, see `PagedFile.isSound`. */
const SOUND_BYTES: number = PAGE_BYTES / 64;
/** Pages of one file: an index and a chunk segment are far below 2^26 pages (2 TiB). */
const FILE_FACTOR: number = 2 ** 26;

/** Strings that one thread keeps decoded, of all its blocks; beyond it all are forgotten. Some 100 bytes each. */
const TEXTS_MAX = 200_000;
const FILE_TEXTS = 4_294_967_296;

/**
 * Pages and strings that one thread keeps, of all its blocks: the least recently used pages leave. The
 * system keeps the rest.
 */
export class PageCache {
  readonly #texts = new Map<number, string>();
  readonly #pagesMax: number;
  readonly #pages = new Map<number, Uint8Array>();
  #lastFile = 0;

  constructor(bytesMax: number = 32 * 1024 * 1024) {
    this.#pagesMax = Math.max(4, bytesMax >>> PAGE_BYTES_LOG2);
  }

  /** Numbers files; never used again. */
  nextFile(): number {
    return ++this.#lastFile;
  }

  get(key: number): Uint8Array | undefined {
    const page = this.#pages.get(key);
    if (page === undefined) return undefined;
    this.#pages.delete(key);
    this.#pages.set(key, page);
    return page;
  }

  add(key: number, page: Uint8Array): void {
    if (this.#pages.size >= this.#pagesMax) {
      const [oldest] = this.#pages.keys();
      if (oldest !== undefined) this.#pages.delete(oldest);
    }
    this.#pages.set(key, page);
  }

  /** The string of a number, below 2^32, of a file. */
  text(file: number, number: number): string | undefined {
    return this.#texts.get(file * FILE_TEXTS + number);
  }

  addText(file: number, number: number, text: string): void {
    if (this.#texts.size >= TEXTS_MAX) this.#texts.clear();
    this.#texts.set(file * FILE_TEXTS + number, text);
  }

  forget(file: number): void {
    for (const key of this.#pages.keys()) {
      if (Math.floor(key / FILE_FACTOR) === file) this.#pages.delete(key);
    }
  }
}

/** Reads pieces of a file that does not change, through a cache. */
export class PagedFile {
  readonly bytes: number;
  readonly #file: DiskFile;
  readonly #cache: PageCache;
  /** In the cache. */
  readonly number: number;
  #page: Uint8Array = new Uint8Array(0);
  #pageIndex = -1;
  /** Of `#page`. */
  #sound: Uint8Array = new Uint8Array(0);
  #joined: Uint8Array = new Uint8Array(0);

  /** Takes over the open file. */
  constructor(file: DiskFile, cache: PageCache) {
    this.#file = file;
    this.bytes = file.bytes;
    this.#cache = cache;
    this.number = cache.nextFile();
  }

  /** A view, valid until the next read. Throws DecodeError beyond the end, or the disk's error. */
  read(offset: number, length: number): Uint8Array {
    if (offset < 0 || !(offset + length <= this.bytes)) {
      throw new DecodeError('cannot read beyond the end of a file', offset);
    }
    const index = Math.floor(offset / PAGE_BYTES);
    const start = offset - index * PAGE_BYTES;
    if (start + length <= PAGE_BYTES) return this.#pageAt(index).subarray(start, start + length);
    return this.#join(offset, length);
  }

  /** As `read`, but shorter where the file ends. */
  readUpTo(offset: number, length: number): Uint8Array {
    return this.read(offset, Math.max(0, Math.min(length, this.bytes - offset)));
  }

  /**
   * True if `setSound` was called for this offset since its page came from the disk. Of what begins within the
   * same eight bytes one must be enough: pieces with a checksum of their own are longer. Right after `read`.
   */
  isSound(offset: number): boolean {
    if (Math.floor(offset / PAGE_BYTES) !== this.#pageIndex) return false;
    const group = (offset % PAGE_BYTES) >>> 3;
    return ((this.#sound[group >>> 3] >>> (group & 7)) & 1) === 1;
  }

  /** What begins at an offset had the right checksum; no effect where it reaches into the next page. */
  setSound(offset: number): void {
    if (Math.floor(offset / PAGE_BYTES) !== this.#pageIndex) return;
    const group = (offset % PAGE_BYTES) >>> 3;
    this.#sound[group >>> 3] |= 1 << (group & 7);
  }

  /** A fresh copy, past the cache: for what is read once. */
  readOnce(offset: number, length: number): Uint8Array {
    if (!(offset >= 0 && offset + length <= this.bytes)) {
      throw new DecodeError('cannot read beyond the end of a file', offset);
    }
    const into = new Uint8Array(length);
    if (this.#file.readAt(offset, into) < length) {
      throw new DecodeError('cannot read a file that became shorter', offset);
    }
    return into;
  }

  close(): void {
    this.#cache.forget(this.number);
    this.#file.close();
  }

  #join(offset: number, length: number): Uint8Array {
    if (this.#joined.length < length) this.#joined = new Uint8Array(Math.max(length, 4096));
    for (let done = 0; done < length;) {
      const at = offset + done;
      const index = Math.floor(at / PAGE_BYTES);
      const start = at - index * PAGE_BYTES;
      const count = Math.min(length - done, PAGE_BYTES - start);
      this.#joined.set(this.#pageAt(index).subarray(start, start + count), done);
      done += count;
    }
    return this.#joined.subarray(0, length);
  }

  #pageAt(index: number): Uint8Array {
    if (index === this.#pageIndex) return this.#page;
    const key = this.number * FILE_FACTOR + index;
    let page = this.#cache.get(key);
    if (page === undefined) {
      page = this.#load(index);
      this.#cache.add(key, page);
    }
    this.#page = page;
    this.#sound = new Uint8Array(page.buffer, page.buffer.byteLength - SOUND_BYTES);
    this.#pageIndex = index;
    return page;
  }

  #load(index: number): Uint8Array {
    const offset = index * PAGE_BYTES;
    const wanted = Math.min(PAGE_BYTES, this.bytes - offset);
    const page = new Uint8Array(wanted + SOUND_BYTES).subarray(0, wanted);
    if (this.#file.readAt(offset, page) < wanted) {
      throw new DecodeError('cannot read a file that became shorter', offset);
    }
    return page;
  }
}
