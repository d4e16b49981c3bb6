import type { Clock } from '#platform';

/** As client-go: from 0.8 to 30 seconds, doubled each time, and up to as much again by chance. */
const WAIT_MIN_MS = 800;
const WAIT_MAX_MS = 30_000;

/** How long to wait after failures that follow each other. */
export class Backoff {
  readonly #clock: Clock;
  readonly #random: () => number;
  #waitMs = WAIT_MIN_MS;

  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** All is well again. */
  reset(): void {
    this.#waitMs = WAIT_MIN_MS;
  }

  /** Resolves after a while, at once where nobody waits any more. */
  wait(signal: AbortSignal): Promise<void> {
    const waitMs = this.#waitMs * (1 + this.#random());
    this.#waitMs = Math.min(WAIT_MAX_MS, this.#waitMs * 2);
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const timer = this.#clock.setTimer(waitMs, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      const stop = (): void => {
        timer.cancel();
        resolve();
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}
