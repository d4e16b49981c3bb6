import type { Database, DatabaseOptions } from './types.ts';

/** Opens a data directory: locks it, replays its log. Throws DirectoryLockedError, or the disk's error. */
export function openDatabase(options: DatabaseOptions): Promise<Database> {
  return Promise.reject(new Error(`cannot open ${options.dir}: not built yet`));
}
