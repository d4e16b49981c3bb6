import { totalmem } from 'node:os';
import { startWorkerThread, ThreadPool } from '#platform';
import type { Clock, Log } from '#platform';
import type { CompactionAnswer, Database } from '#tsdb';

const WORKER = new URL('./compact-worker.js', import.meta.url);

/** The database asks for one job at a time. */
const QUEUE_LENGTH_MAX = 16;

/** A thread costs ten megabytes. */
const IDLE_MS = 60_000;

/** Starts, when there is work, the thread that makes blocks, apart from scraping and queries. Close the answer to end it. */
export function startCompaction(
  database: Database,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): ThreadPool {
  const pool = new ThreadPool({
    threadCount: 1,
    // There is work every two hours.
    threadCountMin: 0,
    idleMs: IDLE_MS,
    queueLengthMax: QUEUE_LENGTH_MAX,
    clock,
    log: log.child({ component: 'compaction' }),
    startThread: (words) =>
      startWorkerThread(WORKER, { words, data: undefined, heapBytesMax: heapBytesMax() }),
    attach: (post) => database.attachReader(post),
  });
  database.startCompaction(async (job) => {
    // However long it takes: a large block is written for minutes.
    return (await pool.run(job, { timeoutMs: 0 })) as CompactionAnswer;
  });
  return pool;
}

/** Strings of labels and lists of series; a quarter of the memory, 4 GiB at most. */
function heapBytesMax(): number {
  return Math.min(4 * 2 ** 30, Math.max(512 * 2 ** 20, totalmem() / 4));
}
