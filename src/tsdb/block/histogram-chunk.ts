import { DecodeError } from '#bytes';
import { CUSTOM_BUCKETS_SCHEMA, STALE_NAN, STALE_NAN_HIGH, STALE_NAN_LOW } from '#model';
import type { CounterResetHint, FloatHistogram, Span } from '#model';
import type { SampleColumns } from '#storage';
import { BitReader } from './bit-reader.ts';
import { ChunkKind } from './layout.ts';

/*
 * A chunk of native histograms (drawn in docs/formats/chunks.md): count of samples, flags, layout of the
 * buckets, then the samples. Integer histograms keep deltas of deltas of everything but the sum; float
 * histograms keep every number as an xor with the one before.
 */

/** From Prometheus: a histogram has some hundreds of buckets at most. Guards the memory against nonsense. */
const BUCKETS_MAX = 65_536;

interface Layout {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly positiveSpans: readonly Span[];
  readonly negativeSpans: readonly Span[];
  readonly customValues: readonly number[];
  readonly positiveCount: number;
  readonly negativeCount: number;
}

/** One sample as it was read: its numbers, not yet a histogram. */
interface Row {
  readonly count: number;
  readonly zeroCount: number;
  readonly sum: number;
  readonly isStale: boolean;
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

/** As decodeBlockChunk. */
export function decodeHistogramChunk(
  chunk: { readonly kind: number; readonly data: Uint8Array },
  bounds: { readonly startMs: number; readonly endMs: number },
  columns: SampleColumns,
): boolean {
  const { data } = chunk;
  if (data.length < 3) throw new DecodeError('a chunk of histograms is too short', 0);
  const count = (data[0] << 8) | data[1];
  const bits = new BitReader(data, 24);
  const layout = count === 0 ? undefined : readLayout(bits);
  if (layout === undefined) return true;
  const rows =
    chunk.kind === ChunkKind.histogram
      ? new IntegerRows(bits, layout)
      : new FloatRows(bits, layout);
  let timeMs = 0;
  let deltaMs = 0;
  for (let i = 0; i < count; i++) {
    const step = bits.readVarbitInt();
    if (i === 0) timeMs = step;
    else {
      deltaMs = i === 1 ? step : deltaMs + step;
      timeMs += deltaMs;
    }
    const row = rows.next(i);
    if (timeMs > bounds.endMs) return false;
    if (timeMs < bounds.startMs) continue;
    columns.pushHistogram(timeMs, histogramOf(layout, row, resetHint(data[2], i)));
  }
  return true;
}

function histogramOf(layout: Layout, row: Row, counterResetHint: CounterResetHint): FloatHistogram {
  const { schema, zeroThreshold, customValues } = layout;
  if (row.isStale) return { ...STALE, counterResetHint, schema, zeroThreshold, customValues };
  return {
    counterResetHint,
    schema,
    zeroThreshold,
    zeroCount: row.zeroCount,
    count: row.count,
    sum: row.sum,
    positiveSpans: layout.positiveSpans,
    negativeSpans: layout.negativeSpans,
    positiveBuckets: row.positive,
    negativeBuckets: row.negative,
    customValues,
  };
}

const STALE = {
  zeroCount: 0,
  count: 0,
  sum: STALE_NAN,
  positiveSpans: [],
  negativeSpans: [],
  positiveBuckets: [],
  negativeBuckets: [],
} as const;

function resetHint(flags: number, index: number): CounterResetHint {
  const header = flags >>> 6;
  if (header === 0b11) return 'gauge';
  if (index > 0) return 'not_reset';
  return header === 0b10 ? 'reset' : 'unknown';
}

function readLayout(bits: BitReader): Layout {
  const zeroThreshold = readZeroThreshold(bits);
  const schema = bits.readVarbitInt();
  const positiveSpans = readSpans(bits);
  const negativeSpans = readSpans(bits);
  const customValues = schema === CUSTOM_BUCKETS_SCHEMA ? readBounds(bits) : [];
  return {
    schema,
    zeroThreshold,
    positiveSpans,
    negativeSpans,
    customValues,
    positiveCount: bucketCount(positiveSpans),
    negativeCount: bucketCount(negativeSpans),
  };
}

function bucketCount(spans: readonly Span[]): number {
  let count = 0;
  for (const { length } of spans) count += length;
  if (count > BUCKETS_MAX) throw new DecodeError('a histogram has too many buckets', 0);
  return count;
}

/** 0: none. 255: eight bytes follow. Otherwise a power of two. */
function readZeroThreshold(bits: BitReader): number {
  const byte = bits.readBits(8);
  if (byte === 0) return 0;
  return byte === 255 ? bits.readFloat64() : 2 ** (byte - 244);
}

function readSpans(bits: BitReader): Span[] {
  const count = bits.readVarbitUint();
  if (count > BUCKETS_MAX) throw new DecodeError('a histogram has too many spans', 0);
  const spans: Span[] = [];
  for (let i = 0; i < count; i++) {
    const length = bits.readVarbitUint();
    const offset = bits.readVarbitInt();
    spans.push({ offset, length });
  }
  return spans;
}

/** Thousandths plus one; 0: eight bytes follow. */
function readBounds(bits: BitReader): number[] {
  const count = bits.readVarbitUint();
  if (count > BUCKETS_MAX) throw new DecodeError('a histogram has too many bounds', 0);
  const bounds: number[] = [];
  for (let i = 0; i < count; i++) {
    const code = bits.readVarbitUint();
    bounds.push(code === 0 ? bits.readFloat64() : (code - 1) / 1000);
  }
  return bounds;
}

/** A float that is kept as an xor with the one before. */
class XorFloat {
  high = 0;
  low = 0;
  #leading = 0;
  #trailing = 0;
  readonly #words: Uint32Array = new Uint32Array(2);
  readonly #double: Float64Array = new Float64Array(this.#words.buffer);

  first(bits: BitReader): void {
    this.high = bits.readBits(32) | 0;
    this.low = bits.readBits(32) | 0;
  }

  next(bits: BitReader): void {
    if (bits.readBits(1) === 0) return;
    if (bits.readBits(1) === 1) {
      this.#leading = bits.readBits(5);
      const significant = bits.readBits(6);
      this.#trailing = significant === 0 ? 0 : 64 - this.#leading - significant;
      if (this.#trailing < 0) throw new DecodeError('a float makes no sense', 0);
    }
    this.#xor(bits, 64 - this.#leading - this.#trailing);
  }

  get isStale(): boolean {
    return this.high === STALE_NAN_HIGH && this.low === STALE_NAN_LOW;
  }

  get value(): number {
    this.#words[0] = this.low;
    this.#words[1] = this.high;
    return this.#double[0];
  }

  /** The significant bits stand `trailing` bits above the lowest. */
  #xor(bits: BitReader, significant: number): void {
    const trailing = this.#trailing;
    let high = significant > 32 ? bits.readBits(significant - 32) : 0;
    let low = bits.readBits(Math.min(32, significant));
    if (trailing >= 32) {
      high = low << (trailing - 32);
      low = 0;
    } else if (trailing > 0) {
      high = (high << trailing) | (low >>> (32 - trailing));
      low <<= trailing;
    }
    this.high ^= high;
    this.low ^= low;
  }
}

/** An integer that is kept as itself, a delta, then deltas of deltas. */
class DeltaInteger {
  value = 0;
  #delta = 0;

  next(step: number, index: number): void {
    if (index === 0) this.value = step;
    else {
      this.#delta = index === 1 ? step : this.#delta + step;
      this.value += this.#delta;
    }
  }
}

class IntegerRows {
  readonly #bits: BitReader;
  readonly #count: DeltaInteger = new DeltaInteger();
  readonly #zeroCount: DeltaInteger = new DeltaInteger();
  readonly #sum: XorFloat = new XorFloat();
  readonly #positive: readonly DeltaInteger[];
  readonly #negative: readonly DeltaInteger[];

  constructor(bits: BitReader, layout: Layout) {
    this.#bits = bits;
    this.#positive = Array.from({ length: layout.positiveCount }, () => new DeltaInteger());
    this.#negative = Array.from({ length: layout.negativeCount }, () => new DeltaInteger());
  }

  next(index: number): Row {
    const bits = this.#bits;
    for (const number of [this.#count, this.#zeroCount]) {
      number.next(index === 0 ? bits.readVarbitUint() : bits.readVarbitInt(), index);
    }
    if (index === 0) this.#sum.first(bits);
    else this.#sum.next(bits);
    const { isStale } = this.#sum;
    return {
      count: this.#count.value,
      zeroCount: this.#zeroCount.value,
      sum: this.#sum.value,
      isStale,
      positive: isStale ? [] : this.#buckets(this.#positive, index),
      negative: isStale ? [] : this.#buckets(this.#negative, index),
    };
  }

  /** Each bucket is told by its difference to the bucket before. */
  #buckets(numbers: readonly DeltaInteger[], index: number): number[] {
    let absolute = 0;
    return numbers.map((number) => {
      number.next(this.#bits.readVarbitInt(), index);
      absolute += number.value;
      return absolute;
    });
  }
}

class FloatRows {
  readonly #bits: BitReader;
  readonly #count: XorFloat = new XorFloat();
  readonly #zeroCount: XorFloat = new XorFloat();
  readonly #sum: XorFloat = new XorFloat();
  readonly #positive: readonly XorFloat[];
  readonly #negative: readonly XorFloat[];

  constructor(bits: BitReader, layout: Layout) {
    this.#bits = bits;
    this.#positive = Array.from({ length: layout.positiveCount }, () => new XorFloat());
    this.#negative = Array.from({ length: layout.negativeCount }, () => new XorFloat());
  }

  next(index: number): Row {
    this.#read(this.#count, index);
    this.#read(this.#zeroCount, index);
    this.#read(this.#sum, index);
    const { isStale } = this.#sum;
    return {
      count: this.#count.value,
      zeroCount: this.#zeroCount.value,
      sum: this.#sum.value,
      isStale,
      positive: isStale ? [] : this.#buckets(this.#positive, index),
      negative: isStale ? [] : this.#buckets(this.#negative, index),
    };
  }

  #buckets(numbers: readonly XorFloat[], index: number): number[] {
    return numbers.map((number) => {
      this.#read(number, index);
      return number.value;
    });
  }

  #read(number: XorFloat, index: number): void {
    if (index === 0) number.first(this.#bits);
    else number.next(this.#bits);
  }
}
