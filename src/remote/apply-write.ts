import { type Exemplar, type Labels, labelsFromPairs, type Metadata } from '#model';
import { type Appendable, type Appender, AppendStatus, type SeriesRef } from '#storage';
import { hasMetricName, labelsProblem, showSpans } from './series-labels.ts';
import type { WriteHistogram, WriteRequest, WriteRest } from './write-request.ts';

/** Samples further ahead of the clock are refused, as Prometheus does. */
const AHEAD_MS_MAX = 10 * 60_000;

export interface WriteOptions {
  /** 2.0: the valid part is written though another is not. 1.0: the first sample refused undoes all. */
  readonly partial: boolean;
  readonly nowMs: number;
  /** Adds `__type__` and `__unit__` from the metadata. */
  readonly typeAndUnitLabels?: boolean;
}

export interface WriteCounts {
  samples: number;
  histograms: number;
  exemplars: number;
  /** Samples and histograms of series with labels that cannot be. */
  invalidLabels: number;
}

/** What became of a request. `status`: 204 all written, 400 refused for good, 500 try again. */
export interface WriteResult {
  readonly status: 204 | 400 | 500;
  readonly error: string | undefined;
  readonly counts: Readonly<WriteCounts>;
}

/** Writes a request as one batch (Prometheus: storage/remote/write_handler.go). Never throws. */
export function applyWrite(
  request: WriteRequest,
  appendable: Appendable,
  options: WriteOptions,
): WriteResult {
  const counts: WriteCounts = { samples: 0, histograms: 0, exemplars: 0, invalidLabels: 0 };
  let appender: Appender | undefined;
  try {
    appender = appendable.appender();
    const refused: string[] = [];
    const writer = new RequestWriter(request, appender, { options, counts, refused });
    for (let series = 0; series < request.seriesCount; series++) {
      writer.write(series);
      if (refused.length > 0 && !options.partial) return rollback(appender, 400, refused[0]);
    }
    appender.commit();
    const error = refused.length === 0 ? undefined : refused.join('\n');
    return { status: error === undefined ? 204 : 400, error, counts };
  } catch (error) {
    return rollback(appender, 500, error instanceof Error ? error.message : String(error));
  }
}

function rollback(
  appender: Appender | undefined,
  status: 400 | 500,
  error: string | undefined,
): WriteResult {
  try {
    appender?.rollback();
  } catch {
    // The first error is the one to tell.
  }
  const counts = { samples: 0, histograms: 0, exemplars: 0, invalidLabels: 0 };
  return { status, error, counts };
}

interface Outcome {
  readonly options: WriteOptions;
  readonly counts: WriteCounts;
  readonly refused: string[];
}

class RequestWriter {
  private readonly request: WriteRequest;
  private readonly appender: Appender;
  private readonly outcome: Outcome;
  private readonly latestMs: number;

  constructor(request: WriteRequest, appender: Appender, outcome: Outcome) {
    this.request = request;
    this.appender = appender;
    this.outcome = outcome;
    this.latestMs = outcome.options.nowMs + AHEAD_MS_MAX;
  }

  /** The series of that number. */
  write(series: number): void {
    const { labels, labelStarts, sampleStarts } = this.request;
    const labelStart = labelStarts[series] as number;
    labels.select(labelStart, (labelStarts[series + 1] as number) - labelStart);
    const sampleStart = sampleStarts[series] as number;
    const sampleEnd = sampleStarts[series + 1] as number;
    const rest = this.request.rest.get(series);
    const sampleCount = sampleEnd - sampleStart + (rest?.histograms.length ?? 0);
    if (sampleCount === 0 && !this.outcome.options.partial) return;
    const ref = this.seriesRef(rest, sampleCount);
    if (ref === 0) return;
    let written = this.writeSamples(ref, sampleStart, sampleEnd);
    if (rest === undefined) return;
    written += this.writeHistograms(ref, rest.histograms);
    if (this.outcome.refused.length > 0 && !this.outcome.options.partial) return;
    if (written > 0) this.writeRest(ref, rest);
  }

  /** Of the labels that are selected; 0 where there can be no such series, which is noted. */
  private seriesRef(rest: WriteRest | undefined, sampleCount: number): SeriesRef {
    const { labels } = this.request;
    const { options, counts, refused } = this.outcome;
    const isPlain = rest?.problem === undefined && options.typeAndUnitLabels !== true;
    if (sampleCount > 0 && isPlain && hasMetricName(labels)) {
      const known = this.appender.findSeries(labels);
      if (known !== 0) return known;
    }
    labels.sort();
    const problem = rest?.problem ?? labelsProblem(labels);
    labels.dropEmpty();
    if (problem !== undefined) {
      counts.invalidLabels += sampleCount;
      // 1.0 has no partial writes to tell of; Prometheus drops such a series and says nothing.
      if (options.partial) refused.push(problem);
      return 0;
    }
    if (sampleCount === 0) {
      const shown = showSpans(labels);
      refused.push(`TimeSeries must contain at least one sample or histogram for series ${shown}`);
      return 0;
    }
    if (options.typeAndUnitLabels === true && rest?.metadata !== undefined) {
      return this.appender.seriesRef(withMetadata(labels.labels(), rest.metadata));
    }
    return this.appender.seriesRefOfSpans(labels);
  }

  private writeSamples(ref: SeriesRef, start: number, end: number): number {
    const { timestampsMs, values } = this.request;
    let written = 0;
    for (let row = start; row < end; row++) {
      const timestampMs = timestampsMs[row] as number;
      const status =
        timestampMs > this.latestMs
          ? TOO_FAR_AHEAD
          : this.appender.append(ref, timestampMs, values[row] as number);
      if (status === AppendStatus.ok) written++;
      else if (!this.refuse(status)) break;
    }
    this.outcome.counts.samples += written;
    return written;
  }

  private writeHistograms(ref: SeriesRef, histograms: readonly WriteHistogram[]): number {
    const { counts, refused, options } = this.outcome;
    let written = 0;
    for (const { timestampMs, histogram, problem } of histograms) {
      if (problem !== undefined) {
        refused.push(this.tell(problem));
        if (!options.partial) break;
        continue;
      }
      const status =
        timestampMs > this.latestMs
          ? TOO_FAR_AHEAD
          : this.appender.appendHistogram(ref, timestampMs, histogram);
      if (status === AppendStatus.ok) written++;
      else if (!this.refuse(status)) break;
    }
    counts.histograms += written;
    return written;
  }

  /** Notes a refused sample of the series that is selected. False: the series need not be tried further. */
  private refuse(status: number): boolean {
    const { refused, options } = this.outcome;
    if (status === AppendStatus.limit)
      throw new Error('cannot write sample: storage limit reached');
    if (status === AppendStatus.unknownSeries) throw new Error('BUG: series reference not known');
    refused.push(this.tell(REFUSALS[status] ?? `status ${status}`));
    return options.partial;
  }

  private tell(reason: string): string {
    if (!this.outcome.options.partial) return reason;
    return `${reason} for series ${showSpans(this.request.labels)}`;
  }

  /** Exemplars and metadata: a fault of theirs must not cost samples. */
  private writeRest(ref: SeriesRef, { exemplars, metadata }: WriteRest): void {
    for (const exemplar of exemplars) this.writeExemplar(ref, exemplar);
    if (metadata === undefined) return;
    try {
      this.appender.setMetadata(ref, metadata);
    } catch {
      // As above; the storage counts its own faults.
    }
  }

  private writeExemplar(ref: SeriesRef, exemplar: Exemplar): void {
    try {
      const status = this.appender.appendExemplar(ref, exemplar, exemplar.timestampMs ?? 0);
      if (status === AppendStatus.ok) this.outcome.counts.exemplars++;
    } catch {
      // As above.
    }
  }
}

/** Beside the storage's own statuses: the receiver itself refuses. */
const TOO_FAR_AHEAD = -1;

const REFUSALS: Readonly<Record<number, string>> = {
  [TOO_FAR_AHEAD]: 'out of bounds: timestamp is too far in the future',
  [AppendStatus.outOfOrder]: 'out of order sample',
  [AppendStatus.duplicate]: 'duplicate sample for timestamp',
  [AppendStatus.tooOld]: 'out of bounds',
  [AppendStatus.beyondWindow]: 'too old sample',
};

function withMetadata(labels: Labels, metadata: Metadata): Labels {
  const pairs: [string, string][] = [];
  for (let i = 0; i < labels.length; i += 2) {
    pairs.push([labels[i] as string, labels[i + 1] as string]);
  }
  if (metadata.type !== 'unknown') pairs.push(['__type__', metadata.type]);
  if (metadata.unit !== '') pairs.push(['__unit__', metadata.unit]);
  return labelsFromPairs(pairs);
}
