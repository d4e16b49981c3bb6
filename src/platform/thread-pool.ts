import { CodedError } from './coded-error.ts';
import type { Cancellation } from './cancellation.ts';
import type { Clock, Timer } from './clock.ts';
import type { Log } from './log.ts';
import { createThreadWords, isThreadIdle, ThreadWord, type ThreadWords } from './peers.ts';

/** A thread as the pool sees it; `node:worker_threads` in the server, a fake in unit tests. */
export interface PoolThread {
  /** What is in `transfer` is given away. */
  post(message: ToThread, transfer?: readonly unknown[]): void;
  /** Calls these until the thread has ended; `ended` once, with why where it died. */
  listen(
    onMessage: (message: FromThread) => void,
    ended: (reason: Error | undefined) => void,
  ): void;
  /** Ends it at once, whatever it does. */
  terminate(): void;
}

export type ToThread =
  | { readonly kind: 'job'; readonly id: number; readonly job: unknown }
  | { readonly kind: 'update'; readonly update: unknown }
  /** Another thread of the pool, the other end of whose port it got, and its words. */
  | { readonly kind: 'peer'; readonly port: unknown; readonly words: ThreadWords };

export type FromThread =
  | { readonly kind: 'ready' }
  /** Its job is so large that one more thread could do a part of it. */
  | { readonly kind: 'wants-peer' }
  /** Of an answer that is sent while it is being written; the rest comes as the answer. */
  | { readonly kind: 'piece'; readonly id: number; readonly piece: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly message: string };

export interface ThreadPoolOptions {
  /** At most so many threads. */
  readonly threadCount: number;
  /** So many are started at once and stay; the others start when a job waits for them. All where it is left out. */
  readonly threadCountMin?: number;
  /** How long one of the others is kept without a job. Milliseconds. */
  readonly idleMs?: number;
  /** Jobs that may wait; the next one is refused at once. */
  readonly queueLengthMax: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Starts a thread that serves with `serveThread`; `words` are shared with it, see there. */
  readonly startThread: (words: ThreadWords) => PoolThread;
  /** Two ends of a port, by which two threads of the pool may help each other. Without it they do not. */
  readonly connect?: () => readonly [unknown, unknown];
  /**
   * Called for each thread that starts, before its first job, so that it gets what jobs need. The
   * answer is called when the thread has ended.
   */
  readonly attach?: (post: (update: unknown) => void) => () => void;
  /** How long a job may overstay its timeout before its thread is ended. Milliseconds. */
  readonly graceMs?: number;
}

export type PoolErrorCode =
  /** The queue is full. */
  | 'full'
  /** The job did not get a thread in time. */
  | 'queue-timeout'
  /** The job did not end in time, not even when asked to. */
  | 'timeout'
  /** Whoever asked has gone. */
  | 'cancelled'
  /** The thread died; it is replaced. */
  | 'thread-died'
  /** The job threw what it never should. */
  | 'failure'
  | 'closed';

export class PoolError extends CodedError<PoolErrorCode> {
  override readonly name = 'PoolError';
}

export interface JobOptions {
  /** Waiting included; 0: no limit. */
  readonly timeoutMs: number;
  readonly cancellation?: Cancellation;
  /** Without it the answer comes whole. */
  readonly pieces?: PieceReader;
}

/** Takes an answer piece by piece, in order, while it is being written. Called no more once the job is settled. */
export interface PieceReader {
  /** At least 1. The job may send so many at once; then it waits for `more`, but not for long (see `SendPiece`). */
  readonly ahead: number;
  /** `more` allows so many in addition. */
  receive(piece: unknown, more: (count: number) => void): void;
}

/** A job is asked to stop at its timeout, and its thread is ended so much later. */
const GRACE_MS = 5_000;
/** A thread that died is replaced after this; after twice as long each time that one dies before it is ready. */
const RESTART_DELAY_MS = 200;
const RESTART_DELAY_MS_MAX = 10_000;
/** Starting a thread costs about as much as some ten queries. */
const IDLE_MS = 300_000;

interface Job {
  readonly id: number;
  readonly job: unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: PoolError) => void;
  thread: Seat | undefined;
  timer: Timer | undefined;
  readonly cancellation: Cancellation | undefined;
  /** Until it is settled. */
  pieces: PieceReader | undefined;
}

/** One place in the pool, and the thread that sits in it. */
interface Seat {
  readonly thread: PoolThread;
  readonly words: ThreadWords;
  readonly detach: () => void;
  isReady: boolean;
  job: Job | undefined;
  /** Ends the thread when it fires. */
  idle: Timer | undefined;
  isRetired: boolean;
}

/** Spreads jobs over a number of threads, one job a thread at a time, the oldest first. */
export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #seats = new Set<Seat>();
  readonly #waiting = new Map<number, Job>();
  readonly #restarts = new Set<Timer>();
  #nextId = 1;
  #closed = false;
  /** Of threads that have ended. */
  #helped = 0;
  #restartDelayMs = RESTART_DELAY_MS;
  #resolveReady: () => void = nothing;
  /** Resolves once a thread is ready for jobs, or the pool is closed. */
  readonly ready: Promise<void> = new Promise((resolve) => (this.#resolveReady = resolve));

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
    for (let i = 0; i < this.#threadCountMin; i++) this.#start();
  }

  get #threadCountMin(): number {
    return this.#options.threadCountMin ?? this.#options.threadCount;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  get runningCount(): number {
    let count = 0;
    for (const seat of this.#seats) if (seat.job !== undefined) count++;
    return count;
  }

  /** How often a thread did a part of another one's job. */
  get helpedCount(): number {
    let count = this.#helped;
    for (const { words } of this.#seats) count += Atomics.load(words, ThreadWord.helped);
    return count;
  }

  /** Rejects with PoolError. */
  async run(job: unknown, options: JobOptions): Promise<unknown> {
    if (this.#closed) throw new PoolError('closed', 'cannot run a job: the pool is closed');
    if (options.cancellation?.isCancelled === true) throw cancelledError();
    if (this.#waiting.size >= this.#options.queueLengthMax) {
      throw new PoolError('full', `cannot queue more than ${this.#options.queueLengthMax} jobs`);
    }
    return await new Promise((resolve, reject) => this.#queue(job, options, { resolve, reject }));
  }

  /** Ends all threads; jobs that run or wait are rejected. */
  close(): void {
    this.#closed = true;
    this.#resolveReady();
    for (const timer of this.#restarts) timer.cancel();
    for (const job of this.#waiting.values()) this.#settle(job, closedError());
    for (const seat of this.#seats) {
      seat.idle?.cancel();
      if (seat.job !== undefined) this.#settle(seat.job, closedError());
      seat.thread.terminate();
    }
  }

  #queue(
    payload: unknown,
    { timeoutMs, cancellation, pieces }: JobOptions,
    settle: { resolve: (answer: unknown) => void; reject: (error: PoolError) => void },
  ): void {
    // Int32 wraps; a number is in use for minutes at most.
    const id = this.#nextId;
    this.#nextId = id === 0x7fffffff ? 1 : id + 1;
    const job: Job = {
      id,
      job: payload,
      ...settle,
      thread: undefined,
      timer: undefined,
      cancellation,
      pieces,
    };
    this.#waiting.set(id, job);
    if (timeoutMs > 0) {
      job.timer = this.#options.clock.setTimer(timeoutMs, () => this.#overdue(job));
    }
    cancellation?.listen(() => this.#cancel(job));
    this.#dispatch();
  }

  #dispatch(): void {
    // Those first that would not have to leave what they help with.
    for (const seat of this.#seats) if (isThreadIdle(seat.words)) this.#give(seat);
    for (const seat of this.#seats) this.#give(seat);
    // One that died and waits to be replaced has a place, too: what cannot live must not be tried without end.
    while (this.#waiting.size > 0) {
      if (this.#seats.size + this.#restarts.size >= this.#options.threadCount) return;
      this.#give(this.#start());
    }
  }

  /** The oldest job that waits. */
  #give(seat: Seat): void {
    const [job] = this.#waiting.values();
    if (job === undefined || seat.job !== undefined || seat.isRetired) return;
    seat.idle?.cancel();
    this.#waiting.delete(job.id);
    job.thread = seat;
    seat.job = job;
    Atomics.store(seat.words, ThreadWord.pieces, job.pieces?.ahead ?? 0);
    Atomics.store(seat.words, ThreadWord.given, job.id);
    seat.thread.post({ kind: 'job', id: job.id, job: job.job });
  }

  #retireLater(seat: Seat): void {
    if (this.#seats.size <= this.#threadCountMin) return;
    const helped = Atomics.load(seat.words, ThreadWord.helped);
    seat.idle = this.#options.clock.setTimer(this.#options.idleMs ?? IDLE_MS, () => {
      if (seat.job !== undefined || this.#seats.size <= this.#threadCountMin) return;
      if (Atomics.load(seat.words, ThreadWord.helped) !== helped) {
        this.#retireLater(seat);
        return;
      }
      seat.isRetired = true;
      seat.thread.terminate();
    });
  }

  #overdue(job: Job): void {
    if (job.thread === undefined) {
      this.#settle(
        job,
        new PoolError('queue-timeout', 'cannot run the job: no thread was free in time'),
      );
      return;
    }
    Atomics.store(job.thread.words, ThreadWord.cancelled, job.id);
    job.timer = this.#options.clock.setTimer(this.#options.graceMs ?? GRACE_MS, () => {
      this.#settle(job, new PoolError('timeout', 'cannot end the job in time'));
      this.#replace(job);
    });
  }

  #cancel(job: Job): void {
    this.#settle(job, cancelledError());
    if (job.thread === undefined) return;
    Atomics.store(job.thread.words, ThreadWord.cancelled, job.id);
    // The seat stays taken until the thread says that it has stopped, or has not for too long.
    job.timer = this.#options.clock.setTimer(this.#options.graceMs ?? GRACE_MS, () =>
      this.#replace(job),
    );
  }

  #replace(job: Job): void {
    if (job.thread?.job !== job) return;
    this.#options.log.warn('ending a query thread that does not stop', { job: job.id });
    job.thread.thread.terminate();
  }

  #settle(job: Job, result: PoolError | { readonly answer: unknown }): void {
    job.timer?.cancel();
    job.cancellation?.listen(undefined);
    job.pieces = undefined;
    this.#waiting.delete(job.id);
    if (result instanceof PoolError) job.reject(result);
    else job.resolve(result.answer);
  }

  #start(): Seat {
    const words = createThreadWords();
    const thread = this.#options.startThread(words);
    const detach =
      this.#options.attach?.((update) => thread.post({ kind: 'update', update })) ?? nothing;
    const seat: Seat = {
      thread,
      words,
      detach,
      isReady: false,
      job: undefined,
      idle: undefined,
      isRetired: false,
    };
    for (const other of this.#seats) this.#connect(seat, other);
    this.#seats.add(seat);
    thread.listen(
      (message) => this.#receive(seat, message),
      (reason) => this.#ended(seat, reason),
    );
    return seat;
  }

  #connect(seat: Seat, other: Seat): void {
    const ports = this.#options.connect?.();
    if (ports === undefined) return;
    seat.thread.post({ kind: 'peer', port: ports[0], words: other.words }, [ports[0]]);
    other.thread.post({ kind: 'peer', port: ports[1], words: seat.words }, [ports[1]]);
  }

  /** One at a time, so that each is wanted when it is there. */
  #startPeer(): void {
    if (this.#closed || this.#seats.size + this.#restarts.size >= this.#options.threadCount) return;
    for (const seat of this.#seats) if (!seat.isReady) return;
    this.#retireLater(this.#start());
  }

  #receive(seat: Seat, message: FromThread): void {
    if (message.kind === 'wants-peer') this.#startPeer();
    else if (message.kind === 'ready') {
      this.#restartDelayMs = RESTART_DELAY_MS;
      seat.isReady = true;
      this.#resolveReady();
    } else this.#receiveResult(seat, message);
  }

  #receiveResult(seat: Seat, message: Extract<FromThread, { readonly id: number }>): void {
    const { job } = seat;
    if (job === undefined || job.id !== message.id) return;
    if (message.kind === 'piece') {
      job.pieces?.receive(message.piece, (count) => allowPieces(seat, job, count));
      return;
    }
    seat.job = undefined;
    this.#settle(
      job,
      message.kind === 'answer'
        ? { answer: message.answer }
        : new PoolError('failure', `BUG: a job failed: ${message.message}`),
    );
    this.#dispatch();
    if (seat.job === undefined) this.#retireLater(seat);
  }

  #ended(seat: Seat, reason: Error | undefined): void {
    this.#seats.delete(seat);
    this.#helped += Atomics.load(seat.words, ThreadWord.helped);
    seat.idle?.cancel();
    seat.detach();
    if (seat.isRetired) {
      this.#dispatch();
      return;
    }
    const text = reason?.message ?? 'it ended';
    if (seat.job !== undefined) {
      this.#settle(seat.job, new PoolError('thread-died', `the query's thread died: ${text}`));
    }
    if (this.#closed) return;
    this.#options.log.error('a query thread died and is replaced', { reason: text });
    const delayMs = this.#restartDelayMs;
    this.#restartDelayMs = Math.min(delayMs * 2, RESTART_DELAY_MS_MAX);
    const restart = this.#options.clock.setTimer(delayMs, () => {
      this.#restarts.delete(restart);
      if (this.#seats.size < this.#threadCountMin) this.#start();
      this.#dispatch();
    });
    this.#restarts.add(restart);
  }
}

function allowPieces(seat: Seat, job: Job, count: number): void {
  if (seat.job !== job) return;
  Atomics.add(seat.words, ThreadWord.pieces, count);
  Atomics.notify(seat.words, ThreadWord.pieces);
}

const nothing = (): void => {};

function cancelledError(): PoolError {
  return new PoolError('cancelled', 'the job was cancelled');
}

function closedError(): PoolError {
  return new PoolError('closed', 'the pool was closed');
}
