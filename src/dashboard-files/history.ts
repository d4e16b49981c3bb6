import type { DashboardVersionsData } from '#contract';
import type { WatchedDisk } from '#platform';
import { isRecord } from './dashboard-file.ts';
import { readWhole, writeWhole } from './disk-text.ts';
import { dirNameOfUid } from './file-names.ts';

export type DashboardVersion = DashboardVersionsData['versions'][number];

/** Versions of one dashboard that are kept. */
const VERSIONS_MAX = 50;
const MESSAGE_LENGTH_MAX = 1000;

/** What is known of one dashboard's past. */
export interface Past {
  /** `folder/name.json` when it was last seen. */
  readonly file: string;
  /** Newest first. */
  readonly versions: readonly DashboardVersion[];
}

/**
 * Versions of dashboards, in `<dir>/<uid>/`: the files as they were, `<version>.json`, and `versions.json` that says
 * when and why. Methods throw the system's error.
 */
export class History {
  readonly #disk: WatchedDisk;
  readonly #dir: string;

  constructor(disk: WatchedDisk, dir: string) {
    this.#disk = disk;
    this.#dir = dir;
  }

  /** Undefined where there is none. What the list does not name is found by its file. */
  read(uid: string): Past | undefined {
    const dir = this.#dirOf(uid);
    const listed = this.#readList(dir);
    const known = new Map(listed.versions.map((version) => [version.version, version]));
    const versions: DashboardVersion[] = [];
    for (const name of this.#disk.list(dir)) {
      const number = /^([1-9]\d{0,14})\.json$/.exec(name)?.[1];
      const status = number === undefined ? undefined : this.#disk.status(`${dir}/${name}`);
      if (number === undefined || status === undefined) continue;
      const { bytes, modifiedMs } = status;
      const changedAt = new Date(modifiedMs).toISOString();
      const unlisted = { version: Number(number), changedAt, message: '', bytes };
      versions.push(known.get(Number(number)) ?? unlisted);
    }
    if (versions.length === 0) return undefined;
    return { file: listed.file, versions: versions.toSorted((a, b) => b.version - a.version) };
  }

  /** Undefined where that version is not kept. */
  content(uid: string, version: number): Uint8Array | undefined {
    const path = `${this.#dirOf(uid)}/${version}.json`;
    return this.#disk.exists(path) ? readWhole(this.#disk, path) : undefined;
  }

  add(uid: string, file: string, version: DashboardVersion, json: Uint8Array): void {
    const dir = this.#dirOf(uid);
    const before = this.read(uid)?.versions ?? [];
    writeWhole(this.#disk, `${dir}/${version.version}.json`, json);
    const message = version.message.slice(0, MESSAGE_LENGTH_MAX);
    const versions = [{ ...version, message }, ...before];
    this.#writeList(dir, { file, versions: versions.slice(0, VERSIONS_MAX) });
    for (const old of versions.slice(VERSIONS_MAX)) {
      this.#disk.remove(`${dir}/${old.version}.json`);
    }
  }

  #dirOf(uid: string): string {
    return `${this.#dir}/${dirNameOfUid(uid)}`;
  }

  #writeList(dir: string, past: Past): void {
    const text = `${JSON.stringify(past, undefined, 2)}\n`;
    writeWhole(this.#disk, `${dir}/versions.json`, new TextEncoder().encode(text));
  }

  #readList(dir: string): Past {
    const path = `${dir}/versions.json`;
    if (!this.#disk.exists(path)) return { file: '', versions: [] };
    try {
      const value: unknown = JSON.parse(new TextDecoder().decode(readWhole(this.#disk, path)));
      if (!isRecord(value) || !Array.isArray(value['versions'])) throw new Error('no list');
      const { file, versions } = value;
      return {
        file: typeof file === 'string' ? file : '',
        versions: (versions as readonly unknown[]).filter(isVersion),
      };
    } catch {
      // Only when and why are lost: the versions themselves are files.
      return { file: '', versions: [] };
    }
  }
}

function isVersion(value: unknown): value is DashboardVersion {
  if (!isRecord(value)) return false;
  const { version, changedAt, message, author, bytes } = value;
  return (
    Number.isSafeInteger(version) &&
    typeof changedAt === 'string' &&
    typeof message === 'string' &&
    (author === undefined || typeof author === 'string') &&
    Number.isSafeInteger(bytes)
  );
}
