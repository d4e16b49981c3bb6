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

/** Answers are gathered in buffers of this size, and so many of them are kept for the next answer. */
const CHUNK_BYTES = 256 << 10;
const SPARE_CHUNKS_MAX = 32;

/** Memory that has been touched before is much faster than new one. One thread writes one answer at a time. */
const spareChunks: Buffer[] = [];

export class AnswerTooLargeError extends Error {
  constructor() {
    super(`cannot answer with more than ${ANSWER_BYTES_MAX} bytes`);
    this.name = 'AnswerTooLargeError';
  }
}

/** UTF-8 bytes of an answer, written piece by piece. A string could not grow beyond 512 MiB. */
export class JsonBytes {
  /** What is being filled, and what has been. */
  #bytes: Buffer = spareChunks.pop() ?? newChunk(CHUNK_BYTES);
  #length = 0;
  readonly #full: Buffer[] = [];
  #fullLength = 0;
  readonly #stamps = new Stamps();

  write(text: string): void {
    const { length } = text;
    // A UTF-16 unit becomes three bytes of UTF-8 at most.
    this.#reserve(length * 3);
    if (length > OWN_LENGTH_MAX || !this.#writeAscii(text)) {
      this.#length += this.#bytes.write(text, this.#length, 'utf8');
    }
  }

  /** A JSON string. */
  writeQuoted(text: string): void {
    const { length } = text;
    this.#reserve(length + 2);
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
      this.#reserve((to - from) * POINT_BYTES_MAX);
      this.#stamps.reserve(to);
      this.#writeRows(timestampsMs, values, { from, to });
    }
  }

  /** Owns its buffer, which holds nothing else. Nothing can be written afterwards. */
  finish(): Uint8Array {
    const answer = new Uint8Array(this.#fullLength + this.#length);
    let at = 0;
    for (const chunk of [...this.#full, this.#bytes.subarray(0, this.#length)]) {
      answer.set(chunk, at);
      at += chunk.length;
    }
    for (const chunk of [...this.#full, this.#bytes]) keepSpare(chunk);
    this.#full.length = 0;
    this.#bytes = newChunk(0);
    this.#length = 0;
    return answer;
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

  /** Room for so many bytes in one piece. */
  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    if (this.#fullLength + this.#length + bytes > ANSWER_BYTES_MAX) throw new AnswerTooLargeError();
    this.#full.push(this.#bytes.subarray(0, this.#length));
    this.#fullLength += this.#length;
    this.#length = 0;
    const spare = bytes <= CHUNK_BYTES ? spareChunks.pop() : undefined;
    this.#bytes = spare ?? newChunk(Math.max(bytes, CHUNK_BYTES));
  }
}

function newChunk(bytes: number): Buffer {
  return Buffer.from(new ArrayBuffer(bytes));
}

function keepSpare({ buffer }: Buffer): void {
  if (buffer.byteLength !== CHUNK_BYTES || spareChunks.length >= SPARE_CHUNKS_MAX) return;
  spareChunks.push(Buffer.from(buffer as ArrayBuffer));
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
