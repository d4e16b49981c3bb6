import type { ByteReader, ByteWriter } from '#bytes';
import {
  CUSTOM_BUCKETS_SCHEMA,
  STALE_HISTOGRAM,
  isIntegerHistogram,
  isStaleHistogram,
} from '#model';
import type { CounterResetHint, FloatHistogram, Span } from '#model';

/*
 * Native histograms in the head, one after the other as bytes (the log and the blocks have Prometheus'
 * formats). Drawn in docs/formats/head.md. A sample is told by what differs from the one before it in its chunk.
 */

/** In the order of Prometheus' numbers. */
export const RESET_HINTS: readonly CounterResetHint[] = ['unknown', 'reset', 'not_reset', 'gauge'];

/** The low two bits of the first byte are the hint. */
const HINT_MASK = 3;
/** Counts are whole numbers; else each is eight bytes. */
const INTEGER = 4;
/** Bounds and spans are those of the sample before. */
const SAME_LAYOUT = 8;
/** A stale marker; nothing more but the time. */
const STALE = 16;

/** Appends a sample. `previous`: the one before in its chunk, as it was decoded or encoded. */
export function encodeHistogram(
  out: ByteWriter,
  timeDeltaMs: number,
  histogram: FloatHistogram,
  previous: FloatHistogram | undefined,
): void {
  const hint = RESET_HINTS.indexOf(histogram.counterResetHint);
  if (isStaleHistogram(histogram)) {
    out.writeByte(hint | STALE);
    out.writeVarint(timeDeltaMs);
    return;
  }
  const isInteger = isIntegerHistogram(histogram);
  const base = previous !== undefined && sameLayout(histogram, previous) ? previous : undefined;
  out.writeByte(hint | (isInteger ? INTEGER : 0) | (base === undefined ? 0 : SAME_LAYOUT));
  out.writeVarint(timeDeltaMs);
  if (base === undefined) encodeLayout(out, histogram);
  out.writeFloat64(histogram.sum);
  const numbers = numbersOf(histogram);
  const before = base === undefined ? [] : numbersOf(base);
  if (!isInteger) encodeFloats(out, numbers, before);
  else if (base !== undefined && isIntegerHistogram(base)) encodeDeltas(out, numbers, before);
  else for (const number of numbers) out.writeUvarint(number);
}

/** What stands before a histogram: samples behind a range need not be decoded. */
export interface DecodedHead {
  readonly flags: number;
  readonly timeDeltaMs: number;
}

export function decodeHistogramHead(reader: ByteReader): DecodedHead {
  const flags = reader.readByte();
  return { flags, timeDeltaMs: reader.readVarint() };
}

/** What follows the head. Throws DecodeError. */
export function decodeHistogram(
  reader: ByteReader,
  flags: number,
  previous: FloatHistogram | undefined,
): FloatHistogram {
  const counterResetHint = RESET_HINTS[flags & HINT_MASK];
  if ((flags & STALE) !== 0) return { ...STALE_HISTOGRAM, counterResetHint };
  const base = (flags & SAME_LAYOUT) === 0 ? undefined : previous;
  const layout = base ?? decodeLayout(reader);
  const sum = reader.readFloat64();
  const positive = bucketCount(layout.positiveSpans);
  const negative = bucketCount(layout.negativeSpans);
  const numbers = decodeNumbers(reader, flags, { base, length: 2 + positive + negative });
  return {
    counterResetHint,
    schema: layout.schema,
    zeroThreshold: layout.zeroThreshold,
    zeroCount: numbers[1],
    count: numbers[0],
    sum,
    positiveSpans: layout.positiveSpans,
    negativeSpans: layout.negativeSpans,
    positiveBuckets: numbers.slice(2, 2 + positive),
    negativeBuckets: numbers.slice(2 + positive),
    customValues: layout.customValues,
  };
}

type Layout = Pick<
  FloatHistogram,
  'schema' | 'zeroThreshold' | 'positiveSpans' | 'negativeSpans' | 'customValues'
>;

function sameLayout(a: FloatHistogram, b: FloatHistogram): boolean {
  return (
    a.schema === b.schema &&
    a.zeroThreshold === b.zeroThreshold &&
    !isStaleHistogram(b) &&
    sameSpans(a.positiveSpans, b.positiveSpans) &&
    sameSpans(a.negativeSpans, b.negativeSpans) &&
    a.customValues.length === b.customValues.length &&
    a.customValues.every((value, i) => Object.is(value, b.customValues[i]))
  );
}

function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  return a.every(({ offset, length }, i) => offset === b[i].offset && length === b[i].length);
}

function encodeLayout(out: ByteWriter, layout: Layout): void {
  out.writeVarint(layout.schema);
  out.writeFloat64(layout.zeroThreshold);
  for (const spans of [layout.positiveSpans, layout.negativeSpans]) {
    out.writeUvarint(spans.length);
    for (const { offset, length } of spans) {
      out.writeVarint(offset);
      out.writeUvarint(length);
    }
  }
  if (layout.schema !== CUSTOM_BUCKETS_SCHEMA) return;
  out.writeUvarint(layout.customValues.length);
  for (const value of layout.customValues) out.writeFloat64(value);
}

function decodeLayout(reader: ByteReader): Layout {
  const schema = reader.readVarint();
  const zeroThreshold = reader.readFloat64();
  const positiveSpans = decodeSpans(reader);
  const negativeSpans = decodeSpans(reader);
  const customValues: number[] = [];
  if (schema === CUSTOM_BUCKETS_SCHEMA) {
    for (let count = reader.readUvarint(); count > 0; count--) {
      customValues.push(reader.readFloat64());
    }
  }
  return { schema, zeroThreshold, positiveSpans, negativeSpans, customValues };
}

function decodeSpans(reader: ByteReader): Span[] {
  const spans: Span[] = [];
  for (let count = reader.readUvarint(); count > 0; count--) {
    const offset = reader.readVarint();
    spans.push({ offset, length: reader.readUvarint() });
  }
  return spans;
}

function bucketCount(spans: readonly Span[]): number {
  let count = 0;
  for (const { length } of spans) count += length;
  return count;
}

function numbersOf(histogram: FloatHistogram): number[] {
  const { count, zeroCount, positiveBuckets, negativeBuckets } = histogram;
  return [count, zeroCount, ...positiveBuckets, ...negativeBuckets];
}

/** Most buckets do not change from sample to sample: a zero is followed by how many more there are. */
function encodeDeltas(
  out: ByteWriter,
  numbers: readonly number[],
  before: readonly number[],
): void {
  for (let i = 0; i < numbers.length;) {
    const delta = numbers[i] - before[i];
    out.writeVarint(delta);
    i++;
    if (delta !== 0) continue;
    const start = i;
    while (i < numbers.length && numbers[i] === before[i]) i++;
    out.writeUvarint(i - start);
  }
}

function encodeFloats(
  out: ByteWriter,
  numbers: readonly number[],
  before: readonly number[],
): void {
  for (let i = 0; i < numbers.length; i++) {
    const isSame = i < before.length && Object.is(numbers[i], before[i]);
    out.writeByte(isSame ? 0 : 1);
    if (!isSame) out.writeFloat64(numbers[i]);
  }
}

function decodeNumbers(
  reader: ByteReader,
  flags: number,
  { base, length }: { readonly base: FloatHistogram | undefined; readonly length: number },
): number[] {
  const numbers = base === undefined ? [] : numbersOf(base);
  if ((flags & INTEGER) === 0) {
    for (let i = 0; i < length; i++) if (reader.readByte() !== 0) numbers[i] = reader.readFloat64();
  } else if (base !== undefined && isIntegerHistogram(base)) {
    for (let i = 0; i < length; i++) {
      const delta = reader.readVarint();
      numbers[i] += delta;
      if (delta === 0) i += reader.readUvarint();
    }
  } else for (let i = 0; i < length; i++) numbers[i] = reader.readUvarint();
  return numbers;
}
