import type { Exemplar, FloatHistogram, Labels, MetricType } from '#model';

/** What `PageParser.next` came to. Numbers, because it is asked for every line of every page. */
export const EntryKind = {
  /** The page is read to its end. Stays so. */
  end: 0,
  /** One sample of a series: `seriesStart`, `seriesEnd`, `value`, `timestampMs`, `labels()`, ... */
  series: 1,
  /** A sample that is a native histogram; as `series`, but with `histogram()` in place of `value`. */
  histogram: 2,
  /** `metricName` and `help`. */
  help: 3,
  /** `metricName` and `metricType`. */
  type: 4,
  /** `metricName` and `unit`. */
  unit: 5,
  comment: 6,
  /** The page is wrong: see `error`. Stays so; nothing after it is read. */
  error: 7,
} as const;
export type EntryKind = (typeof EntryKind)[keyof typeof EntryKind];

/** Where and why a page cannot be read. */
export interface PageError {
  /** In Prometheus' words, as its targets page shows them. */
  readonly message: string;
  /** Where the parser stopped; a byte offset into the page. */
  readonly offset: number;
  /** Counted from 1; the column in bytes. Both 1 for a page that is not text. */
  readonly line: number;
  readonly column: number;
}

/** A series that stood on an earlier page of the same format: `length` bytes of `view` from `start`. */
export interface SeriesGuess {
  readonly view: DataView;
  readonly start: number;
  /** 0: there is no guess. */
  readonly length: number;
}

/** The series of an earlier page of the same format, in order: row `i` is `starts[i]..ends[i]` of `view`. */
export interface KnownSeries {
  readonly view: DataView;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly count: number;
}

/** How many lines `readKnown` reads at most. */
export const KNOWN_LINES_MAX = 256;

/** The lines that `readKnown` read: where each series stands on this page, and its value. */
export class KnownLines {
  readonly starts: Int32Array = new Int32Array(KNOWN_LINES_MAX);
  readonly ends: Int32Array = new Int32Array(KNOWN_LINES_MAX);
  readonly values: Float64Array = new Float64Array(KNOWN_LINES_MAX);
}

/**
 * Reads the page of a target entry by entry. Never throws on what a target sends.
 *
 * A scrape knows what comes next: the scraper compares the bytes `seriesStart..seriesEnd` with those of
 * the page before and asks `labels()` only of lines that are new to it.
 *
 *     for (;;) {
 *       const kind = parser.next();
 *       if (kind === EntryKind.end) break;
 *       if (kind === EntryKind.error) return parser.error;
 *       if (kind === EntryKind.series) append(lookUp(parser) ?? add(parser.labels()), parser.value);
 *     }
 *
 * All fields and methods speak of the current entry, until the next call of `next`.
 */
export interface PageParser {
  /** Moves on to the next entry. */
  next(): EntryKind;
  /**
   * Parsers that read all of a page before they tell of it do so here in pieces; otherwise the first use of them takes as
   * long as the page is. False: there is more, and nothing else may be asked for yet.
   */
  readAhead?(isTimeUp: () => boolean): boolean;

  /**
   * Reads the lines that come next as long as they are the series of an earlier page from row `from` on, each with a
   * plain decimal and nothing else. The answer is how many; what they are stands in `into` alone, and the next line is
   * left to `next`. Parsers whose series stand nowhere do without.
   */
  readKnown?(known: KnownSeries, from: number, into: KnownLines): number;
  /** Makes one of the lines that were read so the current entry once more; `next` goes on behind all of them. */
  recall?(lines: KnownLines, index: number): void;

  /** The bytes that `seriesStart` and `seriesEnd` count in: the page, or, for protobuf, a text made from it. */
  readonly bytes: Uint8Array;
  /**
   * What the next series probably looks like; the scraper sets it once and changes it before each
   * `next`. A series that looks like it is not looked into, which takes half the work off a page.
   */
  guess: SeriesGuess | undefined;
  /** The series is the one that was guessed, byte by byte. */
  readonly isGuessed: boolean;
  /** The series as written, `name{label="value"}`, is `bytes[seriesStart..seriesEnd)`. */
  readonly seriesStart: number;
  readonly seriesEnd: number;
  readonly value: number;
  /** The timestamp that the target gave. */
  readonly timestampMs: number | undefined;
  /**
   * The labels as they are to be stored: `le` of histograms and `quantile` of summaries as floats
   * (`1.0`). A name that the line gives twice stands twice, in order: the scraper must refuse that.
   */
  labels(): Labels;
  /**
   * Where the series' name and labels stand in `bytes`, four offsets each: start and end of the name, start and end of the
   * value; first the metric's name, as a value. For those who store them as they stand: 0 where `labels` would change
   * anything of them, or where they do not fit into `into`. Else how many there are.
   */
  labelPlaces?(into: Int32Array): number;
  /** Of a float sample at most one; of a native histogram those that have a timestamp, oldest first. */
  exemplars(): readonly Exemplar[];
  /** When the counter, histogram or summary was reset (OpenMetrics `_created`, protobuf). Costs a look ahead. */
  startTimestampMs(): number | undefined;
  /** Only of EntryKind.histogram. */
  histogram(): FloatHistogram;
  /** Whether the target counted in integers, as against floats. Only of EntryKind.histogram. */
  readonly histogramIsInteger: boolean;

  /** The family that a help, type or unit entry is about. */
  readonly metricName: string;
  readonly help: string;
  /** Whether `metricName`, or `help`, is surely this, told from the bytes; false may be either. */
  isMetricName?(name: string): boolean;
  isHelp?(text: string): boolean;
  /** The newest type entry's; it holds for the series after it. */
  readonly metricType: MetricType;
  readonly unit: string;
  /** The comment's text with its `#`. */
  readonly comment: string;

  readonly error: PageError | undefined;
}

/** The options of a scrape that bear on what a page means. */
export interface PageOptions {
  /** Adds `__type__` and `__unit__` from the metadata to the labels. */
  readonly typeAndUnitLabels?: boolean;
  /** OpenMetrics `_created` lines are start timestamps alone, not series. */
  readonly skipCreatedSeries?: boolean;
  /** Reads native histograms where the page has them (protobuf). */
  readonly scrapeNativeHistograms?: boolean;
  /** Keeps the classic series of a histogram that is also native. */
  readonly alwaysScrapeClassicHistograms?: boolean;
  /** Turns classic histograms into native ones with custom buckets. */
  readonly convertClassicHistograms?: boolean;
}

/** Also the content types that a scrape config may name as fallback (`fallback_scrape_protocol`). */
export type PageFormat = 'text' | 'openmetrics' | 'protobuf';
