import { ByteReader, DecodeError } from '#bytes';
import type { ByteWriter } from '#bytes';
import type { FloatHistogram, Labels, Metadata, MetricType } from '#model';
import type { LabelSpans } from '#storage';
import { decodeHistograms, decodeHistogramsV2 } from './histogram-records.ts';
import { RecordType } from './layout.ts';
import { decodeSeries } from './logged-labels.ts';
import { decodeSamples, decodeSamplesV2 } from './logged-samples.ts';
import type { LoggedSamples } from './logged-samples.ts';

/** Prometheus' numbers of metric types (tsdb/record/record.go). */
const METRIC_TYPES: readonly MetricType[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/** Receives what records say. Values as the halves of their bits. */
export interface RecordSink {
  /** `labels` are valid during the call. */
  series(ref: number, labels: LabelSpans): void;
  /** Where samples are put before `addSamples`. */
  readonly samples: LoggedSamples;
  addSamples(samples: LoggedSamples): void;
  histogram(ref: number, timeMs: number, histogram: FloatHistogram): void;
  exemplar(ref: number, timeMs: number, value: number, labels: Labels): void;
  metadata(ref: number, metadata: Metadata): void;
  /** Inclusive bounds of what was deleted. */
  tombstone(ref: number, startMs: number, endMs: number): void;
  /** A record of a type that is not read yet. */
  other(type: number): void;
}

export function encodeSeriesHeader(out: ByteWriter): void {
  out.writeByte(RecordType.series);
}

function encodeLabels(out: ByteWriter, labels: Labels): void {
  out.writeUvarint(labels.length >>> 1);
  for (const text of labels) out.writeUvarintString(text);
}

/** Columns of samples to log; `words` are the values' halves, the low one first. */
export interface SampleBatch {
  readonly rows: Int32Array;
  readonly times: Float64Array;
  readonly words: Int32Array;
}

/** Appends a record of samples start..end-1. `refs`: by row. */
export function encodeSamples(
  out: ByteWriter,
  batch: SampleBatch,
  refs: Float64Array,
  range: { readonly start: number; readonly end: number },
): void {
  const { rows, times, words } = batch;
  const { start, end } = range;
  const firstRef = refs[rows[start]];
  const firstTimeMs = times[start];
  out.writeByte(RecordType.samples);
  out.writeInt64(firstRef);
  out.writeInt64(firstTimeMs);
  out.reserve((end - start) * SAMPLE_BYTES_MAX);
  const { buffer } = out;
  let at = out.length;
  for (let i = start; i < end; i++) {
    at = putVarint(buffer, at, refs[rows[i]] - firstRef);
    at = putVarint(buffer, at, times[i] - firstTimeMs);
    at = putWord(buffer, at, words[i * 2 + 1]);
    at = putWord(buffer, at, words[i * 2]);
  }
  out.length = at;
}

/** Two varints and a double. */
const SAMPLE_BYTES_MAX = 28;

/** As ByteWriter.writeVarint, where there is room. */
function putVarint(buffer: Uint8Array, start: number, value: number): number {
  let rest = value >= 0 ? value * 2 : value * -2 - 1;
  let at = start;
  for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) buffer[at++] = (rest % 128) | 0x80;
  for (; rest > 0x7f; rest >>>= 7) buffer[at++] = (rest & 0x7f) | 0x80;
  buffer[at] = rest;
  return at + 1;
}

/** Big endian. */
function putWord(buffer: Uint8Array, at: number, word: number): number {
  buffer[at] = word >>> 24;
  buffer[at + 1] = word >>> 16;
  buffer[at + 2] = word >>> 8;
  buffer[at + 3] = word;
  return at + 4;
}

export interface LoggedExemplar {
  readonly ref: number;
  readonly timeMs: number;
  readonly value: number;
  readonly labels: Labels;
}

export function encodeExemplars(out: ByteWriter, exemplars: readonly LoggedExemplar[]): void {
  out.writeByte(RecordType.exemplars);
  encodeExemplarRows(out, exemplars);
}

/** What follows the type; at least one. */
export function encodeExemplarRows(out: ByteWriter, exemplars: readonly LoggedExemplar[]): void {
  const [first] = exemplars;
  out.writeInt64(first.ref);
  out.writeInt64(first.timeMs);
  for (const exemplar of exemplars) {
    out.writeVarint(exemplar.ref - first.ref);
    out.writeVarint(exemplar.timeMs - first.timeMs);
    out.writeFloat64(exemplar.value);
    encodeLabels(out, exemplar.labels);
  }
}

export function encodeMetadataHeader(out: ByteWriter): void {
  out.writeByte(RecordType.metadata);
}

export function encodeMetadata(out: ByteWriter, ref: number, metadata: Metadata): void {
  out.writeUvarint(ref);
  out.writeByte(Math.max(0, METRIC_TYPES.indexOf(metadata.type)));
  out.writeUvarint(2);
  out.writeUvarintString('UNIT');
  out.writeUvarintString(metadata.unit);
  out.writeUvarintString('HELP');
  out.writeUvarintString(metadata.help);
}

export function encodeTombstonesHeader(out: ByteWriter): void {
  out.writeByte(RecordType.tombstones);
}

/** Inclusive bounds in milliseconds. */
export function encodeTombstone(
  out: ByteWriter,
  ref: number,
  startMs: number,
  endMs: number,
): void {
  out.writeInt64(ref);
  out.writeVarint(startMs);
  out.writeVarint(endMs);
}

/** Throws DecodeError; what came before the fault has been handed over then. */
export function decodeRecord(record: Uint8Array, sink: RecordSink): void {
  const reader = new ByteReader(record);
  const type = reader.readByte();
  switch (type) {
    case RecordType.series:
      decodeSeries(reader, (ref, labels) => sink.series(ref, labels));
      break;
    case RecordType.samples:
      decodeSamples(reader, sink.samples, (samples) => sink.addSamples(samples));
      break;
    case RecordType.samplesV2:
      decodeSamplesV2(reader, sink.samples, (samples) => sink.addSamples(samples));
      break;
    case RecordType.histograms:
    case RecordType.floatHistograms:
    case RecordType.customBucketHistograms:
    case RecordType.customBucketFloatHistograms:
      decodeHistograms(reader, type, (ref, timeMs, histogram) => {
        sink.histogram(ref, timeMs, histogram);
      });
      break;
    case RecordType.histogramsV2:
    case RecordType.floatHistogramsV2:
      decodeHistogramsV2(reader, type, (ref, timeMs, histogram) => {
        sink.histogram(ref, timeMs, histogram);
      });
      break;
    case RecordType.exemplars:
      decodeExemplars(reader, sink);
      break;
    case RecordType.metadata:
      decodeMetadata(reader, sink);
      break;
    case RecordType.tombstones:
      decodeTombstones(reader, sink);
      break;
    case RecordType.minValidTime:
      // What is older has been left out of the checkpoint already.
      break;
    default:
      sink.other(type);
  }
}

function decodeLabels(reader: ByteReader): Labels {
  const count = reader.readUvarint() * 2;
  // Each string takes a byte at least.
  if (count > reader.end - reader.position) {
    throw new DecodeError('cannot read more labels than there are bytes', reader.position);
  }
  const labels: string[] = [];
  for (let i = 0; i < count; i++) labels.push(reader.readUvarintString());
  return labels;
}

/** What follows the type. Throws DecodeError. */
export function decodeExemplars(reader: ByteReader, sink: Pick<RecordSink, 'exemplar'>): void {
  if (!reader.hasMore) return;
  const firstRef = reader.readInt64();
  const firstTimeMs = reader.readInt64();
  while (reader.hasMore) {
    const ref = firstRef + reader.readVarint();
    const timeMs = firstTimeMs + reader.readVarint();
    const value = reader.readFloat64();
    sink.exemplar(ref, timeMs, value, decodeLabels(reader));
  }
}

function decodeMetadata(reader: ByteReader, sink: RecordSink): void {
  while (reader.hasMore) {
    const ref = reader.readUvarint();
    const type = METRIC_TYPES[reader.readByte()] ?? 'unknown';
    const fields = new Map<string, string>();
    for (let count = reader.readUvarint(); count > 0; count--) {
      const name = reader.readUvarintString();
      fields.set(name, reader.readUvarintString());
    }
    sink.metadata(ref, { type, unit: fields.get('UNIT') ?? '', help: fields.get('HELP') ?? '' });
  }
}

function decodeTombstones(reader: ByteReader, sink: RecordSink): void {
  while (reader.hasMore) {
    const ref = reader.readInt64();
    const startMs = reader.readVarint();
    sink.tombstone(ref, startMs, reader.readVarint());
  }
}
