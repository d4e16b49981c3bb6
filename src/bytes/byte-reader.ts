const HIGH = 4_294_967_296;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const scratch = new DataView(new ArrayBuffer(8));

/** Why input could not be decoded, and where. The one error of the decoders built on ByteReader. */
export class DecodeError extends Error {
  readonly code = 'decode';
  /** Bytes from the start of what was read. */
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.name = 'DecodeError';
    this.position = position;
  }
}

/** Reads bytes from front to back. Methods throw DecodeError where the input ends or makes no sense. */
export class ByteReader {
  readonly bytes: Uint8Array;
  position: number;
  readonly end: number;
  /** The halves that `readFloat64Bits` read last, as int32. */
  high = 0;
  low = 0;

  constructor(bytes: Uint8Array, position = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get hasMore(): boolean {
    return this.position < this.end;
  }

  readByte(): number {
    if (this.position >= this.end) throw this.#ended();
    return this.bytes[this.position++];
  }

  /** Big endian, unsigned. */
  readUint32(): number {
    return this.#readInt32() >>> 0;
  }

  /** Big endian, two's complement; exact up to 53 bits. */
  readInt64(): number {
    const high = this.#readInt32();
    return high * HIGH + (this.#readInt32() >>> 0);
  }

  /** Big endian; the halves go to `high` and `low`. */
  readFloat64Bits(): void {
    const { bytes, position } = this;
    if (position + 8 > this.end) throw this.#ended();
    this.high = int32At(bytes, position);
    this.low = int32At(bytes, position + 4);
    this.position = position + 8;
  }

  /** Big endian. A NaN's bits may be lost. */
  readFloat64(): number {
    this.readFloat64Bits();
    scratch.setInt32(0, this.high);
    scratch.setInt32(4, this.low);
    return scratch.getFloat64(0);
  }

  /** Exact up to 53 bits. */
  readUvarint(): number {
    const { bytes, position, end } = this;
    // Nearly all are short; two at least stand in the input.
    if (position + 1 < end) {
      const first = bytes[position];
      if (first < 0x80) {
        this.position = position + 1;
        return first;
      }
      const second = bytes[position + 1];
      if (second < 0x80) {
        this.position = position + 2;
        return (first & 0x7f) | (second << 7);
      }
    }
    return this.#readLongUvarint();
  }

  /** Zigzag; exact up to 52 bits. */
  readVarint(): number {
    const value = this.readUvarint();
    if (value <= 0x7fffffff) return (value >>> 1) ^ -(value & 1);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  skip(count: number): void {
    if (count > this.end - this.position) throw this.#ended();
    this.position += count;
  }

  /** A view into the input. */
  readBytes(count: number): Uint8Array {
    if (count > this.end - this.position) throw this.#ended();
    this.position += count;
    return this.bytes.subarray(this.position - count, this.position);
  }

  /** UTF-8, its length in bytes before it. */
  readUvarintString(): string {
    const bytes = this.readBytes(this.readUvarint());
    return decoder.decode(bytes);
  }

  #readInt32(): number {
    const { bytes, position } = this;
    if (position + 4 > this.end) throw this.#ended();
    this.position = position + 4;
    return int32At(bytes, position);
  }

  #readLongUvarint(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.readByte();
      if (byte < 0x80) return value + byte * factor;
      value += (byte & 0x7f) * factor;
      factor *= 128;
    }
    throw new DecodeError('cannot read a varint of more than ten bytes', this.position);
  }

  #ended(): DecodeError {
    return new DecodeError('cannot read beyond the end of the input', this.position);
  }
}

function int32At(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}
