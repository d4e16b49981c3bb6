import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** An open file. Positions and lengths in bytes. Methods throw the system's error (`code`: ENOSPC, EIO, ...). */
export interface DiskFile {
  /** Where `append` writes next: the end of the file. */
  readonly bytes: number;
  /** Writes all of it, or throws; then a part may stand in the file (see `truncate`). */
  append(data: Uint8Array): void;
  /** Reads up to `into.length` bytes; the answer is how many, 0 at the end. */
  readAt(position: number, into: Uint8Array): number;
  truncate(bytes: number): void;
  /** Returns when the content survives a power failure. */
  sync(): void;
  /** The same without holding up the thread. Rejects with the system's error. */
  syncLater(): Promise<void>;
  close(): void;
}

/** The file system as storage sees it, so that tests can break it. Paths are absolute or relative to the process. */
export interface Disk {
  /** `append` makes the file if it is absent. */
  open(path: string, mode: 'read' | 'append'): DiskFile;
  /** Names in a directory, sorted; none where there is no such directory. */
  list(dir: string): string[];
  exists(path: string): boolean;
  /** Of the files in a directory, not of directories in it. 0 where there is no such directory. */
  bytesIn(dir: string): number;
  makeDir(dir: string): void;
  rename(from: string, to: string): void;
  /** Gives a file a second name. Absent: files are copied instead. */
  link?(from: string, to: string): void;
  /** A file or a whole directory; nothing where it is absent. */
  remove(path: string): void;
  /** Makes names that were made, renamed or removed in a directory survive a power failure. */
  syncDir(dir: string): void;
}

export interface FileStatus {
  /** Links are followed. */
  readonly isDirectory: boolean;
  readonly bytes: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly modifiedMs: number;
}

/** A disk on which it is seen that others changed a file. */
export interface WatchedDisk extends Disk {
  /** Undefined where there is nothing of that name. */
  status(path: string): FileStatus | undefined;
}

export const systemDisk: WatchedDisk = {
  open: (path, mode) => new SystemFile(path, mode),
  list: (dir) => (existsSync(dir) ? readdirSync(dir).toSorted() : []),
  exists: existsSync,
  bytesIn,
  makeDir: (dir) => void mkdirSync(dir, { recursive: true }),
  rename: renameSync,
  link: linkSync,
  remove: (path) => rmSync(path, { recursive: true, force: true }),
  syncDir: syncDirectory,
  status: statusOf,
};

function statusOf(path: string): FileStatus | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return { isDirectory: found.isDirectory(), bytes: found.size, modifiedMs: found.mtimeMs };
}

function bytesIn(dir: string): number {
  if (!existsSync(dir)) return 0;
  let bytes = 0;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isFile())
      bytes += statSync(join(dir, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

function syncDirectory(dir: string): void {
  const descriptor = openSync(dir, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

class SystemFile implements DiskFile {
  bytes: number;
  readonly #descriptor: number;

  constructor(path: string, mode: 'read' | 'append') {
    this.#descriptor = openSync(path, mode === 'read' ? 'r' : 'a+');
    this.bytes = fstatSync(this.#descriptor).size;
  }

  append(data: Uint8Array): void {
    let written = 0;
    while (written < data.length) {
      const count = writeSync(this.#descriptor, data, written, data.length - written);
      written += count;
      this.bytes += count;
    }
  }

  readAt(position: number, into: Uint8Array): number {
    let read = 0;
    while (read < into.length) {
      const count = readSync(this.#descriptor, into, read, into.length - read, position + read);
      if (count === 0) break;
      read += count;
    }
    return read;
  }

  truncate(bytes: number): void {
    ftruncateSync(this.#descriptor, bytes);
    this.bytes = bytes;
  }

  sync(): void {
    fdatasyncSync(this.#descriptor);
  }

  syncLater(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.#descriptor, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
