import type { Clock, Timer } from '#platform';
import type { ChangeMark, ChangeSource } from '#storage';
import type { QueryAnswer } from '../query/request.ts';

/** What a feed needs to know of the world. */
export interface LiveSurroundings {
  readonly clock: Clock;
  /** Undefined while the storage is not open. */
  readonly changes: () => ChangeSource | undefined;
  /** All that scrapes were to bring before that time is stored. Infinity where nothing is scraped. */
  readonly storedUntilMs: () => number;
  /** A step is not waited for longer, in milliseconds. */
  readonly patienceMs: () => number;
}

/** Evaluates an expression at steps from one time to another, inclusive. Never rejects. */
export type EvaluateSteps = (startMs: number, endMs: number) => Promise<QueryAnswer>;

/** One evaluation for all who listen. */
export interface FeedEvent {
  /** Its first and its last step. */
  readonly startMs: number;
  readonly endMs: number;
  readonly answer: QueryAnswer;
}

export interface LiveFeedOptions extends LiveSurroundings {
  readonly stepMs: number;
  /** Of the steps: their time modulo the step. */
  readonly phaseMs: number;
  readonly evaluate: EvaluateSteps;
  readonly publish: (event: FeedEvent) => void;
}

/** How often it is looked whether the scrapes of a step have arrived. */
const POLL_MS = 100;

/** Steps that are sent again at most where samples of theirs came late. */
export const CORRECTED_STEPS_MAX = 10;

/**
 * Evaluates each new step of an expression once its scrapes have arrived: all that were due up to it are stored,
 * or the patience is over. What comes later still is seen by the change log: the next event then begins at the
 * first step that has changed.
 */
export class LiveFeed {
  readonly #options: LiveFeedOptions;
  /** The first step that was not evaluated. */
  #nextMs: number;
  /** The first step that is to be evaluated: later where an evaluation failed. */
  #dueMs: number;
  /** When the step before the next was evaluated. */
  #mark: ChangeMark | undefined;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    this.#nextMs = this.readyMs() + options.stepMs;
    this.#dueMs = this.#nextMs;
    this.#mark = options.changes()?.mark();
    this.#wait();
  }

  /** The newest step whose scrapes have arrived. */
  readyMs(): number {
    const { clock, storedUntilMs, patienceMs, stepMs, phaseMs } = this.#options;
    const nowMs = clock.nowMs();
    const untilMs = storedUntilMs();
    // Where nothing is scraped nobody says when samples have arrived.
    const storedMs = untilMs === Infinity ? -Infinity : Math.min(nowMs, untilMs - 1);
    const readyMs = Math.max(storedMs, nowMs - patienceMs());
    return Math.floor((readyMs - phaseMs) / stepMs) * stepMs + phaseMs;
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #wait(): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    const delayMs = Math.max(POLL_MS, this.#dueMs - clock.nowMs());
    this.#timer = clock.setTimer(delayMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const endMs = this.readyMs();
    if (endMs >= this.#dueMs) await this.#evaluate(endMs);
    this.#wait();
  }

  async #evaluate(endMs: number): Promise<void> {
    const { changes, evaluate, publish } = this.#options;
    const startMs = this.#firstChangedMs();
    const mark = changes()?.mark();
    const answer = await evaluate(startMs, endMs);
    if (this.#isClosed) return;
    this.#dueMs = endMs + this.#options.stepMs;
    // What failed is asked for again with the next step.
    if (answer.status === 200) {
      this.#mark = mark;
      this.#nextMs = this.#dueMs;
    }
    publish({ startMs, endMs, answer });
  }

  #firstChangedMs(): number {
    const { changes, stepMs } = this.#options;
    const unchanged = this.#mark && changes()?.unchangedSince(this.#mark);
    const changedMs = unchanged?.endMs ?? -Infinity;
    const oldestMs = this.#nextMs - CORRECTED_STEPS_MAX * stepMs;
    if (changedMs >= this.#nextMs) return this.#nextMs;
    const steps = Math.floor((this.#nextMs - Math.max(oldestMs, changedMs)) / stepMs);
    return this.#nextMs - steps * stepMs;
  }
}
