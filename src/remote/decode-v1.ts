import { type ProtobufReader, ProtobufReader as Reader, StringCache } from '#bytes';
import type { Exemplar } from '#model';
import { decodeHistogram } from './decode-histogram.ts';
import { GrowingColumns } from './sample-columns.ts';
import { labelsProblem, sortLabels } from './series-labels.ts';
import type { WriteHistogram, WriteRequest, WriteSeries } from './write-request.ts';

const strings = new StringCache();

/** Decodes prometheus.WriteRequest (remote write 1.0). Throws ProtobufError. */
export function decodeWriteRequest(message: Uint8Array): WriteRequest {
  const reader = new Reader(message);
  const columns = new GrowingColumns();
  const series: WriteSeries[] = [];
  while (reader.next()) {
    if (reader.field === 1) series.push(decodeSeries(reader, columns));
    else reader.skip();
  }
  return { series, timestampsMs: columns.timestampsMs, values: columns.values };
}

function decodeSeries(reader: ProtobufReader, columns: GrowingColumns): WriteSeries {
  const pairs: string[] = [];
  const histograms: WriteHistogram[] = [];
  const exemplars: Exemplar[] = [];
  const sampleStart = columns.length;
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) decodeLabel(reader, pairs);
    else if (reader.field === 2) columns.readSample(reader);
    else if (reader.field === 3) exemplars.push(decodeExemplar(reader));
    else if (reader.field === 4) histograms.push(decodeHistogram(reader));
    else reader.skip();
  }
  reader.leave(outerEnd);
  const labels = sortLabels(pairs);
  return {
    labels,
    problem: labelsProblem(pairs, labels),
    sampleStart,
    sampleEnd: columns.length,
    histograms,
    exemplars,
    metadata: undefined,
  };
}

function decodeLabel(reader: ProtobufReader, pairs: string[]): void {
  let name = '';
  let value = '';
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (reader.field === 1 || reader.field === 2) {
      const start = reader.range();
      const text = strings.decode(reader.bytes, start, reader.at);
      if (reader.field === 1) name = text;
      else value = text;
    } else reader.skip();
  }
  reader.leave(outerEnd);
  pairs.push(name, value);
}

function decodeExemplar(reader: ProtobufReader): Exemplar {
  const pairs: string[] = [];
  let value = 0;
  let timestampMs = 0;
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) decodeLabel(reader, pairs);
    else if (reader.field === 2) value = reader.double();
    else if (reader.field === 3) timestampMs = reader.int64();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return { labels: sortLabels(pairs), value, timestampMs };
}
