import { ProtobufError, ProtobufReader } from '#bytes';
import type { Exemplar, FloatHistogram, Labels, MetricType } from '#model';
import { seriesBytes } from './convert-parser.ts';
import { quoteText } from './go-text.ts';
import {
  EntryKind,
  type PageError,
  type PageOptions,
  type PageParser,
  type SeriesGuess,
} from './page-parser.ts';
import { metricEntries, type SeriesEntry } from './protobuf-entries.ts';
import {
  decodeFamily,
  decodeMetric,
  type FamilyMessage,
  type MetricMessage,
} from './protobuf-metric.ts';
import { buildSeriesLabels } from './series-labels.ts';

const TYPES: readonly MetricType[] = [
  'counter',
  'gauge',
  'summary',
  'unknown',
  'histogram',
  'gaugehistogram',
];

const EMPTY = new Uint8Array(0);
const NO_ENTRIES: readonly SeriesEntry[] = [];

/**
 * Pages of delimited protobuf messages (io.prometheus.client.MetricFamily), shown entry by entry as if they
 * were text. Prometheus: model/textparse/protobufparse.go.
 */
export class ProtobufParser implements PageParser {
  /** Not used: see ReplayParser. */
  guess: SeriesGuess | undefined = undefined;
  readonly isGuessed = false;

  error: PageError | undefined = undefined;
  readonly comment = '';

  private readonly page: Uint8Array;
  private readonly options: PageOptions;
  private at = 0;
  private family: FamilyMessage | undefined = undefined;
  /** Metadata entries of the family that are still to come. */
  private pending: EntryKind[] = [];
  private metricIndex = 0;
  private metric: MetricMessage | undefined = undefined;
  private entries: readonly SeriesEntry[] = NO_ENTRIES;
  private entryIndex = -1;
  /** Made when asked for. */
  private text: Uint8Array | undefined = undefined;

  constructor(page: Uint8Array, options: PageOptions = {}) {
    this.page = page;
    this.options = options;
  }

  next(): EntryKind {
    if (this.error !== undefined) return EntryKind.error;
    try {
      return this.advance();
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      return this.fail(error.message);
    }
  }

  private advance(): EntryKind {
    for (;;) {
      this.text = undefined;
      const metadata = this.pending.shift();
      if (metadata !== undefined) return metadata;
      this.entryIndex++;
      const entry = this.entries[this.entryIndex];
      if (entry !== undefined) {
        return entry.histogram === undefined ? EntryKind.series : EntryKind.histogram;
      }
      const problem = this.nextMetric();
      if (problem !== undefined) return this.fail(problem);
      if (this.family === undefined) return EntryKind.end;
    }
  }

  /** Goes on to the next metric or family; leaves no family at the end. */
  private nextMetric(): string | undefined {
    this.entries = NO_ENTRIES;
    this.entryIndex = -1;
    const { family } = this;
    if (family === undefined || this.metricIndex >= family.metrics.length) return this.nextFamily();
    const start = family.metrics[this.metricIndex] as number;
    const end = family.metrics[this.metricIndex + 1] as number;
    this.metricIndex += 2;
    this.metric = decodeMetric(this.page, start, end);
    const entries = metricEntries(this.metric, this.metricType, this.options);
    if (typeof entries === 'string') {
      return `invalid histogram for metric ${quoteText(family.name)}: ${entries}`;
    }
    this.entries = entries;
    return undefined;
  }

  private nextFamily(): string | undefined {
    this.family = undefined;
    while (this.at < this.page.length) {
      const reader = new ProtobufReader(this.page, this.at);
      const length = reader.varint();
      const end = reader.at + length;
      if (end > this.page.length) return 'protobuf: unexpected end of page';
      const family = decodeFamily(this.page, reader.at, end);
      this.at = end;
      if (family.metrics.length === 0) continue;
      this.family = family;
      this.metricIndex = 0;
      this.pending = [EntryKind.help, EntryKind.type];
      if (family.unit !== '') this.pending.splice(1, 0, EntryKind.unit);
      return familyProblem(family);
    }
    return undefined;
  }

  private fail(message: string): EntryKind {
    this.error = { message, offset: this.at, line: 1, column: 1 };
    return EntryKind.error;
  }

  private get entry(): SeriesEntry | undefined {
    return this.entries[this.entryIndex];
  }

  get bytes(): Uint8Array {
    if (this.entry === undefined) return EMPTY;
    this.text ??= seriesBytes(this.labels());
    return this.text;
  }

  readonly seriesStart = 0;

  get seriesEnd(): number {
    return this.bytes.length;
  }

  get value(): number {
    return this.entry?.value ?? 0;
  }

  /** The format cannot tell 0 from none. */
  get timestampMs(): number | undefined {
    const timestampMs = this.metric?.timestampMs ?? 0;
    return timestampMs === 0 ? undefined : timestampMs;
  }

  labels(): Labels {
    const { entry, metric, family } = this;
    if (entry === undefined || metric === undefined || family === undefined) return [];
    const metricName = family.name + entry.suffix;
    const pairs = entry.bound === undefined ? metric.pairs : [...metric.pairs, ...entry.bound];
    const unit = this.options.typeAndUnitLabels === true ? family.unit : undefined;
    return buildSeriesLabels({ metricName, pairs }, this.metricType, unit);
  }

  exemplars(): readonly Exemplar[] {
    return this.entry?.exemplars ?? [];
  }

  startTimestampMs(): number | undefined {
    return this.metric?.startMs;
  }

  histogram(): FloatHistogram {
    const histogram = this.entry?.histogram;
    if (histogram === undefined) throw new Error('BUG: the entry is no native histogram');
    return histogram;
  }

  get histogramIsInteger(): boolean {
    return this.entry?.isInteger ?? false;
  }

  get metricName(): string {
    return this.family?.name ?? '';
  }

  get help(): string {
    return this.family?.help ?? '';
  }

  get metricType(): MetricType {
    return TYPES[this.family?.type ?? 3] ?? 'unknown';
  }

  get unit(): string {
    return this.family?.unit ?? '';
  }
}

function familyProblem({ name, help, type, unit }: FamilyMessage): string | undefined {
  if (name === '' || name.includes('\ufffd')) return `invalid metric name: ${name}`;
  const shown = quoteText(name);
  if (help.includes('\ufffd')) return `invalid help for metric ${shown}: ${help}`;
  if (TYPES[type] === undefined) return `unknown metric type for metric ${shown}: ${type}`;
  if (unit === '') return undefined;
  const isCounter = type === 0 && name.endsWith('_total');
  const base = isCounter ? name.slice(0, -'_total'.length) : name;
  if (base.endsWith(`_${unit}`)) return undefined;
  return `unit ${quoteText(unit)} not a suffix of ${isCounter ? 'counter' : 'metric'} ${shown}`;
}
