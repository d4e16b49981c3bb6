import { ProtobufReader, ProtobufWriter, snappyCompress, snappyDecompress } from '#bytes';
import { bitsOf, labelText } from './tsdb-content.ts';

const ANSWER_BYTES_MAX = 2 ** 30;
const REGEX_MATCHES = 2;

/**
 * Every float that a Prometheus has, stale markers too, as lines of `tsdb-content.ts`, sorted. By remote read,
 * which says nothing of the sign of zero; and in 2.42 nothing of histograms.
 */
export async function readFloats(url: string): Promise<string[]> {
  const matcher = new ProtobufWriter().uint(1, REGEX_MATCHES).field(2, '__name__').field(3, '.+');
  const query = new ProtobufWriter()
    .int64(1, 0)
    .int64(2, Date.now() + 86_400_000)
    .field(3, matcher);
  const body = snappyCompress(new ProtobufWriter().field(1, query).finish());
  const response = await fetch(`${url}/api/v1/read`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-read-version': '0.1.0',
    },
    body: Buffer.from(body),
  });
  const answer = new Uint8Array(await response.arrayBuffer());
  if (!response.ok) throw new Error(Buffer.from(answer).toString());
  const lines: string[] = [];
  const reader = new ProtobufReader(snappyDecompress(answer, ANSWER_BYTES_MAX));
  eachNested(reader, 1, () => eachNested(reader, 1, () => readSeries(reader, lines)));
  return lines.toSorted();
}

/** Enters each message of one field. */
function eachNested(reader: ProtobufReader, field: number, read: () => void): void {
  while (reader.next()) {
    if (reader.field !== field) {
      reader.skip();
      continue;
    }
    const outerEnd = reader.enter();
    read();
    reader.leave(outerEnd);
  }
}

function readSeries(reader: ProtobufReader, lines: string[]): void {
  const labels: string[] = [];
  const samples: string[] = [];
  while (reader.next()) {
    const outerEnd = reader.enter();
    if (reader.field === 1) readLabel(reader, labels);
    else if (reader.field === 2) samples.push(readFloat(reader));
    reader.leave(outerEnd);
  }
  const text = labelText(labels);
  for (const sample of samples) lines.push(`${text} ${sample}`);
}

function readLabel(reader: ProtobufReader, labels: string[]): void {
  while (reader.next()) labels.push(readText(reader));
}

function readFloat(reader: ProtobufReader): string {
  const value = new Float64Array(1);
  let timeMs = 0;
  while (reader.next()) {
    if (reader.field === 1) reader.doubleInto(value, 0);
    else timeMs = reader.int64();
  }
  return `${bitsOf(value[0] ?? NaN)} ${timeMs}`;
}

function readText(reader: ProtobufReader): string {
  const start = reader.range();
  return Buffer.from(reader.bytes.subarray(start, reader.at)).toString('utf8');
}
