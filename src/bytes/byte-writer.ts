const HIGH = 4_294_967_296;

const scratch = new DataView(new ArrayBuffer(8));
const encoder = new TextEncoder();

/** A length below 128 is one byte of a varint. */
const SHORT_TEXT_MAX = 127;

/** Bytes that grow. Owns its buffer; `view()` is valid until the next write. */
export class ByteWriter {
  buffer: Uint8Array;
  length = 0;

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity);
  }

  clear(): void {
    this.length = 0;
  }

  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }

  writeByte(byte: number): void {
    this.reserve(1);
    this.buffer[this.length++] = byte;
  }

  writeBytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  writeZeros(count: number): void {
    this.reserve(count);
    this.buffer.fill(0, this.length, this.length + count);
    this.length += count;
  }

  /** Big endian; the low 16 bits. */
  writeUint16(value: number): void {
    this.reserve(2);
    this.buffer[this.length++] = value >>> 8;
    this.buffer[this.length++] = value;
  }

  /** Big endian; the low 32 bits. */
  writeUint32(value: number): void {
    this.reserve(4);
    const { buffer } = this;
    const at = this.length;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
    this.length = at + 4;
  }

  /** Big endian, two's complement, from a whole number of at most 53 bits. */
  writeInt64(value: number): void {
    const high = Math.floor(value / HIGH);
    this.writeUint32(high);
    this.writeUint32(value - high * HIGH);
  }

  /** Big endian, from the two halves of its bits. */
  writeFloat64Bits(high: number, low: number): void {
    this.writeUint32(high);
    this.writeUint32(low);
  }

  /** Big endian. The bits of a NaN are not sure to survive: use `writeFloat64Bits` where they matter. */
  writeFloat64(value: number): void {
    scratch.setFloat64(0, value);
    this.writeFloat64Bits(scratch.getUint32(0), scratch.getUint32(4));
  }

  /** Seven bits a byte, low ones first. `value` is whole, 0 to 2^53. */
  writeUvarint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest > 0x7fffffff) {
      this.buffer[this.length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.buffer[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.length++] = rest;
  }

  /** Zigzag: small negative numbers are short too. `value` is whole, below 2^52 in size. */
  writeVarint(value: number): void {
    this.writeUvarint(value >= 0 ? value * 2 : value * -2 - 1);
  }

  /** UTF-8, its length in bytes before it. */
  writeUvarintString(text: string): void {
    if (text.length <= SHORT_TEXT_MAX && this.#writeShortAscii(text)) return;
    const start = this.length;
    this.reserve(10 + text.length * 3);
    const { written } = encoder.encodeInto(text, this.buffer.subarray(start + 10));
    this.writeUvarint(written);
    this.buffer.copyWithin(this.length, start + 10, start + 10 + written);
    this.length += written;
  }

  /** Label names and values are nearly all like this; a call into the encoder costs more than the loop. */
  #writeShortAscii(text: string): boolean {
    const { length } = text;
    this.reserve(1 + length);
    const { buffer } = this;
    const at = this.length + 1;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return false;
      buffer[at + i] = unit;
    }
    buffer[at - 1] = length;
    this.length = at + length;
    return true;
  }
}
