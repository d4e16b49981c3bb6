import type { Exemplar, FloatHistogram, Labels, MetricType } from '#model';
import { EntryKind, type PageError, type PageParser, type SeriesGuess } from './page-parser.ts';

interface Entry {
  readonly kind: EntryKind;
  readonly seriesStart: number;
  readonly seriesEnd: number;
  readonly value: number;
  readonly timestampMs: number | undefined;
  readonly startMs: number | undefined;
  readonly labels: Labels;
  readonly exemplars: readonly Exemplar[];
  readonly histogram: FloatHistogram | undefined;
  readonly histogramIsInteger: boolean;
  readonly metricName: string;
  readonly metricType: MetricType;
  readonly help: string;
  readonly unit: string;
  readonly comment: string;
}

const NO_LABELS: Labels = [];
const NO_EXEMPLARS: readonly Exemplar[] = [];

const BEFORE_FIRST: Entry = {
  kind: EntryKind.comment,
  seriesStart: 0,
  seriesEnd: 0,
  value: 0,
  timestampMs: undefined,
  startMs: undefined,
  labels: NO_LABELS,
  exemplars: NO_EXEMPLARS,
  histogram: undefined,
  histogramIsInteger: false,
  metricName: '',
  metricType: 'unknown',
  help: '',
  unit: '',
  comment: '',
};

/** After so many entries it is asked whether time is up: a millisecond or less. */
const ENTRIES_A_LOOK = 32;

/**
 * Reads another parser to its end and gives out its entries again. For pages whose series are written
 * nowhere (protobuf, converted histograms): here they stand in one text, as the scraper's cache needs it.
 */
export class ReplayParser implements PageParser {
  /** Not used: the text of each series was made already. */
  guess: SeriesGuess | undefined = undefined;
  readonly isGuessed = false;

  private readonly inner: PageParser;
  private readonly text = new GrowingText();
  private readonly entries: Entry[] = [];
  private isRead = false;
  private lastError: PageError | undefined = undefined;
  private index = -1;
  private current: Entry = BEFORE_FIRST;

  constructor(inner: PageParser) {
    this.inner = inner;
  }

  readAhead(isTimeUp: () => boolean): boolean {
    const { inner, text, entries } = this;
    while (!this.isRead) {
      for (let i = 0; i < ENTRIES_A_LOOK && !this.isRead; i++) {
        const kind = inner.next();
        this.isRead = kind === EntryKind.end || kind === EntryKind.error;
        if (!this.isRead) entries.push(capture(inner, kind, text));
      }
      if (!this.isRead && isTimeUp()) return false;
    }
    this.lastError = inner.error;
    return true;
  }

  get bytes(): Uint8Array {
    this.readAhead(() => false);
    return this.text.bytes.subarray(0, this.text.length);
  }

  next(): EntryKind {
    this.readAhead(() => false);
    const entry = this.entries[++this.index];
    if (entry === undefined) {
      this.index = this.entries.length;
      return this.lastError === undefined ? EntryKind.end : EntryKind.error;
    }
    this.current = entry;
    return entry.kind;
  }

  get seriesStart(): number {
    return this.current.seriesStart;
  }

  get seriesEnd(): number {
    return this.current.seriesEnd;
  }

  get value(): number {
    return this.current.value;
  }

  get timestampMs(): number | undefined {
    return this.current.timestampMs;
  }

  labels(): Labels {
    return this.current.labels;
  }

  exemplars(): readonly Exemplar[] {
    return this.current.exemplars;
  }

  startTimestampMs(): number | undefined {
    return this.current.startMs;
  }

  histogram(): FloatHistogram {
    const { histogram } = this.current;
    if (histogram === undefined) throw new Error('BUG: the entry is no native histogram');
    return histogram;
  }

  get histogramIsInteger(): boolean {
    return this.current.histogramIsInteger;
  }

  get metricName(): string {
    return this.current.metricName;
  }

  get metricType(): MetricType {
    return this.current.metricType;
  }

  get help(): string {
    return this.current.help;
  }

  get unit(): string {
    return this.current.unit;
  }

  get comment(): string {
    return this.current.comment;
  }

  get error(): PageError | undefined {
    return this.index >= this.entries.length ? this.lastError : undefined;
  }
}

function capture(inner: PageParser, kind: EntryKind, text: GrowingText): Entry {
  const metadata = {
    ...BEFORE_FIRST,
    kind,
    metricName: inner.metricName,
    metricType: inner.metricType,
  };
  if (kind === EntryKind.help) return { ...metadata, help: inner.help };
  if (kind === EntryKind.unit) return { ...metadata, unit: inner.unit };
  if (kind === EntryKind.comment) return { ...metadata, comment: inner.comment };
  if (kind === EntryKind.type) return metadata;
  const seriesStart = text.length;
  text.append(inner.bytes.subarray(inner.seriesStart, inner.seriesEnd));
  const isHistogram = kind === EntryKind.histogram;
  return {
    ...metadata,
    seriesStart,
    seriesEnd: text.length,
    value: inner.value,
    timestampMs: inner.timestampMs,
    startMs: inner.startTimestampMs(),
    labels: inner.labels(),
    exemplars: [...inner.exemplars()],
    histogram: isHistogram ? inner.histogram() : undefined,
    histogramIsInteger: isHistogram && inner.histogramIsInteger,
  };
}

class GrowingText {
  bytes = new Uint8Array(4096);
  length = 0;

  append(more: Uint8Array): void {
    const needed = this.length + more.length;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(more, this.length);
    this.length = needed;
  }
}
