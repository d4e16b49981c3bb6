import type { DiskFile, FileStatus, WatchedDisk } from './disk.ts';

/** The error that a full disk gives. */
function noSpace(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}

function notFound(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, '${path}'`), {
    code: 'ENOENT',
  });
}

/** Keeps files in memory, and fails when told to. For tests. */
export class MemoryDisk implements WatchedDisk {
  readonly #files = new Map<string, Uint8Array>();
  /** By path, the memory that its content begins. */
  readonly #rooms = new Map<string, { room: Uint8Array; content: Uint8Array }>();
  /** By content, when it was made: each write is a millisecond after the one before. */
  readonly #writtenMs = new WeakMap<Uint8Array, number>();
  #lastWriteMs = 0;
  /** What may still be written; a write that needs more is done in part and fails. */
  freeBytes: number = Infinity;

  /** A copy as it stands: what a reader finds when the writer died now. */
  copy(): MemoryDisk {
    const copy = new MemoryDisk();
    for (const [path, content] of this.#files) copy.#files.set(path, content.slice());
    return copy;
  }

  read(path: string): Uint8Array {
    const content = this.#files.get(path);
    if (content === undefined) throw notFound(path);
    return content;
  }

  write(path: string, content: Uint8Array): void {
    this.#files.set(path, content);
    this.#writtenMs.set(content, ++this.#lastWriteMs);
  }

  open(path: string, mode: 'read' | 'append'): DiskFile {
    if (mode === 'read') this.read(path);
    else if (!this.#files.has(path)) this.#files.set(path, new Uint8Array(0));
    return new MemoryFile(this, path);
  }

  list(dir: string): string[] {
    const names = new Set<string>();
    for (const path of this.#files.keys()) {
      if (path.startsWith(`${dir}/`)) names.add(path.slice(dir.length + 1).split('/', 1)[0] ?? '');
    }
    return [...names].toSorted();
  }

  exists(path: string): boolean {
    return this.#files.has(path) || this.list(path).length > 0;
  }

  bytesIn(dir: string): number {
    let bytes = 0;
    for (const name of this.list(dir)) bytes += this.#files.get(`${dir}/${name}`)?.length ?? 0;
    return bytes;
  }

  status(path: string): FileStatus | undefined {
    const content = this.#files.get(path);
    if (content === undefined) {
      if (this.list(path).length === 0) return undefined;
      return { isDirectory: true, bytes: 0, modifiedMs: 0 };
    }
    const modifiedMs = this.#writtenMs.get(content) ?? 0;
    return { isDirectory: false, bytes: content.length, modifiedMs };
  }

  makeDir(): void {}

  rename(from: string, to: string): void {
    for (const [path, content] of this.#files) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.#files.delete(path);
      this.#rooms.delete(path);
      this.#files.set(to + path.slice(from.length), content);
    }
  }

  remove(path: string): void {
    for (const other of this.#files.keys()) {
      if (other !== path && !other.startsWith(`${path}/`)) continue;
      this.#files.delete(other);
      this.#rooms.delete(other);
    }
  }

  syncDir(): void {}

  /** Appends what there is room for. Throws ENOSPC for the rest. */
  append(path: string, data: Uint8Array): void {
    const before = this.read(path);
    const taken = data.subarray(0, Math.min(data.length, this.freeBytes));
    const room = this.#roomFor(path, before, before.length + taken.length);
    room.set(taken, before.length);
    const content = room.subarray(0, before.length + taken.length);
    this.#files.set(path, content);
    this.#writtenMs.set(content, ++this.#lastWriteMs);
    this.#rooms.set(path, { room, content });
    this.freeBytes -= taken.length;
    if (taken.length < data.length) throw noSpace();
  }

  /** What was read before stays as it was: bytes are only ever written behind what was written last. */
  #roomFor(path: string, content: Uint8Array, bytes: number): Uint8Array {
    const known = this.#rooms.get(path);
    if (known !== undefined && known.content === content && bytes <= known.room.length) {
      return known.room;
    }
    const room = new Uint8Array(Math.max(64, bytes * 2));
    room.set(content);
    return room;
  }
}

class MemoryFile implements DiskFile {
  readonly #disk: MemoryDisk;
  readonly #path: string;

  constructor(disk: MemoryDisk, path: string) {
    this.#disk = disk;
    this.#path = path;
  }

  get bytes(): number {
    return this.#disk.read(this.#path).length;
  }

  append(data: Uint8Array): void {
    this.#disk.append(this.#path, data);
  }

  readAt(position: number, into: Uint8Array): number {
    const part = this.#disk.read(this.#path).subarray(position, position + into.length);
    into.set(part);
    return part.length;
  }

  truncate(bytes: number): void {
    this.#disk.write(this.#path, this.#disk.read(this.#path).slice(0, bytes));
  }

  sync(): void {}

  syncLater(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
}
