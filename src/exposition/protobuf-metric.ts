import { decodeUtf8, ProtobufReader, StringCache, WireType } from '#bytes';
import type { Exemplar, Span } from '#model';
import { buildLabels } from './series-labels.ts';

const strings = new StringCache();

/** An io.prometheus.client.MetricFamily whose metrics are still bytes. */
export interface FamilyMessage {
  readonly name: string;
  readonly help: string;
  readonly type: number;
  readonly unit: string;
  /** Start and end offsets, in turn. */
  readonly metrics: readonly number[];
}

/** An io.prometheus.client.Metric. */
export interface MetricMessage {
  readonly pairs: string[];
  timestampMs: number;
  value: number;
  exemplars: ProtobufExemplar[];
  startMs: number | undefined;
  quantiles: { quantile: number; value: number }[];
  count: number;
  sum: number;
  histogram: HistogramMessage | undefined;
}

export interface HistogramMessage {
  countFloat: number;
  zeroCountFloat: number;
  zeroCount: number;
  zeroThreshold: number;
  schema: number;
  readonly buckets: BucketMessage[];
  readonly positiveSpans: Span[];
  readonly negativeSpans: Span[];
  readonly positiveDeltas: number[];
  readonly negativeDeltas: number[];
  readonly positiveCounts: number[];
  readonly negativeCounts: number[];
}

export interface BucketMessage {
  count: number;
  upperBound: number;
  exemplar: ProtobufExemplar | undefined;
}

export type ProtobufExemplar = Exemplar;

/** Reads the family between two offsets. Throws ProtobufError. */
export function decodeFamily(bytes: Uint8Array, start: number, end: number): FamilyMessage {
  const reader = new ProtobufReader(bytes, start, end);
  const family = { name: '', help: '', type: 0, unit: '', metrics: [] as number[] };
  while (reader.next()) {
    if (reader.field === 1) family.name = decodeText(reader);
    else if (reader.field === 2) family.help = decodeText(reader);
    else if (reader.field === 3) family.type = reader.varint();
    else if (reader.field === 4) family.metrics.push(reader.range(), reader.at);
    else if (reader.field === 5) family.unit = decodeText(reader);
    else reader.skip();
  }
  return family;
}

function decodeText(reader: ProtobufReader): string {
  const start = reader.range();
  return decodeUtf8(reader.bytes, start, reader.at);
}

/** Reads the metric between two offsets. Throws ProtobufError. */
export function decodeMetric(bytes: Uint8Array, start: number, end: number): MetricMessage {
  const reader = new ProtobufReader(bytes, start, end);
  const metric: MetricMessage = {
    pairs: [],
    timestampMs: 0,
    value: 0,
    exemplars: [],
    startMs: undefined,
    quantiles: [],
    count: 0,
    sum: 0,
    histogram: undefined,
  };
  while (reader.next()) {
    if (reader.field === 1) decodeLabel(reader, metric.pairs);
    else if (reader.field === 6) metric.timestampMs = reader.int64();
    else if (reader.field >= 2 && reader.field <= 7) decodeValue(reader, metric);
    else reader.skip();
  }
  return metric;
}

function decodeLabel(reader: ProtobufReader, pairs: string[]): void {
  let name = '';
  let value = '';
  within(reader, (field) => {
    if (field !== 1 && field !== 2) return false;
    const start = reader.range();
    const text = strings.decode(reader.bytes, start, reader.at);
    if (field === 1) name = text;
    else value = text;
    return true;
  });
  pairs.push(name, value);
}

/** Walks over a nested message; fields that `read` does not take are skipped. */
function within(reader: ProtobufReader, read: (field: number) => boolean): void {
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (!read(reader.field)) reader.skip();
  }
  reader.leave(outerEnd);
}

/** gauge 2, counter 3, summary 4, untyped 5, histogram 7. */
function decodeValue(reader: ProtobufReader, metric: MetricMessage): void {
  const kind = reader.field;
  if (kind === 4) decodeSummary(reader, metric);
  else if (kind === 7) decodeHistogramMessage(reader, metric);
  else {
    within(reader, (field) => {
      if (field === 1) metric.value = reader.double();
      else if (field === 2 && kind === 3) metric.exemplars.push(decodeExemplar(reader));
      else if (field === 3 && kind === 3) metric.startMs = decodeTimestamp(reader);
      else return false;
      return true;
    });
  }
}

function decodeSummary(reader: ProtobufReader, metric: MetricMessage): void {
  within(reader, (field) => {
    if (field === 1) metric.count = reader.varint();
    else if (field === 2) metric.sum = reader.double();
    else if (field === 3) metric.quantiles.push(decodeQuantile(reader));
    else if (field === 4) metric.startMs = decodeTimestamp(reader);
    else return false;
    return true;
  });
}

function decodeQuantile(reader: ProtobufReader): { quantile: number; value: number } {
  const read = { quantile: 0, value: 0 };
  within(reader, (field) => {
    if (field === 1) read.quantile = reader.double();
    else if (field === 2) read.value = reader.double();
    else return false;
    return true;
  });
  return read;
}

function decodeHistogramMessage(reader: ProtobufReader, metric: MetricMessage): void {
  const histogram: HistogramMessage = {
    countFloat: 0,
    zeroCountFloat: 0,
    zeroCount: 0,
    zeroThreshold: 0,
    schema: 0,
    buckets: [],
    positiveSpans: [],
    negativeSpans: [],
    positiveDeltas: [],
    negativeDeltas: [],
    positiveCounts: [],
    negativeCounts: [],
  };
  metric.histogram = histogram;
  within(reader, (field) => {
    if (field === 1) metric.count = reader.varint();
    else if (field === 2) metric.sum = reader.double();
    else if (field === 3) histogram.buckets.push(decodeBucket(reader));
    else if (field === 15) metric.startMs = decodeTimestamp(reader);
    else if (field === 16) metric.exemplars.push(decodeExemplar(reader));
    else return decodeNative(reader, histogram);
    return true;
  });
}

function decodeNative(reader: ProtobufReader, histogram: HistogramMessage): boolean {
  switch (reader.field) {
    case 4:
      histogram.countFloat = reader.double();
      return true;
    case 5:
      histogram.schema = reader.sint();
      return true;
    case 6:
      histogram.zeroThreshold = reader.double();
      return true;
    case 7:
      histogram.zeroCount = reader.varint();
      return true;
    case 8:
      histogram.zeroCountFloat = reader.double();
      return true;
    case 9:
      histogram.negativeSpans.push(decodeSpan(reader));
      return true;
    case 12:
      histogram.positiveSpans.push(decodeSpan(reader));
      return true;
    default:
      return decodeNativeBuckets(reader, histogram);
  }
}

function decodeNativeBuckets(reader: ProtobufReader, histogram: HistogramMessage): boolean {
  switch (reader.field) {
    case 10:
      readNumbers(reader, histogram.negativeDeltas, true);
      return true;
    case 11:
      readNumbers(reader, histogram.negativeCounts, false);
      return true;
    case 13:
      readNumbers(reader, histogram.positiveDeltas, true);
      return true;
    case 14:
      readNumbers(reader, histogram.positiveCounts, false);
      return true;
    default:
      return false;
  }
}

/** Packed or one by one. */
function readNumbers(reader: ProtobufReader, numbers: number[], areDeltas: boolean): void {
  if (reader.wireType !== WireType.bytes) {
    numbers.push(areDeltas ? reader.sint() : reader.double());
    return;
  }
  const outerEnd = reader.enter();
  while (reader.at < reader.end) numbers.push(areDeltas ? reader.sint() : reader.double());
  reader.leave(outerEnd);
}

function decodeSpan(reader: ProtobufReader): Span {
  const span = { offset: 0, length: 0 };
  within(reader, (field) => {
    if (field === 1) span.offset = reader.sint();
    else if (field === 2) span.length = reader.varint();
    else return false;
    return true;
  });
  return span;
}

function decodeBucket(reader: ProtobufReader): BucketMessage {
  const bucket: BucketMessage = { count: 0, upperBound: 0, exemplar: undefined };
  let countFloat = 0;
  within(reader, (field) => {
    if (field === 1) bucket.count = reader.varint();
    else if (field === 2) bucket.upperBound = reader.double();
    else if (field === 3) bucket.exemplar = decodeExemplar(reader);
    else if (field === 4) countFloat = reader.double();
    else return false;
    return true;
  });
  if (countFloat !== 0) bucket.count = countFloat;
  return bucket;
}

function decodeExemplar(reader: ProtobufReader): ProtobufExemplar {
  const pairs: string[] = [];
  let value = 0;
  let timestampMs: number | undefined;
  within(reader, (field) => {
    if (field === 1) decodeLabel(reader, pairs);
    else if (field === 2) value = reader.double();
    else if (field === 3) timestampMs = decodeTimestamp(reader);
    else return false;
    return true;
  });
  return { labels: buildLabels(pairs), value, timestampMs };
}

function decodeTimestamp(reader: ProtobufReader): number {
  let seconds = 0;
  let nanoseconds = 0;
  within(reader, (field) => {
    if (field === 1) seconds = reader.int64();
    else if (field === 2) nanoseconds = reader.int64();
    else return false;
    return true;
  });
  return seconds * 1000 + Math.trunc(nanoseconds / 1e6);
}
