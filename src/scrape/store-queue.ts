import type { Clock } from '#platform';

/**
 * The main thread is held at most about so long before others have their turn: requests, sockets, timers. A query
 * waits for two turns, one as it comes and one as it goes.
 */
export const SLICE_MS = 5;

/** Work that can stop between any two pieces of it. */
export interface SlicedWork {
  /** Goes on until it is done, or until `isTimeUp` says so. True: done. Must not throw. */
  step(isTimeUp: () => boolean): boolean;
  /** It will not be gone on with. */
  abandon(): void;
}

interface Waiting {
  readonly work: SlicedWork;
  readonly resolve: () => void;
}

export interface StoreQueueOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Calls `fn` once after all that has come in meanwhile was dealt with. */
  readonly nextTurn: (fn: () => void) => void;
}

/**
 * Stores pages in slices. What comes in is begun in order, at once where there is time left in this turn. What
 * was not done within a slice goes on in order too, but every other slice is for those that have not begun yet: a
 * few large pages do not keep the small ones waiting, and many small ones do not keep a large one for ever.
 *
 * As many wait as there are targets at most: a target is not scraped again before its page is stored.
 */
export class StoreQueue {
  readonly #options: StoreQueueOptions;
  readonly #fresh: Waiting[] = [];
  readonly #begun: Waiting[] = [];
  #isFreshNext = true;
  /** Until when there is time in this turn; undefined: nothing was done in it. */
  #turnEndMs: number | undefined;

  constructor(options: StoreQueueOptions) {
    this.#options = options;
  }

  /** How many are not done. */
  get length(): number {
    return this.#fresh.length + this.#begun.length;
  }

  /** Resolves when the work is done or abandoned. */
  run(work: SlicedWork): Promise<void> {
    return new Promise((resolve) => {
      this.#fresh.push({ work, resolve });
      if (this.#turnEndMs === undefined) this.#beginTurn();
      // Otherwise the turn goes on: others came before.
      this.#work();
    });
  }

  /** Work that is done is left as it is. */
  abandon(work: SlicedWork): void {
    for (const waiting of [this.#fresh, this.#begun]) {
      const index = waiting.findIndex((other) => other.work === work);
      const [found] = index < 0 ? [] : waiting.splice(index, 1);
      if (found === undefined) continue;
      work.abandon();
      found.resolve();
    }
  }

  #beginTurn(): void {
    this.#turnEndMs = this.#options.clock.monotonicMs() + SLICE_MS;
    this.#options.nextTurn(() => {
      this.#turnEndMs = undefined;
      if (this.length === 0) return;
      this.#beginTurn();
      this.#work();
    });
  }

  #work(): void {
    while (!this.#isTimeUp()) {
      const next = this.#next();
      if (next === undefined) return;
      if (next.work.step(this.#isTimeUp)) next.resolve();
      else this.#begun.push(next);
    }
  }

  #next(): Waiting | undefined {
    const [first, second] = this.#isFreshNext
      ? [this.#fresh, this.#begun]
      : [this.#begun, this.#fresh];
    this.#isFreshNext = !this.#isFreshNext;
    return first.shift() ?? second.shift();
  }

  readonly #isTimeUp = (): boolean =>
    this.#turnEndMs !== undefined && this.#options.clock.monotonicMs() >= this.#turnEndMs;
}
