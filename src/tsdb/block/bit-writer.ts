import type { ByteWriter } from '#bytes';

const TWO_32 = 4_294_967_296;
/** Bits of a varbit number by how many ones stand before its zero; see BitReader. */
const VARBIT_SIZES: readonly number[] = [0, 3, 6, 9, 12, 18, 25, 56, 64];

const scratch = new DataView(new ArrayBuffer(8));

/** Appends bits to bytes, from the high end of each byte on. */
export class BitWriter {
  readonly #out: ByteWriter;
  /** Of the last byte, not yet used. */
  #free = 0;

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  /** The low `count` bits, at most 32. */
  writeBits(value: number, count: number): void {
    const out = this.#out;
    for (let rest = count; rest > 0;) {
      if (this.#free === 0) {
        out.writeByte(0);
        this.#free = 8;
      }
      const take = Math.min(rest, this.#free);
      const bits = (value >>> (rest - take)) & ((1 << take) - 1);
      out.buffer[out.length - 1] |= bits << (this.#free - take);
      this.#free -= take;
      rest -= take;
    }
  }

  writeFloat64(value: number): void {
    scratch.setFloat64(0, value);
    this.writeBits(scratch.getUint32(0), 32);
    this.writeBits(scratch.getUint32(4), 32);
  }

  /** Whole, 0 to 2^53. */
  writeVarbitUint(value: number): void {
    let ones = value === 0 ? 0 : 1;
    while (ones < 8 && value >= 2 ** VARBIT_SIZES[ones]) ones++;
    this.#writeVarbit(value, ones);
  }

  /** Whole, below 2^53 in size. */
  writeVarbitInt(value: number): void {
    let ones = value === 0 ? 0 : 1;
    while (ones < 8 && !isWithin(value, 2 ** (VARBIT_SIZES[ones] - 1))) ones++;
    this.#writeVarbit(value, ones);
  }

  #writeVarbit(value: number, ones: number): void {
    const size = VARBIT_SIZES[ones];
    if (ones === 8) this.writeBits(0xff, 8);
    else this.writeBits(2 ** (ones + 1) - 2, ones + 1);
    if (size > 32) this.writeBits(Math.floor(value / TWO_32), size - 32);
    this.writeBits(value - Math.floor(value / TWO_32) * TWO_32, Math.min(32, size));
  }
}

/** One more above zero than below. */
function isWithin(value: number, half: number): boolean {
  return value > -half && value <= half;
}
