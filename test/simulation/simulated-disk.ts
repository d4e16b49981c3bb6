import type { Disk, DiskFile } from '#platform';
import { PlatterDirectory, PlatterFile } from './platter.ts';
import type { Entry, FileChange } from './platter.ts';
import { Random } from './random.ts';

/** The process died here. Nothing that it does afterwards reaches the disk. */
export class ProcessDied extends Error {}

export function diskError(code: 'EIO' | 'ENOSPC' | 'ENOENT', path: string): Error {
  return Object.assign(new Error(`${code}: simulated, '${path}'`), { code });
}

/** What changes a disk; each is a point where the process may die. */
export type Operation =
  | 'append'
  | 'truncate'
  | 'sync'
  | 'create'
  | 'makeDir'
  | 'rename'
  | 'link'
  | 'remove'
  | 'syncDir';

export interface Faults {
  readonly operations: ReadonlySet<Operation>;
  /** Of each such operation. */
  readonly probability: number;
  /** Paths that fail; all unless given. */
  readonly path?: RegExp;
}

interface Deed {
  readonly operation: Operation;
  readonly path: string;
  readonly perform: () => void;
  /** What may be done of it where it fails. */
  readonly performPart?: () => void;
}

interface RunningSync {
  readonly file: PlatterFile;
  readonly path: string;
  readonly change: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The disk of one life of a process. The next life gets a new one over the same platter. */
export class SimulatedDisk implements Disk {
  readonly root: PlatterDirectory;
  readonly #random: Random;
  /** What may still be appended. Bytes. */
  freeBytes = Infinity;
  faults: Faults | undefined;
  /** The operation, counted from 1, at which the process dies. */
  diesAt = Infinity;
  isDead = false;
  operations = 0;
  faultsInjected = 0;
  /** A sync has let go of what it could not write. */
  hasDropped = false;
  /** All that was appended to logs, in order. */
  readonly appended: FileChange[] = [];
  #syncs: RunningSync[] = [];

  constructor(root: PlatterDirectory, random: Random) {
    this.root = root;
    this.#random = random;
  }

  /** Syncs end until it does. */
  async untilSynced<T>(promise: Promise<T>): Promise<T> {
    const state = { isDone: false };
    const done = promise.finally(() => (state.isDone = true));
    while (!state.isDone) {
      await new Promise((resolve) => void setImmediate(resolve));
      this.endSyncs();
    }
    return await done;
  }

  /** Ends some of the syncs that run, or all, in any order. */
  endSyncs(probability = 1): void {
    const running = this.#syncs.filter(() => this.#random.chance(probability));
    this.#syncs = this.#syncs.filter((sync) => !running.includes(sync));
    for (const sync of running) {
      if (this.isDead) return;
      if (!this.#isFaulty('sync', sync.path)) {
        sync.file.sync(sync.change);
        sync.resolve();
        continue;
      }
      this.#failSync(sync.file, sync.change);
      sync.reject(diskError('EIO', sync.path));
    }
  }

  open(path: string, mode: 'read' | 'append'): DiskFile {
    this.#assertAlive();
    const known = this.#find(path);
    if (known instanceof PlatterFile) return new SimulatedFile(this, known, path);
    if (mode === 'read') throw diskError('ENOENT', path);
    const file = new PlatterFile();
    const { directory, name } = this.#place(path);
    this.run({ operation: 'create', path, perform: () => directory.link(name, file) });
    return new SimulatedFile(this, file, path);
  }

  list(dir: string): string[] {
    this.#assertAlive();
    const directory = this.#find(dir);
    return directory instanceof PlatterDirectory ? [...directory.entries.keys()].toSorted() : [];
  }

  exists(path: string): boolean {
    this.#assertAlive();
    return this.#find(path) !== undefined;
  }

  bytesIn(dir: string): number {
    let bytes = 0;
    for (const name of this.list(dir)) {
      const entry = this.#find(`${dir}/${name}`);
      if (entry instanceof PlatterFile) bytes += entry.bytes;
    }
    return bytes;
  }

  makeDir(dir: string): void {
    let path = '';
    for (const name of dir.split('/')) {
      path = path === '' ? name : `${path}/${name}`;
      if (this.exists(path)) continue;
      const { directory } = this.#place(path);
      const perform = (): void => directory.link(name, new PlatterDirectory());
      this.run({ operation: 'makeDir', path, perform });
    }
  }

  rename(from: string, to: string): void {
    const source = this.#place(from);
    const target = this.#place(to);
    if (!source.directory.entries.has(source.name)) throw diskError('ENOENT', from);
    const perform = (): void => target.directory.rename(source.directory, source.name, target.name);
    this.run({ operation: 'rename', path: from, perform });
  }

  link(from: string, to: string): void {
    const entry = this.#find(from);
    if (!(entry instanceof PlatterFile)) throw diskError('ENOENT', from);
    const { directory, name } = this.#place(to);
    this.run({ operation: 'link', path: to, perform: () => directory.link(name, entry) });
  }

  remove(path: string): void {
    const entry = this.#find(path);
    this.#assertAlive();
    if (entry === undefined) return;
    if (entry instanceof PlatterDirectory) {
      for (const name of entry.entries.keys()) this.remove(`${path}/${name}`);
    }
    const { directory, name } = this.#place(path);
    const perform = (): void => {
      directory.unlink(name);
      if (entry instanceof PlatterFile) entry.noteRemoved();
    };
    this.run({ operation: 'remove', path, perform });
  }

  syncDir(dir: string): void {
    const directory = this.#find(dir);
    if (!(directory instanceof PlatterDirectory)) throw diskError('ENOENT', dir);
    this.run({ operation: 'syncDir', path: dir, perform: () => directory.sync() });
  }

  append(file: PlatterFile, path: string, data: Uint8Array): void {
    const write = (part: Uint8Array): void => {
      this.freeBytes -= part.length;
      if (part.length === 0) return;
      const change = file.write(part);
      if (path.includes('/wal/') || path.includes('/wbl/')) this.appended.push(change);
    };
    if (data.length > this.freeBytes) {
      const part = data.subarray(0, this.freeBytes);
      this.run({ operation: 'append', path, perform: () => write(part) });
      throw diskError('ENOSPC', path);
    }
    const performPart = (): void => write(data.subarray(0, this.#random.between(0, data.length)));
    this.run({ operation: 'append', path, perform: () => write(data), performPart });
  }

  sync(file: PlatterFile, path: string): void {
    this.run({
      operation: 'sync',
      path,
      perform: () => file.sync(file.changes),
      performPart: () => this.#failSync(file, file.changes),
    });
  }

  syncLater(file: PlatterFile, path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#assertAlive();
      this.#syncs.push({ file, path, change: file.changes, resolve, reject });
    });
  }

  /** Does it, or fails as the faults say, or dies before, amid or after it. */
  run({ operation, path, perform, performPart }: Deed): void {
    this.#assertAlive();
    this.operations++;
    const part = performPart ?? (this.#random.chance(0.5) ? perform : () => {});
    if (this.operations === this.diesAt) {
      part();
      this.die();
    }
    if (this.#isFaulty(operation, path)) {
      performPart?.();
      throw diskError('EIO', path);
    }
    perform();
  }

  die(): never {
    this.isDead = true;
    throw new ProcessDied();
  }

  #failSync(file: PlatterFile, change: number): void {
    if (this.#random.chance(0.5)) return;
    file.drop(change);
    this.hasDropped = true;
  }

  #isFaulty(operation: Operation, path: string): boolean {
    const { faults } = this;
    if (faults === undefined || !faults.operations.has(operation)) return false;
    if (faults.path !== undefined && !faults.path.test(path)) return false;
    if (!this.#random.chance(faults.probability)) return false;
    this.faultsInjected++;
    return true;
  }

  #assertAlive(): void {
    if (this.isDead) throw new ProcessDied();
  }

  #find(path: string): Entry | undefined {
    let entry: Entry | undefined = this.root;
    if (path === '.') return entry;
    for (const name of path.split('/')) {
      entry = entry instanceof PlatterDirectory ? entry.entries.get(name) : undefined;
    }
    return entry;
  }

  #place(path: string): { directory: PlatterDirectory; name: string } {
    const slash = path.lastIndexOf('/');
    const directory = slash < 0 ? this.root : this.#find(path.slice(0, slash));
    if (!(directory instanceof PlatterDirectory)) throw diskError('ENOENT', path);
    return { directory, name: path.slice(slash + 1) };
  }
}

class SimulatedFile implements DiskFile {
  readonly #disk: SimulatedDisk;
  readonly #file: PlatterFile;
  readonly #path: string;

  constructor(disk: SimulatedDisk, file: PlatterFile, path: string) {
    this.#disk = disk;
    this.#file = file;
    this.#path = path;
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  append(data: Uint8Array): void {
    this.#disk.append(this.#file, this.#path, data);
  }

  readAt(position: number, into: Uint8Array): number {
    if (this.#disk.isDead) throw new ProcessDied();
    if (this.#file.isBad) throw diskError('EIO', this.#path);
    const part = this.#file.content.subarray(position, position + into.length);
    into.set(part);
    return part.length;
  }

  truncate(bytes: number): void {
    const perform = (): void => this.#file.truncate(bytes);
    this.#disk.run({ operation: 'truncate', path: this.#path, perform });
  }

  sync(): void {
    this.#disk.sync(this.#file, this.#path);
  }

  syncLater(): Promise<void> {
    return this.#disk.syncLater(this.#file, this.#path);
  }

  close(): void {}
}
