import { NUMBER_BYTES_MAX, writeTimestamp, writeValue } from './json-digits.ts';
import type { DigitBytes } from './whole-digits.ts';

/** What one answer may grow to, in bytes, with a sink and without one; beyond it the query fails. */
const SUNK_BYTES_MAX: number = 4 * 2 ** 30;
const HELD_BYTES_MAX: number = 2 ** 30;

/** Longer texts are turned into bytes by the platform, which takes its time to begin. */
const OWN_LENGTH_MAX = 200;

/** `[`, a timestamp, `,"`; copied in words of four bytes. */
const STAMP_BYTES = 32;
/** Stamp, value, `"],` and a byte that is overwritten. */
const POINT_BYTES_MAX: number = STAMP_BYTES + NUMBER_BYTES_MAX + 4;
/** `"],` as a little-endian word. */
const POINT_END = 0x2c_5d_22;
/** Points for which room is made at once. */
const POINTS_AT_ONCE = 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x5b;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** The first that is no ASCII, or not to be seen. */
const DELETE = 0x7f;

/** Answers are gathered in buffers of this size, and so many of them are kept for the next answer. */
export const CHUNK_BYTES: number = 256 << 10;
const SPARE_CHUNKS_MAX = 8;
/** A smaller answer is never given to a sink. */
const WHOLE_BYTES_MAX: number = 1 << 20;

interface Chunk extends DigitBytes {
  readonly bytes: Buffer<ArrayBuffer>;
}

/** Memory that has been touched before is much faster than new one. One thread writes one answer at a time. */
const spareChunks: Chunk[] = [];

/** The next answer's timestamps are often those of the last one, as panels of one page have them. */
const spareStamps: Stamps[] = [];

export class AnswerTooLargeError extends Error {
  constructor(bytesMax: number) {
    super(`cannot answer with more than ${bytesMax} bytes`);
    this.name = 'AnswerTooLargeError';
  }
}

/** Takes an answer that is too large to be kept, while it is being written. */
export interface ByteSink {
  /** The next bytes; may transfer their buffer, otherwise they are overwritten later. */
  take(bytes: Uint8Array<ArrayBuffer>): void;
}

/**
 * UTF-8 bytes of an answer, written piece by piece. A string could not grow beyond 512 MiB. With a sink an
 * answer is kept up to a megabyte; a larger one goes there whenever a chunk is full, but for its end.
 */
export class JsonBytes {
  readonly #sink: ByteSink | undefined;
  /** What is being filled, and what has been. */
  #chunk: Chunk = spareChunks.pop() ?? newChunk(CHUNK_BYTES);
  #length = 0;
  #full: Uint8Array<ArrayBuffer>[] = [];
  #fullLength = 0;
  #sunkLength = 0;
  #stamps: Stamps = spareStamps.pop() ?? new Stamps();
  readonly #labels = new WrittenLabels();

  constructor(sink?: ByteSink) {
    this.#sink = sink;
  }

  write(text: string): void {
    const { length } = text;
    // A UTF-16 unit becomes three bytes of UTF-8 at most.
    this.#reserve(length * 3);
    if (length > OWN_LENGTH_MAX || !this.#writeAscii(text)) {
      this.#length += this.#chunk.bytes.write(text, this.#length, 'utf8');
    }
  }

  /** A JSON string. */
  writeQuoted(text: string): void {
    const { length } = text;
    this.#reserve(length + 2);
    const { bytes } = this.#chunk;
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

  /**
   * `{"name":"value",...}` of names and values in turn. What stood at the same place in the labels before is
   * copied: sorted series share most of their labels with the one before.
   */
  writeLabels(labels: readonly string[]): void {
    const before = this.#labels;
    this.#reserve(labelBytesMax(labels));
    const { bytes, view } = this.#chunk;
    if (before.bytes !== bytes) before.forget(bytes);
    this.#writeByte(OPEN_BRACE);
    for (let i = 0; i < labels.length; i += 2) {
      if (i > 0) this.#writeByte(COMMA);
      const at = this.#length;
      const length = before.lengthOf(labels, i);
      if (length === 0) this.#writePair(labels[i] as string, labels[i + 1] as string);
      else {
        copyWords(view, before.places[i] as number, { at, length });
        this.#length = at + length;
      }
      before.note(i, at, this.#length);
    }
    this.#writeByte(CLOSE_BRACE);
    before.labels = labels;
  }

  /** `"value"`. */
  writeNumber(value: number): void {
    this.#reserve(NUMBER_BYTES_MAX + 2);
    const { bytes } = this.#chunk;
    bytes[this.#length] = QUOTE;
    const end = writeValue(this.#chunk, this.#length + 1, value);
    bytes[end] = QUOTE;
    this.#length = end + 1;
  }

  /** `[timestamp,"value"]`. Cheapest for the timestamp of the point before. */
  writePoint(timestampMs: number, value: number): void {
    this.#reserve(POINT_BYTES_MAX);
    const chunk = this.#chunk;
    this.#stamps.reserve(1);
    this.#stamps.note(0, timestampMs);
    const at = this.#stamps.copy(chunk.view, this.#length, 0);
    const end = writeValue(chunk, at, value);
    chunk.view.setInt32(end, POINT_END, true);
    this.#length = end + 2;
  }

  /** `[timestamp,"value"],...` for rows of equally long columns. */
  writePoints(timestampsMs: Float64Array, values: Float64Array): void {
    const count = values.length;
    for (let from = 0; from < count; from += POINTS_AT_ONCE) {
      const to = Math.min(count, from + POINTS_AT_ONCE);
      this.#reserve((to - from) * POINT_BYTES_MAX);
      this.#stamps.reserve(to);
      for (let row = from; row < to; row++) this.#stamps.note(row, timestampsMs[row] as number);
      this.#writeRows(values, from, to);
    }
    // The comma behind the last one.
    if (count > 0) this.#length--;
  }

  /** What the sink did not get. Owns its buffer, which holds nothing else. Nothing can be written afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    const rest = new Uint8Array(this.#fullLength + this.#length);
    let at = 0;
    for (const full of this.#full) {
      rest.set(full, at);
      at += full.length;
      keepSpare(full);
    }
    const { bytes } = this.#chunk;
    rest.set(bytes.subarray(0, this.#length), at);
    keepSpare(bytes);
    this.#full = [];
    this.#fullLength = 0;
    this.#chunk = NO_CHUNK;
    this.#length = 0;
    if (spareStamps.length === 0) spareStamps.push(this.#stamps);
    this.#stamps = NO_STAMPS;
    return rest;
  }

  #writeByte(byte: number): void {
    this.#chunk.bytes[this.#length++] = byte;
  }

  #writePair(name: string, value: string): void {
    this.writeQuoted(name);
    this.#writeByte(COLON);
    this.writeQuoted(value);
  }

  #writeRows(values: Float64Array, from: number, to: number): void {
    const chunk = this.#chunk;
    const { view } = chunk;
    const stamps = this.#stamps;
    let at = this.#length;
    let last = 0;
    let lastAt = 0;
    let lastEnd = 0;
    for (let row = from; row < to; row++) {
      const value = values[row] as number;
      const start = stamps.copy(view, at, row);
      // Equal zeros may have different signs.
      if (value === last && value !== 0) {
        for (let i = lastAt; i < lastEnd; i += 4)
          view.setInt32(start + i - lastAt, view.getInt32(i));
        lastEnd += start - lastAt;
      } else {
        lastEnd = writeValue(chunk, start, value);
        last = value;
      }
      lastAt = start;
      view.setInt32(lastEnd, POINT_END, true);
      at = lastEnd + 3;
    }
    this.#length = at;
  }

  /** False, and nothing written, if the text has other characters. */
  #writeAscii(text: string): boolean {
    const { bytes } = this.#chunk;
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
    if (this.#length + bytes <= this.#chunk.bytes.length) return;
    this.#putAway();
    const spare = bytes <= CHUNK_BYTES ? spareChunks.pop() : undefined;
    this.#chunk = spare ?? newChunk(Math.max(bytes, CHUNK_BYTES));
  }

  /** Puts away what has been filled. */
  #putAway(): void {
    this.#full.push(this.#chunk.bytes.subarray(0, this.#length));
    this.#fullLength += this.#length;
    this.#length = 0;
    const bytesMax = this.#sink === undefined ? HELD_BYTES_MAX : SUNK_BYTES_MAX;
    if (this.#sunkLength + this.#fullLength > bytesMax) throw new AnswerTooLargeError(bytesMax);
    if (this.#sink === undefined || this.#fullLength < WHOLE_BYTES_MAX - this.#sunkLength) return;
    this.#sunkLength += this.#fullLength;
    this.#fullLength = 0;
    for (const full of this.#full.splice(0)) {
      this.#sink.take(full);
      keepSpare(full);
    }
  }
}

/** What stands behind an answer that is finished. */
const NO_CHUNK: Chunk = newChunk(0);

function newChunk(size: number): Chunk {
  const buffer = new ArrayBuffer(size);
  return { bytes: Buffer.from(buffer), view: new DataView(buffer) };
}

/** A buffer that was transferred is empty. */
function keepSpare({ buffer }: Uint8Array<ArrayBuffer>): void {
  if (buffer.byteLength !== CHUNK_BYTES || spareChunks.length >= SPARE_CHUNKS_MAX) return;
  spareChunks.push({ bytes: Buffer.from(buffer), view: new DataView(buffer) });
}

/**
 * Room for labels as `write` would make it: JSON takes six characters for one (`\u0000`), and a character up to
 * three bytes. With quotes, colons, commas, braces, and what copying overwrites.
 */
function labelBytesMax(labels: readonly string[]): number {
  let length = 0;
  for (const text of labels) length += text.length;
  return length * 18 + labels.length * 9 + 8;
}

/** Copies four bytes at a time; up to three behind the place are overwritten. */
function copyWords(
  view: DataView,
  from: number,
  to: { readonly at: number; readonly length: number },
): void {
  const { at, length } = to;
  for (let i = 0; i < length; i += 4) view.setInt32(at + i, view.getInt32(from + i));
}

/** Where the labels that were written last stand, as long as their chunk is being filled. */
class WrittenLabels {
  labels: readonly string[] = [];
  bytes: Uint8Array | undefined;
  /** By the index of a name: where its pair begins, then behind its end. */
  readonly places: number[] = [];

  forget(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.labels = [];
  }

  note(i: number, at: number, end: number): void {
    this.places[i] = at;
    this.places[i + 1] = end;
  }

  /** Of the pair in bytes, if the same one stood there before; else 0. */
  lengthOf(labels: readonly string[], i: number): number {
    const { labels: before, places } = this;
    if (i >= before.length || labels[i + 1] !== before[i + 1] || labels[i] !== before[i]) return 0;
    return (places[i + 1] as number) - (places[i] as number);
  }
}

/** Beginnings of points, row by row: the timestamps of one series are mostly those of the next one. */
class Stamps {
  #timesMs: Float64Array = new Float64Array(0);
  /** Their lengths in bytes, and their bytes, which begin anew every STAMP_BYTES. */
  #lengths: Uint8Array = new Uint8Array(0);
  #out: DigitBytes = NO_CHUNK;

  /** Room for so many rows; forgets the others where there was none. */
  reserve(rows: number): void {
    if (rows <= this.#lengths.length) return;
    const grown = Math.max(rows, this.#lengths.length * 2);
    const buffer = new ArrayBuffer(grown * STAMP_BYTES);
    this.#timesMs = new Float64Array(grown).fill(NaN);
    this.#lengths = new Uint8Array(grown);
    this.#out = { bytes: new Uint8Array(buffer), view: new DataView(buffer) };
  }

  note(row: number, timeMs: number): void {
    if (this.#timesMs[row] === timeMs) return;
    this.#timesMs[row] = timeMs;
    const { bytes } = this.#out;
    const start = row * STAMP_BYTES;
    bytes[start] = OPEN;
    const end = writeTimestamp(this.#out, start + 1, timeMs);
    bytes[end] = COMMA;
    bytes[end + 1] = QUOTE;
    this.#lengths[row] = end + 2 - start;
  }

  /** Gives the place behind it. Up to three bytes there are overwritten. */
  copy(view: DataView, at: number, row: number): number {
    const { view: stamps } = this.#out;
    const end = at + (this.#lengths[row] as number);
    let from = row * STAMP_BYTES;
    for (let to = at; to < end; to += 4, from += 4) view.setInt32(to, stamps.getInt32(from));
    return end;
  }
}

/** Of an answer that is finished. */
const NO_STAMPS = new Stamps();
