import type { Clock, Timer } from '#platform';

interface Pending {
  readonly dueMs: number;
  readonly fn: () => void;
}

/** Time that passes only when a test says so. */
export class FakeClock implements Clock {
  #nowMs: number;
  #pending: Pending[] = [];
  #onSet: (byMs: number) => void = () => {};

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, fn: () => void): Timer {
    const pending: Pending = { dueMs: this.#nowMs + Math.max(0, delayMs), fn };
    this.#pending.push(pending);
    return {
      cancel: () => {
        this.#pending = this.#pending.filter((other) => other !== pending);
      },
    };
  }

  /** How many calls are waiting. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  /** Lets time pass; calls what falls due in order, and lets what it started settle. */
  async advance(durationMs: number): Promise<void> {
    let endMs = this.#nowMs + durationMs;
    this.#onSet = (byMs) => (endMs += Math.min(0, byMs));
    await settle();
    for (;;) {
      const next = this.#pending
        .filter(({ dueMs }) => dueMs <= endMs)
        .toSorted((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#pending = this.#pending.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.fn();
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }

  /** The clock is set, as by an operator: no timer runs for it. */
  set(nowMs: number): void {
    this.#onSet(nowMs - this.#nowMs);
    this.#nowMs = nowMs;
  }
}

/** Lets promises that are ready run; more rounds than any chain in the tests has links. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 60; round++) await Promise.resolve();
}
