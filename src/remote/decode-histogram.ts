import { type ProtobufReader, WireType } from '#bytes';
import { type CounterResetHint, type FloatHistogram, histogramProblem, type Span } from '#model';
import type { WriteHistogram } from './write-request.ts';

const RESET_HINTS: readonly CounterResetHint[] = ['unknown', 'reset', 'not_reset', 'gauge'];

interface Draft {
  countInteger: number;
  countFloat: number;
  isFloat: boolean;
  sum: number;
  schema: number;
  zeroThreshold: number;
  zeroCount: number;
  timestampMs: number;
  hint: number;
  positiveSpans: Span[];
  negativeSpans: Span[];
  positive: number[];
  negative: number[];
  customValues: number[];
}

/** Reads a Histogram message of remote write; its fields are numbered alike in 1.0 and 2.0. */
export function decodeHistogram(reader: ProtobufReader): WriteHistogram {
  const draft: Draft = {
    countInteger: 0,
    countFloat: 0,
    isFloat: false,
    sum: 0,
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    timestampMs: 0,
    hint: 0,
    positiveSpans: [],
    negativeSpans: [],
    positive: [],
    negative: [],
    customValues: [],
  };
  const outerEnd = reader.enter();
  while (reader.next()) readField(reader, draft);
  reader.leave(outerEnd);
  return finish(draft);
}

function readField(reader: ProtobufReader, draft: Draft): void {
  switch (reader.field) {
    case 1:
      draft.countInteger = reader.varint();
      break;
    case 2:
      draft.countFloat = reader.double();
      draft.isFloat = true;
      break;
    case 3:
      draft.sum = reader.double();
      break;
    case 4:
      draft.schema = reader.sint();
      break;
    case 5:
      draft.zeroThreshold = reader.double();
      break;
    case 6:
      draft.zeroCount = reader.varint();
      break;
    case 7:
      draft.zeroCount = reader.double();
      break;
    case 14:
      draft.hint = reader.varint();
      break;
    case 15:
      draft.timestampMs = reader.int64();
      break;
    default:
      readBuckets(reader, draft);
  }
}

function readBuckets(reader: ProtobufReader, draft: Draft): void {
  switch (reader.field) {
    case 8:
      draft.negativeSpans.push(readSpan(reader));
      break;
    case 9:
      readNumbers(reader, draft.negative, readDelta);
      break;
    case 10:
      readNumbers(reader, draft.negative, readDouble);
      break;
    case 11:
      draft.positiveSpans.push(readSpan(reader));
      break;
    case 12:
      readNumbers(reader, draft.positive, readDelta);
      break;
    case 13:
      readNumbers(reader, draft.positive, readDouble);
      break;
    case 16:
      readNumbers(reader, draft.customValues, readDouble);
      break;
    default:
      reader.skip();
  }
}

function readSpan(reader: ProtobufReader): Span {
  let offset = 0;
  let length = 0;
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) offset = reader.sint();
    else if (reader.field === 2) length = reader.varint();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return { offset, length };
}

/** Packed or one by one. */
function readNumbers(
  reader: ProtobufReader,
  numbers: number[],
  read: (reader: ProtobufReader, numbers: number[]) => void,
): void {
  if (reader.wireType !== WireType.bytes) {
    read(reader, numbers);
    return;
  }
  const outerEnd = reader.enter();
  while (reader.at < reader.end) read(reader, numbers);
  reader.leave(outerEnd);
}

/** Integer buckets come as differences; we keep absolute counts. */
function readDelta(reader: ProtobufReader, numbers: number[]): void {
  numbers.push((numbers.at(-1) ?? 0) + reader.sint());
}

function readDouble(reader: ProtobufReader, numbers: number[]): void {
  numbers.push(reader.double());
}

function finish(draft: Draft): WriteHistogram {
  const histogram: FloatHistogram = {
    counterResetHint: RESET_HINTS[draft.hint] ?? 'unknown',
    schema: draft.schema,
    zeroThreshold: draft.zeroThreshold,
    zeroCount: draft.zeroCount,
    count: draft.isFloat ? draft.countFloat : draft.countInteger,
    sum: draft.sum,
    positiveSpans: draft.positiveSpans,
    negativeSpans: draft.negativeSpans,
    positiveBuckets: draft.positive,
    negativeBuckets: draft.negative,
    customValues: draft.customValues,
  };
  const problem = histogramProblem(histogram, draft.isFloat);
  return { timestampMs: draft.timestampMs, histogram, problem };
}
