import { errorText } from '#platform';
import type { Clock, Log, Timer } from '#platform';

interface Step {
  readonly name: string;
  readonly limitMs: number;
  readonly stop: () => void | Promise<void>;
}

/** What has been started, to be stopped in reverse order. */
export class Shutdown {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #steps: Step[] = [];

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** `stop` gets so many milliseconds; then the next one is stopped all the same. */
  add(name: string, limitMs: number, stop: () => void | Promise<void>): void {
    this.#steps.push({ name, limitMs, stop });
  }

  /** Never rejects: what does not stop well is logged. */
  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      await this.#stop(step);
    }
  }

  async #stop({ name, limitMs, stop }: Step): Promise<void> {
    this.#log.debug('stopping', { part: name });
    let timer: Timer | undefined;
    const limit = new Promise<'late'>((resolve) => {
      timer = this.#clock.setTimer(limitMs, () => resolve('late'));
    });
    try {
      const result = await Promise.race([Promise.resolve().then(stop), limit]);
      if (result === 'late') this.#log.warn('a part did not stop in time', { part: name, limitMs });
    } catch (error) {
      this.#log.error('a part did not stop well', { part: name, err: errorText(error) });
    } finally {
      timer?.cancel();
    }
  }
}
