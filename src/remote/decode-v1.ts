import { decodeUtf8, ProtobufReader } from '#bytes';
import type { Exemplar } from '#model';
import type { LabelSpans } from '#storage';
import { decodeHistogram } from './decode-histogram.ts';
import { sortLabels } from './series-labels.ts';
import type { WriteHistogram, WriteRequest } from './write-request.ts';

/** Decodes prometheus.WriteRequest (remote write 1.0) in place, into `request`. Throws ProtobufError. */
export function decodeWriteRequest(message: Uint8Array, request: WriteRequest): void {
  const reader = new ProtobufReader(message);
  request.begin(message);
  while (reader.next()) {
    if (reader.field === 1) decodeSeries(reader, request);
    else reader.skip();
  }
}

function decodeSeries(reader: ProtobufReader, request: WriteRequest): void {
  let histograms: WriteHistogram[] | undefined;
  let exemplars: Exemplar[] | undefined;
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) decodeLabel(reader, request.labels);
    else if (reader.field === 2) request.readSample(reader);
    else if (reader.field === 3) (exemplars ??= []).push(decodeExemplar(reader));
    else if (reader.field === 4) (histograms ??= []).push(decodeHistogram(reader));
    else reader.skip();
  }
  reader.leave(outerEnd);
  if (histograms !== undefined || exemplars !== undefined) {
    request.rest.set(request.seriesCount, {
      histograms: histograms ?? [],
      exemplars: exemplars ?? [],
      metadata: undefined,
      problem: undefined,
    });
  }
  request.endSeries();
}

const NAME_TAG = 0x0a;
const VALUE_TAG = 0x12;

function decodeLabel(reader: ProtobufReader, labels: LabelSpans): void {
  const outerEnd = reader.enter();
  const { bytes, at, end } = reader;
  // Nearly all are a name and a value, each with a length of one byte. What ends where it should is within.
  const nameBytes = bytes[at + 1] as number;
  const nameEnd = at + 2 + nameBytes;
  const valueBytes = bytes[nameEnd + 1] as number;
  if (
    bytes[at] === NAME_TAG &&
    bytes[nameEnd] === VALUE_TAG &&
    nameEnd + 2 + valueBytes === end &&
    nameBytes < 0x80 &&
    valueBytes < 0x80
  ) {
    labels.add(at + 2, nameEnd, nameEnd + 2, end);
  } else {
    decodeAnyLabel(reader, labels);
  }
  reader.leave(outerEnd);
}

function decodeAnyLabel(reader: ProtobufReader, labels: LabelSpans): void {
  let nameStart = 0;
  let nameEnd = 0;
  let valueStart = 0;
  let valueEnd = 0;
  while (reader.next()) {
    if (reader.field === 1) {
      nameStart = reader.range();
      nameEnd = reader.at;
    } else if (reader.field === 2) {
      valueStart = reader.range();
      valueEnd = reader.at;
    } else reader.skip();
  }
  labels.add(nameStart, nameEnd, valueStart, valueEnd);
}

function decodeExemplar(reader: ProtobufReader): Exemplar {
  const pairs: string[] = [];
  let value = 0;
  let timestampMs = 0;
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) decodeExemplarLabel(reader, pairs);
    else if (reader.field === 2) value = reader.double();
    else if (reader.field === 3) timestampMs = reader.int64();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return { labels: sortLabels(pairs), value, timestampMs };
}

function decodeExemplarLabel(reader: ProtobufReader, pairs: string[]): void {
  let name = '';
  let value = '';
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) name = decodeText(reader);
    else if (reader.field === 2) value = decodeText(reader);
    else reader.skip();
  }
  reader.leave(outerEnd);
  pairs.push(name, value);
}

function decodeText(reader: ProtobufReader): string {
  const start = reader.range();
  return decodeUtf8(reader.bytes, start, reader.at);
}
