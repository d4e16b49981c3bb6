/** Why an exchange ends before its answer. */
export type LimitReason = 'timeout' | 'canceled';

/** The time that an exchange has, and the signal that calls it off. One call listens at a time. */
export class ExchangeLimit {
  reason: LimitReason | undefined = undefined;
  /** Called once, when the exchange must end. */
  onReached: (() => void) | undefined = undefined;
  readonly #timer: NodeJS.Timeout;
  #lastLook: NodeJS.Immediate | undefined;
  readonly #given: AbortSignal | undefined;
  /** Most exchanges need none, and making one costs more than all else here. */
  #aborter: AbortController | undefined;

  constructor(timeoutMs: number, signal: AbortSignal | undefined) {
    // After other work that took long, the answer may lie there unread: sockets have their turn first.
    this.#timer = setTimeout(() => {
      this.#lastLook = setImmediate(() => this.#reach('timeout'));
    }, timeoutMs);
    this.#given = signal;
    signal?.addEventListener('abort', this.#cancel, { once: true });
    if (signal?.aborted === true) this.#cancel();
  }

  /** The same for those who wait otherwise. */
  get signal(): AbortSignal {
    this.#aborter ??= new AbortController();
    if (this.reason !== undefined) this.#aborter.abort(this.reason);
    return this.#aborter.signal;
  }

  /** The exchange is over: nothing more is called. */
  release(): void {
    clearTimeout(this.#timer);
    if (this.#lastLook !== undefined) clearImmediate(this.#lastLook);
    this.#given?.removeEventListener('abort', this.#cancel);
    this.onReached = undefined;
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
