import type { HostFiles } from './host-files.ts';

/** Files below one directory: /proc, /sys, or where a container sees those of its host. */
export class HostTree {
  readonly #files: HostFiles;
  /** Without a slash at the end; '' for /. */
  readonly #top: string;
  readonly #shared = new Map<string, string>();

  constructor(files: HostFiles, top: string) {
    this.#files = files;
    this.#top = top.replace(/\/+$/, '');
  }

  path(relative: string): string {
    return `${this.#top}/${relative}`;
  }

  below(relative: string): HostTree {
    return new HostTree(this.#files, this.path(relative));
  }

  /** The whole file, which stays open for the next time. Throws the system's error. */
  text(relative: string): string {
    return this.#files.readKeptText(this.path(relative));
  }

  /** As `text`, and undefined where there is no such file. */
  optionalText(relative: string): string | undefined {
    try {
      return this.text(relative);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** As `text`, read once for all the collectors of a page. */
  sharedText(relative: string): string {
    const shared = this.#shared.get(relative);
    if (shared !== undefined) return shared;
    const text = this.text(relative);
    this.#shared.set(relative, text);
    return text;
  }

  forgetShared(): void {
    this.#shared.clear();
  }

  /** Without white space around it; undefined where it is absent or cannot be read. */
  attribute(relative: string): string | undefined {
    try {
      return this.#files.readAttribute(this.path(relative)).trim();
    } catch {
      return undefined;
    }
  }

  /** As `attribute`, for those behind which there is a device that may take its time. */
  async attributeLater(relative: string): Promise<string | undefined> {
    try {
      return (await this.#files.readAttributeLater(this.path(relative))).trim();
    } catch {
      return undefined;
    }
  }

  /** Undefined where there is none, or it is no number. */
  number(relative: string): number | undefined {
    return numberOf(this.attribute(relative));
  }

  async numberLater(relative: string): Promise<number | undefined> {
    return numberOf(await this.attributeLater(relative));
  }

  /** Names in a directory, sorted; undefined where there is no such directory. */
  names(relative: string): string[] | undefined {
    try {
      return this.#files.list(this.path(relative));
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** The path that a symbolic link leads to; undefined where it leads nowhere. */
  resolve(relative: string): string | undefined {
    try {
      return this.#files.resolve(this.path(relative));
    } catch {
      return undefined;
    }
  }
}

/** Decimal, or hexadecimal behind `0x` as sysfs writes flags. */
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}

export function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
