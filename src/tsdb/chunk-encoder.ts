import { CHUNK_DATA, CHUNK_DATA_BITS } from './chunk-memory.ts';
import { ColumnMemory } from './memory.ts';

/*
 * Prometheus' XOR encoding of floats (tsdb/chunkenc/xor.go), after Facebook's Gorilla. The stream of
 * bits is the same; here it fills 32-bit words from their high end, where Prometheus fills bytes, and
 * the count stands before the block instead of in two bytes.
 *
 *   first    t varint | value 64
 *   second   t delta uvarint | value
 *   others   delta of delta: 0 | 10 14 bits | 110 17 bits | 1110 20 bits | 1111 64 bits;   value
 *   value    xor with the value before: 0 same | 10 bits within the last window
 *            | 11 leading zeros 5 | significant bits 6 (0 means 64) | the significant bits
 *
 * Words already published are only ever changed by setting bits behind the last published sample.
 */

/** `leading` before the first window. */
const NO_WINDOW = 0xff;
const TWO_28 = 268_435_456;
const TWO_32 = 4_294_967_296;

/** What must be known of each series to append to its open chunk: columns by row. Writer's own memory. */
export class EncoderColumns {
  lastTime: Float64Array = new Float64Array(0);
  lastDelta: Float64Array = new Float64Array(0);
  lastHigh: Int32Array = new Int32Array(0);
  lastLow: Int32Array = new Int32Array(0);
  bits: Uint16Array = new Uint16Array(0);
  leading: Uint8Array = new Uint8Array(0);
  trailing: Uint8Array = new Uint8Array(0);

  /** `last`: columns for the newest values that are long enough. */
  resize(
    rows: number,
    memory: ColumnMemory = new ColumnMemory(0),
    last?: Pick<EncoderColumns, 'lastHigh' | 'lastLow'>,
  ): void {
    this.lastTime = memory.float64(this.lastTime, rows);
    this.lastDelta = memory.float64(this.lastDelta, rows);
    this.lastHigh = last?.lastHigh ?? memory.int32(this.lastHigh, rows);
    this.lastLow = last?.lastLow ?? memory.int32(this.lastLow, rows);
    this.bits = memory.uint16(this.bits, rows);
    this.leading = memory.uint8(this.leading, rows);
    this.trailing = memory.uint8(this.trailing, rows);
  }
}

/** Of one series with an open chunk, beside its last sample. */
export interface EncoderState {
  readonly bits: number;
  readonly leading: number;
  readonly trailing: number;
  readonly lastDeltaMs: number;
}

/** Appends samples to blocks. Where to is set by `words` and `base` before each call. */
export class ChunkEncoder {
  readonly #columns: EncoderColumns;
  readonly #dataBits: number;
  words: Int32Array = new Int32Array(0);
  /** First word of the data of the block. */
  #data = 0;
  #bit = 0;

  /** `dataBits`: what a block holds, at most 65,535. */
  constructor(columns: EncoderColumns, dataBits: number = CHUNK_DATA_BITS) {
    this.#columns = columns;
    this.#dataBits = dataBits;
  }

  /** Turns to a block by the first word that it has in `words`. */
  set base(base: number) {
    this.#data = base + CHUNK_DATA;
  }

  /** The first sample of an empty block; always fits. `timeMs` is whole, below 2^52 in size. */
  first(row: number, timeMs: number, high: number, low: number): void {
    const columns = this.#columns;
    this.#bit = 0;
    this.#putUvarint(timeMs >= 0 ? timeMs * 2 : timeMs * -2 - 1);
    this.#put(high, 32);
    this.#put(low, 32);
    columns.lastTime[row] = timeMs;
    columns.lastDelta[row] = -1;
    columns.lastHigh[row] = high;
    columns.lastLow[row] = low;
    columns.bits[row] = this.#bit;
    columns.leading[row] = NO_WINDOW;
    columns.trailing[row] = 0;
  }

  /** A later sample. False, and nothing done, where the block has no room for it. */
  next(row: number, timeMs: number, high: number, low: number): boolean {
    const columns = this.#columns;
    const delta = timeMs - columns.lastTime[row];
    const before = columns.lastDelta[row];
    const xorHigh = high ^ columns.lastHigh[row];
    const xorLow = low ^ columns.lastLow[row];
    const bit = columns.bits[row];
    const timeBits = before < 0 ? uvarintBits(delta) : dodBits(delta - before);
    // 78: two flags, five and six bits of the window, up to 64 of the value, and one to spare.
    if (bit + timeBits + 78 > this.#dataBits) {
      if (bit + timeBits + this.#valueBits(row, xorHigh, xorLow) > this.#dataBits) return false;
    }
    this.#bit = bit;
    if (before < 0) this.#putUvarint(delta);
    else this.#putDod(delta - before);
    if ((xorHigh | xorLow) === 0) this.#bit++;
    else this.#putValue(row, xorHigh, xorLow);
    columns.lastTime[row] = timeMs;
    columns.lastDelta[row] = delta;
    columns.lastHigh[row] = high;
    columns.lastLow[row] = low;
    columns.bits[row] = this.#bit;
    return true;
  }

  #valueBits(row: number, xorHigh: number, xorLow: number): number {
    if ((xorHigh | xorLow) === 0) return 1;
    const leading = leadingZeros(xorHigh);
    const trailing = trailingZeros(xorHigh, xorLow);
    const windowLeading = this.#columns.leading[row];
    const windowTrailing = this.#columns.trailing[row];
    if (windowLeading !== NO_WINDOW && leading >= windowLeading && trailing >= windowTrailing) {
      return 2 + 64 - windowLeading - windowTrailing;
    }
    return 13 + 64 - leading - trailing;
  }

  #putValue(row: number, xorHigh: number, xorLow: number): void {
    const columns = this.#columns;
    let leading = leadingZeros(xorHigh);
    let trailing = trailingZeros(xorHigh, xorLow);
    let control = 0b10;
    let controlBits = 2;
    const windowLeading = columns.leading[row];
    const windowTrailing = columns.trailing[row];
    if (windowLeading !== NO_WINDOW && leading >= windowLeading && trailing >= windowTrailing) {
      leading = windowLeading;
      trailing = windowTrailing;
    } else {
      columns.leading[row] = leading;
      columns.trailing[row] = trailing;
      control = (0b11 << 11) | (leading << 6) | ((64 - leading - trailing) & 63);
      controlBits = 13;
    }
    const count = 64 - leading - trailing;
    if (controlBits + count <= 32) {
      const low = lowBits(xorHigh, xorLow, trailing) & ((1 << count) - 1);
      this.#put((control << count) | low, controlBits + count);
      return;
    }
    this.#put(control, controlBits);
    this.#putSignificant(xorHigh, xorLow, count, trailing);
  }

  #putSignificant(high: number, low: number, count: number, trailing: number): void {
    if (count <= 32) {
      this.#put(lowBits(high, low, trailing), count);
      return;
    }
    this.#put(high >>> trailing, count - 32);
    this.#put(lowBits(high, low, trailing), 32);
  }

  #putDod(dod: number): void {
    if (dod === 0) this.#bit++;
    else if (dod >= -8191 && dod <= 8192) this.#put((0b10 << 14) | (dod & 0x3fff), 16);
    else if (dod >= -65_535 && dod <= 65_536) this.#put((0b110 << 17) | (dod & 0x1ffff), 20);
    else if (dod >= -524_287 && dod <= 524_288) this.#put((0b1110 << 20) | (dod & 0xfffff), 24);
    else {
      const high = Math.floor(dod / TWO_32);
      this.#put(0b1111, 4);
      this.#put(high | 0, 32);
      this.#put((dod - high * TWO_32) | 0, 32);
    }
  }

  #putUvarint(value: number): void {
    let rest = value;
    // Four bytes at once: times have six.
    while (rest >= TWO_28) {
      const low = rest % TWO_28;
      const bytes = (low << 24) | ((low << 9) & 0x7f0000) | ((low >>> 6) & 0x7f00) | (low >>> 21);
      this.#put(bytes | 0x80808080, 32);
      rest = Math.floor(rest / TWO_28);
    }
    for (; rest > 127; rest >>>= 7) this.#put((rest & 0x7f) | 0x80, 8);
    this.#put(rest, 8);
  }

  /** The low `count` (1 to 32) bits. */
  #put(value: number, count: number): void {
    const bits = count === 32 ? value : value & ((1 << count) - 1);
    const index = this.#data + (this.#bit >>> 5);
    const room = 32 - (this.#bit & 31);
    if (count <= room) {
      this.words[index] |= bits << (room - count);
    } else {
      const over = count - room;
      this.words[index] |= bits >>> over;
      this.words[index + 1] |= bits << (32 - over);
    }
    this.#bit += count;
  }
}

/** The low 32 of 64 bits by their halves, shifted by up to 63. */
function lowBits(high: number, low: number, shift: number): number {
  if (shift >= 32) return high >>> (shift - 32);
  return shift === 0 ? low : (low >>> shift) | (high << (32 - shift));
}

function dodBits(dod: number): number {
  if (dod === 0) return 1;
  if (dod >= -8191 && dod <= 8192) return 16;
  if (dod >= -65_535 && dod <= 65_536) return 20;
  return dod >= -524_287 && dod <= 524_288 ? 24 : 68;
}

function uvarintBits(value: number): number {
  let bits = 8;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bits += 8;
  return bits;
}

/** Of 64 bits by their high half; at most 31, which is what five bits hold. */
function leadingZeros(high: number): number {
  return Math.min(31, Math.clz32(high));
}

function trailingZeros(high: number, low: number): number {
  const word = low === 0 ? high : low;
  const zeros = 31 - Math.clz32(word & -word);
  return low === 0 ? zeros + 32 : zeros;
}
