/** A batch that is being filled. */
export interface OpenBatch {
  /** Marks the series that it has samples for by 1. */
  markRows(marks: Uint8Array): void;
}

const NO_MARKS = new Uint8Array(0);

/** The batches that are being filled: the series of their samples stay until they have ended. */
export class OpenBatches {
  readonly #batches = new Set<OpenBatch>();

  get count(): number {
    return this.#batches.size;
  }

  add(batch: OpenBatch): void {
    this.#batches.add(batch);
  }

  remove(batch: OpenBatch): void {
    this.#batches.delete(batch);
  }

  /** By row, up to `rowEnd`; shorter where there is none. */
  heldRows(rowEnd: number): Uint8Array {
    if (this.#batches.size === 0) return NO_MARKS;
    const marks = new Uint8Array(rowEnd);
    for (const batch of this.#batches) batch.markRows(marks);
    return marks;
  }
}
