import type { Cancellation } from './cancellation.ts';

/** Why an exchange ends before its answer. */
export type LimitReason = 'timeout' | 'canceled';

/** What calls an exchange off. A cancellation is heard by it alone until the exchange is over. */
export interface CalledOff {
  readonly signal?: AbortSignal;
  readonly cancellation?: Cancellation;
}

/** The time that an exchange has, and what calls it off. One call listens at a time. */
export class ExchangeLimit {
  reason: LimitReason | undefined = undefined;
  /** Called once, when the exchange must end. */
  onReached: (() => void) | undefined = undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastLook: NodeJS.Immediate | undefined;
  readonly #given: CalledOff;
  /** Most exchanges need none, and making one costs more than all else here. */
  #aborter: AbortController | undefined;

  constructor(timeoutMs: number, calledOff: CalledOff) {
    this.#timer = this.#start(timeoutMs);
    this.#given = calledOff;
    const { signal, cancellation } = calledOff;
    signal?.addEventListener('abort', this.#cancel, { once: true });
    cancellation?.listen(this.#cancel);
    if (signal?.aborted === true || cancellation?.isCancelled === true) this.#cancel();
  }

  /** The same for those who wait otherwise. */
  get signal(): AbortSignal {
    this.#aborter ??= new AbortController();
    if (this.reason !== undefined) this.#aborter.abort(this.reason);
    return this.#aborter.signal;
  }

  /** The time so far is forgotten, and counts anew from now on; 0: no more. */
  restart(timeoutMs: number): void {
    this.#stopTimer();
    this.#timer = timeoutMs > 0 ? this.#start(timeoutMs) : undefined;
  }

  /** There was a sign of life: the time counts from now. */
  refresh(): void {
    if (this.#lastLook !== undefined) clearImmediate(this.#lastLook);
    this.#timer?.refresh();
  }

  /** The exchange is over: nothing more is called. */
  release(): void {
    this.#stopTimer();
    this.#given.signal?.removeEventListener('abort', this.#cancel);
    this.#given.cancellation?.listen(undefined);
    this.onReached = undefined;
  }

  #start(timeoutMs: number): NodeJS.Timeout {
    // After other work that took long, the answer may lie there unread: sockets have their turn first.
    return setTimeout(() => {
      this.#lastLook = setImmediate(() => this.#reach('timeout'));
    }, timeoutMs);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    if (this.#lastLook !== undefined) clearImmediate(this.#lastLook);
  }

  readonly #cancel = (): void => this.#reach('canceled');

  #reach(reason: LimitReason): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.#aborter?.abort(reason);
    const { onReached } = this;
    this.onReached = undefined;
    onReached?.();
  }
}
