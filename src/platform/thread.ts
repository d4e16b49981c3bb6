import { parentPort, Worker, workerData } from 'node:worker_threads';
import { constants, setPriority } from 'node:os';
import { errorText } from './log.ts';
import type { FromThread, PoolThread, ToThread } from './thread-pool.ts';

export interface WorkerThreadOptions {
  /** As the pool gives it. */
  readonly cancelled: Int32Array<SharedArrayBuffer>;
  /** Reaches `serveThread` there. */
  readonly data: unknown;
  /** A thread whose heap grows beyond it ends, alone. Bytes. */
  readonly heapBytesMax: number;
}

/** Starts a real thread for a ThreadPool. */
export function startWorkerThread(url: URL, options: WorkerThreadOptions): PoolThread {
  const { cancelled, data, heapBytesMax } = options;
  const worker = new Worker(url, {
    workerData: { cancelled, data },
    resourceLimits: { maxOldGenerationSizeMb: Math.round(heapBytesMax / 2 ** 20) },
  });
  return {
    post: (message) => worker.postMessage(message),
    listen: (onMessage, ended) => {
      let reason: Error | undefined;
      worker.on('message', onMessage);
      worker.on('error', (error) => (reason = error));
      worker.on('exit', () => ended(reason));
    },
    terminate: () => void worker.terminate(),
  };
}

/** What a thread does with its jobs. */
export interface ThreadService {
  /** Answers one job; `isCancelled` is true once nobody waits for it. Buffers in `transfer` are given away. */
  answer(job: unknown, isCancelled: () => boolean): ThreadAnswer;
  update(update: unknown): void;
}

export interface ThreadAnswer {
  readonly answer: unknown;
  readonly transfer: readonly ArrayBuffer[];
}

/** Serves the pool that started this thread, until it is ended. */
export function serveThread(start: (data: unknown) => ThreadService): void {
  const port = parentPort;
  if (port === null) throw new Error('BUG: serveThread outside a thread');
  const { cancelled, data } = workerData as { cancelled: Int32Array; data: unknown };
  yieldToMainThread();
  const service = start(data);
  const post = (message: FromThread, transfer: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  port.on('message', (message: ToThread) => {
    if (message.kind === 'update') return service.update(message.update);
    const { id, job } = message;
    try {
      const { answer, transfer } = service.answer(job, () => Atomics.load(cancelled, 0) === id);
      post({ kind: 'answer', id, answer }, transfer);
    } catch (error) {
      post({ kind: 'failure', id, message: errorText(error) });
    }
  });
  post({ kind: 'ready' });
}

/**
 * On Linux a priority belongs to a thread, so that the scraping main thread goes first where cores are
 * few. Elsewhere it would lower the whole process.
 */
function yieldToMainThread(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Some sandboxes forbid it; queries then only compete as equals.
  }
}
