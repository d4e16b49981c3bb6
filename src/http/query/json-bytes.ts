import { NUMBER_BYTES_MAX, writeTimestamp, writeValue } from './json-digits.ts';

/** What one answer may grow to, in bytes; beyond it the query fails instead of the process. */
export const ANSWER_BYTES_MAX: number = 1 << 30;

/** Longer texts are turned into bytes by the platform, which takes its time to begin. */
const OWN_LENGTH_MAX = 200;

/** `[`, timestamp, `,"`, value, `"],`. */
const POINT_BYTES_MAX = 2 * NUMBER_BYTES_MAX + 6;
/** Points for which room is made at once. */
const POINTS_AT_ONCE = 1024;
/** A timestamp, and how many bytes it has. */
const STAMP_BYTES = NUMBER_BYTES_MAX;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
/** The first that is no ASCII, or not to be seen. */
const DELETE = 0x7f;

export class AnswerTooLargeError extends Error {
  constructor() {
    super(`cannot answer with more than ${ANSWER_BYTES_MAX} bytes`);
    this.name = 'AnswerTooLargeError';
  }
}

/** UTF-8 bytes of an answer, written piece by piece. A string could not grow beyond 512 MiB. */
export class JsonBytes {
  #bytes: Buffer = Buffer.from(new ArrayBuffer(4096));
  #length = 0;
  readonly #stamps = new Stamps();

  write(text: string): void {
    const { length } = text;
    // A UTF-16 unit becomes three bytes of UTF-8 at most.
    this.#reserve(this.#length + length * 3);
    if (length > OWN_LENGTH_MAX || !this.#writeAscii(text)) {
      this.#length += this.#bytes.write(text, this.#length, 'utf8');
    }
  }

  /** A JSON string. */
  writeQuoted(text: string): void {
    const { length } = text;
    this.#reserve(this.#length + length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code >= DELETE || code === QUOTE || code === BACKSLASH) {
        this.write(JSON.stringify(text));
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.#length = at;
  }

  /** `[timestamp,"value"],...` for rows of equally long columns. */
  writePoints(timestampsMs: Float64Array, values: Float64Array): void {
    const count = values.length;
    for (let from = 0; from < count; from += POINTS_AT_ONCE) {
      const to = Math.min(count, from + POINTS_AT_ONCE);
      this.#reserve(this.#length + (to - from) * POINT_BYTES_MAX);
      this.#stamps.reserve(to);
      this.#writeRows(timestampsMs, values, { from, to });
    }
  }

  /** Owns its buffer, which holds nothing else. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #writeRows(
    timestampsMs: Float64Array,
    values: Float64Array,
    { from, to }: { readonly from: number; readonly to: number },
  ): void {
    const bytes = this.#bytes;
    const stamps = this.#stamps;
    let at = this.#length;
    for (let row = from; row < to; row++) {
      if (row > 0) bytes[at++] = COMMA;
      bytes[at++] = OPEN;
      at = stamps.write(bytes, at, row, timestampsMs[row] as number);
      bytes[at++] = COMMA;
      bytes[at++] = QUOTE;
      at = writeValue(bytes, at, values[row] as number);
      bytes[at++] = QUOTE;
      bytes[at++] = CLOSE;
    }
    this.#length = at;
  }

  /** False, and nothing written, if the text has other characters. */
  #writeAscii(text: string): boolean {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return false;
      bytes[at++] = code;
    }
    this.#length = at;
    return true;
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

/** Timestamps as text, row by row: those of one series are mostly those of the next one. */
class Stamps {
  #timesMs: Float64Array = new Float64Array(0);
  #lengths: Uint8Array = new Uint8Array(0);
  #bytes: Uint8Array = new Uint8Array(0);

  reserve(rows: number): void {
    if (rows <= this.#lengths.length) return;
    const grown = Math.max(rows, this.#lengths.length * 2);
    this.#timesMs = new Float64Array(grown).fill(NaN);
    this.#lengths = new Uint8Array(grown);
    this.#bytes = new Uint8Array(grown * STAMP_BYTES);
  }

  // oxlint-disable-next-line max-params -- the hot loop's own: an object for each point would cost more
  write(out: Uint8Array, at: number, row: number, timeMs: number): number {
    const start = row * STAMP_BYTES;
    const bytes = this.#bytes;
    if (this.#timesMs[row] !== timeMs) {
      this.#timesMs[row] = timeMs;
      this.#lengths[row] = writeTimestamp(bytes, start, timeMs) - start;
    }
    const length = this.#lengths[row] as number;
    for (let i = 0; i < length; i++) out[at + i] = bytes[start + i] as number;
    return at + length;
  }
}
