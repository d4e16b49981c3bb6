import type { SampleColumns } from '#storage';
import { CHUNK_COUNT, CHUNK_DATA } from './chunk-memory.ts';

const TWO_32 = 4_294_967_296;

/** Samples to read, filled in by the caller and reused. Times are inclusive bounds. */
export interface ChunkSource {
  words: Int32Array;
  /** First word of the block. */
  base: number;
  startMs: number;
  endMs: number;
  /** Samples of the chunk that may be read; all of them where it has fewer. */
  countMax: number;
  /** Set by `decodeChunk` where nothing was left out: bits of the data that the samples take. */
  endBit?: number;
}

let viewed: Float64Array = new Float64Array(0);
let viewedWords: Int32Array = new Int32Array(0);

/** The values column as words, kept from call to call. The low half of a double comes first. */
function valueWordsOf(columns: SampleColumns): Int32Array {
  const { values } = columns;
  if (values !== viewed) {
    viewed = values;
    viewedWords = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  }
  return viewedWords;
}

/**
 * Appends the samples of one chunk that lie within the bounds. The encoding is drawn in
 * chunk-encoder.ts. False where samples after the end were left out.
 */
export function decodeChunk(source: ChunkSource, columns: SampleColumns): boolean {
  const { words, base } = source;
  const count = Math.min(source.countMax, Atomics.load(words, base + CHUNK_COUNT));
  if (count === 0) return true;
  columns.reserve(columns.length + count);
  const data = base + CHUNK_DATA;
  const first = uvarintFrom(words, data, 0);
  const bit = uvarintBitsFrom(words, data, 0);
  const time = first % 2 === 0 ? first / 2 : -(first + 1) / 2;
  const high = peek(words, data, bit);
  const low = peek(words, data, bit + 32);
  const head = { time, high, low, bit: bit + 64, count };
  return decodeSamples(source, columns, head);
}

interface Head {
  readonly time: number;
  readonly high: number;
  readonly low: number;
  readonly bit: number;
  readonly count: number;
}

/** 32 bits from a bit of a block's data on. Behind the block they mean nothing. */
function peek(words: Int32Array, data: number, bit: number): number {
  const index = data + (bit >>> 5);
  const used = bit & 31;
  return (words[index] << used) | ((words[index + 1] >>> 1) >>> (31 - used));
}

/**
 * The hot loop. Values are handled as halves, so that every NaN keeps its bits. The flags of a sample
 * take 30 bits at most where the time steps evenly or nearly so, and are cut from one look at the words.
 */
// eslint-disable-next-line max-lines-per-function -- cut apart it would pass its state through memory
function decodeSamples(source: ChunkSource, columns: SampleColumns, head: Head): boolean {
  const { words, base, startMs, endMs } = source;
  const data = base + CHUNK_DATA;
  const times = columns.timestampsMs;
  const values = valueWordsOf(columns);
  const { count } = head;
  let { time, bit } = head;
  let high = head.high | 0;
  let low = head.low | 0;
  let row = columns.length;
  let delta = 0;
  let leading = 0;
  let trailing = 0;
  for (let i = 0; ;) {
    if (time > endMs) {
      columns.length = row;
      return false;
    }
    times[row] = time;
    values[row * 2] = low;
    values[row * 2 + 1] = high;
    if (time >= startMs) row++;
    if (++i >= count) break;

    let flags = peek(words, data, bit);
    if (i === 1) {
      delta = uvarintFrom(words, data, bit);
      bit += uvarintBitsFrom(words, data, bit);
      flags = peek(words, data, bit);
    } else if (flags >= 0) {
      bit++;
      flags <<= 1;
    } else if (flags >>> 30 === 0b10) {
      const dod = (flags >>> 16) & 0x3fff;
      delta += dod > 8192 ? dod - 16_384 : dod;
      bit += 16;
      flags <<= 16;
    } else {
      if (flags >>> 29 === 0b110) {
        const dod = (flags >>> 12) & 0x1ffff;
        delta += dod > 65_536 ? dod - 131_072 : dod;
        bit += 20;
      } else if (flags >>> 28 === 0b1110) {
        const dod = (flags >>> 8) & 0xfffff;
        delta += dod > 524_288 ? dod - 1_048_576 : dod;
        bit += 24;
      } else {
        const dodHigh = peek(words, data, bit + 4);
        delta += dodHigh * TWO_32 + (peek(words, data, bit + 36) >>> 0);
        bit += 68;
      }
      flags = peek(words, data, bit);
    }
    time += delta;

    if (flags >= 0) {
      bit++;
      continue;
    }
    if (flags << 1 < 0) {
      const window = (flags >>> 19) & 0x7ff;
      leading = window >>> 6;
      trailing = (window & 63) === 0 ? 0 : 64 - leading - (window & 63);
      bit += 13;
    } else {
      bit += 2;
    }
    const significant = 64 - leading - trailing;
    if (significant > 32) {
      const top = peek(words, data, bit) >>> (64 - significant);
      const rest = peek(words, data, bit + significant - 32);
      low ^= rest << trailing;
      high ^= (top << trailing) | ((rest >>> 1) >>> (31 - trailing));
    } else {
      const bits = peek(words, data, bit) >>> (32 - significant);
      if (trailing >= 32) high ^= bits << (trailing - 32);
      else {
        low ^= bits << trailing;
        high ^= (bits >>> 1) >>> (31 - trailing);
      }
    }
    bit += significant;
  }
  source.endBit = bit;
  columns.length = row;
  return true;
}

function uvarintFrom(words: Int32Array, data: number, bit: number): number {
  let value = 0;
  let factor = 1;
  for (let at = bit; at < bit + 80; at += 8) {
    const byte = peek(words, data, at) >>> 24;
    if (byte < 128) return value + byte * factor;
    value += (byte & 127) * factor;
    factor *= 128;
  }
  return value;
}

function uvarintBitsFrom(words: Int32Array, data: number, bit: number): number {
  let at = bit;
  while (at < bit + 72 && peek(words, data, at) >>> 24 > 127) at += 8;
  return at + 8 - bit;
}
