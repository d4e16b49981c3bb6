import { Registry } from '#instrument';
import { MemoryDisk, silentLog } from '#platform';
import type { Clock, Disk, Timer } from '#platform';
import { openDatabase } from '#tsdb';
import type { Database, DatabaseOptions } from '#tsdb';
import type { CompactionAnswer, CompactionJob } from '../../src/tsdb/block/compaction-job.ts';
import { runCompaction } from '../../src/tsdb/block/compactor.ts';
import { HeadReader } from '../../src/tsdb/reader.ts';

/** Shows the time that a test sets. Timers that poll run at once; those of the database's own minutes never do. */
export class PollingClock implements Clock {
  timeMs: number;

  constructor(timeMs = 0) {
    this.timeMs = timeMs;
  }

  nowMs(): number {
    return this.timeMs;
  }

  monotonicMs(): number {
    return this.timeMs;
  }

  setTimer(delayMs: number, run: () => void): Timer {
    if (delayMs < 100) setImmediate(run);
    return { cancel: () => {} };
  }
}

/** Opens `data` on a disk; blocks of two hours, kept for 15 days, nothing out of order, unless said otherwise. */
export function openOn(
  disk: Disk,
  clock: Clock,
  more: Partial<DatabaseOptions> = {},
): Promise<Database> {
  return openDatabase({
    dir: 'data',
    retentionMs: 15 * 86_400_000,
    outOfOrderWindowMs: 0,
    log: silentLog,
    clock,
    registry: new Registry(),
    disk,
    ...more,
  });
}

/** The disk as kill -9 leaves it. */
export function crashed(disk: MemoryDisk): MemoryDisk {
  const copy = disk.copy();
  copy.remove('data/lock');
  return copy;
}

/** What the compaction thread does, in this thread. */
export function compactionOf(
  database: Database,
  disk: Disk,
  clock: Clock,
): (job: CompactionJob) => Promise<CompactionAnswer> {
  const reader = new HeadReader(disk);
  database.attachReader((update) => reader.apply(update));
  const tools = { disk, nowMs: () => clock.nowMs(), head: () => reader.reading() };
  return (job) => Promise.resolve(runCompaction(job, tools));
}
