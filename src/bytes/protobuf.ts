/** A message that ends early, or has a number, length or wire type that cannot be. */
export class ProtobufError extends Error {
  readonly code = 'malformed';
  /** Byte offset into the message. */
  readonly offset: number;
  constructor(what: string, offset: number) {
    super(`cannot decode protobuf: ${what} at byte ${offset}`);
    this.name = 'ProtobufError';
    this.offset = offset;
  }
}

export const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const scratch = new DataView(new ArrayBuffer(8));

/**
 * Walks over a message in place; copies nothing. Used so:
 *
 *     while (reader.next()) {
 *       if (reader.field === 1) name = reader.string();
 *       else reader.skip();
 *     }
 *
 * A nested message is entered by `enter()` and left by `leave(end)` with what `enter` gave back.
 * Every method throws ProtobufError on malformed input.
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  /** The next byte to read, and the end of the message in which we are. */
  at: number;
  end: number;
  /** Of the field that `next` found. */
  field = 0;
  wireType = 0;

  private readonly view: DataView;
  /** Where `doubleInto` wrote to last, and its halves. */
  private target: Float64Array | undefined;
  private targetWords: Int32Array = new Int32Array(0);

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.end = end;
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    const { at } = this;
    if (at >= this.end) return false;
    const first = this.bytes[at];
    if (first < 0x80) {
      this.at = at + 1;
      this.wireType = first & 7;
      this.field = first >>> 3;
    } else {
      const tag = this.varint();
      this.wireType = tag & 7;
      this.field = Math.floor(tag / 8);
    }
    if (this.field === 0) throw new ProtobufError('field number 0', this.at);
    return true;
  }

  /** Unsigned. Exact up to 2^53; larger ones lose their low bits. */
  varint(): number {
    const { bytes, at, end } = this;
    if (at < end && bytes[at] < 0x80) {
      this.at = at + 1;
      return bytes[at];
    }
    // Two whole numbers of 28 bits each, as far as they go: dates in milliseconds have six bytes.
    let low = 0;
    let high = 0;
    let i = at;
    for (let shift = 0; i < end && shift < 56; i++, shift += 7) {
      const byte = bytes[i];
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else high |= (byte & 0x7f) << (shift - 28);
      if (byte < 0x80) {
        this.at = i + 1;
        return high * 268_435_456 + low;
      }
    }
    return this.longVarint(i, high * 268_435_456 + low);
  }

  /** From the ninth byte on. */
  private longVarint(start: number, low: number): number {
    let value = low;
    let factor = 2 ** 56;
    for (let at = start; at < this.end; at++) {
      if (factor > 2 ** 63) throw new ProtobufError('varint of more than 10 bytes', at);
      const byte = this.bytes[at];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        this.at = at + 1;
        return value;
      }
      factor *= 128;
    }
    throw new ProtobufError('truncated varint', this.end);
  }

  /** A signed 64-bit number in two's complement. Exact within ±2^53. */
  int64(): number {
    const start = this.at;
    const value = this.varint();
    if (value < 2 ** 63) return value;
    // Two's complement: take the words apart, so that small negative numbers stay exact.
    let low = 0;
    let high = 0;
    for (let i = start, shift = 0; i < this.at; i++, shift += 7) {
      const bits = this.bytes[i] & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
    }
    return high * 4_294_967_296 + (low >>> 0);
  }

  /** A signed number in zigzag form. */
  sint(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** With the bits of a NaN, as far as numbers keep them; see `doubleInto`. */
  double(): number {
    const at = this.take(8);
    return this.view.getFloat64(at, true);
  }

  /** Copies the eight bytes themselves, so that a stale marker stays one. */
  doubleInto(values: Float64Array, index: number): void {
    const at = this.take(8);
    if (this.target !== values) {
      this.target = values;
      this.targetWords = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    }
    this.targetWords[index * 2] = this.view.getInt32(at, true);
    this.targetWords[index * 2 + 1] = this.view.getInt32(at + 4, true);
  }

  /** Enters the nested message (or bytes) of the current field; give the result to `leave`. */
  enter(): number {
    if (this.wireType !== WireType.bytes) throw new ProtobufError('wrong wire type', this.at);
    const length = this.varint();
    const outerEnd = this.end;
    if (length > outerEnd - this.at) throw new ProtobufError('truncated field', this.at);
    this.end = this.at + length;
    return outerEnd;
  }

  leave(outerEnd: number): void {
    this.at = this.end;
    this.end = outerEnd;
  }

  /** Steps over a string or bytes field and returns where it starts; it ends at `at`. */
  range(): number {
    const outerEnd = this.enter();
    const start = this.at;
    this.leave(outerEnd);
    return start;
  }

  /** Steps over the current field. Groups, which nobody uses any more, are refused. */
  skip(): void {
    switch (this.wireType) {
      case WireType.varint:
        this.varint();
        return;
      case WireType.fixed64:
        this.take(8);
        return;
      case WireType.bytes:
        this.range();
        return;
      case WireType.fixed32:
        this.take(4);
        return;
      default:
        throw new ProtobufError(`wire type ${this.wireType}`, this.at);
    }
  }

  private take(count: number): number {
    const { at } = this;
    if (this.end - at < count) throw new ProtobufError('truncated number', at);
    this.at = at + count;
    return at;
  }
}

/** Appends fields to a message that grows as needed. Zero values are written too; leave them out yourself. */
export class ProtobufWriter {
  private bytes: Uint8Array = new Uint8Array(256);
  private length = 0;

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** Whole numbers from 0 to 2^53. */
  uint(field: number, value: number): this {
    this.varint(field * 8 + WireType.varint);
    this.varint(value);
    return this;
  }

  /** Whole numbers within ±2^53. */
  int64(field: number, value: number): this {
    if (value >= 0) return this.uint(field, value);
    this.varint(field * 8 + WireType.varint);
    let low = (value % 4_294_967_296) >>> 0;
    let high = Math.floor(value / 4_294_967_296) | 0;
    for (let i = 0; i < 9; i++) {
      this.byte((low & 0x7f) | 0x80);
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>= 7;
    }
    this.byte(low & 1);
    return this;
  }

  sint(field: number, value: number): this {
    return this.uint(field, value < 0 ? -value * 2 - 1 : value * 2);
  }

  double(field: number, value: number): this {
    this.varint(field * 8 + WireType.fixed64);
    scratch.setFloat64(0, value, true);
    for (let i = 0; i < 8; i++) this.byte(scratch.getUint8(i));
    return this;
  }

  /** A string as UTF-8, bytes, or an encoded message. */
  field(field: number, content: string | Uint8Array | ProtobufWriter): this {
    const bytes =
      typeof content === 'string'
        ? new TextEncoder().encode(content)
        : content instanceof ProtobufWriter
          ? content.finish()
          : content;
    this.varint(field * 8 + WireType.bytes);
    this.varint(bytes.length);
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  private varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  private byte(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = value;
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
