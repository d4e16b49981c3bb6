import { describe, expect, it } from 'vitest';
import { Cancellation } from './cancellation.ts';
import { silentLog } from './log.ts';
import { ThreadWord, type ThreadWords } from './peers.ts';
import { PoolError, ThreadPool } from './thread-pool.ts';
import type { FromThread, PoolThread, ThreadPoolOptions, ToThread } from './thread-pool.ts';

class FakeThread implements PoolThread {
  readonly received: ToThread[] = [];
  readonly words: ThreadWords;
  terminated = false;
  /** Only when `end` is called. */
  endsLate = false;
  #onMessage: (message: FromThread) => void = () => {};
  #ended: (reason: Error | undefined) => void = () => {};

  constructor(words: ThreadWords) {
    this.words = words;
  }
  post(message: ToThread): void {
    this.received.push(message);
  }
  listen(onMessage: (message: FromThread) => void, ended: (reason?: Error) => void): void {
    this.#onMessage = onMessage;
    this.#ended = ended;
  }
  terminate(): void {
    this.terminated = true;
    if (!this.endsLate) this.#ended(undefined);
  }
  end(): void {
    this.#ended(undefined);
  }
  die(reason: string): void {
    this.#ended(new Error(reason));
  }
  ready(): void {
    this.#onMessage({ kind: 'ready' });
  }
  wantPeer(): void {
    this.#onMessage({ kind: 'wants-peer' });
  }
  /** As a thread does when it begins and ends to work for another one. */
  help(count: number): void {
    this.words[ThreadWord.helping] = 1;
    this.words[ThreadWord.helped] = (this.words[ThreadWord.helped] ?? 0) + count;
  }
  ports(): unknown[] {
    return this.received.filter((m) => m.kind === 'peer').map((m) => m.port);
  }
  jobs(): unknown[] {
    return this.received.filter((m) => m.kind === 'job').map((m) => m.job);
  }
  sendPiece(piece: unknown): void {
    const last = this.received.findLast((m) => m.kind === 'job');
    this.#onMessage({ kind: 'piece', id: last?.id ?? 0, piece });
  }
  answerLast(answer: unknown): void {
    const last = this.received.findLast((m) => m.kind === 'job');
    this.words[ThreadWord.ended] = last?.id ?? 0;
    this.#onMessage({ kind: 'answer', id: last?.id ?? 0, answer });
  }
}

class FakeClock {
  now = 0;
  readonly #timers = new Map<() => void, number>();
  nowMs = (): number => this.now;
  monotonicMs = (): number => this.now;
  setTimer = (delayMs: number, fn: () => void): { cancel: () => void } => {
    const call = (): void => fn();
    this.#timers.set(call, this.now + delayMs);
    return { cancel: () => this.#timers.delete(call) };
  };
  advance(ms: number): void {
    this.now += ms;
    for (const [fn, at] of this.#timers) {
      if (at > this.now) continue;
      this.#timers.delete(fn);
      fn();
    }
  }
}

function setUp(options: Partial<ThreadPoolOptions> = {}): {
  pool: ThreadPool;
  threads: FakeThread[];
  clock: FakeClock;
} {
  const threads: FakeThread[] = [];
  const clock = new FakeClock();
  const pool = new ThreadPool({
    threadCount: 1,
    queueLengthMax: 2,
    clock,
    log: silentLog,
    startThread: (words) => {
      const thread = new FakeThread(words);
      threads.push(thread);
      return thread;
    },
    ...options,
  });
  return { pool, threads, clock };
}

async function codeOf(result: Promise<unknown>): Promise<string> {
  try {
    await result;
    return 'no error';
  } catch (error) {
    return error instanceof PoolError ? error.code : String(error);
  }
}

const NO_LIMIT = { timeoutMs: 0 };

describe('ThreadPool', () => {
  it('runs one job a thread at a time, the oldest first', async () => {
    const { pool, threads } = setUp();
    const first = pool.run('first', NO_LIMIT);
    const second = pool.run('second', NO_LIMIT);
    expect(threads[0]?.jobs()).toEqual(['first']);
    threads[0]?.answerLast(1);
    expect(await first).toBe(1);
    expect(threads[0]?.jobs()).toEqual(['first', 'second']);
    threads[0]?.answerLast(2);
    expect(await second).toBe(2);
  });

  it.each<[string, (pool: ThreadPool, threads: readonly FakeThread[]) => void]>([
    ['one of its threads is', (_, threads) => threads[1]?.ready()],
    ['it is closed, so that nobody waits for ever', (pool) => pool.close()],
  ])('is ready once %s', async (_, act) => {
    const { pool, threads } = setUp({ threadCount: 2 });
    let isReady = false;
    const waiting = pool.ready.then(() => (isReady = true));
    await Promise.resolve();
    expect(isReady).toBe(false);
    act(pool, threads);
    await waiting;
    expect(isReady).toBe(true);
  });

  it('refuses what does not fit into the queue', async () => {
    const { pool } = setUp({ queueLengthMax: 1 });
    const running = codeOf(pool.run('running', NO_LIMIT));
    const waiting = codeOf(pool.run('waiting', NO_LIMIT));
    expect(await codeOf(pool.run('one too many', NO_LIMIT))).toBe('full');
    pool.close();
    expect([await running, await waiting]).toEqual(['closed', 'closed']);
  });

  it('gives up a job that waits too long', async () => {
    const { pool, clock, threads } = setUp();
    void codeOf(pool.run('long', NO_LIMIT));
    const waiting = codeOf(pool.run('waiting', { timeoutMs: 100 }));
    clock.advance(100);
    expect(await waiting).toBe('queue-timeout');
    threads[0]?.answerLast('done');
    expect(threads[0]?.jobs()).toEqual(['long']);
  });

  it('asks an overdue job to stop, then ends its thread and starts another', async () => {
    const { pool, clock, threads } = setUp({ graceMs: 50 });
    const result = codeOf(pool.run('stuck', { timeoutMs: 100 }));
    clock.advance(100);
    expect(threads[0]?.words[ThreadWord.cancelled]).toBe(1);
    clock.advance(50);
    expect(await result).toBe('timeout');
    expect(threads[0]?.terminated).toBe(true);
    clock.advance(1000);
    expect(threads).toHaveLength(2);
    const next = pool.run('next', NO_LIMIT);
    threads[1]?.answerLast('fine');
    expect(await next).toBe('fine');
  });

  it('tells the thread when nobody waits any more, and uses it again once it has stopped', async () => {
    const { pool, threads } = setUp();
    const cancellation = new Cancellation();
    const gone = codeOf(pool.run('gone', { timeoutMs: 0, cancellation }));
    cancellation.cancel();
    expect(await gone).toBe('cancelled');
    expect(threads[0]?.words[ThreadWord.cancelled]).toBe(1);
    const next = pool.run('next', NO_LIMIT);
    expect(threads[0]?.jobs()).toEqual(['gone']);
    threads[0]?.answerLast('stopped');
    threads[0]?.answerLast('fine');
    expect(await next).toBe('fine');
    expect(threads[0]?.terminated).toBe(false);
  });

  it('passes pieces of an answer on, and lets the thread send more as they are taken', async () => {
    const { pool, threads } = setUp();
    const thread = threads[0];
    const taken: unknown[] = [];
    const mores: ((count: number) => void)[] = [];
    const receive = (piece: unknown, more: (count: number) => void): void => {
      taken.push(piece);
      mores.push(more);
    };
    const result = pool.run('large', { timeoutMs: 0, pieces: { ahead: 2, receive } });
    expect(thread?.words[ThreadWord.pieces]).toBe(2);
    thread?.sendPiece('one');
    thread?.sendPiece('two');
    mores[1]?.(3);
    expect(thread?.words[ThreadWord.pieces]).toBe(5);
    thread?.answerLast('rest');
    expect([taken, await result]).toEqual([['one', 'two'], 'rest']);

    const next = pool.run('whole', NO_LIMIT);
    mores[1]?.(1);
    expect(thread?.words[ThreadWord.pieces]).toBe(0);
    thread?.answerLast('fine');
    expect(await next).toBe('fine');
  });

  it('drops pieces that nobody waits for any more', async () => {
    const { pool, threads } = setUp();
    const cancellation = new Cancellation();
    const taken: unknown[] = [];
    const pieces = { ahead: 2, receive: (piece: unknown) => void taken.push(piece) };
    const gone = codeOf(pool.run('gone', { timeoutMs: 0, cancellation, pieces }));
    threads[0]?.sendPiece('one');
    cancellation.cancel();
    threads[0]?.sendPiece('two');
    expect([await gone, taken]).toEqual(['cancelled', ['one']]);
  });

  it('fails the job of a thread that dies, and replaces the thread', async () => {
    const { pool, threads, clock } = setUp();
    const result = codeOf(pool.run('fatal', NO_LIMIT));
    threads[0]?.die('out of memory');
    expect(await result).toBe('thread-died');
    const next = pool.run('next', NO_LIMIT);
    clock.advance(1000);
    threads[1]?.answerLast('fine');
    expect(await next).toBe('fine');
  });

  it('waits longer and longer for threads that die before they are ready', () => {
    const { threads, clock } = setUp();
    const startedWithin = (ms: number): number => {
      const before = threads.length;
      threads.at(-1)?.die('cannot start');
      clock.advance(ms);
      return threads.length - before;
    };
    expect(startedWithin(200)).toBe(1);
    expect(startedWithin(200)).toBe(0);
    clock.advance(200);
    expect(threads).toHaveLength(3);
    threads[2]?.ready();
    expect(startedWithin(200)).toBe(1);
  });

  it('starts threads beyond the fewest when a job waits, and ends them when none has for a while', async () => {
    const { pool, threads, clock } = setUp({ threadCount: 2, threadCountMin: 0, idleMs: 1000 });
    expect(threads).toHaveLength(0);
    const answers = [pool.run('a', NO_LIMIT), pool.run('b', NO_LIMIT), pool.run('c', NO_LIMIT)];
    expect(threads.map((thread) => thread.jobs())).toEqual([['a'], ['b']]);
    threads[0]?.answerLast(1);
    expect(threads[0]?.jobs()).toEqual(['a', 'c']);
    threads[1]?.answerLast(2);
    clock.advance(999);
    threads[0]?.answerLast(3);
    expect(await Promise.all(answers)).toEqual([1, 2, 3]);
    clock.advance(1);
    expect(threads.map(({ terminated }) => terminated)).toEqual([false, true]);
    clock.advance(999);
    expect(threads[0]?.terminated).toBe(true);
    void codeOf(pool.run('d', NO_LIMIT));
    expect(threads[2]?.jobs()).toEqual(['d']);
  });

  it('takes no thread that is ending for a job', async () => {
    const { pool, threads, clock } = setUp({ threadCountMin: 0, idleMs: 1000 });
    const first = pool.run('a', NO_LIMIT);
    const [thread] = threads;
    if (thread !== undefined) thread.endsLate = true;
    thread?.answerLast(1);
    await first;
    clock.advance(1000);
    void codeOf(pool.run('b', NO_LIMIT));
    expect(thread?.jobs()).toEqual(['a']);
    thread?.end();
    expect(threads[1]?.jobs()).toEqual(['b']);
  });

  it('keeps the fewest', async () => {
    const { pool, threads, clock } = setUp({ threadCount: 2, threadCountMin: 1, idleMs: 1000 });
    expect(threads).toHaveLength(1);
    const answers = [pool.run('a', NO_LIMIT), pool.run('b', NO_LIMIT)];
    for (const thread of threads) thread.answerLast('done');
    await Promise.all(answers);
    clock.advance(5000);
    expect(threads.filter(({ terminated }) => !terminated)).toHaveLength(1);
  });

  it('does not start another in place of one that died before its time has come', () => {
    const { pool, threads, clock } = setUp({ threadCountMin: 0 });
    void codeOf(pool.run('fatal', NO_LIMIT));
    threads[0]?.die('out of memory');
    void codeOf(pool.run('next', NO_LIMIT));
    expect(threads).toHaveLength(1);
    clock.advance(200);
    expect(threads[1]?.jobs()).toEqual(['next']);
  });

  it('starts one more thread for a large job, and the next one when that is there', () => {
    const { pool, threads } = setUp({ threadCount: 3, threadCountMin: 1 });
    threads[0]?.ready();
    void codeOf(pool.run('large', NO_LIMIT));
    threads[0]?.wantPeer();
    threads[0]?.wantPeer();
    expect(threads).toHaveLength(2);
    threads[1]?.ready();
    threads[0]?.wantPeer();
    threads[2]?.ready();
    threads[0]?.wantPeer();
    expect(threads).toHaveLength(3);
  });

  it('ends a thread that neither has had a job nor helped for long', () => {
    const { threads, clock } = setUp({ threadCount: 2, threadCountMin: 1, idleMs: 1000 });
    threads[0]?.ready();
    threads[0]?.wantPeer();
    threads[1]?.help(5);
    clock.advance(1000);
    expect(threads[1]?.terminated).toBe(false);
    clock.advance(1000);
    expect(threads[1]?.terminated).toBe(true);
    expect(threads[0]?.terminated).toBe(false);
  });

  it('counts how often threads helped, those that have ended too', () => {
    const { pool, threads } = setUp({ threadCount: 2 });
    threads[0]?.help(3);
    threads[1]?.help(2);
    threads[1]?.die('x');
    expect(pool.helpedCount).toBe(5);
  });

  it('connects each two threads', () => {
    let count = 0;
    const connect = () => [`${++count}a`, `${count}b`] as const;
    const { threads } = setUp({ threadCount: 3, connect });
    expect(threads.map((thread) => thread.ports())).toEqual([
      ['1b', '2b'],
      ['1a', '3b'],
      ['2a', '3a'],
    ]);
  });

  it('prefers threads that do not help another one', () => {
    const { pool, threads } = setUp({ threadCount: 3 });
    threads[0]?.help(1);
    const jobs = ['a', 'b', 'c'].map((job) => codeOf(pool.run(job, NO_LIMIT)));
    expect(threads.map((thread) => thread.jobs())).toEqual([['c'], ['a'], ['b']]);
    expect(jobs).toHaveLength(3);
  });

  it('attaches each thread before its first job, and detaches it when it ends', () => {
    const posts: string[] = [];
    const { threads, clock } = setUp({
      attach: (post) => {
        post('memory');
        posts.push('attached');
        return () => posts.push('detached');
      },
    });
    expect(threads[0]?.received[0]).toEqual({ kind: 'update', update: 'memory' });
    threads[0]?.die('x');
    clock.advance(1000);
    expect(threads[1]?.received[0]).toEqual({ kind: 'update', update: 'memory' });
    expect(posts).toEqual(['attached', 'detached', 'attached']);
  });
});
