import { systemDisk } from '#platform';
import type { Disk } from '#platform';
import { HeadReader } from '../reader.ts';
import type { SharedUpdate } from '../types.ts';
import { runCompaction } from './compactor.ts';
import type { CompactionAnswer, CompactionJob } from './compaction-job.ts';

/** The thread that makes blocks. Fed by `attachReader`, as a query thread; jobs come from `startCompaction`. */
export interface CompactionThread {
  apply(update: SharedUpdate): void;
  run(job: CompactionJob): CompactionAnswer;
}

export function createCompactionThread(disk: Disk = systemDisk): CompactionThread {
  const reader = new HeadReader(disk);
  const tools = { disk, nowMs: Date.now, head: () => reader.reading() };
  return {
    apply: (update) => reader.apply(update),
    run: (job) => runCompaction(job, tools),
  };
}
