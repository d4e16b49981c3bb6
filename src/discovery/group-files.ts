import { watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';

/** The files of file_sd, so far as they are needed; tests have their own. */
export interface GroupFiles {
  /** Names in a folder; none where it does not exist. */
  list(folder: string): Promise<readonly string[]>;
  /** Rejects where the file cannot be read. */
  read(path: string): Promise<{ readonly text: string; readonly modifiedMs: number }>;
  /** Calls on every change in a folder, until the answer is called. */
  watch(folder: string, on: { change(): void; error(error: Error): void }): () => void;
}

/** A larger list of targets is refused: 64 MiB, some 500,000 targets. */
const FILE_BYTES_MAX = 2 ** 26;

export const systemGroupFiles: GroupFiles = {
  list: async (folder) => {
    try {
      return await readdir(folder);
    } catch {
      return [];
    }
  },
  read: async (path) => {
    const { size, mtimeMs } = await stat(path);
    if (size > FILE_BYTES_MAX) throw new Error(`${path} is larger than ${FILE_BYTES_MAX} bytes`);
    return { text: await readFile(path, 'utf8'), modifiedMs: mtimeMs };
  },
  watch: (folder, on) => {
    try {
      const watcher = watch(folder, { persistent: false }, () => on.change());
      watcher.on('error', (error) => on.error(error));
      return () => watcher.close();
    } catch (error) {
      on.error(error as Error);
      return () => {};
    }
  },
};

/** Whether a name fits a pattern of `*` (any text) and `?` (one character). Linear but for the stars. */
export function matchesPattern(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let starName = 0;
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++;
      starName = n;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++starName;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
