import type { DashboardOrigin, DashboardsData } from '#contract';
import { errorText } from '#platform';
import type { WatchedDisk } from '#platform';
import { readWhole, writeWhole } from './disk-text.ts';
import { factsOf, FILE_BYTES_MAX, parseDashboard, withoutMark } from './dashboard-file.ts';
import type { DashboardFacts } from './dashboard-file.ts';

/** Folders inside each other; also ends links that lead in a circle. */
const DEPTH_MAX = 8;
/** Names of one directory that are looked at. */
const NAMES_MAX = 10_000;

export type FileProblem = DashboardsData['problems'][number];

export interface FolderOptions {
  readonly origin: DashboardOrigin;
  readonly dir: string;
  /** The folder under which all of them are shown; undefined: as the directories say. */
  readonly folder: string | undefined;
  /** A dashboard stays when its file goes. */
  readonly keepsGone: boolean;
  /** It may be that the directory is not there. */
  readonly isOptional: boolean;
}

/** One file as it was when it could last be read. */
export interface DashboardFile {
  /** Below the directory, with `/`. */
  readonly path: string;
  readonly folder: string;
  readonly json: Uint8Array;
  readonly facts: DashboardFacts;
  readonly modifiedMs: number;
  /** How often its content became another one. */
  readonly changeCount: number;
}

/** What all folders together may still take. */
export interface Room {
  files: number;
  bytes: number;
}

/** The dashboards below one directory, followed by `scan`. */
export class FolderFiles {
  readonly options: FolderOptions;
  readonly #disk: WatchedDisk;
  readonly #files = new Map<string, DashboardFile>();
  /** By path: size and time of what was read last, whether it could be or not. */
  readonly #stamps = new Map<string, string>();
  readonly #broken = new Map<string, string>();
  #scanProblems: FileProblem[] = [];
  /** Directories that cannot be listed now: what is below them counts as still there. */
  readonly #unlisted = new Set<string>();

  constructor(disk: WatchedDisk, options: FolderOptions) {
    this.#disk = disk;
    this.options = options;
  }

  /** In the order in which they were found. */
  get files(): Iterable<DashboardFile> {
    return this.#files.values();
  }

  get problems(): readonly FileProblem[] {
    const broken = [...this.#broken].map(([path, message]) => ({
      path: this.pathOf(path),
      message: this.#files.has(path) ? `${message}; the last good one is shown` : message,
    }));
    return [...this.#scanProblems, ...broken];
  }

  pathOf(path: string): string {
    return `${this.options.dir}/${path}`;
  }

  has(path: string): boolean {
    return this.#files.has(path) || this.#disk.exists(this.pathOf(path));
  }

  /** Looks at all files again. Whether anything is different. */
  scan(room: Room): boolean {
    const before = this.#stamps.size;
    const seen = new Set<string>();
    this.#scanProblems = [];
    this.#unlisted.clear();
    const { dir, isOptional } = this.options;
    if (!this.#disk.exists(dir)) {
      if (!isOptional)
        this.#scanProblems.push({ path: dir, message: 'there is no such directory' });
    } else this.#walk('', 0, seen);
    let isChanged = false;
    for (const path of seen) if (this.#look(path, room)) isChanged = true;
    for (const path of this.#stamps.keys()) if (!seen.has(path)) this.#leave(path);
    return isChanged || this.#stamps.size !== before;
  }

  /** Throws the system's error. */
  write(path: string, json: Uint8Array): void {
    writeWhole(this.#disk, this.pathOf(path), json);
    this.#stamps.delete(path);
    this.#look(path, { files: Infinity, bytes: Infinity });
  }

  /** Throws the system's error. */
  remove(path: string): void {
    this.#disk.remove(this.pathOf(path));
    this.#stamps.delete(path);
    this.#broken.delete(path);
    this.#files.delete(path);
  }

  #walk(below: string, depth: number, seen: Set<string>): void {
    const prefix = below === '' ? '' : `${below}/`;
    for (const name of this.#list(below)) {
      if (name.startsWith('.')) continue;
      const path = prefix + name;
      if (name.toLowerCase().endsWith('.json')) seen.add(path);
      else if (depth < DEPTH_MAX && this.#isDirectory(path)) this.#walk(path, depth + 1, seen);
    }
  }

  #list(below: string): readonly string[] {
    const dir = below === '' ? this.options.dir : this.pathOf(below);
    try {
      const names = this.#disk.list(dir);
      if (names.length <= NAMES_MAX) return names;
      const message = `only the first ${NAMES_MAX} of ${names.length} names are looked at`;
      this.#scanProblems.push({ path: dir, message });
      return names.slice(0, NAMES_MAX);
    } catch (error) {
      this.#unlisted.add(below);
      this.#scanProblems.push({ path: dir, message: `cannot list it: ${errorText(error)}` });
      return [];
    }
  }

  #isDirectory(path: string): boolean {
    try {
      return this.#disk.status(this.pathOf(path))?.isDirectory === true;
    } catch {
      return false;
    }
  }

  /** Reads a file if it is not as it was. Whether it was read. */
  #look(path: string, room: Room): boolean {
    const before = this.#files.get(path);
    try {
      const status = this.#disk.status(this.pathOf(path));
      if (status === undefined || status.isDirectory) return false;
      const stamp = `${status.bytes} ${status.modifiedMs}`;
      if (this.#stamps.get(path) === stamp) {
        take(room, before?.json);
        return false;
      }
      const problem = refusal(status.bytes, room, before !== undefined);
      if (problem === '') this.#read(path, status.modifiedMs);
      // What there is no room for now is tried again.
      this.#stamps.set(path, problem === '' ? stamp : '');
      take(room, this.#files.get(path)?.json);
      return problem === '' || this.#note(path, problem);
    } catch (error) {
      take(room, before?.json);
      return this.#note(path, errorText(error));
    }
  }

  /** Whether it was not known. */
  #note(path: string, problem: string): boolean {
    if (this.#broken.get(path) === problem) return false;
    this.#broken.set(path, problem);
    return true;
  }

  #read(path: string, modifiedMs: number): void {
    const before = this.#files.get(path);
    try {
      const json = withoutMark(readWhole(this.#disk, this.pathOf(path)));
      const facts = factsOf(parseDashboard(json));
      const changeCount = (before?.changeCount ?? 0) + 1;
      const folder = this.options.folder ?? path.slice(0, Math.max(0, path.lastIndexOf('/')));
      this.#files.set(path, { path, folder, json, facts, modifiedMs, changeCount });
      this.#broken.delete(path);
    } catch (error) {
      this.#broken.set(path, errorText(error));
    }
  }

  #leave(path: string): void {
    for (const dir of this.#unlisted) if (dir === '' || path.startsWith(`${dir}/`)) return;
    this.#stamps.delete(path);
    this.#broken.delete(path);
    if (!this.options.keepsGone) this.#files.delete(path);
  }
}

function refusal(bytes: number, room: Room, isKnown: boolean): string {
  if (bytes > FILE_BYTES_MAX) return `it has more than ${FILE_BYTES_MAX >> 20} MB`;
  if (room.files <= 0 && !isKnown) return 'there are too many dashboards';
  return bytes > room.bytes ? 'dashboards take too much memory together' : '';
}

function take(room: Room, json: Uint8Array | undefined): void {
  if (json === undefined) return;
  room.files--;
  room.bytes -= json.length;
}
