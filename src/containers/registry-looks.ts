import type { Clock, Timer } from '#platform';

/** Inspections at the same time: enough to know a hundred containers in a moment, too few to hurt an engine. */
const CONCURRENCY = 4;

/** An event seldom comes alone: kill, die and stop are told within milliseconds. */
const DELAY_MS = 50;

/** One container is not inspected more often, however often it crashes. */
const INTERVAL_MS = 1000;

export interface LooksOptions {
  readonly clock: Clock;
  /** Looks at one container. Must not reject. */
  readonly look: (id: string) => Promise<void>;
}

/** Who is looked at when: soon after an event, not too often, not too many at once. */
export class Looks {
  readonly #options: LooksOptions;
  /** Waiting for their time. */
  readonly #timers = new Map<string, Timer>();
  /** Waiting for their turn. */
  readonly #ready = new Set<string>();
  readonly #running = new Set<string>();
  /** To be looked at once more. */
  readonly #again = new Set<string>();
  readonly #lastMs = new Map<string, number>();
  readonly #waits = new Set<{ readonly ids: Set<string>; readonly resolve: () => void }>();
  #isClosed = false;

  constructor(options: LooksOptions) {
    this.#options = options;
  }

  /** For tests: what is kept, all together. */
  get size(): number {
    const { size } = this.#lastMs;
    return size + this.#timers.size + this.#ready.size + this.#running.size + this.#again.size;
  }

  /** Soon; asking again before it has happened does nothing. */
  soon(id: string): void {
    if (this.#isClosed || this.#timers.has(id) || this.#ready.has(id)) return;
    if (this.#running.has(id)) {
      this.#again.add(id);
      return;
    }
    const { clock } = this.#options;
    const restMs = (this.#lastMs.get(id) ?? -Infinity) + INTERVAL_MS - clock.nowMs();
    // Clocks may be set back.
    const delayMs = Math.min(Math.max(DELAY_MS, restMs), INTERVAL_MS);
    this.#timers.set(
      id,
      clock.setTimer(delayMs, () => this.#due(id)),
    );
  }

  /** As soon as there is a turn. Resolves when each of them has been looked at. */
  async all(ids: readonly string[]): Promise<void> {
    if (ids.length === 0 || this.#isClosed) return;
    await new Promise<void>((resolve) => {
      this.#waits.add({ ids: new Set(ids), resolve });
      for (const id of ids) this.#due(id);
    });
  }

  /** It is gone: nobody will ask for it again. */
  forget(id: string): void {
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
    this.#ready.delete(id);
    this.#again.delete(id);
    this.#lastMs.delete(id);
    this.#tellLooked(id);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#ready.clear();
    this.#again.clear();
    for (const { resolve } of this.#waits) resolve();
    this.#waits.clear();
  }

  #due(id: string): void {
    if (this.#isClosed) return;
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
    if (this.#running.has(id)) this.#again.add(id);
    else this.#ready.add(id);
    this.#pump();
  }

  #pump(): void {
    for (const id of this.#ready) {
      if (this.#running.size >= CONCURRENCY) return;
      this.#ready.delete(id);
      this.#running.add(id);
      void this.#run(id);
    }
  }

  async #run(id: string): Promise<void> {
    this.#lastMs.set(id, this.#options.clock.nowMs());
    await this.#options.look(id);
    this.#running.delete(id);
    this.#tellLooked(id);
    if (this.#again.delete(id)) this.soon(id);
    this.#pump();
  }

  #tellLooked(id: string): void {
    for (const wait of this.#waits) {
      if (!wait.ids.delete(id) || wait.ids.size > 0) continue;
      this.#waits.delete(wait);
      wait.resolve();
    }
  }
}
