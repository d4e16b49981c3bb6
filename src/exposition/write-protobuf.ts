import { ProtobufWriter } from '#bytes';
import { compactHistogram } from '#model';
import type { FamilyMetric, FloatHistogram, MetricFamily, MetricType, Span } from '#model';
import { FamilyError, histogramOf, summaryOf, valueOf, withInfiniteBucket } from './write-text.ts';

/** Numbers of io.prometheus.client.MetricType, and where a metric of it stands in its message. */
const TYPES: Readonly<Record<MetricType, readonly [type: number, field: number]>> = {
  counter: [0, 3],
  gauge: [1, 2],
  summary: [2, 4],
  unknown: [3, 5],
  histogram: [4, 7],
  gaugehistogram: [5, 7],
  info: [1, 2],
  stateset: [1, 2],
};

/**
 * One io.prometheus.client.MetricFamily with its length before it, as a delimited page has them. Native
 * histograms are told in floats, as Prometheus' federation does. Throws FamilyError; custom buckets have no
 * place in the format.
 */
export function writeProtobufFamily(family: MetricFamily): Uint8Array {
  const { name, help, type, unit } = family;
  if (name === '') throw new FamilyError('no-name', 'MetricFamily has no name');
  const message = new ProtobufWriter().field(1, name);
  if (help !== '') message.field(2, help);
  message.uint(3, TYPES[type][0]);
  for (const metric of family.metrics) message.field(4, metricMessage(family, metric));
  if (unit !== undefined && unit !== '') message.field(5, unit);
  return delimited(message.finish());
}

function delimited(message: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let rest = message.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  const bytes = new Uint8Array(length.length + message.length);
  bytes.set(length);
  bytes.set(message, length.length);
  return bytes;
}

function metricMessage(family: MetricFamily, metric: FamilyMetric): ProtobufWriter {
  const message = new ProtobufWriter();
  for (const [name, value] of metric.labels) {
    message.field(1, new ProtobufWriter().field(1, name).field(2, value));
  }
  message.field(TYPES[family.type][1], contentMessage(family, metric));
  if (metric.timestampMs !== undefined) message.int64(6, Math.trunc(metric.timestampMs));
  return message;
}

function contentMessage(family: MetricFamily, metric: FamilyMetric): ProtobufWriter {
  const { nativeHistogram } = metric;
  if (nativeHistogram !== undefined) return nativeMessage(nativeHistogram);
  if (family.type === 'summary') return summaryMessage(metric);
  if (family.type === 'histogram' || family.type === 'gaugehistogram') {
    return classicMessage(metric);
  }
  return new ProtobufWriter().double(1, valueOf(family, metric));
}

function summaryMessage(metric: FamilyMetric): ProtobufWriter {
  const { count, sum, quantiles } = summaryOf(metric);
  const message = new ProtobufWriter().uint(1, count).double(2, sum);
  for (const { quantile, value } of quantiles) {
    message.field(3, new ProtobufWriter().double(1, quantile).double(2, value));
  }
  return message;
}

function classicMessage(metric: FamilyMetric): ProtobufWriter {
  const histogram = histogramOf(metric);
  const isFloat = histogram.hasFloatCounts === true;
  const message = new ProtobufWriter();
  if (isFloat) message.double(4, histogram.count);
  else message.uint(1, histogram.count);
  message.double(2, histogram.sum);
  for (const { upperBound, cumulativeCount } of withInfiniteBucket(histogram)) {
    const bucket = new ProtobufWriter();
    if (isFloat) bucket.double(4, cumulativeCount);
    else bucket.uint(1, cumulativeCount);
    message.field(3, bucket.double(2, upperBound));
  }
  return message;
}

/** Without empty buckets: a reader takes a histogram that counted nothing for one of integers. */
function nativeMessage(given: FloatHistogram): ProtobufWriter {
  const histogram = compactHistogram(given);
  if (histogram.customValues.length > 0) {
    throw new FamilyError('not-supported', 'custom buckets cannot be written as protobuf');
  }
  const message = new ProtobufWriter()
    .double(2, histogram.sum)
    .double(4, histogram.count)
    .sint(5, histogram.schema)
    .double(6, histogram.zeroThreshold)
    .double(8, histogram.zeroCount);
  writeSpans(message, 9, histogram.negativeSpans);
  for (const count of histogram.negativeBuckets) message.double(11, count);
  writeSpans(message, 12, histogram.positiveSpans);
  for (const count of histogram.positiveBuckets) message.double(14, count);
  return message;
}

/** Without any span a reader would take it for a classic one. */
function writeSpans(message: ProtobufWriter, field: number, spans: readonly Span[]): void {
  for (const { offset, length } of spans) {
    message.field(field, new ProtobufWriter().sint(1, offset).uint(2, length));
  }
  if (field === 12 && spans.length === 0) {
    message.field(field, new ProtobufWriter().sint(1, 0).uint(2, 0));
  }
}
