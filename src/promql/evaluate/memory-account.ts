import { QueryError } from '../result.ts';

/** The two typed arrays of a row, their buffers, the object around them and a few labels: measured. */
const ROW_BYTES = 600;
/** A kind and a value. */
const STEP_BYTES = 9;
/** An entry of a Map from a label set to a list, without the text of its key. */
const ENTRY_BYTES = 150;

/** What a row of a matrix takes in memory. */
export function rowBytes(steps: number): number {
  return ROW_BYTES + steps * STEP_BYTES;
}

/** What a table takes for an entry whose key is a text. */
export function entryBytes(key: string): number {
  return ENTRY_BYTES + key.length;
}

/**
 * What one query holds, in bytes: estimated where it is made, so that it can be refused before it is. It
 * counts rows, label texts, tables and results, and means to err on the side of too much.
 */
export class MemoryAccount {
  readonly #maxBytes: number;
  /** Now, and at most so far. */
  heldBytes = 0;
  peakBytes = 0;
  /** Parts of what is held that stay when the operator at work is done. */
  #textBytes = 0;
  #keptBytes = 0;
  readonly #giveWay: () => void;

  /** `maxBytes` 0: no limit. `giveWay` is asked to let go of what it can before a query is refused. */
  constructor(maxBytes: number, giveWay: () => void) {
    this.#maxBytes = maxBytes;
    this.#giveWay = giveWay;
  }

  /** Throws where it is too much. */
  hold(bytes: number): void {
    this.heldBytes += bytes;
    if (this.heldBytes <= this.peakBytes) return;
    if (this.#maxBytes > 0 && this.heldBytes > this.#maxBytes) this.#makeRoom();
    this.peakBytes = Math.max(this.peakBytes, this.heldBytes);
  }

  #makeRoom(): void {
    this.#giveWay();
    if (this.heldBytes <= this.#maxBytes) return;
    throw new QueryError(
      'execution',
      `query processing would take more than ${this.#maxBytes} bytes of memory in query execution`,
      { limit: 'memory' },
    );
  }

  release(bytes: number): void {
    this.heldBytes -= bytes;
  }

  /** Holds until the query is done: texts of labels go on from operator to operator. */
  keep(bytes: number): void {
    this.#textBytes += bytes;
    this.hold(bytes);
  }

  get textBytes(): number {
    return this.#textBytes;
  }

  /** Where the operator that made the texts is given up. */
  forgetTexts(textBytes: number): void {
    this.heldBytes -= this.#textBytes - textBytes;
    this.#textBytes = textBytes;
  }

  /** What the operator at work holds stays when it is done. */
  moveToKept(bytes: number): void {
    this.#keptBytes += bytes;
  }

  dropKept(bytes: number): void {
    this.#keptBytes -= bytes;
    this.heldBytes -= bytes;
  }

  /** What the operators hold at the moment, to be handed to `releaseTo` when one of them is done. */
  get operatorBytes(): number {
    return this.heldBytes - this.#textBytes - this.#keptBytes;
  }

  releaseTo(operatorBytes: number): void {
    this.heldBytes = operatorBytes + this.#textBytes + this.#keptBytes;
  }
}
