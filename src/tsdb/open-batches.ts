/** A batch that is being filled. */
export interface OpenBatch {
  /** Marks the series that it has samples for by 1. */
  markRows(marks: Uint8Array): void;
}

const NO_MARKS = new Uint8Array(0);

/** The batches that are being filled: the series of their samples stay until they have ended. */
export class OpenBatches {
  /** With their numbers, ascending. */
  readonly #batches = new Map<OpenBatch, number>();
  #begunCount = 0;

  get count(): number {
    return this.#batches.size;
  }

  /** Tells, whenever it is asked, whether one of those that are open now still is. */
  watch(): () => boolean {
    const begunCount = this.#begunCount;
    return () => {
      const [oldest] = this.#batches.values();
      return oldest !== undefined && oldest < begunCount;
    };
  }

  add(batch: OpenBatch): void {
    this.#batches.set(batch, this.#begunCount++);
  }

  remove(batch: OpenBatch): void {
    this.#batches.delete(batch);
  }

  /** By row, up to `rowEnd`; shorter where there is none. */
  heldRows(rowEnd: number): Uint8Array {
    if (this.#batches.size === 0) return NO_MARKS;
    const marks = new Uint8Array(rowEnd);
    for (const batch of this.#batches.keys()) batch.markRows(marks);
    return marks;
  }
}
