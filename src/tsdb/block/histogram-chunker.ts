import {
  CUSTOM_BUCKETS_SCHEMA,
  STALE_NAN_HIGH,
  STALE_NAN_LOW,
  isIntegerHistogram,
  isStaleHistogram,
  storedResetHint,
} from '#model';
import type { FloatHistogram, Span } from '#model';
import type { SampleColumns } from '#storage';
import { BitWriter } from './bit-writer.ts';
import type { ChunkColumns } from './block-series.ts';
import { ChunkKind } from './layout.ts';

/** A chunk is read as a whole, so it stays small. Prometheus aims at as many samples, and at 1,024 bytes. */
const CHUNK_SAMPLES_MAX = 120;
const CHUNK_BYTES_MAX = 4096;

/**
 * The high two bits of the flags: what is known of a reset before the first sample. That there was none is
 * never said: the chunk before may be deleted or merged.
 */
const FLAGS = { unknown: 0, not_reset: 0, reset: 0b1000_0000, gauge: 0b1100_0000 } as const;

/** Thousandths up to here are written as whole numbers. From Prometheus. */
const WHOLE_BOUND_MAX = 33_554_430;

/**
 * Encodes native histograms into chunks (drawn in docs/formats/chunks.md), rows `start` to `end`
 * (exclusive) of columns. A chunk ends where the layout of the buckets changes or a counter may have been reset.
 */
export function encodeHistograms(
  columns: SampleColumns,
  start: number,
  end: number,
  chunks: ChunkColumns,
): void {
  const { timestampsMs, histograms } = columns;
  let chunk: OpenChunk | undefined;
  for (let row = start; row < end; row++) {
    const histogram = histograms[row];
    if (histogram === undefined) continue;
    const timeMs = timestampsMs[row];
    if (chunk === undefined || !chunk.takes(histogram)) {
      chunk?.end();
      chunk = new OpenChunk(chunks, histogram);
    }
    chunk.add(timeMs, histogram);
  }
  chunk?.end();
}

/** A chunk that is being written. */
class OpenChunk {
  readonly #chunks: ChunkColumns;
  readonly #startByte: number;
  readonly #bits: BitWriter;
  readonly #kind: number;
  readonly #first: FloatHistogram;
  readonly #numbers: NumberWriter[];
  readonly #sum: XorWriter = new XorWriter();
  #last: FloatHistogram | undefined;
  #isStale = false;
  #count = 0;
  #firstMs = 0;
  #lastMs = 0;
  #deltaMs = 0;

  constructor(chunks: ChunkColumns, first: FloatHistogram) {
    this.#chunks = chunks;
    this.#first = isStaleHistogram(first) ? bare(first) : first;
    this.#kind = isIntegerHistogram(this.#first) ? ChunkKind.histogram : ChunkKind.floatHistogram;
    chunks.begin(this.#kind);
    this.#startByte = chunks.bytes.length;
    chunks.bytes.writeUint16(0);
    chunks.bytes.writeByte(FLAGS[first.counterResetHint]);
    this.#bits = new BitWriter(chunks.bytes);
    writeLayout(this.#bits, this.#first);
    const { positiveBuckets, negativeBuckets } = this.#first;
    const length = 2 + positiveBuckets.length + negativeBuckets.length;
    const isInteger = this.#kind === ChunkKind.histogram;
    this.#numbers = Array.from({ length }, () => (isInteger ? new DeltaWriter() : new XorWriter()));
  }

  /** Whether a histogram may follow those that are in the chunk. */
  takes(histogram: FloatHistogram): boolean {
    const byteCount = this.#chunks.bytes.length - this.#startByte;
    if (this.#count >= CHUNK_SAMPLES_MAX || byteCount >= CHUNK_BYTES_MAX) return false;
    const isGauge = this.#first.counterResetHint === 'gauge';
    if (isGauge !== (histogram.counterResetHint === 'gauge')) return false;
    if (isStaleHistogram(histogram)) return true;
    if (this.#isStale) return false;
    if (!isGauge && storedResetHint(this.#last, histogram) !== 'not_reset') return false;
    const isInteger = this.#kind === ChunkKind.histogram;
    return isInteger === isIntegerHistogram(histogram) && hasLayout(histogram, this.#first);
  }

  add(timeMs: number, histogram: FloatHistogram): void {
    this.#writeTime(timeMs);
    this.#last = histogram;
    this.#isStale = isStaleHistogram(histogram);
    const { positiveBuckets, negativeBuckets } = histogram;
    const stale = this.#isStale;
    this.#write(0, stale ? 0 : histogram.count);
    this.#write(1, stale ? 0 : histogram.zeroCount);
    this.#sum.write(this.#bits, stale ? undefined : histogram.sum, this.#count);
    if (!stale) {
      this.#writeBuckets(2, positiveBuckets);
      this.#writeBuckets(2 + positiveBuckets.length, negativeBuckets);
    }
    this.#count++;
  }

  end(): void {
    const { buffer } = this.#chunks.bytes;
    buffer[this.#startByte] = this.#count >>> 8;
    buffer[this.#startByte + 1] = this.#count;
    this.#chunks.end(this.#firstMs, this.#lastMs);
  }

  #writeTime(timeMs: number): void {
    const deltaMs = timeMs - this.#lastMs;
    if (this.#count === 0) this.#bits.writeVarbitInt(timeMs);
    else this.#bits.writeVarbitInt(this.#count === 1 ? deltaMs : deltaMs - this.#deltaMs);
    if (this.#count === 0) this.#firstMs = timeMs;
    this.#deltaMs = deltaMs;
    this.#lastMs = timeMs;
  }

  #write(index: number, value: number): void {
    const isUnsigned = index < 2;
    this.#numbers[index].write(this.#bits, value, this.#count, isUnsigned);
  }

  /** Whole counts are told by their difference to the bucket before. */
  #writeBuckets(start: number, buckets: readonly number[]): void {
    const isInteger = this.#kind === ChunkKind.histogram;
    let before = 0;
    for (const [i, value] of buckets.entries()) {
      this.#write(start + i, isInteger ? value - before : value);
      before = value;
    }
  }
}

interface NumberWriter {
  /** `index`: of the sample in its chunk; `isUnsigned`: never below zero. */
  write(bits: BitWriter, value: number, index: number, isUnsigned: boolean): void;
}

/** An integer: itself, a delta, then deltas of deltas. */
class DeltaWriter implements NumberWriter {
  #value = 0;
  #delta = 0;

  // eslint-disable-next-line max-params -- called for each bucket
  write(bits: BitWriter, value: number, index: number, isUnsigned: boolean): void {
    const delta = value - this.#value;
    if (index === 0 && isUnsigned) bits.writeVarbitUint(value);
    else if (index === 0) bits.writeVarbitInt(value);
    else bits.writeVarbitInt(index === 1 ? delta : delta - this.#delta);
    this.#delta = delta;
    this.#value = value;
  }
}

const scratch = new DataView(new ArrayBuffer(8));

/** A float: its bits, then xors with the one before. */
class XorWriter implements NumberWriter {
  #high = 0;
  #low = 0;
  #leading = -1;
  #trailing = 0;

  /** Undefined: the stale marker. */
  write(bits: BitWriter, value: number | undefined, index: number): void {
    scratch.setFloat64(0, value ?? 0);
    const high = value === undefined ? STALE_NAN_HIGH : scratch.getInt32(0);
    const low = value === undefined ? STALE_NAN_LOW : scratch.getInt32(4);
    if (index === 0) {
      bits.writeBits(high, 32);
      bits.writeBits(low, 32);
    } else this.#writeXor(bits, high ^ this.#high, low ^ this.#low);
    this.#high = high;
    this.#low = low;
  }

  #writeXor(bits: BitWriter, high: number, low: number): void {
    if ((high | low) === 0) {
      bits.writeBits(0, 1);
      return;
    }
    const leading = Math.min(31, high === 0 ? 31 : Math.clz32(high));
    const trailing = low === 0 ? 32 + trailingZeros(high) : trailingZeros(low);
    if (this.#leading >= 0 && leading >= this.#leading && trailing >= this.#trailing) {
      bits.writeBits(0b10, 2);
    } else {
      this.#leading = leading;
      this.#trailing = trailing;
      bits.writeBits(0b11, 2);
      bits.writeBits(leading, 5);
      bits.writeBits((64 - leading - trailing) & 63, 6);
    }
    this.#writeSignificant(bits, high, low);
  }

  /** What lies between the zeros of the window. */
  #writeSignificant(bits: BitWriter, high: number, low: number): void {
    const trailing = this.#trailing;
    const highCount = 32 - this.#leading;
    if (trailing >= 32) {
      bits.writeBits(high >>> (trailing - 32), highCount - (trailing - 32));
      return;
    }
    bits.writeBits(high, highCount);
    if (trailing < 32) bits.writeBits(low >>> trailing, 32 - trailing);
  }
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** A stale marker has no buckets. */
function bare(histogram: FloatHistogram): FloatHistogram {
  return {
    ...histogram,
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 0,
    positiveSpans: [],
    negativeSpans: [],
    positiveBuckets: [],
    negativeBuckets: [],
    customValues: [],
  };
}

function hasLayout(a: FloatHistogram, b: FloatHistogram): boolean {
  return (
    a.schema === b.schema &&
    a.zeroThreshold === b.zeroThreshold &&
    sameSpans(a.positiveSpans, b.positiveSpans) &&
    sameSpans(a.negativeSpans, b.negativeSpans) &&
    a.customValues.length === b.customValues.length &&
    a.customValues.every((value, i) => value === b.customValues[i])
  );
}

function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ offset, length }, i) => offset === b[i].offset && length === b[i].length);
}

function writeLayout(bits: BitWriter, histogram: FloatHistogram): void {
  writeZeroThreshold(bits, histogram.zeroThreshold);
  bits.writeVarbitInt(histogram.schema);
  writeSpans(bits, histogram.positiveSpans);
  writeSpans(bits, histogram.negativeSpans);
  if (histogram.schema === CUSTOM_BUCKETS_SCHEMA) writeBounds(bits, histogram.customValues);
}

/** 0: none. A power of two from 2^-243 to 2^10 in one byte; else 255 and eight bytes. */
function writeZeroThreshold(bits: BitWriter, threshold: number): void {
  const exponent = Math.round(Math.log2(threshold));
  if (threshold === 0) bits.writeBits(0, 8);
  else if (exponent >= -243 && exponent <= 10 && 2 ** exponent === threshold) {
    bits.writeBits(exponent + 244, 8);
  } else {
    bits.writeBits(255, 8);
    bits.writeFloat64(threshold);
  }
}

function writeSpans(bits: BitWriter, spans: readonly Span[]): void {
  bits.writeVarbitUint(spans.length);
  for (const { length, offset } of spans) {
    bits.writeVarbitUint(length);
    bits.writeVarbitInt(offset);
  }
}

function writeBounds(bits: BitWriter, bounds: readonly number[]): void {
  bits.writeVarbitUint(bounds.length);
  for (const bound of bounds) {
    const thousandths = Math.round(bound * 1000);
    const isWhole = thousandths / 1000 === bound && bound >= 0 && thousandths <= WHOLE_BOUND_MAX;
    bits.writeVarbitUint(isWhole ? thousandths + 1 : 0);
    if (!isWhole) bits.writeFloat64(bound);
  }
}
