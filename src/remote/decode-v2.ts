import { ProtobufReader, StringCache, WireType } from '#bytes';
import { type Exemplar, labelsFromPairs, type Metadata, type MetricType } from '#model';
import { decodeHistogram } from './decode-histogram.ts';
import { GrowingColumns } from './sample-columns.ts';
import { labelsProblem, sortLabels } from './series-labels.ts';
import type { WriteHistogram, WriteRequest, WriteSeries } from './write-request.ts';

const strings = new StringCache();

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

/**
 * Decodes io.prometheus.write.v2.Request (remote write 2.0), whose labels are numbers into a table of
 * strings. Throws ProtobufError.
 */
export function decodeWriteRequestV2(message: Uint8Array): WriteRequest {
  // Symbols may stand after the series that use them.
  const symbols = decodeSymbols(message);
  const reader = new ProtobufReader(message);
  const columns = new GrowingColumns();
  const series: WriteSeries[] = [];
  while (reader.next()) {
    if (reader.field === 5) series.push(decodeSeries(reader, columns, symbols));
    else reader.skip();
  }
  return { series, timestampsMs: columns.timestampsMs, values: columns.values };
}

function decodeSymbols(message: Uint8Array): string[] {
  const reader = new ProtobufReader(message);
  const symbols: string[] = [];
  while (reader.next()) {
    if (reader.field === 4) {
      const start = reader.range();
      symbols.push(strings.decode(message, start, reader.at));
    } else reader.skip();
  }
  return symbols;
}

interface MetadataRefs {
  readonly type: number;
  readonly help: number;
  readonly unit: number;
}

function decodeSeries(
  reader: ProtobufReader,
  columns: GrowingColumns,
  symbols: readonly string[],
): WriteSeries {
  const refs: number[] = [];
  const histograms: WriteHistogram[] = [];
  const exemplarDrafts: ExemplarDraft[] = [];
  const sampleStart = columns.length;
  let metadataRefs: MetadataRefs = { type: 0, help: 0, unit: 0 };
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) readRefs(reader, refs);
    else if (reader.field === 2) columns.readSample(reader);
    else if (reader.field === 3) histograms.push(decodeHistogram(reader));
    else if (reader.field === 4) exemplarDrafts.push(decodeExemplar(reader));
    else if (reader.field === 5) metadataRefs = decodeMetadata(reader);
    else reader.skip();
  }
  reader.leave(outerEnd);
  const range = { sampleStart, sampleEnd: columns.length };
  const problem =
    refsProblem(refs, symbols, `parsing labels for series [${refs.join(' ')}]`) ??
    metadataProblem(metadataRefs, symbols, refs);
  if (problem !== undefined) {
    return { labels: [], problem, ...range, histograms, exemplars: [], metadata: undefined };
  }
  const pairs = refs.map((ref) => symbols[ref] as string);
  const labels = sortLabels(pairs);
  const exemplars: Exemplar[] = [];
  for (const draft of exemplarDrafts) {
    const exemplar = resolveExemplar(draft, symbols);
    if (exemplar !== undefined) exemplars.push(exemplar);
  }
  return {
    labels,
    problem: labelsProblem(pairs, labels),
    ...range,
    histograms,
    exemplars,
    metadata: toMetadata(metadataRefs, symbols),
  };
}

function readRefs(reader: ProtobufReader, refs: number[]): void {
  if (reader.wireType !== WireType.bytes) {
    refs.push(reader.varint());
    return;
  }
  const outerEnd = reader.enter();
  while (reader.at < reader.end) refs.push(reader.varint());
  reader.leave(outerEnd);
}

function refsProblem(
  refs: readonly number[],
  symbols: readonly string[],
  where: string,
): string | undefined {
  if (refs.length % 2 !== 0) return `${where}: invalid labelRefs length ${refs.length}`;
  const outside = refs.findIndex((ref) => ref >= symbols.length);
  if (outside < 0) return undefined;
  const part = outside % 2 === 0 ? 'name' : 'value';
  return `${where}: labelRefs ${outside} (${part}) = ${refs[outside]} outside of symbols table (size ${symbols.length})`;
}

function metadataProblem(
  metadata: MetadataRefs,
  symbols: readonly string[],
  refs: readonly number[],
): string | undefined {
  const where = `parsing metadata for series [${refs.join(' ')}]`;
  const size = symbols.length;
  // A table without symbols leaves 0, the empty string, as the only one to be named.
  const outside = (ref: number): boolean => ref !== 0 && ref >= size;
  for (const part of ['help', 'unit'] as const) {
    if (!outside(metadata[part])) continue;
    return `${where}: metadata ${part}_ref ${metadata[part]} outside of symbols table (size ${size})`;
  }
  return undefined;
}

function decodeMetadata(reader: ProtobufReader): MetadataRefs {
  let type = 0;
  let help = 0;
  let unit = 0;
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) type = reader.varint();
    else if (reader.field === 3) help = reader.varint();
    else if (reader.field === 4) unit = reader.varint();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return { type, help, unit };
}

function toMetadata(refs: MetadataRefs, symbols: readonly string[]): Metadata | undefined {
  const metadata: Metadata = {
    type: METRIC_TYPES[refs.type] ?? 'unknown',
    help: symbols[refs.help] ?? '',
    unit: symbols[refs.unit] ?? '',
  };
  const isEmpty = metadata.type === 'unknown' && metadata.help === '' && metadata.unit === '';
  return isEmpty ? undefined : metadata;
}

interface ExemplarDraft {
  readonly refs: readonly number[];
  readonly value: number;
  readonly timestampMs: number;
}

function decodeExemplar(reader: ProtobufReader): ExemplarDraft {
  const refs: number[] = [];
  let value = 0;
  let timestampMs = 0;
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) readRefs(reader, refs);
    else if (reader.field === 2) value = reader.double();
    else if (reader.field === 3) timestampMs = reader.int64();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return { refs, value, timestampMs };
}

/** An exemplar with wrong references is left out: a fault of exemplars must not cost samples. */
function resolveExemplar(draft: ExemplarDraft, symbols: readonly string[]): Exemplar | undefined {
  const { refs, value, timestampMs } = draft;
  if (refsProblem(refs, symbols, '') !== undefined) return undefined;
  const pairs: [string, string][] = [];
  for (let i = 0; i < refs.length; i += 2) {
    pairs.push([symbols[refs[i] as number] as string, symbols[refs[i + 1] as number] as string]);
  }
  return { labels: labelsFromPairs(pairs), value, timestampMs };
}
