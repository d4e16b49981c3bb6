/** Text is gathered up to so many characters before it becomes bytes. Large enough to be quick. */
const CHUNK_LENGTH = 1 << 15;

/** What one answer may grow to, in bytes; beyond it the query fails instead of the process. */
export const ANSWER_BYTES_MAX: number = 1 << 30;

export class AnswerTooLargeError extends Error {
  constructor() {
    super(`cannot answer with more than ${ANSWER_BYTES_MAX} bytes`);
    this.name = 'AnswerTooLargeError';
  }
}

/** UTF-8 bytes of an answer, written piece by piece. A string could not grow beyond 512 MiB. */
export class JsonBytes {
  #text = '';
  #bytes: Buffer = Buffer.from(new ArrayBuffer(4096));
  #length = 0;

  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= CHUNK_LENGTH) this.#flush();
  }

  /** Owns its buffer, which holds nothing else. */
  finish(): Uint8Array {
    this.#flush();
    return this.#bytes.subarray(0, this.#length);
  }

  #flush(): void {
    const text = this.#text;
    this.#text = '';
    // A UTF-16 unit becomes three bytes of UTF-8 at most.
    this.#reserve(this.#length + text.length * 3);
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  #reserve(capacity: number): void {
    if (capacity <= this.#bytes.length) return;
    if (capacity > ANSWER_BYTES_MAX) throw new AnswerTooLargeError();
    const grown = Math.min(ANSWER_BYTES_MAX, Math.max(capacity, this.#bytes.length * 2));
    const bytes = Buffer.from(new ArrayBuffer(grown));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}
