import {
  chooseFormat,
  createPageParser,
  EntryKind,
  KNOWN_LINES_MAX,
  KnownLines,
} from '#exposition';
import type { PageError, PageFormat, PageOptions, PageParser } from '#exposition';
import { histogramProblem, labelValue, METRIC_NAME, writeStaleNaN } from '#model';
import type { Labels, Metadata } from '#model';
import { AppendStatus, LabelSpans } from '#storage';
import type { Appender, SampleRow, SeriesRef } from '#storage';
import type { ScrapeConfig } from '#config';
import type { MetadataCache } from './family-metadata.ts';
import { checkLabelLimits, checkSampleLabels, sampleLabels } from './sample-labels.ts';
import { fitHistogram, maxSchema } from './histogram-limits.ts';
import { DROPPED, KnownSamples, UNKNOWN } from './series-cache.ts';
import type { EntryIndex, SeriesCache } from './series-cache.ts';
import { SeriesSpans, storesAsGiven } from './series-spans.ts';

/** A sample further ahead of the server's clock is refused: ten minutes. */
const AHEAD_MS_MAX = 600_000;

export interface PageTask {
  readonly appender: Appender;
  readonly cache: SeriesCache;
  readonly metadata: MetadataCache;
  readonly config: ScrapeConfig;
  readonly pageOptions: PageOptions;
  /** What each sample gets. */
  readonly targetLabels: Labels;
  /** Of the scrape; the timestamp of samples that bring none. */
  readonly timestampMs: number;
  readonly nowMs: number;
}

/** What became of a page. Counts are those of Prometheus' scrape_* series. */
export interface PageOutcome {
  /** Samples on the page. */
  readonly scraped: number;
  /** Those that relabelling left. */
  readonly afterRelabelling: number;
  readonly seriesAdded: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly outOfBounds: number;
  readonly exemplarsOutOfOrder: number;
  /** Why nothing of the page must be kept. */
  readonly error: string | undefined;
  readonly exceeded: 'samples' | 'labels' | 'buckets' | undefined;
  /** What is odd about the page but does not hinder. */
  readonly warning: string | undefined;
}

/** The outcome where there is no page. */
export const NO_PAGE: PageOutcome = {
  scraped: 0,
  afterRelabelling: 0,
  seriesAdded: 0,
  duplicates: 0,
  outOfOrder: 0,
  outOfBounds: 0,
  exemplarsOutOfOrder: 0,
  error: undefined,
  exceeded: undefined,
  warning: undefined,
};

/** Reads a page in one go; see PageReading. */
export function appendPage(task: PageTask, page: Uint8Array, contentType: string): PageOutcome {
  const reading = new PageReading(task, page, contentType);
  reading.step(() => false);
  return reading.outcome;
}

/** After so many entries it is asked whether time is up: about a millisecond where all are new. */
const ENTRIES_A_LOOK = 64;

/**
 * Reads a page into an appender, and ends the series that left it. May stop between any two entries; nobody
 * else must use the cache meanwhile. Where `outcome` has an error the caller rolls back and calls `appendNoPage` with
 * a new appender.
 */
export class PageReading {
  readonly #task: PageTask;
  readonly #format: PageFormat | undefined;
  /** Undefined where there is no format to read the page in. */
  readonly #parser: PageParser | undefined;
  #run: PageRun | undefined;
  /** Why there is no format, or why it is another than the page says. */
  readonly #message: string | undefined;

  constructor(task: PageTask, page: Uint8Array, contentType: string) {
    this.#task = task;
    const { format, message } = chooseFormat(contentType, task.config.fallbackScrapeProtocol);
    this.#message = message;
    this.#format = format;
    this.#parser = format && createPageParser(page, format, task.pageOptions);
  }

  /** Goes on until the end, or until time is up. True: that was the end. */
  step(isTimeUp: () => boolean): boolean {
    const parser = this.#parser;
    if (parser === undefined || this.#format === undefined) return true;
    if (this.#run === undefined) {
      if (parser.readAhead?.(isTimeUp) === false) return false;
      this.#run = new PageRun(this.#task, parser, this.#format);
    }
    const run = this.#run;
    while (run.readEntries(ENTRIES_A_LOOK)) {
      if (!isTimeUp()) continue;
      this.#task.appender.logSeries?.();
      return false;
    }
    if (run.error !== undefined) return true;
    const { cache, metadata } = this.#task;
    appendStaleMarkers(this.#task);
    cache.finishPage();
    metadata.forgetOld(cache.round);
    return true;
  }

  /** Once the end is reached. */
  get outcome(): PageOutcome {
    const message = this.#message;
    if (this.#run === undefined) return { ...NO_PAGE, error: message };
    return { ...this.#run.outcome(), warning: message };
  }
}

/** A failed scrape counts as an empty page: all series of the one before end. */
export function appendNoPage(task: Pick<PageTask, 'appender' | 'cache' | 'timestampMs'>): void {
  task.cache.abandonPage();
  appendStaleMarkers(task);
  task.cache.finishWithoutPage();
}

const stale = new Float64Array(1);
writeStaleNaN(stale, 0);

function appendStaleMarkers({
  appender,
  cache,
  timestampMs,
}: Pick<PageTask, 'appender' | 'cache' | 'timestampMs'>): void {
  // Older or equal timestamps are refused by the storage: the target came back under another loop.
  appender.refusesLate = true;
  for (const ref of cache.staleRefs()) appender.append(ref, timestampMs, stale[0] as number);
  appender.refusesLate = false;
}

/** So many known lines take as long as one that is looked into. */
const KNOWN_LINES_AS_ONE = 16;

/** Lines that are read without a try whether they are known. */
const KNOWN_MISSED_MAX = 64;

/** Used by one page after the other, never across a pause. */
const lines = new KnownLines();
const samples = new KnownSamples();

/** For storages that take samples one by one. */
function appendEach(appender: Appender, row: SampleRow, timestampMs: number): number {
  let refused = 0;
  for (let i = 0; i < row.count; i++) {
    const status = appender.append(row.refs[i] as number, timestampMs, row.values[i] as number);
    row.statuses[i] = status;
    if (status !== AppendStatus.ok) refused++;
  }
  return refused;
}

/** One pass over one page. */
class PageRun {
  error: string | undefined = undefined;
  #exceeded: PageOutcome['exceeded'] = undefined;
  readonly #task: PageTask;
  readonly #parser: PageParser;
  readonly #format: PageFormat;
  readonly #sampleLimit: number;
  /** The finest resolution that native histograms keep. */
  readonly #maxSchema: number;
  readonly #timestampMsMax: number;
  #scraped = 0;
  #afterRelabelling = 0;
  #seriesAdded = 0;
  #appended = 0;
  #duplicates = 0;
  #outOfOrder = 0;
  #outOfBounds = 0;
  #exemplarsOutOfOrder = 0;
  /** Whether the line that comes next was tried as a known one. */
  #isKnownTried = false;
  #knownMissed = 0;
  /** Made for the first series that is new. */
  #spans: SeriesSpans | 'never' | undefined = undefined;
  /** The metric that was described last, and how. */
  #describedMetric = '';
  #description: Metadata | undefined = undefined;
  /** Lines until the next try. */
  #knownAfter = 0;

  constructor(task: PageTask, parser: PageParser, format: PageFormat) {
    this.#format = format;
    this.#task = task;
    this.#parser = parser;
    const { sampleLimit, nativeHistogramMinBucketFactor } = task.config;
    this.#sampleLimit = sampleLimit > 0 ? sampleLimit : Infinity;
    this.#maxSchema = maxSchema(nativeHistogramMinBucketFactor);
    this.#timestampMsMax = task.nowMs + AHEAD_MS_MAX;
    const { cache, metadata } = task;
    cache.startPage(parser.bytes, format);
    parser.guess = cache.guess;
    metadata.startPage();
  }

  outcome(): Omit<PageOutcome, 'warning'> {
    return {
      scraped: this.#scraped,
      afterRelabelling: this.#afterRelabelling,
      seriesAdded: this.#seriesAdded,
      duplicates: this.#duplicates,
      outOfOrder: this.#outOfOrder,
      outOfBounds: this.#outOfBounds,
      exemplarsOutOfOrder: this.#exemplarsOutOfOrder,
      error: this.error,
      exceeded: this.#exceeded,
    };
  }

  /** False: that was the last. */
  readEntries(count: number): boolean {
    for (let i = 0; i < count; i++) {
      i += this.#readKnown() / KNOWN_LINES_AS_ONE;
      if (!this.#readEntry()) return false;
    }
    return true;
  }

  /** The lines that stood on the last page as well, all at once. The answer is how many. */
  #readKnown(): number {
    if (this.#knownAfter > 0) {
      this.#knownAfter--;
      return 0;
    }
    const parser = this.#parser;
    const { cache, metadata } = this.#task;
    // Where more than the samples is to be looked at, they come one by one.
    const isPlain =
      this.#sampleLimit - this.#appended >= KNOWN_LINES_MAX &&
      this.#task.timestampMs <= this.#timestampMsMax &&
      !metadata.hasChanged(cache.round);
    const count = isPlain ? (parser.readKnown?.(cache.known, cache.nextRow, lines) ?? 0) : 0;
    this.#isKnownTried = count === 0;
    if (count === 0) return 0;
    this.#knownMissed = 0;
    cache.takeKnown(lines, count, samples);
    cache.guessNext();
    this.#scraped += count;
    this.#afterRelabelling += samples.row.count + samples.duplicates;
    this.#duplicates += samples.duplicates;
    this.#appendKnown();
    return count;
  }

  /** Fewer and fewer tries where they lead to nothing: each costs as much as half a line. */
  #noteUnknown(): void {
    if (!this.#isKnownTried) return;
    this.#knownMissed = Math.min(KNOWN_MISSED_MAX, this.#knownMissed * 2 + 1);
    this.#knownAfter = this.#knownMissed;
    this.#isKnownTried = false;
  }

  #appendKnown(): void {
    const { appender, cache, timestampMs } = this.#task;
    const { row, entries } = samples;
    this.#appended += row.count;
    const refused =
      appender.appendRow?.(row, timestampMs) ?? appendEach(appender, row, timestampMs);
    for (let i = 0; i < row.count; i++) {
      if (refused === 0 || row.statuses[i] === AppendStatus.ok) cache.track(entries[i] as number);
    }
    if (refused > 0) this.#countKnown();
  }

  #countKnown(): void {
    const { row, entries } = samples;
    for (let i = 0; i < row.count; i++) {
      const status = row.statuses[i] as AppendStatus;
      if (status === AppendStatus.unknownSeries) {
        this.#parser.recall?.(lines, samples.lines[i] as number);
        this.#resolveAgain(entries[i] as number, undefined, false);
      } else if (status !== AppendStatus.ok) this.#count(status);
    }
  }

  #readEntry(): boolean {
    const parser = this.#parser;
    const { metadata, cache } = this.#task;
    const kind = parser.next();
    if (kind === EntryKind.series || kind === EntryKind.histogram) {
      this.#scraped++;
      this.#noteUnknown();
      this.#readSample(kind === EntryKind.histogram);
    } else if (kind === EntryKind.type) {
      metadata.readType(parser, cache.round);
    } else if (kind === EntryKind.help) {
      metadata.readHelp(parser, cache.round);
    } else if (kind === EntryKind.unit) {
      metadata.readUnit(parser, cache.round);
    } else if (kind === EntryKind.error) {
      this.error = describePageError(parser.error, this.#format);
    } else if (kind === EntryKind.end) {
      this.#checkLimits();
      return false;
    }
    return this.error === undefined;
  }

  #checkLimits(): void {
    if (this.#exceeded === 'samples') this.error = 'sample limit exceeded';
    if (this.#exceeded === 'buckets') this.error = 'histogram bucket limit exceeded';
  }

  #readSample(isHistogram: boolean): void {
    const parser = this.#parser;
    const { cache, config, timestampMs } = this.#task;
    const { seriesStart, seriesEnd } = parser;
    const entry = parser.isGuessed
      ? cache.takeGuessed(seriesStart, seriesEnd)
      : cache.find(seriesStart, seriesEnd);
    cache.guessNext();
    const given = config.honorTimestamps ? parser.timestampMs : undefined;
    if (entry === UNKNOWN) {
      this.#readNewSeries(given, isHistogram);
      return;
    }
    const isRepeated = cache.seenIn[entry] === cache.round;
    cache.seenIn[entry] = cache.round;
    const ref = cache.refs[entry] as number;
    if (ref === DROPPED) return;
    this.#afterRelabelling++;
    if (isRepeated && given === undefined) {
      this.#duplicates++;
      return;
    }
    const status = this.#append(ref, given ?? timestampMs, isHistogram);
    if (status === AppendStatus.ok) {
      if (given === undefined || config.trackTimestampsStaleness) cache.track(entry);
      this.#appendExtras(entry, given ?? timestampMs);
    } else if (status === AppendStatus.unknownSeries) {
      this.#resolveAgain(entry, given, isHistogram);
    } else this.#count(status);
  }

  /** Counts towards the sample limit whatever becomes of the sample, as Prometheus does. */
  #append(ref: SeriesRef, timestampMs: number, isHistogram: boolean): AppendStatus {
    if (++this.#appended > this.#sampleLimit) {
      this.#exceeded = 'samples';
      return SKIPPED;
    }
    if (timestampMs > this.#timestampMsMax) return AppendStatus.tooOld;
    const { appender } = this.#task;
    return isHistogram
      ? this.#appendHistogram(ref, timestampMs)
      : appender.append(ref, timestampMs, this.#parser.value);
  }

  #appendHistogram(ref: SeriesRef, timestampMs: number): AppendStatus {
    const { appender, config } = this.#task;
    const fitted = fitHistogram(this.#parser.histogram(), {
      schemaMax: this.#maxSchema,
      bucketsMax: config.nativeHistogramBucketLimit,
    });
    if (fitted === undefined) {
      this.#exceeded ??= 'buckets';
      return SKIPPED;
    }
    this.error = histogramProblem(fitted, !this.#parser.histogramIsInteger);
    return this.error === undefined ? appender.appendHistogram(ref, timestampMs, fitted) : SKIPPED;
  }

  #count(status: AppendStatus): void {
    if (status === AppendStatus.outOfOrder) this.#outOfOrder++;
    else if (status === AppendStatus.duplicate) this.#duplicates++;
    else if (status === AppendStatus.tooOld || status === AppendStatus.beyondWindow)
      this.#outOfBounds++;
    else if (status !== SKIPPED) this.error = 'cannot append to the storage: its limit is reached';
  }

  #readNewSeries(given: number | undefined, isHistogram: boolean): void {
    const parser = this.#parser;
    const { cache, config, timestampMs } = this.#task;
    const { seriesStart, seriesEnd } = parser;
    const labels = this.#plainSpans() ?? this.#storedLabels();
    if (this.error !== undefined) return;
    if (labels === undefined) {
      cache.add(seriesStart, seriesEnd, DROPPED);
      return;
    }
    this.#afterRelabelling++;
    const ref = this.#seriesRef(labels);
    if (ref === DROPPED) return;
    const status = this.#append(ref, given ?? timestampMs, isHistogram);
    if (status !== AppendStatus.ok) {
      this.#count(status);
      return;
    }
    const entry = cache.add(seriesStart, seriesEnd, ref);
    if (given === undefined || config.trackTimestampsStaleness) cache.track(entry);
    if (this.#exceeded === undefined) this.#seriesAdded++;
    this.#appendExemplars(ref, given ?? timestampMs);
    this.#setMetadata(ref, this.#metricOf(labels));
  }

  /** The labels of a series of which nothing is to be checked or changed. */
  #plainSpans(): LabelSpans | undefined {
    const { config, targetLabels } = this.#task;
    this.#spans ??= storesAsGiven(config) ? new SeriesSpans(targetLabels) : 'never';
    return this.#spans === 'never' ? undefined : this.#spans.read(this.#parser);
  }

  #metricOf(labels: Labels | LabelSpans): string {
    if (!(labels instanceof LabelSpans)) return labelValue(labels, METRIC_NAME);
    return this.#spans instanceof SeriesSpans ? this.#spans.metric : '';
  }

  /** Sets `error` where the storage takes no more series; DROPPED then. */
  #seriesRef(labels: Labels | LabelSpans): SeriesRef {
    // Beyond the sample limit nothing is stored, so that no series needs to be made.
    if (this.#appended >= this.#sampleLimit) {
      this.#exceeded = 'samples';
      return DROPPED;
    }
    try {
      const { appender } = this.#task;
      return labels instanceof LabelSpans
        ? appender.seriesRefOfSpans(labels)
        : appender.seriesRef(labels);
    } catch (error) {
      this.error = (error as Error).message;
      return DROPPED;
    }
  }

  /** As stored; undefined where dropped, or where `error` says why they cannot be. */
  #storedLabels(): Labels | undefined {
    const { config, targetLabels } = this.#task;
    const exposed = this.#parser.labels();
    const labels = sampleLabels(exposed, targetLabels, config);
    if (labels === undefined) return undefined;
    this.error = checkSampleLabels(exposed, labels, config);
    if (this.error !== undefined) return undefined;
    this.error = checkLabelLimits(labels, config);
    if (this.error === undefined) return labels;
    this.#exceeded = 'labels';
    return undefined;
  }

  /** The storage has forgotten the series (it was idle): its labels are needed once more. */
  #resolveAgain(entry: EntryIndex, given: number | undefined, isHistogram: boolean): void {
    const { cache, config, timestampMs } = this.#task;
    const labels = this.#storedLabels();
    if (labels === undefined) return;
    this.#appended--;
    const ref = this.#seriesRef(labels);
    if (ref === DROPPED) return;
    cache.refs[entry] = ref;
    const status = this.#append(ref, given ?? timestampMs, isHistogram);
    if (status !== AppendStatus.ok) {
      this.#count(status);
      return;
    }
    if (given === undefined || config.trackTimestampsStaleness) cache.track(entry);
    this.#setMetadata(ref, labelValue(labels, METRIC_NAME));
  }

  #appendExtras(entry: EntryIndex, timestampMs: number): void {
    const { cache, metadata } = this.#task;
    const ref = cache.refs[entry] as number;
    this.#appendExemplars(ref, timestampMs);
    if (metadata.hasChanged(cache.round)) {
      this.#setMetadata(ref, labelValue(this.#parser.labels(), METRIC_NAME));
    }
  }

  #appendExemplars(ref: SeriesRef, timestampMs: number): void {
    const exemplars = this.#parser.exemplars();
    if (exemplars.length === 0) return;
    let refused = 0;
    for (const exemplar of exemplars) {
      const status = this.#task.appender.appendExemplar(ref, exemplar, timestampMs);
      if (status === AppendStatus.outOfOrder) refused++;
    }
    if (refused === exemplars.length) this.#exemplarsOutOfOrder += refused;
  }

  /** One series of a metric tells it for all of them. */
  #setMetadata(ref: SeriesRef, metric: string): void {
    const { appender, metadata } = this.#task;
    const { latest } = metadata;
    if (latest === undefined) return;
    if (metric === this.#describedMetric && latest === this.#description) return;
    const found = metadata.ofMetric(metric);
    if (found === undefined) return;
    this.#describedMetric = metric;
    this.#description = found;
    appender.setMetadata(ref, found);
  }
}

/** With the place where the target's owner finds it, as far as the page is text. */
function describePageError(error: PageError | undefined, format: PageFormat): string {
  if (error === undefined) return 'cannot read the page';
  const { message, line, column } = error;
  return format === 'protobuf' ? message : `${message} (line ${line}, column ${column})`;
}

/** Our own status: the sample was not given to the storage. */
const SKIPPED = -1 as AppendStatus;
