import { decodeUtf8, ProtobufReader, WireType } from '#bytes';
import { type Exemplar, labelsFromPairs, type Metadata, type MetricType } from '#model';
import { decodeHistogram } from './decode-histogram.ts';
import type { WriteHistogram, WriteRequest } from './write-request.ts';

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
 * Decodes io.prometheus.write.v2.Request (remote write 2.0) in place, into `request`. Its labels are
 * numbers into a table of strings. Throws ProtobufError.
 */
export function decodeWriteRequestV2(message: Uint8Array, request: WriteRequest): void {
  // Symbols may stand after the series that use them.
  const symbols = new Symbols(message);
  const reader = new ProtobufReader(message);
  request.begin(message);
  while (reader.next()) {
    if (reader.field === 5) decodeSeries(reader, request, symbols);
    else reader.skip();
  }
}

/** The table of strings: where they stand, and as strings those that are asked for. */
class Symbols {
  count = 0;
  /** Start and end (not included) of each. */
  spans: Int32Array = new Int32Array(2048);
  private readonly message: Uint8Array;
  private readonly texts: string[] = [];
  private readonly metadata = new Map<string, Metadata>();

  constructor(message: Uint8Array) {
    this.message = message;
    const reader = new ProtobufReader(message);
    while (reader.next()) {
      if (reader.field === 4) this.add(reader.range(), reader.at);
      else reader.skip();
    }
  }

  /** '' where there is none of that number. */
  text(ref: number): string {
    if (ref >= this.count) return '';
    return (this.texts[ref] ??= decodeUtf8(
      this.message,
      this.spans[ref * 2] as number,
      this.spans[ref * 2 + 1] as number,
    ));
  }

  /** The same object for the same numbers: series of one family say the same. Undefined where nothing is said. */
  metadataOf({ type, help, unit }: MetadataRefs): Metadata | undefined {
    const key = `${type} ${help} ${unit}`;
    const known = this.metadata.get(key);
    if (known !== undefined) return known;
    const metadata: Metadata = {
      type: METRIC_TYPES[type] ?? 'unknown',
      help: this.text(help),
      unit: this.text(unit),
    };
    if (metadata.type === 'unknown' && metadata.help === '' && metadata.unit === '') {
      return undefined;
    }
    this.metadata.set(key, metadata);
    return metadata;
  }

  private add(start: number, end: number): void {
    const at = this.count++ * 2;
    if (at === this.spans.length) {
      const grown = new Int32Array(at * 2);
      grown.set(this.spans);
      this.spans = grown;
    }
    this.spans[at] = start;
    this.spans[at + 1] = end;
  }
}

interface MetadataRefs {
  readonly type: number;
  readonly help: number;
  readonly unit: number;
}

const NO_METADATA: MetadataRefs = { type: 0, help: 0, unit: 0 };

/** Of the series that is being decoded. Used again for the next one. */
const labelRefs: number[] = [];

function decodeSeries(reader: ProtobufReader, request: WriteRequest, symbols: Symbols): void {
  let histograms: WriteHistogram[] | undefined;
  let exemplarDrafts: ExemplarDraft[] | undefined;
  let metadataRefs = NO_METADATA;
  labelRefs.length = 0;
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) readRefs(reader, labelRefs);
    else if (reader.field === 2) request.readSample(reader);
    else if (reader.field === 3) (histograms ??= []).push(decodeHistogram(reader));
    else if (reader.field === 4) (exemplarDrafts ??= []).push(decodeExemplar(reader));
    else if (reader.field === 5) metadataRefs = decodeMetadata(reader);
    else reader.skip();
  }
  reader.leave(outerEnd);
  const problem =
    refsProblem(labelRefs, symbols) ?? metadataProblem(metadataRefs, symbols, labelRefs);
  const metadata = problem === undefined ? symbols.metadataOf(metadataRefs) : undefined;
  if (problem !== undefined || metadata !== undefined || histograms || exemplarDrafts) {
    request.rest.set(request.seriesCount, {
      histograms: histograms ?? [],
      exemplars: resolveExemplars(exemplarDrafts ?? [], symbols),
      metadata,
      problem,
    });
  }
  if (problem === undefined) addLabels(request, symbols);
  request.endSeries();
}

function addLabels({ labels }: WriteRequest, { spans }: Symbols): void {
  for (let i = 0; i < labelRefs.length; i += 2) {
    const name = (labelRefs[i] as number) * 2;
    const value = (labelRefs[i + 1] as number) * 2;
    labels.add(
      spans[name] as number,
      spans[name + 1] as number,
      spans[value] as number,
      spans[value + 1] as number,
    );
  }
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

function refsProblem(refs: readonly number[], symbols: Symbols): string | undefined {
  const isWhole = refs.length % 2 === 0;
  if (isWhole && refs.every((ref) => ref < symbols.count)) return undefined;
  const where = `parsing labels for series [${refs.join(' ')}]`;
  if (!isWhole) return `${where}: invalid labelRefs length ${refs.length}`;
  const outside = refs.findIndex((ref) => ref >= symbols.count);
  const part = outside % 2 === 0 ? 'name' : 'value';
  return `${where}: labelRefs ${outside} (${part}) = ${refs[outside]} outside of symbols table (size ${symbols.count})`;
}

function metadataProblem(
  metadata: MetadataRefs,
  symbols: Symbols,
  refs: readonly number[],
): string | undefined {
  const size = symbols.count;
  // A table without symbols leaves 0, the empty string, as the only one to be named.
  for (const part of ['help', 'unit'] as const) {
    const ref = metadata[part];
    if (ref === 0 || ref < size) continue;
    const where = `parsing metadata for series [${refs.join(' ')}]`;
    return `${where}: metadata ${part}_ref ${ref} outside of symbols table (size ${size})`;
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
function resolveExemplars(drafts: readonly ExemplarDraft[], symbols: Symbols): Exemplar[] {
  const exemplars: Exemplar[] = [];
  for (const { refs, value, timestampMs } of drafts) {
    if (refsProblem(refs, symbols) !== undefined) continue;
    const pairs: [string, string][] = [];
    for (let i = 0; i < refs.length; i += 2) {
      pairs.push([symbols.text(refs[i] as number), symbols.text(refs[i + 1] as number)]);
    }
    exemplars.push({ labels: labelsFromPairs(pairs), value, timestampMs });
  }
  return exemplars;
}
