import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Admin } from '#http';
import type { Clock } from '#platform';
import { StorageError } from '#storage';
import type { Database } from '#tsdb';

/** Below the data directory, as in Prometheus. */
const SNAPSHOTS_DIR = 'snapshots';

export interface AdminOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** Undefined while it is not open. */
  readonly database: () => Database | undefined;
}

/** What may be changed by hand. */
export function createAdmin({ dataDir, clock, database }: AdminOptions): Admin {
  const open = (): Database => {
    const opened = database();
    if (opened === undefined) throw new StorageError('closed', 'the storage is not open');
    return opened;
  };
  return {
    deleteSeries: async (matchers, startMs, endMs) => {
      await open().deleteSeries(matchers, startMs, endMs);
    },
    cleanTombstones: async () => {
      await open().cleanTombstones();
    },
    snapshot: async (skipHead) => {
      const name = snapshotName(clock.nowMs(), randomBytes(8).toString('hex'));
      await open().snapshot(join(dataDir, SNAPSHOTS_DIR, name), skipHead);
      return name;
    },
  };
}

/** `20261122T221400Z-0123456789abcdef`. */
export function snapshotName(nowMs: number, suffix: string): string {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${time}-${suffix}`;
}
