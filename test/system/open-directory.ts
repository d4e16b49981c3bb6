import { Registry } from '#instrument';
import { silentLog, systemClock } from '#platform';
import { createCompactionThread, openDatabase } from '#tsdb';
import type { Database, DatabaseOptions } from '#tsdb';

/** Opens a data directory in this process; blocks are kept for 90 days, and none are made. */
export function openDirectory(dir: string, more: Partial<DatabaseOptions> = {}): Promise<Database> {
  return openDatabase({
    dir,
    retentionMs: 90 * 86_400_000,
    outOfOrderWindowMs: 0,
    log: silentLog,
    clock: systemClock,
    registry: new Registry(),
    ...more,
  });
}

/** The same with a compaction thread that is this thread. */
export async function openCompacting(
  dir: string,
  more: Partial<DatabaseOptions> = {},
): Promise<Database> {
  const database = await openDirectory(dir, more);
  const thread = createCompactionThread();
  database.attachReader((update) => thread.apply(update));
  database.startCompaction((job) => Promise.resolve(thread.run(job)));
  return database;
}
