import { DecodeError } from '#bytes';

const TWO_32 = 4_294_967_296;
/** Bits of a varbit number by how many ones stand before its zero. */
const VARBIT_SIZES: readonly number[] = [0, 3, 6, 9, 12, 18, 25, 56, 64];

const scratch = new DataView(new ArrayBuffer(8));

/** Reads bits from the high end of each byte on. Throws DecodeError beyond the end. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #bit: number;

  constructor(bytes: Uint8Array, bit = 0) {
    this.#bytes = bytes;
    this.#bit = bit;
    this.#end = bytes.length * 8;
  }

  /** Up to 32 bits, unsigned. */
  readBits(count: number): number {
    if (this.#bit + count > this.#end) {
      throw new DecodeError('cannot read beyond the end of a chunk', this.#bit >>> 3);
    }
    let value = 0;
    for (let rest = count; rest > 0;) {
      const used = this.#bit & 7;
      const take = Math.min(rest, 8 - used);
      const byte = this.#bytes[this.#bit >>> 3];
      value = value * 2 ** take + ((byte >>> (8 - used - take)) & ((1 << take) - 1));
      this.#bit += take;
      rest -= take;
    }
    return value;
  }

  readFloat64(): number {
    scratch.setUint32(0, this.readBits(32));
    scratch.setUint32(4, this.readBits(32));
    return scratch.getFloat64(0);
  }

  /** Exact up to 53 bits. */
  readVarbitUint(): number {
    const size = this.#readSize();
    return size <= 32 ? this.readBits(size) : this.readBits(size - 32) * TWO_32 + this.readBits(32);
  }

  /** A range of 2^size numbers with one more above zero than below. Exact up to 53 bits. */
  readVarbitInt(): number {
    const size = this.#readSize();
    if (size > 32) return this.#readLong(size);
    const value = this.readBits(size);
    return size > 0 && value > 2 ** (size - 1) ? value - 2 ** size : value;
  }

  /** The sign goes to the high half first: the whole would not be exact above 53 bits. */
  #readLong(size: number): number {
    const high = this.readBits(size - 32);
    const low = this.readBits(32);
    const half = 2 ** (size - 33);
    const isHighest = high === half && low === 0 && size < 64;
    return (high >= half && !isHighest ? high - half * 2 : high) * TWO_32 + low;
  }

  #readSize(): number {
    let ones = 0;
    while (ones < 8 && this.readBits(1) === 1) ones++;
    return VARBIT_SIZES[ones];
  }
}
