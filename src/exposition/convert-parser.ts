import { Buffer } from 'node:buffer';
import {
  type Exemplar,
  type FloatHistogram,
  filterLabels,
  type Labels,
  labelsKey,
  labelValue,
  METRIC_NAME,
  type MetricType,
  withLabel,
} from '#model';
import { parseGoFloat } from './go-text.ts';
import { ClassicCollector } from './nhcb.ts';
import { EntryKind, type PageError, type PageParser, type SeriesGuess } from './page-parser.ts';
import { writeSeries } from './write-text.ts';

interface Collected {
  readonly labels: Labels;
  readonly key: string;
  readonly collector: ClassicCollector;
  readonly exemplars: Exemplar[];
  readonly startMs: number | undefined;
  timestampMs: number | undefined;
}

interface Converted {
  readonly collected: Collected;
  readonly bytes: Uint8Array;
  readonly histogram: FloatHistogram;
  readonly isInteger: boolean;
}

/**
 * Wraps a text parser: the series of each classic histogram come out as one native histogram with custom
 * buckets (and before it themselves, if they are to be kept). Prometheus: model/textparse/nhcbparse.go.
 */
export class ConvertingParser implements PageParser {
  /** Not used: see ReplayParser. */
  guess: SeriesGuess | undefined = undefined;
  readonly isGuessed = false;

  private readonly inner: PageParser;
  private readonly keepClassic: boolean;
  /** The family that the newest TYPE line named. */
  private typedName = '';
  private collected: Collected | undefined = undefined;
  /** The histogram that is the current entry; the inner parser then stands at the entry after it. */
  private converted: Converted | undefined = undefined;
  private heldKind: EntryKind | undefined = undefined;

  constructor(inner: PageParser, keepClassic: boolean) {
    this.inner = inner;
    this.keepClassic = keepClassic;
  }

  next(): EntryKind {
    for (;;) {
      const kind = this.heldKind ?? this.inner.next();
      this.heldKind = undefined;
      this.converted = undefined;
      const sample = kind === EntryKind.series ? this.classicSample() : undefined;
      if (this.collected !== undefined && this.collected.key !== sample?.key) {
        this.converted = convert(this.collected);
        this.collected = undefined;
        if (this.converted !== undefined) {
          this.heldKind = kind;
          return EntryKind.histogram;
        }
      }
      if (kind === EntryKind.type) this.typedName = this.inner.metricName;
      if (sample === undefined) return kind;
      this.collect(sample);
      if (this.keepClassic) return kind;
    }
  }

  /** What the current series is to the histogram of the family; undefined where it is none of it. */
  private classicSample(): ClassicSample | undefined {
    const { inner, typedName } = this;
    if (inner.metricType !== 'histogram') return undefined;
    const labels = inner.labels();
    const name = labelValue(labels, METRIC_NAME);
    if (!name.startsWith(typedName)) return undefined;
    const suffix = name.slice(typedName.length);
    if (suffix !== '_bucket' && suffix !== '_count' && suffix !== '_sum') return undefined;
    const bound = suffix === '_bucket' ? parseGoFloat(labelValue(labels, 'le')) : 0;
    if (typeof bound === 'string' || Number.isNaN(bound)) return undefined;
    const base = withLabel(
      filterLabels(labels, (label) => label !== 'le'),
      METRIC_NAME,
      typedName,
    );
    return { suffix, bound, base, key: labelsKey(base) };
  }

  private collect(sample: ClassicSample): void {
    const { inner } = this;
    this.collected ??= {
      labels: sample.base,
      key: sample.key,
      collector: new ClassicCollector(),
      exemplars: [],
      startMs: inner.startTimestampMs(),
      timestampMs: undefined,
    };
    const { collected } = this;
    collected.timestampMs = inner.timestampMs;
    collected.exemplars.push(...inner.exemplars());
    if (sample.suffix === '_count') collected.collector.setCount(inner.value);
    else if (sample.suffix === '_sum') collected.collector.setSum(inner.value);
    else collected.collector.setBucket(sample.bound, inner.value);
  }

  get bytes(): Uint8Array {
    return this.converted?.bytes ?? this.inner.bytes;
  }

  get seriesStart(): number {
    return this.converted === undefined ? this.inner.seriesStart : 0;
  }

  get seriesEnd(): number {
    return this.converted?.bytes.length ?? this.inner.seriesEnd;
  }

  get value(): number {
    return this.inner.value;
  }

  get timestampMs(): number | undefined {
    const { converted } = this;
    return converted === undefined ? this.inner.timestampMs : converted.collected.timestampMs;
  }

  labels(): Labels {
    return this.converted?.collected.labels ?? this.inner.labels();
  }

  exemplars(): readonly Exemplar[] {
    return this.converted?.collected.exemplars ?? this.inner.exemplars();
  }

  startTimestampMs(): number | undefined {
    const { converted } = this;
    return converted === undefined ? this.inner.startTimestampMs() : converted.collected.startMs;
  }

  histogram(): FloatHistogram {
    return this.converted?.histogram ?? this.inner.histogram();
  }

  get histogramIsInteger(): boolean {
    return this.converted?.isInteger ?? this.inner.histogramIsInteger;
  }

  get metricName(): string {
    return this.inner.metricName;
  }

  get help(): string {
    return this.inner.help;
  }

  get metricType(): MetricType {
    return this.converted === undefined ? this.inner.metricType : 'histogram';
  }

  get unit(): string {
    return this.inner.unit;
  }

  get comment(): string {
    return this.inner.comment;
  }

  get error(): PageError | undefined {
    return this.heldKind === undefined ? this.inner.error : undefined;
  }
}

interface ClassicSample {
  readonly suffix: '_bucket' | '_count' | '_sum';
  readonly bound: number;
  /** The labels of the histogram as a whole. */
  readonly base: Labels;
  readonly key: string;
}

function convert(collected: Collected): Converted | undefined {
  const made = collected.collector.convert();
  if (made === undefined) return undefined;
  return { collected, bytes: seriesBytes(collected.labels), ...made };
}

/** The series as a page would have it. */
export function seriesBytes(labels: Labels): Uint8Array {
  const pairs: [string, string][] = [];
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] !== METRIC_NAME) pairs.push([labels[i] as string, labels[i + 1] as string]);
  }
  return Buffer.from(writeSeries(labelValue(labels, METRIC_NAME), pairs), 'utf8');
}
