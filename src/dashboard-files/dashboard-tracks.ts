import { errorText } from '#platform';
import type { PlacedDashboard } from './dashboard-index.ts';
import type { FileProblem } from './folder-files.ts';
import type { DashboardVersion, History } from './history.ts';

/** Where one of our own dashboards stands in its history. */
interface Track {
  readonly file: string;
  readonly json: Uint8Array;
  readonly version: number;
  readonly changedAt: string;
  /** The version is in the history; one that was found and never changed is not copied there. */
  readonly isKept: boolean;
}

/** A save that is under way. */
export interface SaveNote {
  readonly uid: string;
  readonly message: string;
  /** '' where that is not known. */
  readonly author: string;
}

type VersionNote = Pick<SaveNote, 'message' | 'author'>;

/** Numbers the versions of our own dashboards, whoever changes them, and keeps them in the history. */
export class DashboardTracks {
  readonly #history: History;
  readonly #isReadOnly: boolean;
  readonly #tracks = new Map<string, Track>();
  #problem: FileProblem | undefined;

  constructor(history: History, isReadOnly: boolean) {
    this.#history = history;
    this.#isReadOnly = isReadOnly;
  }

  get problems(): readonly FileProblem[] {
    return this.#problem === undefined ? [] : [this.#problem];
  }

  /** 1 for what is not known. */
  versionOf(uid: string): number {
    return this.#tracks.get(uid)?.version ?? 1;
  }

  /** Newest first; none where none is kept. */
  versions(uid: string): readonly DashboardVersion[] {
    return this.#read(uid)?.versions ?? [];
  }

  content(uid: string, version: number): Uint8Array | undefined {
    return this.#history.content(uid, version);
  }

  /** `folder/name.json` where it was last; '' where that is not known. */
  fileOf(uid: string): string {
    return this.#tracks.get(uid)?.file ?? this.#read(uid)?.file ?? '';
  }

  /** Notes what is different from before. */
  follow(dashboards: readonly PlacedDashboard[], note: SaveNote | undefined): void {
    const gone = new Set(this.#tracks.keys());
    for (const { uid, file } of dashboards) {
      gone.delete(uid);
      const changedAt = new Date(Math.trunc(file.modifiedMs)).toISOString();
      const now = { file: file.path, json: file.json, changedAt };
      this.#track(uid, now, note?.uid === uid ? note : undefined);
    }
    for (const uid of gone) {
      this.keep(uid);
      this.#tracks.delete(uid);
    }
  }

  /** Puts the current version into the history, if it is not there. */
  keep(uid: string): void {
    const track = this.#tracks.get(uid);
    if (track === undefined || track.isKept) return;
    this.#tracks.set(uid, { ...track, isKept: this.#add(uid, track, { message: '', author: '' }) });
  }

  #track(uid: string, now: Pick<Track, 'file' | 'json' | 'changedAt'>, note?: VersionNote): void {
    const before = this.#tracks.get(uid) ?? this.#newestKept(uid);
    const isSame = before !== undefined && isEqual(before.json, now.json);
    if (isSame && note === undefined) {
      if (before.file !== now.file) this.#tracks.set(uid, { ...before, file: now.file });
      else if (!this.#tracks.has(uid)) this.#tracks.set(uid, before);
      return;
    }
    if (before === undefined && note === undefined) {
      this.#tracks.set(uid, { ...now, version: 1, isKept: false });
      return;
    }
    this.keep(uid);
    const track = { ...now, version: (before?.version ?? 0) + 1, isKept: false };
    const isKept = this.#add(uid, track, note ?? { message: 'changed on disk', author: '' });
    this.#tracks.set(uid, { ...track, isKept });
  }

  #newestKept(uid: string): Track | undefined {
    const past = this.#read(uid);
    const newest = past?.versions[0];
    if (past === undefined || newest === undefined) return undefined;
    const { version, changedAt } = newest;
    try {
      const json = this.#history.content(uid, version) ?? new Uint8Array(0);
      return { file: past.file, json, version, changedAt, isKept: true };
    } catch (error) {
      this.#fail('read', uid, error);
      return undefined;
    }
  }

  #read(uid: string): ReturnType<History['read']> {
    try {
      return this.#history.read(uid);
    } catch (error) {
      this.#fail('read', uid, error);
      return undefined;
    }
  }

  /** Whether it is kept now. A dashboard is saved even where its past cannot be. */
  #add(uid: string, { file, json, version, changedAt }: Track, note: VersionNote): boolean {
    if (this.#isReadOnly) return false;
    try {
      const { message, author } = note;
      const by = author === '' ? {} : { author };
      const kept = { version, changedAt, message, ...by, bytes: json.length };
      this.#history.add(uid, file, kept, json);
      this.#problem = undefined;
      return true;
    } catch (error) {
      this.#fail('write', uid, error);
      return false;
    }
  }

  #fail(deed: string, uid: string, error: unknown): void {
    const message = `cannot ${deed} the history of ${JSON.stringify(uid)}: ${errorText(error)}`;
    this.#problem = { path: '.history', message };
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && Buffer.compare(a, b) === 0);
}
