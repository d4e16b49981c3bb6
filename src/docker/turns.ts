import { DockerError } from './docker-error.ts';

/** More do not wait for their turn. */
const WAITING_MAX = 20_000;

/** Calls in the order in which they came. */
export class Turns {
  readonly #atOnceMax: number;
  #running = 0;
  readonly #waiting = new Map<number, () => void>();
  #next = 0;

  constructor(atOnceMax: number) {
    this.#atOnceMax = atOnceMax;
  }

  /** Rejects with DockerError `limit` where too many wait already, and as the call does. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnceMax) await this.#wait();
    else this.#running++;
    try {
      return await call();
    } finally {
      this.#pass();
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.size >= WAITING_MAX) {
      const message = `cannot ask the engine: ${WAITING_MAX} calls wait already`;
      throw new DockerError('limit', message);
    }
    return new Promise((resolve) => this.#waiting.set(this.#next++, resolve));
  }

  /** Hands the turn to who waits longest. */
  #pass(): void {
    for (const [key, resume] of this.#waiting) {
      this.#waiting.delete(key);
      resume();
      return;
    }
    this.#running--;
  }
}
