import {
  METRIC_NAME,
  STALE_NAN,
  isStaleNaN,
  labelValue,
  labelsFromObject,
  labelsKey,
} from '#model';
import type { Labels } from '#model';
import { AppendStatus } from '#storage';
import type { Appender } from '#storage';
import { RandomHistograms, histogramKey } from './histograms.ts';
import { metadataKey, valueKey } from './model.ts';
import type { BatchContent } from './model.ts';
import { exemplarKey } from './observe.ts';
import { Random } from './random.ts';

export function emptyContent(): BatchContent {
  return { samples: [], exemplars: [], metadata: [] };
}

/** Fills batches: floats, histograms, exemplars, metadata, of series that come and go. */
export class RandomWriter {
  readonly #random: Random;
  readonly #nowMs: () => number;
  readonly #histograms: RandomHistograms;
  /** Series are made and left in the course of a case. */
  #firstSeries = 0;

  readonly #isTaken: (labels: Labels, timeMs: number) => boolean;

  /** `isTaken`: whether a series had a sample of that time before. */
  constructor(
    random: Random,
    nowMs: () => number,
    isTaken: (labels: Labels, timeMs: number) => boolean,
  ) {
    this.#random = random;
    this.#nowMs = nowMs;
    this.#isTaken = isTaken;
    this.#histograms = new RandomHistograms(random);
  }

  fill(appender: Appender, content: BatchContent): void {
    const random = this.#random;
    const isLarge = random.chance(0.05);
    this.addSamples(appender, content, isLarge ? random.between(500, 3000) : random.between(1, 30));
    for (const { labels, timeMs } of content.samples.slice(0, 40)) {
      if (random.chance(0.1)) this.#addExemplar(appender, content, labels, timeMs);
      if (random.chance(0.1)) this.#addMetadata(appender, content, labels);
    }
  }

  addSamples(appender: Appender, content: BatchContent, count: number): void {
    const random = this.#random;
    if (random.chance(0.2)) this.#firstSeries += random.between(1, 20);
    for (let i = 0; i < count; i++) {
      const labels = this.labels(count > 100 ? i : random.between(0, 40));
      const lateMs = random.chance(0.1) ? random.between(0, random.pick([30_000, 600_000])) : 0;
      const timeMs = this.#nowMs() - lateMs;
      // Which of two late ones stays is not asked here.
      if (lateMs > 0 && this.#has(content, labels, timeMs)) continue;
      const [status, value] = this.#append(appender, labels, timeMs);
      if (status === AppendStatus.ok) {
        content.samples.push({ labels, timeMs, value });
      } else if (status === AppendStatus.unknownSeries) {
        throw new Error(`append answers ${status}`);
      }
    }
  }

  #addExemplar(appender: Appender, content: BatchContent, labels: Labels, timeMs: number): void {
    const value = this.#random.between(0, 1000);
    const traceLabels = labelsFromObject({ trace_id: String(this.#random.between(0, 1e9)) });
    const exemplar = { labels: traceLabels, value, timestampMs: timeMs };
    const ref = appender.seriesRef(labels);
    // Two in one batch are looked at only when they are published.
    if (content.exemplars.some((other) => labelsKey(other.labels) === labelsKey(labels))) return;
    if (appender.appendExemplar(ref, exemplar, timeMs) !== AppendStatus.ok) return;
    content.exemplars.push({
      labels,
      timeMs,
      key: exemplarKey(timeMs, value, labelsKey(traceLabels)),
    });
  }

  #addMetadata(appender: Appender, content: BatchContent, labels: Labels): void {
    if (content.metadata.some((other) => labelsKey(other.labels) === labelsKey(labels))) return;
    const metadata = {
      type: 'gauge' as const,
      unit: '',
      help: `help ${this.#random.between(0, 5)}`,
    };
    appender.setMetadata(appender.seriesRef(labels), metadata);
    const metric = labelValue(labels, METRIC_NAME);
    content.metadata.push({ labels, metric, key: metadataKey(metadata) });
  }

  #has(content: BatchContent, labels: Labels, timeMs: number): boolean {
    if (this.#isTaken(labels, timeMs)) return true;
    const key = labelsKey(labels);
    return content.samples.some((s) => s.timeMs === timeMs && labelsKey(s.labels) === key);
  }

  /** Every third series has histograms, of those every other one floats too. */
  #append(appender: Appender, labels: Labels, timeMs: number): [AppendStatus, string] {
    const ref = appender.seriesRef(labels);
    const number = Number(labelValue(labels, 'series'));
    const isHistogram = number % 3 === 0 && (number % 2 === 0 || this.#random.chance(0.7));
    const value = this.#value();
    // A float that ends a series of histograms becomes a histogram: both show as stale.
    if (!isHistogram || isStaleNaN(value)) {
      return [appender.append(ref, timeMs, value), valueKey(value)];
    }
    const histogram = this.#histograms.next(labelsKey(labels));
    return [appender.appendHistogram(ref, timeMs, histogram), histogramKey(histogram)];
  }

  labels(index: number): Labels {
    const number = this.#firstSeries + index;
    return labelsFromObject({
      __name__: `metric_${number % 5}`,
      series: String(number),
      // Some are long, so that records cross pages.
      ...(number % 7 === 0 && {
        text: new Random(number)
          .next()
          .toString(36)
          .repeat(number % 90),
      }),
    });
  }

  #value(): number {
    const random = this.#random;
    const kind = random.between(0, 9);
    if (kind === 0) return STALE_NAN;
    if (kind === 1) return random.pick([Number.NaN, -0, 0, Infinity, -Infinity]);
    return kind < 5 ? random.between(0, 1000) : random.next() * 1e6;
  }
}
