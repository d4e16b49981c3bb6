import {
  closeSync,
  constants,
  openSync,
  promises,
  readdirSync,
  readSync,
  realpathSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** What the system says of a mounted file system. */
export interface FileSystemUse {
  readonly blockBytes: number;
  readonly blocks: number;
  readonly blocksFree: number;
  /** To those who are not root. */
  readonly blocksAvailable: number;
  readonly files: number;
  readonly filesFree: number;
}

export interface TextFile {
  readonly bytes: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
}

/**
 * The files that collectors read, by absolute path. What the kernel makes up is read at once, since it costs
 * microseconds; what may wait for a device, a disk or a network (`...Later`) is read by another thread.
 * All of them throw, or reject with, the system's error.
 */
export interface HostFiles {
  /**
   * The whole of a file, which stays open until `close`, so that the next time is cheaper. Throws `cannot read ...`
   * where there is more than 8 MiB of it.
   */
  readKeptText(path: string): string;
  /** The first 4,096 bytes in one call: all that there is of a sysfs attribute. */
  readAttribute(path: string): string;
  readAttributeLater(path: string): Promise<string>;
  /** Rejects where it is no plain file, larger than `bytesMax`, or a link out of its directory. */
  readFileLater(path: string, bytesMax: number): Promise<TextFile>;
  /** Names in a directory, sorted. */
  list(path: string): string[];
  listLater(path: string): Promise<string[]>;
  /** Without symbolic links. */
  resolve(path: string): string;
  statfs(path: string): Promise<FileSystemUse>;
  /** Closes what was kept open. */
  close(): void;
}

const TEXT_BYTES_MAX = 8 * 2 ** 20;
const ATTRIBUTE_BYTES = 4096;
/** Collectors keep about thirty; a list of them that grows is a fault. */
const KEPT_FILES_MAX = 64;

export function systemHostFiles(): HostFiles {
  return new SystemHostFiles();
}

class SystemHostFiles implements HostFiles {
  #buffer = Buffer.allocUnsafeSlow(2 ** 16);
  readonly #kept = new Map<string, number>();

  readKeptText(path: string): string {
    const kept = this.#kept.get(path);
    if (kept !== undefined) {
      try {
        return this.#readAll(kept, path);
      } catch {
        // What it stood for has gone, and another may have taken its place.
        this.#kept.delete(path);
        closeSync(kept);
      }
    }
    if (this.#kept.size >= KEPT_FILES_MAX) return this.#readOnce(path);
    const descriptor = openSync(path, 'r');
    this.#kept.set(path, descriptor);
    return this.#readAll(descriptor, path);
  }

  readAttribute(path: string): string {
    const descriptor = openSync(path, 'r');
    try {
      const length = readSync(descriptor, this.#buffer, 0, ATTRIBUTE_BYTES, null);
      return this.#buffer.toString('utf8', 0, length);
    } finally {
      closeSync(descriptor);
    }
  }

  async readAttributeLater(path: string): Promise<string> {
    const file = await promises.open(path, 'r');
    try {
      const buffer = Buffer.allocUnsafe(ATTRIBUTE_BYTES);
      const { bytesRead } = await file.read(buffer, 0, ATTRIBUTE_BYTES, null);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async readFileLater(path: string, bytesMax: number): Promise<TextFile> {
    // A link may lead elsewhere in its directory, where scripts swap files, but not out of it.
    const directory = await promises.realpath(dirname(path));
    const resolved = await promises.realpath(path);
    if (!resolved.startsWith(`${directory}/`)) {
      throw new Error(`cannot read ${path}: it leads out of its directory`);
    }
    // A named pipe would wait for a writer for ever.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const file = await promises.open(resolved, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw new Error(`cannot read ${path}: it is not a plain file`);
      if (stat.size > bytesMax) {
        throw new Error(`cannot read ${path}: it has more than ${bytesMax} bytes`);
      }
      const bytes = new Uint8Array(stat.size);
      const { bytesRead } = await file.read(bytes, 0, stat.size, 0);
      return { bytes: bytes.subarray(0, bytesRead), modifiedMs: stat.mtimeMs };
    } finally {
      await file.close();
    }
  }

  list(path: string): string[] {
    return readdirSync(path).toSorted();
  }

  async listLater(path: string): Promise<string[]> {
    return (await promises.readdir(path)).toSorted();
  }

  resolve(path: string): string {
    return realpathSync(path);
  }

  async statfs(path: string): Promise<FileSystemUse> {
    const stat = await promises.statfs(path);
    return {
      blockBytes: stat.bsize,
      blocks: stat.blocks,
      blocksFree: stat.bfree,
      blocksAvailable: stat.bavail,
      files: stat.files,
      filesFree: stat.ffree,
    };
  }

  close(): void {
    for (const descriptor of this.#kept.values()) closeSync(descriptor);
    this.#kept.clear();
  }

  #readOnce(path: string): string {
    const descriptor = openSync(path, 'r');
    try {
      return this.#readAll(descriptor, path);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Files of the kernel give a page or less at a time, so that only 0 bytes say that this was all. */
  #readAll(descriptor: number, path: string): string {
    let length = 0;
    for (;;) {
      const count = readSync(
        descriptor,
        this.#buffer,
        length,
        this.#buffer.length - length,
        length,
      );
      if (count === 0) return this.#buffer.toString('utf8', 0, length);
      length += count;
      if (length === this.#buffer.length) this.#grow(path);
    }
  }

  #grow(path: string): void {
    const bytes = this.#buffer.length * 2;
    if (bytes > TEXT_BYTES_MAX) {
      throw new Error(`cannot read ${path}: it has more than ${TEXT_BYTES_MAX} bytes`);
    }
    const grown = Buffer.allocUnsafeSlow(bytes);
    this.#buffer.copy(grown);
    this.#buffer = grown;
  }
}
