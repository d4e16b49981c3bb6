import { DecodeError } from '#bytes';
import type { ByteReader, ByteWriter } from '#bytes';
import {
  CUSTOM_BUCKETS_SCHEMA,
  STALE_HISTOGRAM,
  STALE_NAN_HIGH,
  STALE_NAN_LOW,
  isIntegerHistogram,
  isStaleHistogram,
  usesCustomBuckets,
} from '#model';
import type { FloatHistogram, Span } from '#model';
import { RESET_HINTS } from '../histogram-codec.ts';
import { RecordType } from './layout.ts';

/** A native histogram on its way into the log. `ref`: the log's number of its series. */
export interface LoggedHistogram {
  readonly ref: number;
  readonly timeMs: number;
  readonly histogram: FloatHistogram;
}

/** Which of the four records a histogram belongs into. Floats need their own, bounds of buckets too. */
export function histogramRecordType(histogram: FloatHistogram): number {
  const isCustom = usesCustomBuckets(histogram);
  if (isIntegerHistogram(histogram)) {
    return isCustom ? RecordType.customBucketHistograms : RecordType.histograms;
  }
  return isCustom ? RecordType.customBucketFloatHistograms : RecordType.floatHistograms;
}

/** Appends a record of histograms, all of which belong into `type`; at least one. */
export function encodeHistograms(
  out: ByteWriter,
  type: number,
  histograms: readonly LoggedHistogram[],
): void {
  const [first] = histograms;
  out.writeByte(type);
  out.writeInt64(first.ref);
  out.writeInt64(first.timeMs);
  const areFloats = isFloatRecord(type);
  for (const { ref, timeMs, histogram } of histograms) {
    out.writeVarint(ref - first.ref);
    out.writeVarint(timeMs - first.timeMs);
    encodeHistogram(out, histogram, areFloats);
  }
}

/** Appends one histogram as it stands in a record. */
export function encodeHistogram(
  out: ByteWriter,
  histogram: FloatHistogram,
  areFloats: boolean,
): void {
  encodeHead(out, histogram, areFloats);
  encodeSpans(out, histogram.positiveSpans);
  encodeSpans(out, histogram.negativeSpans);
  for (const buckets of [histogram.positiveBuckets, histogram.negativeBuckets]) {
    out.writeUvarint(buckets.length);
    if (areFloats) for (const count of buckets) out.writeFloat64(count);
    else encodeDeltas(out, buckets);
  }
  if (usesCustomBuckets(histogram)) {
    out.writeUvarint(histogram.customValues.length);
    for (const bound of histogram.customValues) out.writeFloat64(bound);
  }
}

function isFloatRecord(type: number): boolean {
  return (
    type === RecordType.floatHistograms ||
    type === RecordType.customBucketFloatHistograms ||
    type === RecordType.floatHistogramsV2
  );
}

function encodeHead(out: ByteWriter, histogram: FloatHistogram, areFloats: boolean): void {
  out.writeByte(RESET_HINTS.indexOf(histogram.counterResetHint));
  out.writeVarint(histogram.schema);
  out.writeFloat64(histogram.zeroThreshold);
  if (areFloats) {
    out.writeFloat64(histogram.zeroCount);
    out.writeFloat64(histogram.count);
  } else {
    out.writeUvarint(histogram.zeroCount);
    out.writeUvarint(histogram.count);
  }
  if (isStaleHistogram(histogram)) out.writeFloat64Bits(STALE_NAN_HIGH, STALE_NAN_LOW);
  else out.writeFloat64(histogram.sum);
}

function encodeSpans(out: ByteWriter, spans: readonly Span[]): void {
  out.writeUvarint(spans.length);
  for (const { offset, length } of spans) {
    out.writeVarint(offset);
    out.writeUvarint(length);
  }
}

/** Integers: each bucket by its difference to the one before. */
function encodeDeltas(out: ByteWriter, buckets: readonly number[]): void {
  let before = 0;
  for (const count of buckets) {
    out.writeVarint(count - before);
    before = count;
  }
}

/** Reads what follows the type of a record of histograms. Throws DecodeError. */
export function decodeHistograms(
  reader: ByteReader,
  type: number,
  visit: (ref: number, timeMs: number, histogram: FloatHistogram) => void,
): void {
  if (!reader.hasMore) return;
  const firstRef = reader.readInt64();
  const firstTimeMs = reader.readInt64();
  while (reader.hasMore) {
    const ref = firstRef + reader.readVarint();
    const timeMs = firstTimeMs + reader.readVarint();
    visit(ref, timeMs, decodeHistogram(reader, isFloatRecord(type)));
  }
}

/** The same for the records that may hold start times, which are not kept. */
export function decodeHistogramsV2(
  reader: ByteReader,
  type: number,
  visit: (ref: number, timeMs: number, histogram: FloatHistogram) => void,
): void {
  const place = new PlaceReader(reader);
  while (reader.hasMore) {
    place.next();
    const { ref, timeMs } = place;
    visit(ref, timeMs, decodeHistogram(reader, isFloatRecord(type)));
  }
}

/**
 * Reads what stands before each value in the records that may hold start times: series by their difference to
 * the one before, times by theirs to the first.
 */
export class PlaceReader {
  readonly #reader: ByteReader;
  ref = 0;
  timeMs = 0;
  #firstTimeMs: number | undefined;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  next(): void {
    const reader = this.#reader;
    this.ref += reader.readVarint();
    const timeMs = reader.readVarint();
    if (this.#firstTimeMs === undefined) {
      this.#firstTimeMs = timeMs;
      this.timeMs = timeMs;
      reader.readVarint();
      return;
    }
    this.timeMs = this.#firstTimeMs + timeMs;
    // The start time: 0 none, 1 as before, else an offset follows.
    if (reader.readByte() > 1) reader.readVarint();
  }
}

/** Reads one histogram as it stands in a record. Throws DecodeError. */
export function decodeHistogram(reader: ByteReader, areFloats: boolean): FloatHistogram {
  const counterResetHint = RESET_HINTS[reader.readByte()] ?? 'unknown';
  const schema = reader.readVarint();
  const zeroThreshold = reader.readFloat64();
  const zeroCount = areFloats ? reader.readFloat64() : reader.readUvarint();
  const count = areFloats ? reader.readFloat64() : reader.readUvarint();
  reader.readFloat64Bits();
  const isStale = reader.high === STALE_NAN_HIGH && reader.low === STALE_NAN_LOW;
  reader.position -= 8;
  const sum = reader.readFloat64();
  const positiveSpans = decodeSpans(reader);
  const negativeSpans = decodeSpans(reader);
  const positiveBuckets = decodeBuckets(reader, positiveSpans, areFloats);
  const negativeBuckets = decodeBuckets(reader, negativeSpans, areFloats);
  const customValues = schema === CUSTOM_BUCKETS_SCHEMA ? decodeFloats(reader) : [];
  if (isStale) return { ...STALE_HISTOGRAM, counterResetHint };
  return {
    counterResetHint,
    schema,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    positiveSpans,
    negativeSpans,
    positiveBuckets,
    negativeBuckets,
    customValues,
  };
}

function decodeSpans(reader: ByteReader): Span[] {
  const spans: Span[] = [];
  for (let count = readLength(reader, 2); count > 0; count--) {
    const offset = reader.readVarint();
    spans.push({ offset, length: reader.readUvarint() });
  }
  return spans;
}

function decodeBuckets(reader: ByteReader, spans: readonly Span[], areFloats: boolean): number[] {
  const buckets = areFloats ? decodeFloats(reader) : decodeDeltas(reader);
  let named = 0;
  for (const { length } of spans) named += length;
  if (named === buckets.length) return buckets;
  throw new DecodeError('cannot tell which buckets the counts belong to', reader.position);
}

function decodeFloats(reader: ByteReader): number[] {
  const floats: number[] = [];
  for (let count = readLength(reader, 8); count > 0; count--) floats.push(reader.readFloat64());
  return floats;
}

function decodeDeltas(reader: ByteReader): number[] {
  const buckets: number[] = [];
  let absolute = 0;
  for (let count = readLength(reader, 1); count > 0; count--) {
    absolute += reader.readVarint();
    buckets.push(absolute);
  }
  return buckets;
}

/** How many things follow, each of so many bytes at least. */
function readLength(reader: ByteReader, bytesMin: number): number {
  const count = reader.readUvarint();
  if (count * bytesMin <= reader.end - reader.position) return count;
  throw new DecodeError('cannot read more of a histogram than there are bytes', reader.position);
}
