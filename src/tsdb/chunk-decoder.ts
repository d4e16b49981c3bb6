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

/** `count` (1 to 32) bits from a bit of a block's data on. */
function bitsAt(words: Int32Array, data: number, bit: number, count: number): number {
  const index = data + (bit >>> 5);
  const used = bit & 31;
  const bits = (words[index] << used) >>> (32 - count);
  const over = used + count - 32;
  return over <= 0 ? bits : bits | (words[index + 1] >>> (32 - over));
}

/**
 * Appends the samples of one chunk that lie within the bounds. The encoding is drawn in
 * chunk-encoder.ts. False where samples after the end were left out.
 */
export function decodeChunk(source: ChunkSource, columns: SampleColumns): boolean {
  const { words, base } = source;
  const count = Atomics.load(words, base + CHUNK_COUNT);
  if (count === 0) return true;
  columns.reserve(columns.length + count);
  const data = base + CHUNK_DATA;
  const first = uvarintFrom(words, data, 0);
  const bit = uvarintBitsFrom(words, data, 0);
  const time = first % 2 === 0 ? first / 2 : -(first + 1) / 2;
  const high = bitsAt(words, data, bit, 32);
  const low = bitsAt(words, data, bit + 32, 32);
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

/** The hot loop. Values are handled as halves, so that every NaN keeps its bits. */
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

    if (i === 1) {
      delta = uvarintFrom(words, data, bit);
      bit += uvarintBitsFrom(words, data, bit);
    } else {
      const prefix = bitsAt(words, data, bit, 4);
      if (prefix < 8) bit++;
      else if (prefix < 12) {
        const dod = bitsAt(words, data, bit + 2, 14);
        delta += dod > 8192 ? dod - 16_384 : dod;
        bit += 16;
      } else if (prefix < 14) {
        const dod = bitsAt(words, data, bit + 3, 17);
        delta += dod > 65_536 ? dod - 131_072 : dod;
        bit += 20;
      } else if (prefix === 14) {
        const dod = bitsAt(words, data, bit + 4, 20);
        delta += dod > 524_288 ? dod - 1_048_576 : dod;
        bit += 24;
      } else {
        const dodHigh = bitsAt(words, data, bit + 4, 32) | 0;
        delta += dodHigh * TWO_32 + (bitsAt(words, data, bit + 36, 32) >>> 0);
        bit += 68;
      }
    }
    time += delta;

    const control = bitsAt(words, data, bit, 2);
    if (control < 2) {
      bit++;
      continue;
    }
    bit += 2;
    if (control === 3) {
      const window = bitsAt(words, data, bit, 11);
      leading = window >>> 6;
      const significant = window & 63;
      trailing = significant === 0 ? 0 : 64 - leading - significant;
      bit += 11;
    }
    const significant = 64 - leading - trailing;
    if (significant > 32) {
      const top = bitsAt(words, data, bit, significant - 32);
      const rest = bitsAt(words, data, bit + significant - 32, 32);
      low ^= rest << trailing;
      high ^= (top << trailing) | (trailing === 0 ? 0 : rest >>> (32 - trailing));
    } else {
      const bits = bitsAt(words, data, bit, significant);
      if (trailing >= 32) high ^= bits << (trailing - 32);
      else {
        low ^= bits << trailing;
        if (trailing > 0) high ^= bits >>> (32 - trailing);
      }
    }
    bit += significant;
  }
  columns.length = row;
  return true;
}

function uvarintFrom(words: Int32Array, data: number, bit: number): number {
  let value = 0;
  let factor = 1;
  for (let at = bit; at < bit + 80; at += 8) {
    const byte = bitsAt(words, data, at, 8);
    if (byte < 128) return value + byte * factor;
    value += (byte & 127) * factor;
    factor *= 128;
  }
  return value;
}

function uvarintBitsFrom(words: Int32Array, data: number, bit: number): number {
  let at = bit;
  while (at < bit + 72 && bitsAt(words, data, at, 8) > 127) at += 8;
  return at + 8 - bit;
}
