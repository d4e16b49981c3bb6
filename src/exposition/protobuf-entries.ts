import {
  compactHistogram,
  type Exemplar,
  type FloatHistogram,
  type MetricType,
  type Span,
} from '#model';
import { ClassicCollector } from './nhcb.ts';
import type { PageOptions } from './page-parser.ts';
import type { HistogramMessage, MetricMessage } from './protobuf-metric.ts';
import { formatOpenMetricsFloat } from './series-labels.ts';

/** What a text page would have had a line for. */
export interface SeriesEntry {
  /** What follows the family's name. */
  readonly suffix: string;
  /** The value of `le` or `quantile`. */
  readonly bound: readonly [name: string, value: string] | undefined;
  readonly value: number;
  readonly exemplars: readonly Exemplar[];
  readonly histogram: FloatHistogram | undefined;
  readonly isInteger: boolean;
}

const NONE: readonly Exemplar[] = [];

function line(suffix: string, value: number, more: Partial<SeriesEntry> = {}): SeriesEntry {
  const plain = { bound: undefined, exemplars: NONE, histogram: undefined, isInteger: false };
  return { ...plain, suffix, value, ...more };
}

/** The entries of one metric, or why they cannot be. */
export function metricEntries(
  metric: MetricMessage,
  type: MetricType,
  options: PageOptions,
): readonly SeriesEntry[] | string {
  if (type === 'summary') {
    const quantiles = metric.quantiles.map(({ quantile, value }) =>
      line('', value, { bound: ['quantile', formatOpenMetricsFloat(quantile)] }),
    );
    return [line('_count', metric.count), line('_sum', metric.sum), ...quantiles];
  }
  if (type !== 'histogram' && type !== 'gaugehistogram') {
    return [line('', metric.value, { exemplars: type === 'counter' ? metric.exemplars : NONE })];
  }
  const { histogram } = metric;
  if (histogram === undefined) return [];
  return histogramEntries(metric, histogram, { type, options });
}

function histogramEntries(
  metric: MetricMessage,
  histogram: HistogramMessage,
  { type, options }: { type: MetricType; options: PageOptions },
): readonly SeriesEntry[] | string {
  const keepsClassic = options.alwaysScrapeClassicHistograms === true;
  if (options.scrapeNativeHistograms === true && isNative(histogram)) {
    const native = nativeEntry(metric, histogram, type);
    if (typeof native === 'string') return native;
    const classic = keepsClassic && histogram.buckets.length > 0;
    return classic ? [native, ...classicEntries(metric, histogram)] : [native];
  }
  const classic = classicEntries(metric, histogram);
  if (options.convertClassicHistograms !== true) return classic;
  const converted = convertedEntry(metric, histogram, type);
  if (converted === undefined) return classic;
  return keepsClassic ? [...classic, converted] : [converted];
}

function isNative(histogram: HistogramMessage): boolean {
  return (
    histogram.positiveSpans.length > 0 ||
    histogram.negativeSpans.length > 0 ||
    histogram.positiveDeltas.length > 0 ||
    histogram.negativeDeltas.length > 0 ||
    histogram.positiveCounts.length > 0 ||
    histogram.negativeCounts.length > 0 ||
    histogram.zeroThreshold > 0
  );
}

function nativeEntry(
  metric: MetricMessage,
  message: HistogramMessage,
  type: MetricType,
): SeriesEntry | string {
  const isFloat = message.countFloat > 0 || message.zeroCountFloat > 0;
  const histogram: FloatHistogram = {
    counterResetHint: type === 'gaugehistogram' ? 'gauge' : 'unknown',
    schema: message.schema,
    zeroThreshold: message.zeroThreshold,
    zeroCount: isFloat ? message.zeroCountFloat : message.zeroCount,
    count: isFloat ? message.countFloat : metric.count,
    sum: metric.sum,
    positiveSpans: message.positiveSpans,
    negativeSpans: message.negativeSpans,
    positiveBuckets: isFloat ? message.positiveCounts : absolute(message.positiveDeltas),
    negativeBuckets: isFloat ? message.negativeCounts : absolute(message.negativeDeltas),
    customValues: [],
  };
  const problem =
    spanProblem('negative', histogram.negativeSpans, histogram.negativeBuckets.length) ??
    spanProblem('positive', histogram.positiveSpans, histogram.positiveBuckets.length);
  if (problem !== undefined) return problem;
  return line('', 0, {
    histogram: compactHistogram(histogram),
    isInteger: !isFloat,
    exemplars: nativeExemplars(metric, message),
  });
}

function absolute(deltas: readonly number[]): number[] {
  let count = 0;
  return deltas.map((delta) => (count += delta));
}

/** Spans may name no more buckets than there are: nothing is reserved on their word. */
function spanProblem(side: string, spans: readonly Span[], buckets: number): string | undefined {
  let named = 0;
  for (const span of spans) named += span.length;
  if (named === buckets) return undefined;
  return `${side} side: spans need ${named} buckets, have ${buckets} buckets: histogram spans specify different number of buckets than provided`;
}

/** Its own, or else those of its classic buckets; without a time they could not be told apart. */
function nativeExemplars(metric: MetricMessage, message: HistogramMessage): readonly Exemplar[] {
  const own = metric.exemplars.length > 0 ? metric.exemplars : bucketExemplars(message);
  return own.filter((exemplar) => exemplar.timestampMs !== undefined);
}

function bucketExemplars(message: HistogramMessage): readonly Exemplar[] {
  const exemplars: Exemplar[] = [];
  for (const { exemplar } of message.buckets) if (exemplar !== undefined) exemplars.push(exemplar);
  return exemplars;
}

function classicEntries(metric: MetricMessage, message: HistogramMessage): SeriesEntry[] {
  const count = countOf(metric, message);
  const entries = [line('_count', count), line('_sum', metric.sum)];
  for (const bucket of message.buckets) {
    const exemplars = bucket.exemplar === undefined ? NONE : [bucket.exemplar];
    const bound = ['le', formatOpenMetricsFloat(bucket.upperBound)] as const;
    entries.push(line('_bucket', bucket.count, { bound, exemplars }));
  }
  if (message.buckets.at(-1)?.upperBound !== Infinity) {
    entries.push(line('_bucket', count, { bound: ['le', '+Inf'] }));
  }
  return entries;
}

function countOf(metric: MetricMessage, message: HistogramMessage): number {
  return message.countFloat === 0 ? metric.count : message.countFloat;
}

function convertedEntry(
  metric: MetricMessage,
  message: HistogramMessage,
  type: MetricType,
): SeriesEntry | undefined {
  const collector = new ClassicCollector();
  for (const bucket of message.buckets) collector.setBucket(bucket.upperBound, bucket.count);
  collector.setCount(countOf(metric, message));
  collector.setSum(metric.sum);
  const made = collector.convert();
  if (made === undefined) return undefined;
  const counterResetHint = type === 'gaugehistogram' ? 'gauge' : 'unknown';
  return line('', 0, {
    histogram: { ...made.histogram, counterResetHint },
    isInteger: made.isInteger,
    exemplars: nativeExemplars(metric, message),
  });
}
